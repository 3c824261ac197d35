"""A song in a few square centimetres: every note a dash in its part's colour, drums along the bottom."""

from __future__ import annotations

from collections.abc import Collection

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter

from cocomposer.music import Part, Song

from . import theme

_DRUM_SHARE = 0.2
"""Share of the height that the drums have."""
_THINNEST = 1.5
_LEAST_RANGE = 24
"""Semitones from bottom to top at least, or a single line would fill the picture with bricks."""
_KICK, _SNARE = 36, 40
"""Highest General MIDI keys of bass drums and of snares."""


def paint_miniature(
    painter: QPainter, place: QRectF, song: Song, start: int, end: int, kept: Collection[int] = ()
) -> None:
    """Paint what sounds between the ticks `start` and `end` into `place`; the parts `kept`, by index, stand back."""
    roll, floor = QRectF(place), QRectF(place)
    if any(part.is_drums and part.notes for part in song.parts):
        floor.setTop(place.bottom() - _DRUM_SHARE * place.height())
        roll.setBottom(floor.top() - 2)
    pitched = [note for part in song.parts if not part.is_drums for note in part.notes]
    heard = [note.pitch for note in pitched if note.end > start and note.start < end]
    low, high = (min(heard), max(heard)) if heard else (48, 72)
    spare = max(0, _LEAST_RANGE - (high - low)) / 2
    pitches = low - spare - 1, high + spare + 1
    painter.setPen(Qt.PenStyle.NoPen)
    for index in sorted(range(len(song.parts)), key=lambda index: index not in kept):
        part = song.parts[index]
        painter.setBrush(theme.role_colour(part.role, 0.35 if index in kept else 0.95))
        rects = _strokes(part, floor, start, end) if part.is_drums else _dashes(part, roll, pitches, start, end)
        if rects:
            painter.drawRects(*rects)


def _dashes(part: Part, place: QRectF, pitches: tuple[float, float], start: int, end: int) -> list[QRectF]:
    """A dash for every note; `pitches` are at the bottom and the top of `place`."""
    low, high = pitches
    height = max(_THINNEST, place.height() / (high - low) * 0.9)
    across = place.width() / max(1, end - start)
    dashes = []
    for note in part.notes:
        if note.end > start and note.start < end:
            first, last = max(start, note.start), min(end, note.end)
            top = place.bottom() - (note.pitch - low) / (high - low) * place.height() - height / 2
            width = max(1.0, (last - first) * across - 0.6)
            dashes.append(QRectF(place.left() + (first - start) * across, top, width, height))
    return dashes


def _strokes(part: Part, place: QRectF, start: int, end: int) -> list[QRectF]:
    """Drums in three rows, as a kit is heard: kick, snare, and all that is above."""
    row = place.height() / 3
    across = place.width() / max(1, end - start)
    strokes = []
    for note in part.notes:
        if start <= note.start < end:
            step = 1 if note.pitch <= _KICK else 2 if note.pitch <= _SNARE else 3
            left = place.left() + (note.start - start) * across
            strokes.append(QRectF(left, place.bottom() - step * row + 0.5, 1.6, max(1.5, row - 1)))
    return strokes


def density(song: Song, start: int, end: int, columns: int) -> tuple[float, ...]:
    """How much is going on, 0..1 relative to the busiest place, in `columns` equal stretches between two ticks."""
    weights = [0.0] * columns
    span = max(1, end - start)
    for part in song.parts:
        for note in part.notes:
            if start <= note.start < end:
                weights[(note.start - start) * columns // span] += note.velocity / 127
    most = max(weights, default=0.0)
    return tuple(weight / most if most else 0.0 for weight in weights)
