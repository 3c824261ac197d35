"""The tools over the roll: what the pointer does, the grid, the scale, what else is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QActionGroup, QResizeEvent
from PyQt6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from ..authors import legend
from ..canvas import GUTTER
from ..drawings import icon
from ..note_table import table_of
from ..theme import font, set_kind
from ..timeline import Grid
from . import keys
from .state import RollState, Tool

HEIGHT = 36
STRENGTHS = (100, 75, 50, 25)
ICON = 16
LEAST_NAME = 64


class RollToolbar(QFrame):
    """One row of small controls; every one has a name, a tooltip and, where there is one, its key."""

    def __init__(self, state: RollState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = state
        set_kind(self, "panel")
        self.setFixedHeight(HEIGHT)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(16, 0, 8, 0)
        self.row.setSpacing(4)
        self.part_name = QLabel()
        self.part_name.setFont(font(bold=True))
        self.part_name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.part_name.setMinimumWidth(LEAST_NAME)
        self.part_name.setMaximumWidth(GUTTER - 16)
        self.row.addWidget(self.part_name, 1000)  # before the empty room behind the tools
        self.tools = self._tools()
        self._rule()
        self._grid()
        self._quantise()
        self._rule()
        self.scale = self._toggle(
            "magnet", self.tr("Snap to scale"), self.tr("Hold notes to the key of the song"), "snap_to_scale"
        )
        self.ghosts = self._toggle(
            "ghost", self.tr("Other parts"), self.tr("Show the notes of the other parts faintly"), "ghosts"
        )
        self.authors = self._toggle(
            "author", self.tr("Colour by author"), self.tr("Colour the notes by who wrote them"), "by_author"
        )
        self.typing = self._toggle(
            "keyboard",
            self.tr("Play with letters"),
            self.tr("The letters A to P play notes, Z and X go an octave down and up"),
            "typing",
        )
        self.step = self._toggle(
            "",
            self.tr("Step input"),
            self.tr("What is played is written at the cursor, one step after the other"),
            "step_input",
            text=self.tr("Step"),
        )
        self.row.addStretch(1)
        self.legend = QLabel()
        self.legend.setAccessibleName(self.tr("Colours of the authors"))
        self.legend.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.row.addWidget(self.legend, 1000)
        state.changed.connect(self.refresh)
        state.timeline.moved.connect(self.refresh)
        state.session.changed.connect(self.refresh)
        state.session.selection_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is set, from wherever it was set."""
        state = self.state
        self._show_name()
        self.tools[state.tool].setChecked(True)
        for button, name in ((self.scale, "snap_to_scale"), (self.ghosts, "ghosts"), (self.authors, "by_author"),
                             (self.typing, "typing"), (self.step, "step_input")):  # fmt: skip
            button.setChecked(getattr(state, name))
        self.legend.setVisible(state.by_author)
        if state.by_author:
            told = legend(sorted(set(table_of(state.notes).authors.tolist())))
            self.legend.setText(told)
            for each in (self.legend, self.authors):  # which has no room in a small window
                each.setToolTip(told)
        self.scale.setEnabled(not state.rows.drums)
        index = list(Grid).index(state.timeline.grid)
        if self.grid.currentIndex() != index:
            self.grid.setCurrentIndex(index)

    def _show_name(self) -> None:
        name = self.state.part.name if self.state.part is not None else self.tr("No part")
        room = self.part_name.width()
        self.part_name.setText(self.part_name.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room))
        self.part_name.setToolTip(name)

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._show_name()

    def _tools(self) -> dict[Tool, QToolButton]:
        names = {
            Tool.DRAW: ("pencil", self.tr("Draw"), self.tr("Draw notes; on a note: move and resize it (1)")),
            Tool.SELECT: ("select", self.tr("Select"), self.tr("Select notes with a rectangle (2)")),
            Tool.SPLIT: ("split", self.tr("Split"), self.tr("Cut a note in two (3)")),
            Tool.ERASE: ("trash", self.tr("Erase"), self.tr("Wipe notes away (4)")),
        }
        group = QButtonGroup(self)
        buttons = {}
        for tool, (drawing, name, told) in names.items():
            button = self._button(drawing, name, told, partial(self._take, tool))
            button.setCheckable(True)
            group.addButton(button)
            buttons[tool] = button
        return buttons

    def _take(self, tool: Tool, _: bool) -> None:
        self.state.set(tool=tool)

    def _grid(self) -> None:
        self.grid = QComboBox()
        self.grid.addItems([each.label for each in Grid])
        self.grid.setAccessibleName(self.tr("Grid"))
        self.grid.setToolTip(self.tr("The note value that notes snap to; T for triplets"))
        self.grid.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.grid.activated.connect(lambda index: self.state.timeline.set_grid(list(Grid)[index]))
        self.row.addWidget(self.grid)

    def _quantise(self) -> None:
        """A button, and a menu with the strength it works with."""
        told = self.tr("Draw the selected notes to the grid (Q)")
        self.quantise = self._button("", self.tr("Quantise"), told, lambda _: keys.quantise(self.state))
        set_kind(self.quantise, "chip")
        self.quantise.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        menu = QMenu(self.quantise)
        group = QActionGroup(menu)
        for percent in STRENGTHS:
            action = menu.addAction(self.tr("By {percent} %").format(percent=percent))
            assert action is not None
            action.setCheckable(True)
            action.setChecked(percent == 100)
            action.triggered.connect(partial(self._set_strength, percent))
            group.addAction(action)
        self.quantise.setMenu(menu)
        self._set_strength(100)

    def _set_strength(self, percent: int, _: bool = False) -> None:
        self.state.strength = percent / 100
        name = self.tr("Quantise")
        self.quantise.setText(name if percent == 100 else f"{name} {percent} %")

    def _toggle(self, drawing: str, name: str, told: str, attribute: str, text: str = "") -> QToolButton:
        button = self._button(drawing, name, told, lambda on: self.state.set(**{attribute: on}))
        button.setCheckable(True)
        if text:
            button.setText(text)
            set_kind(button, "chip")
        return button

    def _button(self, drawing: str, name: str, told: str, does: Callable[[bool], None]) -> QToolButton:
        button = QToolButton(self)
        if drawing:
            button.setIcon(icon(drawing))
        button.setIconSize(QSize(ICON, ICON))
        button.setAccessibleName(name)
        button.setToolTip(told)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(does)
        self.row.addWidget(button)
        return button

    def _rule(self) -> None:
        line = QFrame()
        set_kind(line, "rule")
        self.row.addSpacing(4)
        self.row.addWidget(line)
        self.row.addSpacing(4)
