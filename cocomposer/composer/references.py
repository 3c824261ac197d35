"""What a player has in the ear while a bar is written: an earlier bar that returns, what stood there, another song."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Protocol

from cocomposer.model.features import Cell, Lane, cell_of, lane_of
from cocomposer.model.grid import DRUMS, IntArray
from cocomposer.model.sheet import Sheet, Strokes, sheet_of
from cocomposer.music import Role, Song

Done = Mapping[tuple[int, int], Cell]
"""Cells written so far, by part and bar."""


class Place:
    """A bar of a part that is being written, with all that a reference may be looked for in."""

    def __init__(self, sheet: Sheet, lane: Lane, returns: IntArray) -> None:
        self.sheet, self.lane, self.returns = sheet, lane, returns


class Source(Protocol):
    """Answers the reference of a part in a bar, None where there is none."""

    def __call__(self, part: int, bar: int, done: Done, place: Place) -> Cell | None: ...


def returning(part: int, bar: int, done: Done, place: Place) -> Cell | None:
    """What the part played in the earlier bar that this one returns to."""
    earlier = int(place.returns[bar])
    if earlier < 0:
        return None
    written = done.get((part, earlier))
    return cell_of(place.sheet.parts[part], earlier, place.lane) if written is None else written


def original(part: int, bar: int, done: Done, place: Place) -> Cell | None:
    """What stood in the bar before it was asked for anew."""
    return cell_of(place.sheet.parts[part], bar, place.lane)


class _Other:
    """Another song's playing: a part of the same role and, if there is one, the same instrument; bars in turn."""

    def __init__(self, song: Song) -> None:
        self._song = song

    @cached_property
    def _sheet(self) -> Sheet:
        return sheet_of(self._song)

    @cached_property
    def _lane(self) -> Lane:
        return lane_of(self._sheet)

    def __call__(self, part: int, bar: int, done: Done, place: Place) -> Cell | None:
        wanted = place.sheet.parts[part]
        index = max(
            range(len(self._sheet.parts)), key=lambda at: _likeness(self._sheet.parts[at], wanted), default=None
        )
        if index is None or _likeness(self._sheet.parts[index], wanted) < 1:
            return None
        length = place.sheet.bar_length(bar)
        source = bar % self._sheet.bars
        return (
            cell_of(self._sheet.parts[index], source, self._lane) if self._sheet.bar_length(source) == length else None
        )


def _likeness(part: Strokes, wanted: Strokes) -> float:
    if (part.program == DRUMS) != (wanted.program == DRUMS) or part.role is Role.MELODY:
        return 0.0
    return (
        2.0 * (part.name == wanted.name)
        + 1.5 * (part.role is wanted.role)
        + 1.0 * (part.program // 8 == wanted.program // 8)
    )


def from_song(song: Song) -> Source:
    """References from another song, or from the same one played by somebody else."""
    return _Other(song)
