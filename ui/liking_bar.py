"""How much a trait is liked, and how sure that is: a bar from the middle with a whisker, to be dragged."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QWheelEvent
from PyQt6.QtWidgets import QWidget

from cocomposer.taste import CORRECTED, Line

from . import theme
from .value_control import ValueControl
from .wish_sliders import percent_scale

_MARGIN = 8.0
_THICK, _HANDLE = 8.0, 5.0
_REST = 300
"""Milliseconds after which a hand rests."""


class LikingBar(ValueControl):
    """Right is liking what there is much of, left the opposite.

    `settled` tells how much the artist says, -1..1, once the hand rests.
    """

    settled = pyqtSignal(float)

    def __init__(self, name: str, line: Line, parent: QWidget | None = None) -> None:
        super().__init__(name, percent_scale(0.0, -1.0, 1.0), parent=parent)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFixedHeight(24)
        self.setMinimumWidth(120)
        self._doubt, self._corrected = line.doubt / CORRECTED, line.corrected
        self.set_value(min(1.0, max(-1.0, line.weight / CORRECTED)))
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_REST)
        self._pause.timeout.connect(self._settle)
        self.turned.connect(lambda _: self._pause.start())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(200, 24)

    def along(self, point: QPointF) -> float | None:
        return (point.x() - _MARGIN) / self.travel()

    def travel(self) -> float:
        return self.width() - 2 * _MARGIN

    def editor_place(self) -> QRectF:
        return QRectF(self.width() / 2 - 32, 0, 64, self.height())

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802
        """The wheel scrolls the lines; it turns only a bar that was chosen."""
        if event is not None and self.hasFocus():
            super().wheelEvent(event)
        elif event is not None:
            event.ignore()

    def _settle(self) -> None:
        if self.isSliderDown():
            self._pause.start()
        else:
            self.settled.emit(float(self.amount or 0.0))

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strength = 1.0 if self.isEnabled() else 0.4
        middle, height = self.width() / 2, self.height() / 2
        at = _MARGIN + self.position * self.travel()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("well"))
        painter.drawRoundedRect(QRectF(_MARGIN, height - _THICK / 2, self.travel(), _THICK), 2, 2)
        painter.setBrush(theme.colour("accent" if self._corrected else "muted", strength))
        painter.drawRoundedRect(QRectF(min(middle, at), height - _THICK / 2, abs(at - middle), _THICK), 2, 2)
        painter.setPen(QPen(theme.colour("border"), 1))
        painter.drawLine(QPointF(middle, 4), QPointF(middle, self.height() - 4))
        doubt = self._doubt * self.travel() / 2
        low, high = max(_MARGIN, at - doubt), min(self.width() - _MARGIN, at + doubt)
        painter.setPen(QPen(theme.colour("text", strength), 1.5))
        painter.drawLine(QPointF(low, height), QPointF(high, height))
        for end in (low, high):
            painter.drawLine(QPointF(end, height - 3), QPointF(end, height + 3))
        if self.underMouse() or self.hasFocus():
            painter.setBrush(theme.colour("text"))
            painter.setPen(QPen(theme.colour("focus" if self.hasFocus() else "background"), 1.5))
            painter.drawEllipse(QPointF(at, height), _HANDLE, _HANDLE)
