"""How much of a strip goes to each send bus, as thin bars that are turned like knobs."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from cocomposer.music.mix import SILENT_DB
from cocomposer.sound.console import mix_of

from .. import theme
from ..scales import fader_scale
from ..value_control import ValueControl
from .desk import StripDesk


class SendBar(ValueControl):
    """One send: its name, and its level as a bar below; off at the left end."""

    def __init__(self, bus: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, fader_scale(SILENT_DB), parent=parent)
        self._bus = bus
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFixedHeight(20)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(80, 20)

    def travel(self) -> float:
        return max(40.0, float(self.width()))

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        off = self.amount is None or self.amount <= SILENT_DB
        painter.setFont(theme.font(10, digits=True))
        painter.setPen(theme.colour("muted"))
        words = QRectF(2, 0, self.width() - 4, 14)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._bus)
        level = self.tr("off") if off else f"{self.amount:.0f}".replace("-", "\N{MINUS SIGN}")
        painter.setPen(theme.colour("muted" if off else "text"))
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, level)
        rail = QRectF(2, 15, self.width() - 4, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("pressed"))
        painter.drawRoundedRect(rail, 1.5, 1.5)
        if not off:
            painter.setBrush(theme.colour("accent"))
            painter.drawRoundedRect(QRectF(rail.left(), rail.top(), self.position * rail.width(), 3), 1.5, 1.5)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), 1))
            painter.drawRoundedRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1), 3, 3)


class SendBars(QWidget):
    """One bar a send bus of the song."""

    def __init__(self, desk: StripDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.bars: dict[str, SendBar] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def refresh(self) -> None:
        """Show the levels as they are in the song."""
        names = [bus.name for bus in mix_of(self._desk.session.song).sends]
        if list(self.bars) != names:
            for bar in self.bars.values():
                bar.deleteLater()
            self.bars = {name: self._made(name) for name in names}
        levels = dict(self._desk.strip.sends)
        for name, bar in self.bars.items():
            bar.set_value(levels.get(name, SILENT_DB))

    def _made(self, bus: str) -> SendBar:
        bar = SendBar(bus, self.tr("Send of {name} to {bus}").format(name=self._desk.name, bus=bus))
        bar.turned.connect(
            lambda level: self._desk.set_send(bus, None if level <= SILENT_DB else level, f"send {bus} {bar.gesture}")
        )
        self._column.addWidget(bar)
        return bar
