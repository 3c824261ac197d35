"""The mood pad: one point says how dark or bright and how calm or excited the music shall be."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QLinearGradient, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from . import theme

_EDGE = 1.0
_STEP, _FINE_STEP = 0.1, 0.02
_KEYS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1),
}  # fmt: skip
_FREE_KEYS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Escape)


class MoodPad(QWidget):
    """Valence from left (dark) to right (bright), arousal from below (calm) to above (excited), both -1..1.

    Free until it is touched: a double click, Delete or Escape frees it again.  Arrows move the point, Shift finely.
    `changed` tells every move by hand; `mood` is what stands, None while free.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mood: tuple[float, float] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(132)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self.tr("Mood: from dark to bright, from calm to excited"))
        self._tell()

    @property
    def mood(self) -> tuple[float, float] | None:
        """(valence, arousal), or None for free."""
        return self._mood

    def set_mood(self, mood: tuple[float, float] | None) -> None:
        """Show that mood, kept inside the pad."""
        if mood is not None:
            mood = (min(1.0, max(-1.0, round(mood[0], 2))), min(1.0, max(-1.0, round(mood[1], 2))))
        if mood != self._mood:
            self._mood = mood
            self._tell()

    def words(self) -> str:
        """The mood in words: "a little bright, very excited", or "free"."""
        if self._mood is None:
            return self.tr("free")
        across = self._word(self._mood[0], self.tr("dark"), self.tr("bright"))
        up = self._word(self._mood[1], self.tr("calm"), self.tr("excited"))
        return ", ".join(word for word in (across, up) if word) or self.tr("in the middle")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(240, 132)

    def _word(self, value: float, low: str, high: str) -> str:
        if abs(value) < 0.15:
            return ""
        much = (
            self.tr("a little {word}")
            if abs(value) < 0.45
            else "{word}"
            if abs(value) < 0.8
            else self.tr("very {word}")
        )
        return much.format(word=high if value > 0 else low)

    def _tell(self) -> None:
        self.setAccessibleDescription(self.words())
        self.setToolTip(self.tr("Mood: {words}\nDouble click frees it, arrows move it").format(words=self.words()))
        self.update()

    def _choose(self, mood: tuple[float, float] | None) -> None:
        before = self._mood
        self.set_mood(mood)
        if self._mood != before:
            self.changed.emit()

    def _place(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)

    def _point(self, mood: tuple[float, float]) -> QPointF:
        place = self._place()
        return QPointF(
            place.left() + (mood[0] + 1) / 2 * place.width(), place.bottom() - (mood[1] + 1) / 2 * place.height()
        )

    def _mood_at(self, point: QPointF) -> tuple[float, float]:
        place = self._place()
        return 2 * (point.x() - place.left()) / place.width() - 1, 2 * (place.bottom() - point.y()) / place.height() - 1

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is not None and event.button() is Qt.MouseButton.LeftButton:
            self._choose(self._mood_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._choose(self._mood_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        self._choose(None)

    def event(self, event: QEvent | None) -> bool:
        """Keys that move the point are not shortcuts of the window while the pad has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
            if plain and Qt.Key(event.key()) in (*_KEYS, *_FREE_KEYS):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        if event is None:
            return
        key = Qt.Key(event.key())
        if key in _KEYS:
            step = _FINE_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP
            (across, up), (valence, arousal) = _KEYS[key], self._mood or (0.0, 0.0)
            self._choose((valence + step * across, arousal + step * up))
        elif key in _FREE_KEYS and self._mood is not None:
            self._choose(None)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = self._place()
        painter.setPen(QPen(theme.colour("focus" if self.hasFocus() else "line"), 1))
        painter.setBrush(self._ground(place))
        painter.drawRoundedRect(place, 6, 6)
        painter.setPen(QPen(theme.colour("border", 0.6), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(place.center().x(), place.top() + 8), QPointF(place.center().x(), place.bottom() - 8))
        painter.drawLine(QPointF(place.left() + 8, place.center().y()), QPointF(place.right() - 8, place.center().y()))
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(theme.colour("muted"))
        inner, align = place.adjusted(8, 6, -8, -6), Qt.AlignmentFlag
        corners = (
            (self.tr("tense"), align.AlignLeft | align.AlignTop),
            (self.tr("elated"), align.AlignRight | align.AlignTop),
            (self.tr("sad"), align.AlignLeft | align.AlignBottom),
            (self.tr("serene"), align.AlignRight | align.AlignBottom),
        )
        for words, where in corners:
            painter.drawText(inner, where, words)
        self._paint_point(painter)

    def _ground(self, place: QRectF) -> QLinearGradient | QColor:
        """Cool at the dark side, warm at the bright one; plain while free."""
        if self._mood is None:
            return theme.colour("well")
        ground = QLinearGradient(place.topLeft(), place.topRight())
        cool, warm = QColor(theme.tokens().focus), theme.colour("accent")
        for at, hue in ((0.0, cool), (1.0, warm)):
            hue.setAlphaF(0.14)
            ground.setColorAt(at, hue)
        return ground

    def _paint_point(self, painter: QPainter) -> None:
        if self._mood is None:
            painter.setPen(theme.colour("muted"))
            middle = self._place().adjusted(0, 0, 0, 0)
            painter.drawText(middle, Qt.AlignmentFlag.AlignCenter, self.tr("click to set a mood"))
            return
        point = self._point(self._mood)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent", 0.25))
        painter.drawEllipse(point, 13, 13)
        painter.setBrush(theme.colour("accent"))
        painter.setPen(QPen(theme.colour("background"), 2))
        painter.drawEllipse(point, 7, 7)
