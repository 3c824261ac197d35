"""The cards of one generation, with those before and after it within reach."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from cocomposer.errors import CocomposerError
from cocomposer.studio.project import Answer, Generation
from cocomposer.taste import Verdict

from . import theme
from .asking import asked_words
from .cards import Card
from .drawings import icon
from .likeness import Question, less_like, more_like
from .out import drag_midi
from .session import Session
from .streaming import bars_asked, bars_written
from .waveforms import Waveforms

_CARD_WIDTH = 260
"""Least width of a card; as many stand in a row as fit."""


class CardDeck(QWidget):
    """Shows a generation; a new one is followed as soon as it is asked for."""

    asked = pyqtSignal(object)
    """A `likeness.Question`: more or less like a card."""
    wishes_asked = pyqtSignal(int)
    """The number of a generation whose wishes are to be set again."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._was_proposing = session, False
        self._number: int | None = None
        """The generation that is shown, None for the latest."""
        self._dealt: tuple[int, int, int] | None = None
        """What the cards are of: a generation, how many of its own there are, and how many are pinned."""
        self._coming: deque[tuple[int, Generation, list[Card]]] = deque()
        """Numbers and generations of the cards that are still to be made, and where they belong."""
        self._began = False
        """Whether playing was begun to hear a card."""
        self.cards: list[Card] = []
        self._pinned: list[Card] = []
        self._build()
        session.proposals_changed.connect(self.refresh)
        session.selection_changed.connect(self.refresh)
        session.document_changed.connect(self.follow)
        session.playhead.connect(self._show_playhead)
        session.playing_changed.connect(self._forget_began)
        self._waveforms = Waveforms(session, self)
        self.refresh()

    # --- What is shown ----------------------------------------------------------------------------------------------

    @property
    def generation(self) -> Generation | None:
        """The one that is shown."""
        generations = self._session.document.project.generations
        latest = generations[-1] if generations else None
        return next((each for each in generations if each.number == self._number), latest)

    def follow(self) -> None:
        """Show the latest generation, and those to come."""
        self._number = None
        self.refresh()

    def browse(self, by: int) -> None:
        """Show an earlier (-1) or later (1) generation."""
        generations = self._session.document.project.generations
        if self.generation is not None:
            place = min(len(generations) - 1, max(0, generations.index(self.generation) + by))
            self._number = generations[place].number if place < len(generations) - 1 else None
            self.refresh()

    def audition(self, number: int) -> None:
        """Hear card `number`, from 1, in place of the song; once more goes back to the song."""
        if 1 <= number <= len(self.cards):
            self._audition(self.cards[number - 1])

    def refresh(self) -> None:
        """Bring the cards up to date."""
        if self._session.proposals.under_way and not self._was_proposing:
            self._number = None  # whatever was browsed: what is asked now is what one wants to see
        self._was_proposing = self._session.proposals.under_way
        generation = self.generation
        self._empty.setVisible(generation is None)
        self._scroll.setVisible(generation is not None)
        self._head.setVisible(generation is not None)
        if generation is None:
            self._drop_cards()
            return
        self._show_head(generation)
        live = self._session.proposals.under_way and generation is self._session.document.project.generations[-1]
        count = max(len(generation.answers), generation.terms.count if live else 0)
        pinned = [
            (each, answer) for each in self._session.document.project.generations if each.number != generation.number
            for answer in each.answers if answer.pinned
        ]  # fmt: skip
        if self._dealt != (generation.number, count, len(pinned)):
            self._deal(generation, count, pinned)
        drafts = [draft for _, draft in sorted(self._session.proposals.drafts.items())] if live else []
        for place, card in enumerate(self.cards):
            if place < len(generation.answers):
                self._show(card, generation.answers[place])
            elif place - len(generation.answers) < len(drafts):
                draft = drafts[place - len(generation.answers)]
                card.show_draft(draft.song, bars_written(generation, draft.bars), bars_asked(generation))
        for card, (_, answer) in zip(self._pinned, pinned, strict=False):
            self._show(card, answer)

    def _show(self, card: Card, answer: Answer) -> None:
        region = self._session.region
        card.region_bars = (region.first_bar, region.last_bar) if region is not None else None
        card.show_answer(answer)
        card.show_auditioned(self._session.proposals.auditioned == answer.id)
        if self._session.proposals.auditioned == answer.id:
            self._waveforms.draw(answer, card.picture)

    def _show_head(self, generation: Generation) -> None:
        generations = self._session.document.project.generations
        place = next(index for index, each in enumerate(generations) if each.number == generation.number)
        self._what.setText(asked_words(generation))
        self._count.setText(f"{place + 1} / {len(generations)}")
        self._back.setEnabled(place > 0)
        self._forward.setEnabled(place < len(generations) - 1)

    def _show_playhead(self, tick: int) -> None:
        for card in (*self.cards, *self._pinned):
            heard = card.answer is not None and card.answer.id == self._session.proposals.auditioned
            card.picture.show_playhead(tick if heard else None)

    # --- What can be done -------------------------------------------------------------------------------------------

    def _audition(self, card: Card) -> None:
        """Hear a card, and begin to play where the song rests; once more goes back to what was before."""
        session, answer = self._session, card.answer
        if answer is None:
            return
        if session.proposals.auditioned == answer.id:
            if self._began:
                session.stop()
            session.proposals.audition(None)
            return
        session.proposals.audition(answer.id)
        if session.player is not None and not session.playing:
            asked = card.generation.asked
            session.play(None if asked.start <= session.position < asked.end else asked.start)
            self._began = True

    def _forget_began(self, playing: bool) -> None:
        self._began = self._began and playing

    def _connect(self, card: Card) -> None:
        session = self._session

        def told(does: str, *arguments: object) -> None:
            if card.answer is not None:
                getattr(session.proposals, does)(card.answer.id, *arguments)

        card.audition_asked.connect(lambda: self._audition(card))
        card.keep_asked.connect(lambda parts, bars: told("keep", parts, bars))
        card.reject_asked.connect(lambda: told("reject"))
        card.pin_asked.connect(lambda: told("pin"))
        card.step_asked.connect(lambda by: self._step(card, by))
        card.drag_asked.connect(lambda: self._drag(card))
        card.more_asked.connect(lambda: self._ask_from(card, more_like, Verdict.MORE))
        card.less_asked.connect(lambda: self._ask_from(card, less_like, Verdict.LESS))

    def _ask_from(self, card: Card, question: Callable[[Generation, Answer], Question], said: Verdict) -> None:
        if card.answer is not None:
            self._session.taste.say(said, self._session.document.project, card.answer.id)
            self.asked.emit(question(card.generation, card.answer))

    def _step(self, card: Card, by: int) -> None:
        """Go to another card by keyboard."""
        cards = [*self.cards, *self._pinned]
        there = cards[min(len(cards) - 1, max(0, cards.index(card) + by))]
        there.setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll.ensureWidgetVisible(there)

    def _drag(self, card: Card) -> None:
        """Carry the proposal out of the window as a MIDI file."""
        if card.answer is not None:
            try:
                drag_midi(card, card.answer.song, card.answer.title)
            except CocomposerError as error:
                self._session.problem.emit(str(error))

    # --- How it is laid out -----------------------------------------------------------------------------------------

    @property
    def complete(self) -> bool:
        """Whether every card is there."""
        return not self._coming

    def _deal(self, generation: Generation, count: int, pinned: list[tuple[Generation, Answer]]) -> None:
        """Have the cards made one at a time, each in a turn of the event loop of its own: a card takes a while."""
        self._drop_cards()
        self._dealt = generation.number, count, len(pinned)
        self._coming.extend((number, generation, self.cards) for number in range(1, count + 1))
        self._coming.extend((count + place, each, self._pinned) for place, (each, _) in enumerate(pinned, 1))
        self._pinned_heading.setVisible(bool(pinned))
        self._session.turns.take(self, self._deal_next)

    def _deal_next(self) -> bool:
        if self._coming:
            number, generation, beside = self._coming.popleft()
            card = Card(number, generation)
            self._connect(card)
            beside.append(card)
            self._lay_out()
            self.refresh()
        return not self.complete

    def _drop_cards(self) -> None:
        self._waveforms.forget()
        for card in (*self.cards, *self._pinned):
            card.hide()
            card.deleteLater()
        self.cards, self._pinned, self._dealt = [], [], None
        self._coming.clear()

    def _lay_out(self) -> None:
        columns = max(1, (self.width() - 4 * theme.GRID) // _CARD_WIDTH)
        for place, card in enumerate(self.cards):
            self._grid.addWidget(card, place // columns, place % columns)
        rows = -(-len(self.cards) // columns)
        self._grid.addWidget(self._pinned_heading, rows, 0, 1, columns)
        for place, card in enumerate(self._pinned):
            self._grid.addWidget(card, rows + 1 + place // columns, place % columns)
        for column in range(8):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._lay_out()

    def _build(self) -> None:
        grid = theme.GRID
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._head = QWidget()
        line = QHBoxLayout(self._head)
        line.setContentsMargins(3 * grid, grid, 2 * grid, grid)
        line.setSpacing(grid)
        self._what, self._count = QLabel(), QLabel()
        self._what.setFont(theme.font(bold=True))
        theme.set_kind(self._count, "muted")
        self._back = self._button("chevron-left", self.tr("Earlier proposals"), lambda: self.browse(-1))
        self._forward = self._button("chevron-right", self.tr("Later proposals"), lambda: self.browse(1))
        again = self._button("undo", self.tr("Set the wishes to those of these proposals"), self._ask_for_wishes)
        line.addWidget(self._what, 1)
        for shown in (again, self._back, self._count, self._forward):
            line.addWidget(shown)
        self._empty = QLabel(
            self.tr(
                "No proposals yet.\n\nDraw a melody or type some chords, choose what you want under Wishes, and press "
                "Propose. Four answers stream in here: hear each in place of your song, keep all of one or some of its "
                "parts."
            )
        )
        self._empty.setWordWrap(True)
        self._empty.setContentsMargins(6 * grid, 8 * grid, 6 * grid, 8 * grid)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        theme.set_kind(self._empty, "muted")
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the cards take the keys
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        outer = QVBoxLayout(inside)
        outer.setContentsMargins(2 * grid, grid, 2 * grid, 2 * grid)
        self._grid = QGridLayout()
        self._grid.setSpacing(2 * grid)
        outer.addLayout(self._grid)
        outer.addStretch()
        self._pinned_heading = QLabel(self.tr("PINNED"))
        theme.set_kind(self._pinned_heading, "heading")
        self._pinned_heading.hide()
        self._scroll.setWidget(inside)
        column.addWidget(self._head)
        column.addWidget(self._empty)
        column.addWidget(self._scroll, 1)

    def _ask_for_wishes(self) -> None:
        if self.generation is not None:
            self.wishes_asked.emit(self.generation.number)

    def _button(self, drawing: str, text: str, does: Callable[[], None]) -> QToolButton:
        made = QToolButton()
        made.setIcon(icon(drawing))
        made.setIconSize(QSize(16, 16))
        made.setToolTip(text)
        made.setAccessibleName(text)
        made.clicked.connect(lambda: does())
        return made
