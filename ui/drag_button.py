"""A button that is dragged: it lays the whole song as a MIDI file wherever it is dropped."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QSize, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QApplication, QToolButton

from cocomposer.errors import CocomposerError

from . import theme
from .drawings import icon
from .out import drag_midi
from .session import Session


class SongDrag(QToolButton):
    """Dragged it carries the song; clicked it is a button like others."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._pressed: QPoint | None = None
        self.setIcon(icon("export"))
        self.setIconSize(QSize(16, 16))
        self.setText("MIDI")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        theme.set_kind(self, "chip")
        self.setToolTip(self.tr("Drag the song onto your DAW as MIDI; click to export it"))
        self.setAccessibleName(self.toolTip())
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        theme.keyboard_only_focus(self)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        if event is not None:
            self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        if event is None or self._pressed is None:
            return
        if (event.position().toPoint() - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return
        self._pressed = None
        self.setDown(False)
        try:
            drag_midi(self, self._session.song)
        except CocomposerError as error:
            self._session.problem.emit(str(error))
