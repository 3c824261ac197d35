"""The slider of a wish or a parameter: a thin rail with its value beside it, hollow while it is free."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from . import theme
from .scales import Scale
from .value_control import ValueControl

_VALUE_WIDTH = 64
_MARGIN = 8.0
_HANDLE = 5.0


class Slider(ValueControl):
    """A horizontal slider that is its own ruler: a press puts the handle there."""

    def __init__(self, name: str, scale: Scale, *, may_be_free: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(name, scale, may_be_free=may_be_free, parent=parent)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFixedHeight(24)
        self.setMinimumWidth(140)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(200, 24)

    def _rail(self) -> QRectF:
        return QRectF(_MARGIN, self.height() / 2 - 1.5, self.width() - 2 * _MARGIN - _VALUE_WIDTH, 3)

    def along(self, point: QPointF) -> float | None:
        rail = self._rail()
        return (point.x() - rail.left()) / rail.width()

    def travel(self) -> float:
        return self._rail().width()

    def editor_place(self) -> QRectF:
        return QRectF(self.width() - _VALUE_WIDTH, 0, _VALUE_WIDTH, self.height())

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        rail, free = self._rail(), self.amount is None
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("pressed"))
        painter.drawRoundedRect(rail, 1.5, 1.5)
        at = rail.left() + self.position * rail.width()
        strength = 1.0 if self.isEnabled() else 0.4
        if not free:
            # From the middle where the scale has two sides, else from its beginning.
            zero = (
                rail.left() + (self.scale.position(0.0) if self.scale.low < 0 < self.scale.high else 0) * rail.width()
            )
            painter.setBrush(theme.colour("accent", strength))
            painter.drawRoundedRect(
                QRectF(QPointF(min(zero, at), rail.top()), QPointF(max(zero, at), rail.bottom())), 1.5, 1.5
            )
        lit = self.underMouse() or self.hasFocus()
        painter.setBrush(theme.colour("well") if free else theme.colour("text" if lit else "muted", strength))
        painter.setPen(QPen(theme.colour("muted" if free else "background", strength), 1.5))
        painter.drawEllipse(QPointF(at, rail.center().y()), _HANDLE, _HANDLE)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("focus"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(at, rail.center().y()), _HANDLE + 3, _HANDLE + 3)
        painter.setPen(theme.colour("muted" if free or not self.isEnabled() else "text"))
        painter.setFont(theme.font(theme.SMALL, digits=True))
        value_at = QRectF(self.width() - _VALUE_WIDTH, 0, _VALUE_WIDTH - 4, self.height())
        painter.drawText(value_at, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.text())
