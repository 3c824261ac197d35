"""Learning from the artist's own music: files in, an adapter with its card out, kept in the data folder."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cocomposer import __version__, formats
from cocomposer.composer.model_composer import why_unavailable
from cocomposer.composer.sketch import joined_staves, understand
from cocomposer.errors import Cancelled, CocomposerError, RequestError
from cocomposer.library.adapter_card import MAX_SONGS, AdapterCard, LearnedFile
from cocomposer.model.composer_weights import NAME, load_network, weights_path
from cocomposer.model.course import USUAL, Course
from cocomposer.model.grid import micro_bucket
from cocomposer.model.sheet import Sheet, sheet_of
from cocomposer.music import Song
from cocomposer.studio.adapters import KeptAdapter, check_name, keep_adapter
from cocomposer.studio.ownership import OwnershipError, doubts
from cocomposer.studio.project_file import SUFFIX as PROJECT
from cocomposer.studio.project_file import read_project
from cocomposer.studio.rehearsal import rehearsal

if TYPE_CHECKING:
    from cocomposer.model.practice import Prepared

CONFIRMED = "The artist says: this music is mine, or I may use it to train a model."
UNDOUBTED = "The artist named this music as their own, and nothing in the files says otherwise."
_SUFFIXES = (".mid", ".midi", ".musicxml", ".mxl", PROJECT)
_SHOWN = 8
"""Doubtful files that are named."""
_IN_TIME = 0.7
"""Share of notes exactly on the grid from which music was written down rather than played."""
_READING = 0.1
"""Share of the work that reading and understanding the songs takes."""


@dataclass(frozen=True)
class Source:
    """A file to learn from: its SHA-256, its songs, and why it may not be the artist's (none is no proof)."""

    path: Path
    sha256: str
    songs: tuple[Song, ...]
    doubts: tuple[str, ...] = ()

    def __str__(self) -> str:
        """What speaks against it: "nocturne.mid says '(c) 1999'"."""
        return f"{self.path.name} {'; '.join(self.doubts)}"


def sources_in(
    places: Sequence[Path], artist: str = "", cancelled: Callable[[], bool] = lambda: False
) -> tuple[list[Source], list[str]]:
    """The music in files and folders, each once, and a sentence for each file that could not be read.

    Of a project it is the song and every proposal that was kept.  Raises RequestError where there is no music at all,
    or too much, and Cancelled.
    """
    found: dict[str, Source] = {}
    problems = []
    for path in _files(places):
        if cancelled():
            raise Cancelled("Stopped; nothing was learned.")
        try:
            data = path.read_bytes() if path.stat().st_size <= formats.MAX_BYTES else b""
            digest = hashlib.sha256(data).hexdigest()
            songs = _project_songs(path) if path.suffix.lower() == PROJECT else (formats.read(path),)
            songs = tuple(song for song in songs if any(part.notes for part in song.parts))
            if songs:
                found.setdefault(digest, Source(path, digest, songs, doubts(path, data, songs[0], artist)))
        except (CocomposerError, OSError) as error:
            problems.append(f"{path.name} is left out: {error}")
    if not found:
        raise RequestError("There is no music to learn from: name a folder with your MIDI files.")
    return list(found.values()), problems


