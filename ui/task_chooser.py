"""Choosing what is to be done: a button a task, those that make no sense here switched off and saying why."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QGridLayout, QSizePolicy, QToolButton, QWidget

from cocomposer.composer.request import Task

from . import theme
from .asking import TASKS
from .drawings import icon

_COLUMNS = 4


class TaskChooser(QWidget):
    """`chosen` tells the task whose button was pressed."""

    chosen = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.GRID)
        group = QButtonGroup(self)
        group.setExclusive(True)
        self.buttons: dict[Task, QToolButton] = {}
        for place, (task, words) in enumerate(TASKS.items()):
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
            grid.addWidget(button, place // _COLUMNS, place % _COLUMNS)
            self.buttons[task] = button
        self.buttons[Task.ARRANGE].setChecked(True)

    def show_task(self, task: Task, why_not: dict[Task, str]) -> None:
        """Check the button of `task`; those with a reason in `why_not` are off and say it."""
        for each, button in self.buttons.items():
            reason = why_not.get(each, "")
            about = QCoreApplication.translate("Task", TASKS[each].about)
            button.setChecked(each is task)
            button.setEnabled(not reason or each is task)  # what is chosen stays readable; its reason stands below
            button.setToolTip(reason or about)
            button.setAccessibleDescription(reason or about)
