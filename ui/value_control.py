"""What knobs, faders and sliders have in common: how a value is turned, typed, reset and told to a screen reader."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QAbstractSlider, QLineEdit, QWidget

from .scales import Scale

STEPS = 10_000
"""Places of a control; also what a screen reader counts in."""
_FINE = 0.1
"""How much slower everything goes while Shift is held."""
_TRAVEL = 160.0
"""Pixels of a drag over the whole range, where the control itself is not the ruler."""
_PAUSE = 900
"""Milliseconds without a step after which wheel and keys begin another gesture."""
_STEP_KEYS = {
    Qt.Key.Key_Up: 0.02, Qt.Key.Key_Right: 0.02, Qt.Key.Key_Down: -0.02, Qt.Key.Key_Left: -0.02,
    Qt.Key.Key_PageUp: 0.1, Qt.Key.Key_PageDown: -0.1, Qt.Key.Key_Home: -1.0, Qt.Key.Key_End: 1.0,
}  # fmt: skip
_TYPE_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2)
_FREE_KEYS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class _Typing(QLineEdit):
    """The field in which a value is typed; Return and Escape stay in it."""

    given_up = pyqtSignal()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 - Qt's name
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
            return
        super().keyPressEvent(event)
        if event is not None:
            event.accept()  # or Return would reach the control below, which opens the field


class ValueControl(QAbstractSlider):
    """A value on a scale, turned by drag, wheel, arrows or typing; Shift is fine, a double click or Delete resets.

    `turned` tells a value that the artist chose (never one set by `set_value`).  All turns of one gesture, such as a
    drag, share `gesture`, which undo uses to make them one step.  A control that may be `free` has no value until it
    is turned; resetting makes it free again, and `turned` then tells None.
    """

    turned = pyqtSignal(object)

    def __init__(self, name: str, scale: Scale, *, may_be_free: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scale, self.name, self.gesture = scale, name, 0
        self._may_be_free, self._value = may_be_free, None if may_be_free else scale.default
        self._words = ""
        self._grip: tuple[QPointF, float] | None = None
        self._editor: QLineEdit | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_PAUSE)
        self.setRange(0, STEPS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self._show()
        self.valueChanged.connect(self._set_from_outside)

    @property
    def amount(self) -> float | None:
        """The value in the scale's units, None while free."""
        return self._value

    @property
    def position(self) -> float:
        """Where the value lies, 0..1; of a free control where it would begin."""
        return self.scale.position(self.scale.default if self._value is None else self._value)

    def text(self) -> str:
        """The value as it is written."""
        if self._value is None:
            return self.tr("free")
        return self._words or self.scale.text(self._value)

    def say(self, words: str) -> None:
        """Write the value in these words until it is another, such as a plugin's own for it."""
        self._words = words
        self._show()

    def set_value(self, value: float | None) -> None:
        """Show `value`; says nothing to those who listen to `turned`."""
        if value is None and not self._may_be_free:
            value = self.scale.default
        if value != self._value:
            self._value, self._words = value, ""
            self._show()

    def turn(self, value: float | None) -> None:
        """Choose `value`, as by hand."""
        before = self._value
        self.set_value(None if value is None else min(self.scale.high, max(self.scale.low, value)))
        if self._value != before:
            self.turned.emit(self._value)

    def reset(self) -> None:
        """Back to where it was at first."""
        self.gesture += 1
        self.turn(None if self._may_be_free else self.scale.default)

    def type_value(self) -> None:
        """Open a field over the control in which the value is typed; Return takes it, Escape does not."""
        editor = _Typing("" if self._value is None else self.scale.text(self._value), self)
        editor.setAccessibleName(self.name)
        editor.setAlignment(Qt.AlignmentFlag.AlignCenter)
        editor.setGeometry(self.editor_place().toRect())
        editor.selectAll()
        editor.editingFinished.connect(self._typed)
        editor.given_up.connect(self._close_editor)
        editor.show()
        editor.setFocus()
        self._editor = editor

    def editor_place(self) -> QRectF:
        """Where the field for typing lies over the control."""
        return QRectF(0, (self.height() - 24) / 2, self.width(), 24)

    def along(self, point: QPointF) -> float | None:
        """The position that a press at `point` means where the control is its own ruler, None where a drag turns it."""
        return None

    def travel(self) -> float:
        """Pixels of a drag over the whole range."""
        return _TRAVEL

    def _set_from_outside(self, place: int) -> None:
        """A screen reader moved the control."""
        if place != round(self.position * STEPS):
            self.gesture += 1
            self.turn(self.scale.value(place / STEPS))

    def _show(self) -> None:
        self.setSliderPosition(round(self.position * STEPS))
        self.setAccessibleDescription(self.text())
        self.setToolTip(self.tr("{name}: {value}\nDouble click resets, Return types a value").format(
            name=self.name, value=self.text()))  # fmt: skip
        self.update()

    def _close_editor(self) -> str:
        """Close the field; what stood in it."""
        editor, self._editor = self._editor, None
        if editor is None:
            return ""
        editor.hide()
        editor.deleteLater()
        self.setFocus()
        return editor.text()

    def _typed(self) -> None:
        value = self.scale.read(self._close_editor())
        if value is not None:
            self.gesture += 1
            self.turn(value)

    def _step(self, by: float) -> None:
        if not self._rest.isActive():
            self.gesture += 1
        self._rest.start()
        # A step is never smaller than the last written digit, or it would be rounded away.
        smallest = 10.0**-self.scale.decimals
        target = self.scale.value(self.position + by)
        start = self.scale.value(self.position)
        self.turn(target if abs(target - start) >= smallest else start + (smallest if by > 0 else -smallest))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        if event is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        self.gesture += 1
        pressed = self.along(event.position())
        if pressed is not None and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.turn(self.scale.value(pressed))
        self._grip = event.position(), self.position
        self.setSliderDown(True)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is None or self._grip is None:
            return
        start, position = self._grip
        moved = event.position() - start
        way = (
            moved.x()
            if self.orientation() is Qt.Orientation.Horizontal and self.along(start) is not None
            else -moved.y()
        )
        fine = _FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        position = min(1.0, max(0.0, position + fine * way / self.travel()))
        self._grip = event.position(), position
        self.turn(self.scale.value(position))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        self._grip = None
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        self.reset()

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802
        if event is None:
            return
        fine = _FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        # Some platforms turn a wheel with Shift sideways.
        self._step((event.angleDelta().y() or event.angleDelta().x()) / 120 * 0.03 * fine)
        event.accept()

    def event(self, event: QEvent | None) -> bool:
        """Keys that turn the control are not shortcuts of the window while it has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
            key = Qt.Key(event.key())
            if plain and (key in (*_STEP_KEYS, *_TYPE_KEYS, *_FREE_KEYS) or event.text().isdigit()):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        if event is None:
            return
        fine = _FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        key = Qt.Key(event.key())
        if key in _STEP_KEYS:
            self._step(_STEP_KEYS[key] * fine)
        elif key in _FREE_KEYS:
            self.reset()
        elif key in _TYPE_KEYS:
            self.type_value()
        elif event.text().isdigit() or event.text() in ("-", "."):
            self.type_value()
            if self._editor is not None:
                self._editor.setText(event.text())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.update()
