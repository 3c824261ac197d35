"""From corpora to prepared songs: read, understood, put on the grid, split by song."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from cocomposer.composer.sketch import understand
from cocomposer.errors import CocomposerError
from cocomposer.formats import read
from cocomposer.model import grid
from cocomposer.model.sheet import sheet_of
from cocomposer.training import store
from cocomposer.training.corpora import CORPORA, Corpus, Piece, read_piece

VALIDATION_SHARE = 0.06


def is_validation(corpus: str, name: str) -> bool:
    """Is the song kept aside?  By a hash of its name, so that the split never moves."""
    digest = hashlib.sha256(f"{corpus}/{name}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 < VALIDATION_SHARE


def prepare(data: Path, out: Path, report: Callable[[str], None] = print) -> None:
    """Prepare every corpus found as a folder of `data`; where none is, every MIDI file in it as the artist's own."""
    out.mkdir(parents=True, exist_ok=True)
    found = [corpus for corpus in CORPORA if (data / corpus.name).is_dir()]
    found = found or [Corpus("own", "", 1.0, "the artist's own", str(data.name), _own_files)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for corpus in found:
            folder = data if corpus.name == "own" else data / corpus.name
            jobs = min(64, len(list(corpus.read(folder))))
            pieces = [
                piece
                for chunk in pool.map(_prepare_some, [corpus.name] * jobs, [folder] * jobs, range(jobs), [jobs] * jobs)
                for piece in chunk
            ]
            pieces.sort(key=lambda piece: piece.name)
            store.save(pieces, out / f"{corpus.name}.npz")
            notes = sum(len(part.pitch) for piece in pieces for part in piece.sheet.parts)
            report(f"{corpus.name}: {len(pieces)} songs, {notes:,} notes")


def _prepare_some(name: str, folder: Path, turn: int, turns: int) -> list[store.Prepared]:
    corpus = next((each for each in CORPORA if each.name == name), None)
    loads = list(corpus.read(folder) if corpus else _own_files(folder))
    return [made for load in loads[turn::turns] if (piece := read_piece(load)) is not None and (made := _made(piece))]


def _made(piece: Piece) -> store.Prepared | None:
    try:
        sheet = sheet_of(piece.song, piece.tempo_known)
    except CocomposerError:
        return None
    return store.Prepared(
        piece.name, sheet, grid.SOURCES.index(piece.source), grid.GENRES.index(piece.genre), piece.felt
    )


def _own_files(folder: Path) -> Iterator[Callable[[], Piece | None]]:
    for path in sorted(folder.rglob("*.mid")):
        yield lambda path=path: Piece(path.stem, understand(read(path)), "", tempo_known=True)
