"""Choosing what is to be done: a button a task, those that make no sense here switched off and saying why."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QButtonGroup, QGridLayout, QSizePolicy, QToolButton, QWidget

from cocomposer.composer.request import Task

from . import theme
from .asking import TASKS
from .drawings import icon

MOST_COLUMNS, LEAST_COLUMNS = 4, 3
"""Tiles in a row; fewer where the words of the language are too long for the panel."""


class TaskChooser(QWidget):
    """`chosen` tells the task whose button was pressed."""

    chosen = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.GRID)
        group = QButtonGroup(self)
        group.setExclusive(True)
        self.buttons: dict[Task, QToolButton] = {}
        for task, words in TASKS.items():
            button = QToolButton()
            button.setText(QCoreApplication.translate("Task", words.name))
            button.setIcon(icon(words.icon))
            button.setIconSize(QSize(20, 20))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setCheckable(True)
            theme.set_kind(button, "tile")
            button.clicked.connect(lambda _, task=task: self.chosen.emit(task))
            group.addButton(button)
            self.buttons[task] = button
        self.columns = 0
        self._place(MOST_COLUMNS)
        self.buttons[Task.ARRANGE].setChecked(True)

    def _place(self, columns: int) -> None:
        if columns != self.columns:
            self.columns = columns
            for place, button in enumerate(self.buttons.values()):
                self._grid.addWidget(button, place // columns, place % columns)

    def _width(self, columns: int) -> int:
        """What so many tiles in a row need."""
        widths = [button.minimumSizeHint().width() for button in self.buttons.values()]
        return sum(max(widths[column::columns]) for column in range(columns)) + (columns - 1) * self._grid.spacing()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._width(LEAST_COLUMNS), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._place(MOST_COLUMNS if self.width() >= self._width(MOST_COLUMNS) else LEAST_COLUMNS)

    def show_task(self, task: Task, why_not: dict[Task, str]) -> None:
        """Check the button of `task`; those with a reason in `why_not` are off and say it."""
        for each, button in self.buttons.items():
            reason = why_not.get(each, "")
            about = QCoreApplication.translate("Task", TASKS[each].about)
            button.setChecked(each is task)
            button.setEnabled(not reason or each is task)  # what is chosen stays readable; its reason stands below
            button.setToolTip(reason or about)
            button.setAccessibleDescription(reason or about)
