"""What the keyboard is with: a click on a button leaves it where it was, so that Space goes on playing and stopping."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractButton


class KeyboardFocus(QObject):
    """Sees every event of the application.

    Buttons take the focus by Tab alone; one that has it is pressed by Space, which elsewhere plays.
    """

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802 - Qt's name
        if event is None or not isinstance(watched, QAbstractButton):
            return False
        if event.type() == QEvent.Type.Polish and watched.focusPolicy() == Qt.FocusPolicy.StrongFocus:
            watched.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        elif (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
            and watched.hasFocus()
        ):
            event.accept()
            return True
        return False
