"""The notes of a part as columns of numbers, so that ten thousand of them are found and drawn within a frame."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6 import sip
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter

from cocomposer.music import Note

from .authors import kind_of

Column = NDArray[np.float64]
Places = NDArray[np.int64]
Marks = NDArray[np.bool_]
SHADES = 6
"""Steps of brightness that velocities are drawn in."""
DIMMEST = 0.42
"""How much of a part's colour the softest note has."""
BAND = 64
"""Rows of pixels that Qt fills on its own; what is higher and lets something through it shares among threads."""
_KEPT, _KEPT_MARKS = 64, 4


class NoteTable:
    """Notes sorted by start, as columns: `starts`, `ends`, `pitches`, `velocities`."""

    def __init__(self, notes: tuple[Note, ...]) -> None:
        self.notes = notes
        rows = [(note.start, note.start + note.duration, note.pitch, note.velocity) for note in notes]
        columns = np.array(rows, dtype=np.float64).reshape(-1, 4).T
        self.starts, self.ends, self.pitches, self.velocities = (np.ascontiguousarray(each) for each in columns)
        self._longest = float((self.ends - self.starts).max()) if notes else 0.0
        self._marks: deque[tuple[frozenset[Note], Marks]] = deque(maxlen=_KEPT_MARKS)

    @cached_property
    def authors(self) -> Places:
        """Who wrote each note, as `authors.kind_of` counts."""
        return np.array([kind_of(note.origin) for note in self.notes], dtype=np.int64)

    @cached_property
    def _identities(self) -> Places:
        return np.fromiter(map(id, self.notes), np.int64, len(self.notes))

    def marked(self, chosen: frozenset[Note]) -> Marks:
        """Which of the notes are among `chosen`: a flag for each, found once as long as `chosen` is the same value."""
        for known, marks in self._marks:
            if known is chosen:
                return marks
        # Nearly always they are the very notes of the table, which is told far sooner than that they are equal.
        marks = np.isin(self._identities, np.fromiter(map(id, chosen), np.int64, len(chosen)))
        if np.count_nonzero(marks) < len(chosen):
            marks = np.fromiter((note in chosen for note in self.notes), np.bool_, len(self.notes))
        self._marks.append((chosen, marks))
        return marks

    def sounding(self, first: float, last: float) -> Places:
        """Places of the notes that sound between two ticks, the last one excluded."""
        low = int(np.searchsorted(self.starts, first - self._longest, side="left"))
        high = int(np.searchsorted(self.starts, last, side="left"))
        return np.flatnonzero(self.ends[low:high] > first) + low

    def begins(self, first: float, last: float) -> bool:
        """Does a note begin between two ticks, the last one excluded?"""
        return bool(np.searchsorted(self.starts, first) < np.searchsorted(self.starts, last))

    def at(self, tick: float, pitch: int) -> Note | None:
        """The note of that pitch that sounds at a tick; of several the one drawn on top."""
        places = self.sounding(tick, tick + 1)
        hits = places[self.pitches[places] == pitch]
        return self.notes[int(hits[-1])] if len(hits) else None

    def within(self, first: float, last: float, low: int, high: int) -> list[Note]:
        """The notes that sound between two ticks and lie between two pitches, both included."""
        places = self.sounding(first, last)
        fits = (self.pitches[places] >= low) & (self.pitches[places] <= high)
        return [self.notes[int(place)] for place in places[fits]]


_tables: OrderedDict[int, NoteTable] = OrderedDict()


def table_of(notes: tuple[Note, ...]) -> NoteTable:
    """The table of a part's notes, made once as long as the part is the same value."""
    found = _tables.get(id(notes))
    if found is None or found.notes is not notes:  # the table holds its notes, so that an id in use is never another's
        found = _tables[id(notes)] = NoteTable(notes)
        if len(_tables) > _KEPT:
            _tables.popitem(last=False)
    _tables.move_to_end(id(notes))
    return found


def same_notes(one: tuple[Note, ...], other: tuple[Note, ...]) -> bool:
    """Are they the same notes?  Told within a frame, also of notes that came from another process."""
    if one is other or len(one) != len(other):
        return one is other
    ours, theirs = table_of(one), table_of(other)
    columns = ("starts", "ends", "pitches", "velocities")
    return all(np.array_equal(getattr(ours, each), getattr(theirs, each)) for each in columns)


def draw_rectangles(painter: QPainter, left: Column, top: Column, width: Column, height: Column | float) -> None:
    """Fill rectangles with the painter's brush, all in one call."""
    count = len(left)
    if not count:
        return
    rectangles: Any = sip.array(QRectF, count)  # type: ignore[call-arg]  # the stub knows no arguments
    memory = np.frombuffer(sip.voidptr(rectangles, count * 32), dtype=np.float64)  # type: ignore[call-overload]
    memory = memory.reshape(-1, 4)
    for column, values in enumerate((left, top, width, height)):
        memory[:, column] = values
    painter.drawRects(rectangles)


def draw_high(painter: QPainter, left: Column, width: Column, top: float, bottom: float) -> None:
    """Fill high rectangles with a brush that lets through what lies below, in bands.

    In one piece Qt would have several threads fill them and wait for all: on a busy computer that takes frames.
    """
    band = BAND / max(1.0, painter.deviceTransform().m22())
    tops = np.arange(top, bottom, band)
    heights = np.minimum(band, bottom - tops)
    across, down = len(left), len(tops)
    draw_rectangles(
        painter, np.repeat(left, down), np.tile(tops, across), np.repeat(width, down), np.tile(heights, across)
    )


def draw_notes(
    painter: QPainter,
    table: NoteTable,
    places: Places,
    left: Column,
    top: Column,
    height: float,
    scale: float,
    shades: Sequence[QColor],
) -> None:
    """Draw the notes at `places` as plain bars; `left` and `top` belong to them, `scale` is pixels a tick.

    With more than one shade, from the softest to the loudest, each note has that of its velocity.
    """
    painter.setPen(Qt.PenStyle.NoPen)
    width = np.maximum((table.ends[places] - table.starts[places]) * scale - (scale > 0.02), 1.0)
    shade = np.minimum(table.velocities[places] * len(shades) // 128, len(shades) - 1)
    for index, colour in enumerate(shades):
        chosen = shade == index
        painter.setBrush(colour)
        draw_rectangles(painter, left[chosen], top[chosen], width[chosen], height)


def velocity_shades(loud: QColor, ground: QColor) -> tuple[QColor, ...]:
    """The colours of notes from the softest to the loudest: ever less of the ground shines through."""
    return tuple(blend(ground, loud, DIMMEST + (1 - DIMMEST) * (index + 1) / SHADES) for index in range(SHADES))


def blend(one: QColor, other: QColor, share: float) -> QColor:
    """A colour between two; `share` 1 is the other."""
    parts = zip(one.getRgbF()[:3], other.getRgbF()[:3], strict=True)
    return QColor.fromRgbF(*(float(a or 0) + (float(b or 0) - float(a or 0)) * share for a, b in parts))
