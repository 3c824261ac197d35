"""A bar that shows how much is done, and is painted with the rest of the window."""

from __future__ import annotations

from PyQt6.QtWidgets import QProgressBar, QWidget


class ProgressBar(QProgressBar):
    """Shows a share in steps of a percent, without text.

    A bar of Qt paints itself, and all else that waits for it, within `setValue`: who tells of progress would wait for
    a whole frame each time.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(0, 100)
        self.setTextVisible(False)
        self.setValue(0)

    def show_share(self, share: float) -> None:
        """Show how much is done, 0..1, in the next frame."""
        percent = round(100 * min(1.0, max(0.0, share)))
        if percent != self.value():
            self.setUpdatesEnabled(False)
            self.setValue(percent)
            self.setUpdatesEnabled(True)
