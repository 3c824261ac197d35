"""A knob: an arc that fills as it turns, with its value in a bubble while it is in the hand."""

from __future__ import annotations

from math import cos, radians, sin

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from .. import theme
from ..scales import Scale
from ..value_control import ValueControl

_FIRST, _SWEEP = 225.0, 270.0
"""Degrees, counted from three o'clock against the clock: where the arc begins, and how far it goes round."""


class Knob(ValueControl):
    """A round control, turned by dragging up and down; a scale with two sides fills from its middle.

    `label` is written below it, or the value while it is in the hand or under the keyboard.
    """

    def __init__(
        self, name: str, scale: Scale, label: str = "", *, size: int = 28, parent: QWidget | None = None
    ) -> None:
        super().__init__(name, scale, parent=parent)
        self._label, self._size = label, size
        self.setFixedSize(QSize(max(size + 8, 44), size + (20 if label else 8)))
        self.setCursor(Qt.CursorShape.SizeVerCursor)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        circle = QRectF((self.width() - self._size) / 2, 4, self._size, self._size)
        centre, radius = circle.center(), self._size / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("hover" if self.underMouse() else "raised"))
        painter.drawEllipse(circle.adjusted(4, 4, -4, -4))
        arc = circle.adjusted(1.5, 1.5, -1.5, -1.5)
        self._arc(painter, arc, 0.0, 1.0, "pressed")
        two_sided = self.scale.low < 0 < self.scale.high and self.scale.along is None
        self._arc(painter, arc, self.scale.position(0.0) if two_sided else 0.0, self.position, "accent")
        angle = radians(_FIRST - _SWEEP * self.position)
        way = QPointF(cos(angle), -sin(angle))
        painter.setPen(QPen(theme.colour("text"), 2, cap=Qt.PenCapStyle.RoundCap))
        painter.drawLine(centre + way * (radius * 0.3), centre + way * (radius * 0.62))
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("focus"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(circle.adjusted(-1.5, -1.5, 1.5, 1.5))
        if self._label:
            held = self.isSliderDown() or self.hasFocus() or self.underMouse()
            painter.setFont(theme.font(theme.SMALL, digits=held))
            painter.setPen(theme.colour("text" if held else "muted"))
            place = QRectF(0, self._size + 4, self.width(), 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.text() if held else self._label)

    def _arc(self, painter: QPainter, place: QRectF, first: float, last: float, token: str) -> None:
        painter.setPen(
            QPen(theme.colour(token), 3, cap=Qt.PenCapStyle.RoundCap if token == "pressed" else Qt.PenCapStyle.FlatCap)
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawArc(place, round(16 * (_FIRST - _SWEEP * first)), round(-16 * _SWEEP * (last - first)))
