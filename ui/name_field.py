"""The field that opens over a name: Enter takes what is typed, Escape leaves the name as it was."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QLineEdit, QWidget


class NameField(QLineEdit):
    """Hidden until it is opened.  `named` comes with what was typed, where that is a name, and `closed` at the end.

    Its keys are its own: Qt hands Enter on to what lies below, which would open the field again.
    """

    named = pyqtSignal(str)
    closed = pyqtSignal()

    def __init__(self, accessible_name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(accessible_name)
        self.hide()
        self.editingFinished.connect(self._take)

    def open(self, name: str) -> None:
        """Show the field with `name` in it, all selected."""
        self.setText(name)
        self.show()
        self.raise_()
        self.setFocus()
        self.selectAll()

    def _take(self) -> None:
        if self.isVisible():
            self.hide()
            if self.text().strip():
                self.named.emit(self.text().strip())
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 - Qt's name
        if event is None:
            return
        if event.key() == Qt.Key.Key_Escape:
            self.setText("")
            self._take()
        else:
            super().keyPressEvent(event)
        event.accept()
