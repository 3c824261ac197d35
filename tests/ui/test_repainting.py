"""What is painted when: lanes only for what they show, cards one after another, a bar with the rest of its window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from cocomposer.ui.drawings import pixmap
from cocomposer.ui.note_table import NoteTable, draw_high
from cocomposer.ui.progress import ProgressBar
from cocomposer.ui.proposals import ProposalsPanel
from cocomposer.ui.session import Session
from cocomposer.ui.turns import Turns
from cocomposer.ui.window import Window
from composing_by_hand import ComposingByHand
from hypothesis import given
from hypothesis import strategies as st
from PyQt6 import sip
from PyQt6.QtCore import QEvent, QObject, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QApplication, QWidget

from cocomposer.music import Note
from cocomposer.studio import editing
from cocomposer.studio.document import Change, Document
from cocomposer.studio.project import Project

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class Paints(QObject):
    """Counts how often each of some widgets is painted."""

    def __init__(self, **widgets: QWidget) -> None:
        super().__init__()
        self.names = {widget: name for name, widget in widgets.items()}
        self.seen: Counter[str] = Counter()
        for widget in self.names:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802 - Qt's name
        if event is not None and event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            self.seen[self.names[watched]] += 1
        return False

    def take(self) -> set[str]:
        """Which were painted since the last look, once everything that waits for it is painted."""
        for _ in range(3):
            QApplication.processEvents()
        found = set(self.seen)
        self.seen.clear()
        return found


@pytest.fixture
def composing() -> ComposingByHand:
    return ComposingByHand()


@pytest.fixture
def asking(session: Session, composing: ComposingByHand) -> Iterator[Session]:
    made: Any = composing
    another = Session(Document(Project(session.song)), composing=made)
    yield another
    another.close()


def propose(window: Window, composing: ComposingByHand) -> None:
    made: Any = composing
    window.session.composing = made
    window.propose()


LANES = {"notes", "velocities", "chords", "arrangement"}


def test_lanes_are_painted_for_the_song_and_for_what_is_heard(window: Window, composing: ComposingByHand) -> None:
    session = window.session
    lanes = {"notes": window.roll.grid, "velocities": window.roll.velocities, "chords": window.chords.strip}
    paints = Paints(**lanes, arrangement=window.arrangement.lanes)
    propose(window, composing)
    paints.take()
    question = composing.latest
    question.on_bars(0, question.written()[0].song, 4)
    question.answer_all()
    assert not paints.take()  # cards come, the song stays
    session.proposals.audition(question.written()[0].id)
    assert paints.take() >= {"notes", "chords", "arrangement"}
    session.proposals.pin(question.written()[1].id)
    assert not paints.take()
    session.edit("Draw a note", editing.transpose(session.song, 0, session.song.parts[0].notes[:1], 1))
    assert paints.take() == LANES


def test_what_only_concerns_proposals_is_no_change_of_the_song(asking: Session, composing: ComposingByHand) -> None:
    heard: list[Change] = []
    asking.changed.connect(heard.append)
    told: list[bool] = []
    asking.proposals_changed.connect(lambda: told.append(True))
    panel = ProposalsPanel(asking)
    panel.propose()
    composing.latest.answer_all()
    assert told
    assert not heard
    asking.proposals.keep(composing.latest.written()[0].id)
    assert [change.of_song for change in heard] == [True]


def test_what_is_heard_is_told_when_it_is_another(asking: Session, composing: ComposingByHand) -> None:
    told: list[bool] = []
    asking.proposals.heard_changed.connect(lambda: told.append(asking.proposals.heard is not None))
    panel = ProposalsPanel(asking)
    panel.propose()
    composing.latest.answer_all()
    assert not told
    one, other = composing.latest.written()[:2]
    asking.proposals.audition(one.id)
    asking.proposals.audition(other.id)
    asking.proposals.pin(one.id)
    assert told == [True, True]
    asking.undo()
    asking.undo()  # the question goes, and what is heard with it
    assert told == [True, True, False]


def test_cards_are_made_one_a_turn(asking: Session, qtbot: QtBot) -> None:
    panel = ProposalsPanel(asking)
    qtbot.addWidget(panel)
    panel.show()
    panel.propose()
    counts = [len(panel.deck.cards)]
    while not panel.deck.complete:
        QApplication.processEvents()
        counts.append(len(panel.deck.cards))
    assert counts[-1] == 4
    assert {later - earlier for earlier, later in pairwise(counts)} <= {0, 1}


def test_a_bar_is_painted_with_the_rest_of_the_window(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    bar = ProgressBar(window)
    window.show()
    paints = Paints(bar=bar)
    paints.take()
    bar.show_share(0.5)
    assert not paints.seen
    assert paints.take() == {"bar"}
    bar.show_share(0.5001)
    assert not paints.take()
    assert bar.value() == 50
    bar.show_share(7.0)
    assert bar.value() == 100


def test_a_drawing_is_drawn_once(qapp: QApplication) -> None:
    one = pixmap("play", "#aabbcc", 16)
    assert pixmap("play", "#aabbcc", 16).cacheKey() == one.cacheKey()
    assert pixmap("play", "#aabbcd", 16).cacheKey() != one.cacheKey()
    assert pixmap("stop", "#aabbcc", 16).cacheKey() != one.cacheKey()


def test_pieces_are_done_in_turn() -> None:
    turns, owners, done = Turns(), (QObject(), QObject()), ""

    def piece(letter: str) -> Callable[[], bool]:
        def do() -> bool:
            nonlocal done
            done += letter
            return done.count(letter) < 3

        return do

    for owner, letter in zip(owners, "ab", strict=True):
        turns.take(owner, piece(letter))
    lengths = [0]
    for _ in range(9):
        QApplication.processEvents()
        lengths.append(len(done))
    assert done == "ababab"
    assert {later - earlier for earlier, later in pairwise(lengths)} == {0, 1}


def test_nobody_has_a_turn_who_is_gone() -> None:
    turns, owner, done = Turns(), QObject(), []
    turns.take(owner, lambda: not done.append(True))
    sip.delete(owner)
    QApplication.processEvents()
    assert not done


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(60, 62)), max_size=12), st.sets(st.integers(0, 15)))
def test_the_table_knows_the_chosen_notes(places: list[tuple[int, int]], chosen: set[int]) -> None:
    """Those of the table itself, others that are equal to some of it, and those that are not in it."""
    notes = tuple(sorted({Note(240 * start, pitch, 120) for start, pitch in places}))
    others = (Note(240, 61, 120), Note(0, 60, 120), Note(960, 60, 120))
    wanted = frozenset(note for index, note in enumerate((*notes, *others)) if index in chosen)
    table = NoteTable(notes)
    for _ in range(2):
        assert [*table.marked(wanted)] == [note in wanted for note in notes]


def test_high_fills_are_whole_and_begin_no_threads(qapp: QApplication) -> None:
    def drawn(draw: Callable[[QPainter], None]) -> QImage:
        image = QImage(40, 1400, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(2.0)
        image.fill(QColor("#204060"))
        painter = QPainter(image)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        draw(painter)
        painter.end()
        return image

    ink = QColor(255, 200, 100, 90)
    left, width = np.array([2.0, 9.0]), np.array([1.0, 5.0])
    before = pooled_threads()
    bands = drawn(lambda painter: draw_high(painter, left, width, 3.0, 690.0))
    assert pooled_threads() <= before
    assert bands == drawn(lambda painter: painter.drawRects(QRectF(2, 3, 1, 687), QRectF(9, 3, 5, 687)))


def pooled_threads() -> int:
    """How many threads of Qt's pools there are, as far as this system tells."""
    return sum("pooled" in told.read_text() for told in Path("/proc/self/task").glob("*/comm"))
