"""The keyboard left of the notes: keys to click and hear, degrees of the scale, or the names of the drums."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from cocomposer.music import Key
from cocomposer.music.general_midi import PERCUSSION

from ..canvas import GUTTER
from ..theme import SMALL, colour, font
from .painting import BLACK_KEYS
from .state import RollState

KEYS_WIDTH = 64
_DEGREES = ("1", "♭2", "2", "♭3", "3", "4", "♯4", "5", "♭6", "6", "♭7", "7")


class Keyboard(QWidget):
    """The rows by name.  Pressing a key sounds it; sliding over others sounds those."""

    def __init__(self, state: RollState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = state
        self.sounding: int | None = None
        self.setFixedWidth(GUTTER)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Keyboard"))
        self.setAccessibleDescription(self.tr("Press a key to hear it with the instrument of this part."))
        state.rows.moved.connect(self.update)
        state.changed.connect(self.update)
        state.timeline.moved.connect(self.update)
        state.session.selection_changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(GUTTER, 320)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("surface"))
        selected = {note.pitch for note in self.state.selected}
        if self.state.rows.drums:
            self._paint_drums(painter, selected)
        else:
            self._paint_keys(painter, selected)
        painter.fillRect(QRectF(GUTTER - 1, 0, 1, self.height()), colour("line"))
        painter.end()

    def _paint_drums(self, painter: QPainter, selected: set[int]) -> None:
        rows = self.state.rows
        painter.setFont(font(min(SMALL, max(7, int(rows.height) - 2))))
        metrics = painter.fontMetrics()
        for pitch, y in rows.visible(0, self.height()):
            row = QRectF(0, y, GUTTER - 1, rows.height - 1)
            lit = pitch == self.sounding or pitch in selected
            painter.fillRect(row, colour("accent", 0.3) if lit else colour("raised" if pitch % 2 else "surface"))
            if rows.height >= 9:
                painter.setPen(colour("text"))
                name = metrics.elidedText(_drum(pitch), Qt.TextElideMode.ElideRight, GUTTER - 20)
                painter.drawText(row.adjusted(12, 0, -4, 0), Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_keys(self, painter: QPainter, selected: set[int]) -> None:
        rows, key = self.state.rows, self.state.key
        left = float(GUTTER - 1 - KEYS_WIDTH)
        painter.fillRect(QRectF(left, 0, KEYS_WIDTH, self.height()), colour("ivory"))
        painter.setFont(font(min(SMALL, max(7, int(rows.height) - 2))))
        for pitch, y in rows.visible(0, self.height()):
            row = QRectF(left, y, KEYS_WIDTH, rows.height)
            lit = pitch == self.sounding or pitch in selected
            if pitch % 12 in BLACK_KEYS:
                black = QRectF(left, y, KEYS_WIDTH * 0.6, rows.height - 0.5)
                painter.fillRect(QRectF(left, y + rows.height / 2, KEYS_WIDTH, 1), colour("key_gap"))
                painter.fillRect(black, colour("accent") if lit else colour("ebony"))
            else:
                if lit:
                    painter.fillRect(row, colour("accent"))
                if pitch % 12 in (0, 5):  # between E and F, B and C two white keys meet
                    painter.fillRect(QRectF(left, y + rows.height - 1, KEYS_WIDTH, 1), colour("key_gap"))
            if rows.height >= 8:
                self._label(painter, row, pitch, key)

    def _label(self, painter: QPainter, row: QRectF, pitch: int, key: Key | None) -> None:
        """The octave on every C, and in the margin the degrees of the key."""
        middle = row.center().y() + painter.fontMetrics().capHeight() / 2
        if pitch % 12 == 0:
            painter.setPen(QPen(colour("key_name")))
            painter.drawText(QPointF(row.right() - 22, middle), f"C{pitch // 12 - 1}")
        if key is not None and pitch % 12 in key.scale:
            degree = (pitch - key.tonic) % 12
            painter.setPen(colour("accent") if degree == 0 else colour("muted"))
            name = f"{key.name_of(pitch)}"
            painter.drawText(QPointF(16, middle), _DEGREES[degree])  # first, lest "D 5" be read as an octave
            painter.drawText(QPointF(44, middle), name)

    # --- under the hand --------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._sound(self.state.rows.pitch(event.position().y()), event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is not None and self.sounding is not None:
            pitch = self.state.rows.pitch(event.position().y())
            if pitch != self.sounding:
                self._sound(pitch, event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        self._sound(None, 0)

    def _sound(self, pitch: int | None, x: float) -> None:
        """Let the key that sounds go and press another; the further right it is struck, the louder."""
        player, part = self.state.session.player, self.state.part_index
        if player is not None and self.sounding is not None:
            player.note_off(part, self.sounding)
        self.sounding = pitch
        if player is not None and pitch is not None:
            player.note_on(part, pitch, max(40, min(120, round(40 + 80 * x / GUTTER))))
        self.update()


def _drum(pitch: int) -> str:
    return PERCUSSION.get(pitch, str(pitch))
