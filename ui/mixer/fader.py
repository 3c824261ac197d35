"""The long fader of a strip, with its scale in decibels."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from .. import theme
from ..scales import fader_scale
from ..value_control import ValueControl

MARKS = (0, 12, 6, -6, -12, -20, -30, -40, -60)
"""Decibels that are written, the most important first."""
END = 12
"""Pixels of travel that are left free at both ends, so that the cap stays inside; meters keep to the same."""
_CAP = QSize(22, 12)
_RULER = 22
_ROOM = 11.0
"""Pixels that a mark's number needs."""


class Fader(ValueControl):
    """A vertical fader from silence to +12 dB; dragging moves it by what the hand moves, wherever it was taken."""

    def __init__(self, name: str, default: float = 0.0, parent: QWidget | None = None) -> None:
        super().__init__(name, fader_scale(default), parent=parent)
        self.setOrientation(Qt.Orientation.Vertical)
        self.setFixedWidth(_RULER + _CAP.width() + 2)
        self.setMinimumHeight(120)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def travel(self) -> float:
        return max(1.0, self.height() - 2.0 * END)

    def editor_place(self) -> QRectF:
        return QRectF(0, self._height_of(self.position) - 12, self.width(), 24)

    def _height_of(self, position: float) -> float:
        return END + (1 - position) * self.travel()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setFont(theme.font(9, digits=True))
        middle = _RULER + _CAP.width() / 2
        written: list[float] = []
        for mark in MARKS:
            at = self._height_of(self.scale.position(mark))
            if any(abs(at - other) < _ROOM for other in written):
                continue
            written.append(at)
            painter.setPen(theme.colour("muted" if mark == 0 else "border"))
            painter.drawLine(QPointF(_RULER - 2, at), QPointF(middle + 8, at))
            painter.setPen(theme.colour("text" if mark == 0 else "muted"))
            text = QRectF(0, at - 7, _RULER - 5, 14)
            painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(abs(mark)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("line")))
        painter.setBrush(theme.colour("well"))
        painter.drawRoundedRect(QRectF(middle - 2.5, END - 6, 5, self.travel() + 12), 2.5, 2.5)
        self._paint_cap(painter, QPointF(middle, self._height_of(self.position)))

    def _paint_cap(self, painter: QPainter, centre: QPointF) -> None:
        cap = QRectF(0, 0, _CAP.width(), _CAP.height())
        cap.moveCenter(centre)
        painter.setPen(QPen(theme.colour("focus" if self.hasFocus() else "background"), 1.5))
        face = QColor(theme.colour("text" if self.underMouse() or self.isSliderDown() else "muted"))
        painter.setBrush(face)
        painter.drawRoundedRect(cap, 3, 3)
        painter.setPen(QPen(theme.colour("background"), 1.5))
        painter.drawLine(QPointF(cap.left() + 4, centre.y()), QPointF(cap.right() - 4, centre.y()))
