"""The rows of the arrangement: how high a part's lane is, and how far the lanes are scrolled."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

LOWEST, HIGHEST = 28.0, 112.0


class LaneRows(QObject):
    """One row a part, all equally high."""

    moved = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.height = 44.0
        self.offset = 0.0
        self.count = 0
        self.view = 200

    def y(self, part: int) -> float:
        """The upper edge of a part's row."""
        return part * self.height - self.offset

    def at(self, y: float) -> int | None:
        """The part whose row is at a height, None below the last."""
        part = int((y + self.offset) // self.height)
        return part if 0 <= part < self.count else None

    def nearest(self, y: float) -> int:
        """The part whose row is at a height or next to it."""
        return max(0, min(int((y + self.offset) // self.height), self.count - 1))

    def set_count(self, parts: int) -> None:
        self.count = parts
        self.scroll_to(self.offset)

    def set_view(self, pixels: int) -> None:
        self.view = max(1, pixels)
        self.scroll_to(self.offset)

    def scroll_to(self, offset: float) -> None:
        self.offset = max(0.0, min(offset, self.count * self.height - self.view))
        self.moved.emit()

    def show(self, part: int) -> None:
        """Scroll by as much as a row needs to be seen."""
        if self.y(part) < 0:
            self.scroll_to(part * self.height)
        elif self.y(part) + self.height > self.view:
            self.scroll_to((part + 1) * self.height - self.view)

    def zoom(self, factor: float, y: float) -> None:
        place = (y + self.offset) / self.height
        self.height = round(max(LOWEST, min(HIGHEST, self.height * factor)))
        self.scroll_to(place * self.height - y)
