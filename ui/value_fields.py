"""Fields for a value that is typed, turned with the wheel or the arrow keys, or dragged up and down."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QComboBox, QDoubleSpinBox, QWidget

PIXELS_A_STEP = 3


class DragNumber(QDoubleSpinBox):
    """A number without arrows: a drag up makes it larger (finer with Shift), a double click selects it for typing."""

    dragged = pyqtSignal(float)
    """A value on the way of a drag, which `valueChanged` tells too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setKeyboardTracking(False)
        self.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pressed: tuple[float, float] | None = None
        self._moved = False
        field = self.lineEdit()
        assert field is not None
        field.installEventFilter(self)
        field.setCursor(Qt.CursorShape.SizeVerCursor)
        field.returnPressed.connect(self.clearFocus)  # what is pressed next is meant for the song again

    @property
    def dragging(self) -> bool:
        return self._moved

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QMouseEvent) and self.isEnabled():
            if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
                self._pressed, self._moved = (event.globalPosition().y(), self.value()), False
            elif event.type() == QEvent.Type.MouseMove and self._pressed is not None:
                start, value = self._pressed
                steps = (start - event.globalPosition().y()) / PIXELS_A_STEP
                if self._moved or abs(steps) > 1:
                    self._moved = True
                    fine = 0.1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
                    self.setValue(value + round(steps) * self.singleStep() * fine)
                    self.dragged.emit(self.value())
                    return True
            elif event.type() == QEvent.Type.MouseButtonRelease:
                moved, self._pressed, self._moved = self._moved, None, False
                if moved:
                    self.clearFocus()
                    return True
            elif event.type() == QEvent.Type.MouseButtonDblClick:
                self.selectAll()
                return True
        return super().eventFilter(watched, event)


class TextChoice(QComboBox):
    """A choice that can be typed as well: `entered` tells the text once it is complete, never while typing."""

    entered = pyqtSignal(str)

    def __init__(self, choices: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.addItems(choices)
        self.setMaxVisibleItems(16)
        self._shown = self.currentText()
        field = self.lineEdit()
        assert field is not None
        field.setFrame(False)
        field.returnPressed.connect(self._enter)
        field.returnPressed.connect(self.clearFocus)
        field.editingFinished.connect(self._enter)
        self.activated.connect(lambda _: self._enter())

    def show_text(self, text: str) -> None:
        """Show a value without telling anybody."""
        self._shown = text
        if not self._typing():
            self.setEditText(text)

    def restore(self) -> None:
        """Show the last valid text again."""
        self.setEditText(self._shown)

    def _typing(self) -> bool:
        field = self.lineEdit()
        return field is not None and field.hasFocus() and field.isModified()

    def _enter(self) -> None:
        field = self.lineEdit()
        if field is not None:
            field.setModified(False)
        text = self.currentText().strip()
        if text != self._shown:
            self.entered.emit(text)
