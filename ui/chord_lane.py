"""The chord lane over the notes: its name, and the strip of chords."""

from __future__ import annotations

from PyQt6.QtWidgets import QHBoxLayout, QWidget

from .canvas import SCROLL_BAR, gutter
from .chord_strip import HEIGHT, ChordStrip
from .session import Session
from .timeline import Timeline, shared_timeline


class ChordLane(QWidget):
    """The chord lane with its name left of it."""

    def __init__(self, session: Session, timeline: Timeline | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip = ChordStrip(session, timeline or shared_timeline(session))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, SCROLL_BAR, 0)
        row.setSpacing(0)
        row.addWidget(gutter(HEIGHT, self.tr("Chords")))
        row.addWidget(self.strip, 1)
        self.setFixedHeight(HEIGHT)
        self.setFocusProxy(self.strip)
