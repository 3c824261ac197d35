"""From corpora to prepared songs: read, understood, put on the grid, split by song."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from cocomposer.errors import CocomposerError, FormatError
from cocomposer.model import grid
from cocomposer.model.practice import Prepared
from cocomposer.model.sheet import sheet_of
from cocomposer.training import store
from cocomposer.training.corpora import CORPORA, OWN, Corpus, Piece, read_piece
from cocomposer.training.unpack import corpora_in

VALIDATION_SHARE = 0.06
_MOST_JOBS = 64


def is_validation(corpus: str, name: str) -> bool:
    """Is the song kept aside?  By a hash of its name, so that the split never moves."""
    digest = hashlib.sha256(f"{corpus}/{name}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 < VALIDATION_SHARE


def prepare(data: Path, out: Path, report: Callable[[str], None] = print, processes: int = os.cpu_count() or 1) -> None:
    """Prepare every corpus found in `data` as a folder or zip file; where none is, its MIDI files as the artist's own.

    Raises FormatError where there is no music at all.
    """
    names = [corpus.name for corpus in CORPORA]
    with corpora_in(data, names) as found, ProcessPoolExecutor(processes) as pool:
        empty = True
        for name, folder in (found or {OWN.name: data}).items():
            jobs = min(_MOST_JOBS, len(list(_corpus(name).read(folder))))
            chunks = pool.map(_prepare_some, [name] * jobs, [folder] * jobs, range(jobs), [jobs] * jobs)
            pieces = sorted((piece for chunk in chunks for piece in chunk), key=lambda piece: piece.name)
            notes = sum(len(part.pitch) for piece in pieces for part in piece.sheet.parts)
            report(f"{name}: {len(pieces)} songs, {notes:,} notes")
            if pieces:
                out.mkdir(parents=True, exist_ok=True)
                store.save(pieces, out / f"{name}.npz")
                empty = False
    if empty:
        raise FormatError(f"There is no music in {data.name}: name a folder that holds the corpora or MIDI files.")


def _corpus(name: str) -> Corpus:
    return next((corpus for corpus in CORPORA if corpus.name == name), OWN)


def _prepare_some(name: str, folder: Path, turn: int, turns: int) -> list[Prepared]:
    """The pieces of one job: every so many-th of its corpus."""
    loads = list(_corpus(name).read(folder))[turn::turns]
    return [made for load in loads if (piece := read_piece(load)) is not None and (made := _made(piece))]


def _made(piece: Piece) -> Prepared | None:
    try:
        sheet = sheet_of(piece.song, piece.tempo_known)
    except CocomposerError:
        return None
    return Prepared(piece.name, sheet, grid.SOURCES.index(piece.source), grid.GENRES.index(piece.genre), piece.felt)
