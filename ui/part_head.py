"""The head of one part: its colour, name, instrument, mute and solo."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QCoreApplication, QPoint, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QApplication, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from cocomposer.errors import CocomposerError
from cocomposer.music import Part, Strip
from cocomposer.music.general_midi import INSTRUMENTS
from cocomposer.sound.house_mix import strip_of
from cocomposer.studio import editing

from .name_field import NameField
from .session import Session
from .theme import colour, role_colour, set_kind

BUTTON = 22
TWO_LINES = 40
"""Height from which the instrument stands under the name."""


class PartHead(QWidget):
    """A click makes the part the current one, a double click renames it, a drag takes it away."""

    dragged = pyqtSignal(int)

    def __init__(self, session: Session, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.index = index
        self._pressed: QPoint | None = None
        self._target = False
        self.name, self.instrument = QLabel(), QLabel()
        set_kind(self.instrument, "small")
        for label in (self.name, self.instrument):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            label.setMinimumWidth(0)
        self.mute = self._toggle("M", self.tr("Mute"))
        self.solo = self._toggle("S", self.tr("Solo"))
        self.mute.clicked.connect(self._set_muted)
        self.solo.clicked.connect(self._set_soloed)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addStretch(1)
        names.addWidget(self.name)
        names.addWidget(self.instrument)
        names.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 8, 1)
        row.setSpacing(2)
        row.addLayout(names, 1)
        row.addWidget(self.mute)
        row.addWidget(self.solo)
        self.field = NameField(self.tr("Name of the part"), self)
        self.field.named.connect(self._rename)
        self.field.closed.connect(self._focus_heads)

    @property
    def part(self) -> Part | None:
        parts = self.session.song.parts
        return parts[self.index] if self.index < len(parts) else None

    def refresh(self) -> None:
        """Show the part as it is now."""
        part = self.part
        if part is None:
            return
        played_by = instrument_name(part)
        room = self.width() - 16 - 8 - 2 * BUTTON - 6
        for label, text in ((self.name, part.name), (self.instrument, played_by)):
            label.setText(label.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(40, room)))
        self.instrument.setVisible(self.height() >= TWO_LINES)
        self.setToolTip(f"{part.name} · {played_by}")
        self.setAccessibleName(f"{part.name}, {part.role}, {played_by}")
        strip = strip_of(part, self.session.song)
        self.mute.setChecked(strip.muted)
        self.solo.setChecked(strip.soloed)
        for button, does in ((self.mute, self.tr("Mute {name}")), (self.solo, self.tr("Solo {name}"))):
            button.setAccessibleName(does.format(name=part.name))
        self.update()

    def set_target(self, target: bool) -> None:
        """Show that something would be dropped here."""
        if target != self._target:
            self._target = target
            self.update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.refresh()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        part = self.part
        painter = QPainter(self)
        current = self.index == self.session.current_part
        painter.fillRect(self.rect(), colour("hover" if self._target else "raised" if current else "surface"))
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), colour("line"))
        if part is not None:
            painter.fillRect(QRectF(0, 0, 4, self.height() - 1), role_colour(part.role))
        parent = self.parentWidget()
        if current and parent is not None and parent.hasFocus():
            painter.setPen(colour("focus"))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -1.5))
        painter.end()

    # --- mute and solo ---------------------------------------------------------------------------

    def _toggle(self, letter: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setText(letter)
        button.setCheckable(True)
        button.setToolTip(name)
        button.setFixedSize(BUTTON, BUTTON)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_kind(button, "toggle")
        return button

    def _set_muted(self, on: bool) -> None:
        if self.part is not None:
            strip = replace(strip_of(self.part, self.session.song), muted=on)
            self._set_strip(self.tr("Mute") if on else self.tr("Unmute"), strip)

    def _set_soloed(self, on: bool) -> None:
        if self.part is not None:
            strip = replace(strip_of(self.part, self.session.song), soloed=on)
            self._set_strip(self.tr("Solo") if on else self.tr("End solo"), strip)

    def _set_strip(self, label: str, strip: Strip) -> None:
        self.session.edit(label, editing.with_strip(self.session.song, self.index, strip))

    # --- name and drag ---------------------------------------------------------------------------

    def rename(self) -> None:
        """Open the field over the name."""
        if self.part is not None:
            self.field.setGeometry(8, (self.height() - 28) // 2, self.width() - 16, 28)
            self.field.open(self.part.name)

    def _rename(self, name: str) -> None:
        try:
            song = editing.rename_part(self.session.song, self.index, name)
        except CocomposerError as error:
            self.session.problem.emit(str(error))
        else:
            self.session.edit(self.tr("Rename part"), song)

    def _focus_heads(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus(reason)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.session.current_part = self.index
            self._pressed = event.position().toPoint()
            self._focus_heads(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is None or self._pressed is None:
            return
        if (event.position().toPoint() - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self.dragged.emit(self.index)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        self.rename()


def instrument_name(part: Part) -> str:
    """What plays the part, as an artist knows it."""
    if part.instrument is not None and part.instrument.name:
        return part.instrument.name
    return QCoreApplication.translate("Part", "Drum kit") if part.is_drums else INSTRUMENTS[part.program]