def adapt(
    sources: Iterable[Source], name: str, *, artist: str = "", confirmed: bool = False, course: Course = USUAL,
    progress: Callable[[float], None] = lambda share: None, cancelled: Callable[[], bool] = lambda: False,
) -> KeptAdapter:  # fmt: skip
    """Learn from music that the artist has the right to use, and keep what was learned as the adapter `name`.

    An adapter of that name is replaced in the end, or stays as it was where the work is stopped.  Raises
    OwnershipError where it is doubtful whose the music is and that was not `confirmed`, RequestError where the music is
    too little or the model cannot play here, ModelError where its weights are damaged, and Cancelled.
    """
    check_name(name)
    sources = list(sources)
    if not confirmed and (refusal := why_refused(sources)):
        raise OwnershipError(f"{refusal} Take it out, or confirm that you may use it to train a model.")
    if why := why_unavailable():
        raise RequestError(f"The neural composer is needed to learn and cannot play: {why}.")
    from cocomposer.model.adapters import adapter_bytes, hash_of
    from cocomposer.model.adapting import learn

    songs = list(prepared(sources, cancelled))
    others = list(rehearsal(cancelled))
    progress(_READING)
    network, version = load_network(weights_path())
    base = hash_of(weights_path())
    learned = learn(
        network, base, songs, others, course, lambda share: progress(_READING + (1 - _READING) * share), cancelled
    )
    data = adapter_bytes(learned.adapter)
    card = AdapterCard(
        artist=_plain(artist)[:100],
        statement=CONFIRMED if confirmed else UNDOUBTED,
        base=f"{NAME} {version}".strip(),
        base_sha256=base,
        weights_sha256=hashlib.sha256(data).hexdigest(),
        learned=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        program=__version__,
        files=[LearnedFile(name=_plain(each.path.name)[:200], sha256=each.sha256) for each in sources],
        kept_aside=[_plain(each)[:200] for each in learned.kept_aside],
        notes=sum(len(part.pitch) for song in songs for part in song.sheet.parts),
        steps=learned.steps,
        seed=course.seed,
        seconds=round(learned.seconds, 1),
        before=round(learned.before, 4),
        after=round(learned.after, 4),
    )
    return keep_adapter(name, card, data)


def why_refused(sources: Sequence[Source]) -> str:
    """Why the program does not learn from these files unless the artist confirms that it may; "" where it does."""
    doubtful = [str(source) for source in sources if source.doubts]
    if not doubtful:
        return ""
    shown, more = doubtful[:_SHOWN], len(doubtful) - _SHOWN
    return (
        "Some of this music may be somebody else's: " + "; ".join([*shown, *([f"and {more} more"] * (more > 0))]) + "."
    )


def _files(places: Sequence[Path]) -> list[Path]:
    files = []
    for place in places:
        if place.is_dir():
            files += [path for path in sorted(place.rglob("*")) if path.suffix.lower() in _SUFFIXES and path.is_file()]
        else:
            files.append(place)
    if len(files) > MAX_SONGS:
        raise RequestError(f"These are {len(files):,} files; name a folder with {MAX_SONGS:,} at most.")
    return files


def _project_songs(path: Path) -> tuple[Song, ...]:
    """The song of a project and the proposals that were kept, but for those that the song is by now."""
    project = read_project(path)
    songs = [project.song]
    for generation in project.generations:
        for answer in generation.answers:
            if answer.verdict == "kept" and all(answer.song.parts != song.parts for song in songs):
                songs.append(answer.song)
    return tuple(songs)


def prepared(sources: Iterable[Source], cancelled: Callable[[], bool] = lambda: False) -> Iterator[Prepared]:
    """The songs of files as the network hears them; what has no pitched note is left out.  Raises Cancelled."""
    from cocomposer.model.practice import Prepared

    for source in sources:
        for song in source.songs:
            if cancelled():
                raise Cancelled("Stopped; nothing was learned.")
            try:
                sheet = sheet_of(understand(joined_staves(song)))
            except CocomposerError:
                continue  # drums alone, or no pitched note: nothing that a band could be learned from
            if sheet.parts:
                yield Prepared(source.path.name, sheet, 0, 0, _is_played(sheet))


def _is_played(sheet: Sheet) -> bool:
    micro = np.concatenate([part.micro for part in sheet.parts])
    return bool(np.mean(micro == micro_bucket(np.zeros(1, np.int64))[0]) < _IN_TIME)


def _plain(text: str) -> str:
    """The text without what no screen shows."""
    return "".join(letter for letter in text if letter.isprintable())
