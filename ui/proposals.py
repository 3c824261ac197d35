"""The proposals: one button that asks, cards that stream in, and everything that was ever answered."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from cocomposer.composer.controls import Controls

from . import theme
from .asking import region_words
from .card_deck import CardDeck
from .controls_panel import ControlsPanel
from .drawings import icon
from .likeness import Question
from .progress import ProgressBar
from .session import Session
from .streaming import share_written, written_words

_BOTH = 760
"""Width from which wishes and cards stand side by side."""
KEY = "Ctrl+Return"


class ProposalsPanel(QFrame):
    """Wishes and cards; beside one another where there is room, else behind two tabs.

    `propose()` asks with what is set, `cancel()` stops it; `button` does either.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._was_proposing = session, False
        theme.set_kind(self, "panel")
        self.setMinimumWidth(320)
        self.controls = ControlsPanel(session)
        self.deck = CardDeck(session)
        self._build()
        session.proposals_changed.connect(self._refresh)
        session.proposals.refused.connect(self._show_problem)
        session.selection_changed.connect(self._refresh)
        session.changed.connect(lambda _: self._show_problem(""))
        self.controls.changed.connect(self._refresh)
        self.deck.asked.connect(self._ask)
        self.deck.wishes_asked.connect(self._show_wishes_of)
        for number in range(1, 5):
            keys = QShortcut(QKeySequence(str(number)), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keys.activated.connect(lambda number=number: self.deck.audition(number))
        self._refresh()

    def propose(self) -> None:
        """Ask for proposals with the wishes as they stand; does nothing where they cannot be asked."""
        if self._session.proposals.under_way or self.controls.problem:
            return
        self._ask(Question(self.controls.terms, self.controls.composer, self.controls.reference.song))
        self.controls.next_seed()

    def propose_in(self, style_id: str) -> None:
        """Ask in that style, with the other wishes as they stand; where that cannot be asked, show the wishes."""
        self.cancel()
        self.controls.choose_style(style_id)
        self._tabs.setCurrentIndex(0)
        self.propose()

    def wish(self, controls: Controls | None = None, mood: tuple[float, float] | None = None, style: str = "") -> None:
        """Turn the wishes to what is given; what was asked before stays as it is."""
        self.controls.show_wishes(controls, mood, style)
        self._tabs.setCurrentIndex(0)

    def cancel(self) -> None:
        """Stop composing; what is done stays."""
        self._session.proposals.cancel()

    def _ask(self, question: Question) -> None:
        self._session.proposals.propose(question.terms, question.composer, question.reference)

    def _show_wishes_of(self, number: int) -> None:
        """Set the wishes to those of an earlier question."""
        generation = self._session.document.project.generation(number)
        self.controls.show_terms(generation.terms, generation.composer)
        self._tabs.setCurrentIndex(0)

    def _press(self) -> None:
        self.cancel() if self._session.proposals.under_way else self.propose()

    def _refresh(self) -> None:
        proposing, problem = self._session.proposals.under_way, self.controls.problem
        if proposing != self._was_proposing or self.button.icon().isNull():
            self.button.setIcon(icon("stop") if proposing else icon("propose", "on_accent"))
        if proposing and not self._was_proposing:  # wherever it was asked
            self._show_problem("")
            self._tabs.setCurrentIndex(1)
        self._was_proposing = proposing
        self.button.setText(self.tr("Cancel") if proposing else self.tr("Propose"))
        theme.set_kind(self.button, "" if proposing else "primary")
        self.button.setEnabled(proposing or not problem)
        self.button.setToolTip(self.tr("Stop composing; what is done stays  (Ctrl+.)") if proposing else problem
                                or self.tr("Ask for four proposals  ({key})").format(key=KEY))  # fmt: skip
        self._progress.setVisible(proposing)
        if proposing:
            self._progress.show_share(share_written(self._session))
            self._summary.setText(written_words(self._session))
        else:
            task = self.controls.tasks.buttons[self.controls.task].text()
            where = region_words(self._session.region, self._session.song)
            self._summary.setText(problem or f"{task}  ·  {where}")
        theme.set_kind(self._summary, "" if problem and not proposing else "muted")

    def _show_problem(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def _build(self) -> None:
        grid = theme.GRID
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2 * grid, 0, 0)
        column.setSpacing(grid)
        head = QVBoxLayout()
        head.setContentsMargins(3 * grid, grid, 3 * grid, 0)
        head.setSpacing(2 * grid)
        line = QHBoxLayout()
        line.setSpacing(2 * grid)
        self.button = QPushButton()
        self.button.setMinimumHeight(8 * grid)
        self.button.setMinimumWidth(30 * grid)
        self.button.setAccessibleName(self.tr("Propose, or cancel"))
        self.button.clicked.connect(self._press)
        self._summary = QLabel()
        self._summary.setWordWrap(True)
        line.addWidget(self.button)
        line.addWidget(self._summary, 1)
        self._progress = ProgressBar()
        self._progress.setAccessibleName(self.tr("How much is written"))
        self._problem = QLabel()
        self._problem.setWordWrap(True)
        theme.set_kind(self._problem, "danger")
        self._problem.hide()
        self._tabs = QTabBar()
        self._tabs.setExpanding(False)
        self._tabs.addTab(self.tr("Wishes"))
        self._tabs.addTab(self.tr("Proposals"))
        self._tabs.currentChanged.connect(self._lay_out)
        head.addLayout(line)
        head.addWidget(self._progress)
        head.addWidget(self._problem)
        column.addLayout(head)
        column.addWidget(self._tabs)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.addWidget(self.controls)
        self._split.addWidget(self.deck)
        self._split.setStretchFactor(1, 1)
        self._split.setChildrenCollapsible(False)
        column.addWidget(self._split, 1)
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        both = self.width() >= _BOTH
        self._tabs.setVisible(not both)
        self.controls.setVisible(both or self._tabs.currentIndex() == 0)
        self.deck.setVisible(both or self._tabs.currentIndex() == 1)
