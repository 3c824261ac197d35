"""Which pitch is at which height: the rows of the roll, for a keyboard and for a drum kit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from cocomposer.music import Part
from cocomposer.music.general_midi import PERCUSSION

from ..note_table import Column

LOWEST_ROW, HIGHEST_ROW = 4.0, 40.0
"""Row heights in pixels at the farthest and the closest zoom."""
KEYBOARD = tuple(range(127, -1, -1))
DRUM_KEYS = tuple(sorted(PERCUSSION, reverse=True))


class Rows(QObject):
    """The rows of the part that is shown, from top to bottom, with their height and how far they are scrolled."""

    moved = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.height = 14.0
        self.offset = 0.0
        self.view = 400
        self.drums = False
        self._show(KEYBOARD)

    def show_part(self, part: Part | None) -> None:
        """Take the rows of a part: every pitch, or for drums those of a General MIDI kit and what else is played."""
        self.drums = part is not None and part.is_drums
        pitches = KEYBOARD
        if part is not None and self.drums:
            pitches = tuple(sorted({*DRUM_KEYS, *(note.pitch for note in part.notes)}, reverse=True))
        if pitches != self.pitches:
            self._show(pitches)
        if part is not None and part.pitch_range is not None:
            low, high = part.pitch_range
            self.centre((low + high) // 2)
        else:
            self.centre(self.pitches[-1] + 6 if self.drums else 66)

    def _show(self, pitches: tuple[int, ...]) -> None:
        self.pitches = pitches
        self._places = np.zeros(128)
        self._places[list(pitches)] = np.arange(len(pitches))
        self._known = frozenset(pitches)

    def __contains__(self, pitch: int) -> bool:
        return pitch in self._known

    def y(self, pitch: int) -> float:
        """The upper edge of a pitch's row."""
        return float(self._places[pitch]) * self.height - self.offset

    def tops(self, pitches: Column) -> Column:
        """The upper edges for a column of pitches."""
        return np.asarray(self._places[pitches.astype(np.int64)] * self.height - self.offset)

    def pitch(self, y: float) -> int:
        """The pitch whose row is at a height, the first or last one beyond them."""
        place = int((y + self.offset) // self.height)
        return self.pitches[max(0, min(place, len(self.pitches) - 1))]

    def neighbour(self, pitch: int, down: int) -> int:
        """The pitch that many rows further down, or the last one."""
        place = int(self._places[pitch]) + down
        return self.pitches[max(0, min(place, len(self.pitches) - 1))]

    def visible(self, top: float, bottom: float) -> Iterator[tuple[int, float]]:
        """The pitches between two heights with the upper edges of their rows."""
        first = max(0, int((top + self.offset) // self.height))
        last = min(len(self.pitches), int((bottom + self.offset) // self.height) + 1)
        for place in range(first, last):
            yield self.pitches[place], place * self.height - self.offset

    def set_view(self, pixels: int) -> None:
        """Take another height of the lane; what is in its middle stays there."""
        middle = self.offset + self.view / 2
        self.view = max(1, pixels)
        self.scroll_to(middle - self.view / 2)

    def scroll_to(self, offset: float) -> None:
        self.offset = max(0.0, min(offset, len(self.pitches) * self.height - self.view))
        self.moved.emit()

    def centre(self, pitch: int) -> None:
        self.scroll_to((float(self._places[pitch]) + 0.5) * self.height - self.view / 2)

    def show_pitch(self, pitch: int) -> None:
        """Scroll by as much as a pitch needs to be seen."""
        if not 0 <= self.y(pitch) <= self.view - self.height:
            self.centre(pitch)

    def zoom(self, factor: float, y: float) -> None:
        """Change the height of the rows; what is at `y` stays there."""
        place = (y + self.offset) / self.height
        self.height = max(LOWEST_ROW, min(HIGHEST_ROW, self.height * factor))
        self.scroll_to(place * self.height - y)
