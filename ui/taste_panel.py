"""What was learned of the artist's taste: in sentences and as bars, to be set right, forgotten, exported, deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QSize, Qt, QTimer
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cocomposer.studio.places import write_json
from cocomposer.taste import GENRE, Line

from . import theme
from .drawings import icon
from .liking_bar import LikingBar
from .session import Session
from .sliders import Slider
from .trait_words import sentence, sides
from .wish_sliders import percent_scale

_SIDE = 168
"""Width of the words at either end of a bar."""


class TasteDialog(QDialog):
    """A line for each thing that was learned; every change takes effect at once.

    `bars` are those that are shown, by trait.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle(self.tr("Your taste"))
        self.resize(800, 600)
        self.bars: dict[str, LikingBar] = {}
        self._build()
        self.reload()

    def reload(self) -> None:
        """Show what is known now."""
        keeper = self._session.taste

        def read(*_: object) -> tuple[tuple[Line, ...], tuple[str, ...]]:
            keeper.flush()
            return keeper.lines(), keeper.genres()

        self._session.jobs.run(read, on_done=lambda read: self._show(*read), on_error=self._tell)

    # --- What is done -----------------------------------------------------------------------------------------------

    def _change(self, work: Callable[[], Any], told: str = "") -> None:
        """Do something to what is recorded, in the background, and show what is known then."""

        def done(_: object) -> None:
            self._tell(told)
            self.reload()

        self._session.jobs.run(lambda *_: work(), on_done=done, on_error=self._tell)

    def _set(self, **changes: Any) -> None:
        self._session.keep_settings(replace(self._session.settings, **changes))
        self.reload()

    def _export(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Export your taste"), "taste.json", "JSON (*.json)")
        if chosen:
            keeper = self._session.taste
            self._change(lambda: write_json(keeper.export(), Path(chosen)), self.tr("Everything is in {file}.")
                         .format(file=chosen))  # fmt: skip

    def _delete(self) -> None:
        question = self.tr("Delete everything that was learned of your taste? This cannot be undone.")
        if QMessageBox.question(self, self.tr("Delete everything"), question) == QMessageBox.StandardButton.Yes:
            self._change(self._session.taste.forget, self.tr("Everything is forgotten, on the disk too."))

    def _tell(self, sentence: str) -> None:
        self.note.setText(sentence)

    # --- What is shown ----------------------------------------------------------------------------------------------

    def _show(self, lines: tuple[Line, ...], genres: tuple[str, ...]) -> None:
        self._offer_profiles(genres)
        focused = next((trait for trait, bar in self.bars.items() if bar.hasFocus()), "")
        inside, self.bars = QWidget(), {}
        grid = QGridLayout(inside)
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(2 * theme.GRID)
        grid.setVerticalSpacing(theme.GRID)
        for row, line in enumerate(lines):
            self._add(grid, 2 * row, line)
        if not lines:
            empty = QLabel(
                self.tr(
                    "Nothing is learned yet. Keep what you like, put aside what you do not, change what you kept: "
                    "after a few proposals it shows here what you seem to like, and the next proposals lean to it."
                )
            )
            empty.setWordWrap(True)
            theme.set_kind(empty, "muted")
            grid.addWidget(empty, 0, 0, 1, 4)
        grid.setRowStretch(2 * len(lines) + 1, 1)
        self._area.setWidget(inside)
        if focused in self.bars:
            self.bars[focused].setFocus()

    def _add(self, grid: QGridLayout, row: int, line: Line) -> None:
        keeper = self._session.taste
        little, much = sides(line.trait)
        said = QLabel(sentence(line))
        said.setWordWrap(True)
        grid.addWidget(said, row, 0, 1, 4)
        bar = self.bars[line.trait] = LikingBar(f"{little} – {much}" if little else much, line)
        bar.setToolTip(self.tr("Drag it to say yourself how much you like this; the whisker shows the doubt."))
        bar.settled.connect(lambda value: self._change(lambda: keeper.correct(line.trait, value)))
        left, right = _side(little or self.tr("not {what}").format(what=much), True), _side(much, False)
        forget = QToolButton()
        forget.setIcon(icon("trash"))
        forget.setIconSize(QSize(16, 16))
        forget.setToolTip(self.tr("Forget what was learned of this"))
        forget.setAccessibleName(self.tr("Forget: {what}").format(what=much))
        forget.clicked.connect(lambda: self._change(lambda: keeper.forget(line.trait)))
        for column, widget in enumerate((left, bar, right, forget)):
            grid.addWidget(widget, row + 1, column)

    def _offer_profiles(self, genres: tuple[str, ...]) -> None:
        there = {
            "": self.tr("All that you ever said"),
            "project": self.tr("First of all this project"),
            **{GENRE + name: self.tr("First of all {genre}").format(genre=name) for name in genres},
        }
        chosen = self._session.settings.taste_profile
        self.profile.blockSignals(True)
        self.profile.clear()
        for value, words in {**there, **({} if chosen in there else {chosen: chosen})}.items():
            self.profile.addItem(words, value)
        self.profile.setCurrentIndex(self.profile.findData(chosen))
        self.profile.blockSignals(False)

    def _build(self) -> None:
        settings = self._session.settings
        self.learn = QCheckBox(self.tr("Learn from what I keep, change and put aside, and propose by it"))
        self.learn.setChecked(settings.learn_taste)
        self.learn.toggled.connect(lambda on: self._set(learn_taste=on))
        self.profile = QComboBox()
        self.profile.setAccessibleName(self.tr("What counts"))
        self.profile.currentIndexChanged.connect(lambda _: self._set(taste_profile=self.profile.currentData()))
        self.exploration = Slider(self.tr("Surprise me"), percent_scale(0.1))
        self.exploration.set_value(settings.exploration)
        self.exploration.setToolTip(
            self.tr("How often to try what is not known of your taste yet. At 0 only what you seem to like best.")
        )
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(300)
        self._rest.timeout.connect(lambda: self._set(exploration=round(self.exploration.amount or 0.0, 3)))
        self.exploration.turned.connect(lambda _: self._rest.start())
        self.note = QLabel(self.tr("All of this stays on this computer."))
        self.note.setWordWrap(True)
        theme.set_kind(self.note, "small")
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        above, below = QHBoxLayout(), QHBoxLayout()
        for line in (above, below):
            line.setSpacing(2 * theme.GRID)
        above.addWidget(QLabel(self.tr("What counts")))
        above.addWidget(self.profile, 1)
        above.addSpacing(4 * theme.GRID)
        above.addWidget(QLabel(self.tr("Surprise me")))
        above.addWidget(self.exploration, 1)
        below.addWidget(self.note, 1)
        for words, does in (
            (self.tr("Export…"), self._export),
            (self.tr("Delete everything…"), self._delete),
            (self.tr("Close"), self.accept),
        ):
            button = QPushButton(words)
            button.setAutoDefault(False)
            button.clicked.connect(does)
            below.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(*4 * (4 * theme.GRID,))
        column.setSpacing(3 * theme.GRID)
        column.addWidget(self.learn)
        column.addLayout(above)
        column.addWidget(self._area, 1)
        column.addLayout(below)


def _side(words: str, left: bool) -> QLabel:
    label = QLabel(words)
    label.setWordWrap(True)
    label.setFixedWidth(_SIDE)
    label.setAlignment(
        (Qt.AlignmentFlag.AlignRight if left else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter
    )
    theme.set_kind(label, "muted")
    return label
