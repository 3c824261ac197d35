"""A song in a few square centimetres: every note a dash in its part's colour, drums along the bottom."""

from __future__ import annotations

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from cocomposer.music import Part, Song

from . import theme

_DRUM_SHARE = 0.2
"""Share of the height that the drums have."""
_THINNEST = 1.5


def paint_miniature(
    painter: QPainter, place: QRectF, song: Song, start: int, end: int, dim: frozenset[int] = frozenset()
) -> None:
    """Paint what sounds between the ticks `start` and `end` into `place`; parts in `dim`, by index, stay behind."""
    span = max(1, end - start)
    drums = [index for index, part in enumerate(song.parts) if part.is_drums and part.notes]
    pitched = [index for index, part in enumerate(song.parts) if not part.is_drums and part.notes]
    roll, floor = QRectF(place), QRectF(place)
    if drums:
        floor.setTop(place.bottom() - _DRUM_SHARE * place.height())
        roll.setBottom(floor.top() - 2)
    heard = [
        note.pitch for index in pitched for note in song.parts[index].notes if note.end > start and note.start < end
    ]
    low, high = (min(heard), max(heard)) if heard else (48, 72)
    # Two octaves at least, or a single line would fill the picture with bricks.
    spare = max(0, 24 - (high - low)) / 2
    low_line, lines = low - spare - 1, high - low + 2 * spare + 2

    def paint(part: Part, index: int, area: QRectF, lowest: float, count: float) -> None:
        colour = theme.role_colour(part.role, 0.3 if index in dim else 0.95)
        height = max(_THINNEST, area.height() / count * 0.9)
        for note in part.notes:
            if note.end > start and note.start < end:
                left = area.left() + max(0, note.start - start) / span * area.width()
                width = (min(end, note.end) - max(start, note.start)) / span * area.width()
                top = area.bottom() - (note.pitch - lowest) / count * area.height() - height / 2
                painter.fillRect(QRectF(left, top, max(1.0, width - 0.6), height), colour)

    for index in pitched:
        paint(song.parts[index], index, roll, low_line, lines)
    for index in drums:
        # Fewer rows than keys: a kit is heard as low, middle and high.
        part = song.parts[index]
        colour = theme.role_colour(part.role, 0.3 if index in dim else 0.8)
        for note in part.notes:
            if start <= note.start < end:
                row = 0 if note.pitch <= 36 else 1 if note.pitch <= 40 else 2
                top = floor.bottom() - (row + 1) * floor.height() / 3
                at = floor.left() + (note.start - start) / span * floor.width()
                painter.fillRect(QRectF(at, top + 0.5, 1.6, max(1.5, floor.height() / 3 - 1)), colour)


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
