"""Proposing: the button, cards that stream in, what can be done with each, and the history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from cocomposer.ui import card_deck, theme
from cocomposer.ui.cards import Card
from cocomposer.ui.keep_menu import KeepMenu
from cocomposer.ui.likeness import less_like, more_like
from cocomposer.ui.miniature import density, paint_miniature
from cocomposer.ui.proposals import ProposalsPanel
from cocomposer.ui.session import Region, Session
from composing_by_hand import ComposingByHand
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QAction, QImage, QMouseEvent, QPainter
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QToolButton

from cocomposer.composer import Task
from cocomposer.composer.request import Terms
from cocomposer.music import Note, Part, Role, Song
from cocomposer.sound.playback.score import Score
from cocomposer.sound.playback.takes import Take, Takes
from cocomposer.studio.document import Document
from cocomposer.studio.jobs import Jobs
from cocomposer.studio.keeping import written_parts
from cocomposer.studio.project import Answer, Project
from cocomposer.styles.loading import load_styles
from cocomposer.taste import Verdict

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


RATE = 8000


class SilentPlayer:
    """Remembers what it is asked to compare."""

    def __init__(self) -> None:
        self.compared: list[Song | None] = []
        self.playing, self.position = False, 0

    def set_song(self, song: Song) -> None: ...

    def compare(self, song: Song | None) -> None:
        self.compared.append(song)

    def play(self, tick: int | None) -> None:
        self.playing, self.position = True, self.position if tick is None else tick

    def stop(self) -> None:
        self.playing = False

    def close(self) -> None: ...


@pytest.fixture
def composing() -> ComposingByHand:
    return ComposingByHand()


@pytest.fixture
def asking(session: Session, composing: ComposingByHand) -> Iterator[Session]:
    made: Any = composing
    another = Session(Document(Project(session.song)), composing=made, player=SilentPlayer(), jobs=Jobs(inline=True))
    yield another
    another.close()


@pytest.fixture
def panel(asking: Session, qtbot: QtBot) -> ProposalsPanel:
    made = ProposalsPanel(asking)
    made.resize(1400, 700)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def answered(panel: ProposalsPanel, composing: ComposingByHand) -> ProposalsPanel:
    panel.button.click()
    composing.latest.answer_all()
    dealt(panel)
    return panel


def dealt(panel: ProposalsPanel) -> list[Card]:
    """The cards, once all are there: each is made in a turn of the event loop of its own."""
    while not panel.deck.complete:
        QApplication.processEvents()
    return panel.deck.cards


def titles(panel: ProposalsPanel) -> list[str]:
    return [card._title.text() for card in dealt(panel)]


def answers(session: Session, number: int = 1) -> tuple[Answer, ...]:
    return session.document.project.generation(number).answers


def button(card: Card, name: str) -> QToolButton:
    return next(each for each in card.findChildren(QToolButton) if each.accessibleName() == name)


def test_at_first_it_says_what_to_do(panel: ProposalsPanel) -> None:
    assert panel.deck._empty.isVisible()
    assert "press Propose" in panel.deck._empty.text()
    assert not panel.deck.cards
    assert panel.button.text() == "Propose"


def test_cards_stream_in(panel: ProposalsPanel, asking: Session, composing: ComposingByHand) -> None:
    panel.button.click()
    question = composing.latest
    assert panel.button.text() == "Cancel"
    assert panel._progress.isVisible()
    assert titles(panel) == ["Waiting…"] * 4
    first = question.written()[0]
    question.on_bars(0, first.song, 4)
    assert titles(panel)[0] == "Writing…"
    assert dealt(panel)[0]._facts.text() == "4 of 16 bars"
    assert panel._summary.text() == "4 of 64 bars written"
    assert panel._progress.value() == round(100 * 4 / 64)
    question.on_answer(first)
    assert titles(panel) == [first.title, "Waiting…", "Waiting…", "Waiting…"]
    assert panel._summary.text() == "16 of 64 bars written"
    for answer in question.written()[1:]:
        question.on_answer(answer)
    question.on_done()
    assert titles(panel) == [answer.title for answer in question.written()]
    assert panel.button.text() == "Propose"
    assert not panel._progress.isVisible()


def test_bars_are_counted_from_where_they_were_asked(
    panel: ProposalsPanel, asking: Session, composing: ComposingByHand
) -> None:
    asking.region = Region(8, 11, (0,))
    QApplication.processEvents()
    panel.controls.choose_task(Task.VARY)
    panel.button.click()
    composing.latest.on_bars(1, asking.song, 9)  # the song is complete up to its ninth bar
    assert dealt(panel)[0]._facts.text() == "1 of 4 bars"
    assert panel._summary.text() == "1 of 16 bars written"
    panel.button.click()
    panel.controls.choose_task(Task.CONTINUE)
    panel.controls._length.setValue(6)
    panel.button.click()
    composing.latest.on_bars(0, asking.song, len(asking.song.bars) + 2)
    assert dealt(panel)[0]._facts.text() == "2 of 6 bars"


def test_cancel_keeps_what_is_done(panel: ProposalsPanel, asking: Session, composing: ComposingByHand) -> None:
    panel.button.click()
    question = composing.latest
    question.on_answer(question.written()[0])
    panel.button.click()
    assert question.cancelled
    assert not asking.proposals.under_way
    assert titles(panel) == [question.written()[0].title]
    question.on_answer(question.written()[1])  # came too late
    assert len(dealt(panel)) == 1


def test_what_goes_wrong_is_said_here(panel: ProposalsPanel, composing: ComposingByHand) -> None:
    panel.button.click()
    composing.latest.on_error("The composer stopped unexpectedly.")
    assert panel._problem.isVisible()
    assert panel._problem.text() == "The composer stopped unexpectedly."
    panel.button.click()
    assert not panel._problem.isVisible()


def test_a_request_that_cannot_be_is_not_sent(
    panel: ProposalsPanel, asking: Session, composing: ComposingByHand
) -> None:
    panel.controls.choose_task(Task.INFILL)
    assert not panel.button.isEnabled()
    assert "some bars" in panel._summary.text()
    panel.propose()
    assert composing.asked == []
    asking.region = Region(2, 3, (0,))
    QApplication.processEvents()
    panel.button.click()
    assert composing.latest.request.bars == (2, 3)


def test_a_card_tells_what_it_is(answered: ProposalsPanel, asking: Session) -> None:
    card, answer = dealt(answered)[0], answers(asking)[0]
    written = len(written_parts(asking.song, answer.song))
    assert f"{written} parts written" in card._facts.text()
    assert "keeps Melody" in card._facts.text()
    assert "style composer" in card._facts.text()
    assert card._reasons.text() == "\n".join(answer.reasons[:2])
    card._expand.click()
    assert card._reasons.text() == "\n".join(answer.reasons)
    assert answer.title in card.accessibleName()
    assert answer.reasons[0] in card.accessibleDescription()


def test_how_new_it_is_is_shown_where_it_was_measured(panel: ProposalsPanel, composing: ComposingByHand) -> None:
    panel.button.click()
    composing.latest.answer_all(features={"new": 0.624}, composer="model", model="band 1")
    assert dealt(panel)[0]._facts.text().startswith("62 % new  ·  ")
    assert "neural model band 1" in dealt(panel)[0]._facts.text()


def test_keys_audition_against_the_song(answered: ProposalsPanel, asking: Session) -> None:
    dealt(answered)[0].setFocus()
    QTest.keyClick(dealt(answered)[0], Qt.Key.Key_2)
    assert asking.proposals.auditioned == answers(asking)[1].id
    assert asking.player.compared[-1] is answers(asking)[1].song
    QTest.keyClick(dealt(answered)[0], Qt.Key.Key_Space)
    assert asking.proposals.auditioned == answers(asking)[0].id
    assert dealt(answered)[0].property("kind") == "card-heard"
    assert dealt(answered)[1].property("kind") == "card"
    QTest.keyClick(dealt(answered)[0], Qt.Key.Key_Space)
    assert asking.proposals.auditioned is None
    assert asking.player.compared[-1] is None


def test_hearing_a_card_begins_to_play_where_the_song_rests(answered: ProposalsPanel, asking: Session) -> None:
    answered.deck.audition(1)
    assert asking.playing
    answered.deck.audition(2)
    assert asking.playing
    answered.deck.audition(2)
    assert not asking.playing
    asking.play()
    answered.deck.audition(2)
    answered.deck.audition(2)
    assert asking.playing  # as before


def test_hearing_a_card_begins_where_it_was_written(
    answered: ProposalsPanel, asking: Session, composing: ComposingByHand
) -> None:
    asking.region = Region(4, 7)
    QApplication.processEvents()
    answered.button.click()
    composing.latest.answer_all()
    dealt(answered)
    answered.deck.audition(1)
    assert asking.position == asking.song.bars[4].start


def test_a_card_that_is_heard_shows_how_loud_it_is(answered: ProposalsPanel, asking: Session, qtbot: QtBot) -> None:
    player = asking.player
    player.sample_rate, player.rendering = RATE, SimpleNamespace(takes=Takes())
    answered.deck._waveforms._timer.setInterval(5)
    picture = dealt(answered)[0].picture
    answered.deck.audition(1)
    qtbot.wait(50)
    assert not picture.has_waveform  # nothing is rendered yet
    score = Score.of(answers(asking)[0].song, RATE)
    loud = Take.measured(np.full((2, RATE), 0.5, np.float32), RATE)
    for track in score.tracks:
        for segment in track:
            player.rendering.takes.put(segment.phrase.key, loud)
    qtbot.waitUntil(lambda: picture.has_waveform)
    assert not answered.deck._waveforms._timer.isActive()
    assert not dealt(answered)[1].picture.has_waveform


def test_arrows_go_from_card_to_card(answered: ProposalsPanel) -> None:
    cards = dealt(answered)
    answered.activateWindow()
    cards[0].setFocus()
    QTest.keyClick(cards[0], Qt.Key.Key_Right)
    assert answered.focusWidget() is cards[1]
    QTest.keyClick(cards[1], Qt.Key.Key_Up)
    QTest.keyClick(cards[0], Qt.Key.Key_Up)
    assert answered.focusWidget() is cards[0]


def test_keeping_is_one_step(answered: ProposalsPanel, asking: Session) -> None:
    before = asking.song
    card, answer = dealt(answered)[2], answers(asking)[2]
    button(card, "Keep all of it").click()
    assert [part.name for part in asking.song.parts] == [part.name for part in answer.song.parts]
    assert card._verdict.text() == "kept"
    assert card._verdict.isVisible()
    asking.undo()
    assert asking.song == before
    assert not card._verdict.isVisible()


def menu_of(card: Card) -> KeepMenu:
    menu = card.keep_menu()
    assert menu is not None
    menu.popup(QPoint(100, 100))
    return menu


def click_on(menu: KeepMenu, entry: QAction) -> None:
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(entry).center())


def test_some_parts_can_be_kept(answered: ProposalsPanel, asking: Session) -> None:
    menu = menu_of(dealt(answered)[0])
    entries = {entry.text(): entry for entry in menu.parts.values()}
    assert "Melody" not in entries  # which is the artist's own
    assert not menu.take.isEnabled()
    click_on(menu, entries["Bass"])
    click_on(menu, entries["Drums"])
    click_on(menu, entries["Drums"])
    click_on(menu, entries["Piano"])
    assert menu.isVisible()  # a tick does not close it
    assert menu.take.text() == "Keep Bass and Piano"
    click_on(menu, menu.take)
    assert not menu.isVisible()
    assert [part.name for part in asking.song.parts] == ["Melody", "Bass", "Piano"]
    assert asking.document.undo() is not None
    assert [part.name for part in asking.song.parts] == ["Melody"]


def test_the_keys_tick_parts_too(answered: ProposalsPanel, asking: Session) -> None:
    menu = menu_of(dealt(answered)[0])
    first = next(iter(menu.parts.values()))
    menu.setActiveAction(first)
    QTest.keyClick(menu, Qt.Key.Key_Space)
    assert menu.isVisible()
    menu.setActiveAction(menu.take)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert [part.name for part in asking.song.parts] == ["Melody", first.text()]


def test_the_bars_of_the_region_can_be_kept(answered: ProposalsPanel, asking: Session) -> None:
    asking.region = Region(4, 7)
    menu = menu_of(dealt(answered)[0])
    assert menu.only_bars is not None
    assert menu.only_bars.text() == "Only bars 5–8"
    click_on(menu, menu.only_bars)
    click_on(menu, menu.take)
    inside = range(asking.song.bars[4].start - 60, asking.song.bars[7].end)
    added = [note for part in asking.song.parts if part.name != "Melody" for note in part.notes]
    assert added
    assert all(note.start in inside for note in added)


def test_a_rejected_card_stays_in_the_history(answered: ProposalsPanel, asking: Session) -> None:
    card = dealt(answered)[1]
    card.setFocus()
    QTest.keyClick(card, Qt.Key.Key_Delete)
    assert answers(asking)[1].verdict == "rejected"
    assert card._verdict.text() == "rejected"
    assert len(dealt(answered)) == 4


def test_earlier_proposals_can_be_browsed(
    answered: ProposalsPanel, asking: Session, composing: ComposingByHand
) -> None:
    asking.region = Region(0, 3)
    QApplication.processEvents()
    answered.button.click()
    composing.latest.answer_all()
    deck = answered.deck
    assert (deck._count.text(), deck._what.text()) == ("2 / 2", "Arrange, bars 1–4")
    deck._back.click()
    assert (deck._count.text(), deck._what.text()) == ("1 / 2", "Arrange, bars 1–16")
    assert dealt(answered)[0].answer == answers(asking, 1)[0]
    assert not deck._back.isEnabled()
    deck._forward.click()
    assert dealt(answered)[0].answer == answers(asking, 2)[0]


def test_what_is_pinned_stays_in_sight(answered: ProposalsPanel, asking: Session, composing: ComposingByHand) -> None:
    QTest.keyClick(dealt(answered)[3], Qt.Key.Key_P)
    answered.button.click()
    composing.latest.answer_all()
    dealt(answered)
    assert [card.answer for card in answered.deck._pinned] == [answers(asking, 1)[3]]
    assert answered.deck._pinned_heading.isVisible()


def test_wishes_of_an_earlier_question_come_back(answered: ProposalsPanel, composing: ComposingByHand) -> None:
    answered.controls.choose_task(Task.REMIX)
    answered.controls.mood.set_mood((1.0, 1.0))
    answered._show_wishes_of(1)
    assert answered.controls.task is Task.ARRANGE
    assert answered.controls.mood.mood is None


def test_more_and_less_like_it_ask_again(answered: ProposalsPanel, composing: ComposingByHand, asking: Session) -> None:
    generation = asking.document.project.generation(1)
    liked = generation.answers[1]
    button(dealt(answered)[1], "More like this").click()
    more = composing.latest
    assert (more.request.style, more.composer) == (liked.style, "style")
    assert more.request.seed != liked.seed
    asking.proposals.cancel()
    other = less_like(generation, liked).terms.style
    assert other not in {answer.style for answer in generation.answers}
    assert load_styles()[other].genre != load_styles()[liked.style].genre


def test_a_neural_answer_is_what_more_goes_by(asking: Session, composing: ComposingByHand) -> None:
    asking.proposals.propose(Terms())
    composing.latest.answer_all(composer="model", features={"notes_per_bar": 9.0})
    generation = asking.document.project.generation(1)
    question = more_like(generation, generation.answers[0])
    assert question.reference is generation.answers[0].song
    assert question.composer == "auto"
    away = less_like(generation, generation.answers[0]).terms
    assert away.controls.density == pytest.approx(0.25)
    assert away.adventurous > generation.terms.adventurous


def test_a_card_is_dragged_out_as_a_midi_file(
    answered: ProposalsPanel, asking: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried: list[tuple[Song, str]] = []
    monkeypatch.setattr(card_deck, "drag_midi", lambda source, song, name="": carried.append((song, name)))
    card = dealt(answered)[0]
    start = QPoint(card.width() // 2, card.height() - 60)
    QTest.mousePress(card, Qt.MouseButton.LeftButton, pos=start)
    at, left = QPointF(start + QPoint(40, 0)), Qt.MouseButton.LeftButton
    move = QMouseEvent(QEvent.Type.MouseMove, at, card.mapToGlobal(at), left, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(card, move)
    assert carried == [(answers(asking)[0].song, answers(asking)[0].title)]


def test_narrow_panels_show_one_thing_at_a_time(panel: ProposalsPanel, composing: ComposingByHand) -> None:
    assert panel.controls.isVisible()
    assert panel.deck.isVisible()
    panel.resize(360, 800)
    assert panel.controls.isVisible()
    assert not panel.deck.isVisible()
    panel.button.click()
    assert panel.deck.isVisible()
    assert not panel.controls.isVisible()


def test_the_miniature_has_the_notes_in_their_places(qapp: QApplication) -> None:
    notes = (Note(0, 60, 480), Note(1440, 72, 480))
    song = Song(length=1920, parts=(Part("Lead", Role.MELODY, notes=notes),))
    image = QImage(100, 60, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    paint_miniature(painter, QRectF(0, 0, 100, 60), song, 0, 1920)
    painter.end()
    ink = [(x, y) for x in range(100) for y in range(60) if image.pixelColor(x, y).red() > 100]
    first, last = [y for x, y in ink if x < 25], [y for x, y in ink if x >= 75]
    assert first
    assert last
    assert not any(25 <= x < 74 for x, _ in ink)
    assert max(last) < min(first)  # the higher note stands above
    assert theme.role_colour(Role.MELODY, 0.95).red() > 150


def test_density_follows_the_notes() -> None:
    notes = (Note(0, 60, 10), Note(10, 62, 10), Note(1000, 64, 10))
    song = Song(length=1920, parts=(Part("Lead", notes=notes),))
    assert density(song, 0, 1920, 4) == (1.0, 0.0, 0.5, 0.0)


def test_the_real_composer_answers_in_its_own_process(session: Session, qtbot: QtBot) -> None:
    panel = ProposalsPanel(session)
    qtbot.addWidget(panel)
    panel.resize(1400, 700)
    panel.show()
    panel.controls._composer.setCurrentIndex(panel.controls._composer.findData("style"))
    panel.button.click()
    qtbot.waitUntil(lambda: not session.proposals.under_way, timeout=60_000)
    assert len(dealt(panel)) == 4
    assert all(card.answer is not None for card in dealt(panel))
    assert len({card._title.text() for card in dealt(panel)}) == 4


def test_more_like_a_band_that_was_kept_takes_its_place(asking: Session, composing: ComposingByHand) -> None:
    asking.proposals.propose(Terms())
    composing.latest.answer_all()
    generation = asking.document.project.generation(1)
    assert more_like(generation, generation.answers[0]).terms.task is Task.ARRANGE
    asking.proposals.keep(generation.answers[0].id)
    generation = asking.document.project.generation(1)
    assert more_like(generation, generation.answers[0]).terms.task is Task.REMIX
    assert more_like(generation, generation.answers[1]).terms.task is Task.ARRANGE


def test_more_and_less_like_this_are_heard_and_the_next_question_leans(
    answered: ProposalsPanel, asking: Session, composing: ComposingByHand
) -> None:
    assert composing.latest.liking.picks == ()
    button(dealt(answered)[0], "Less like this").click()
    asking.taste.flush()
    (said,) = [each for each in asking.taste.journal.remarks() if each.verdict is not Verdict.SKIPPED]
    assert said.verdict is Verdict.LESS
    asking.proposals.propose(Terms(count=3))
    assert len(composing.latest.liking.picks) == 3
    disliked = load_styles()[answers(asking)[0].style]
    leaning = composing.latest.request.leaning
    assert asking.document.project.generations[-1].terms.leaning == leaning
    assert disliked.id in leaning.styles


def test_with_the_switch_off_nothing_is_heard_and_nothing_leans(
    answered: ProposalsPanel, asking: Session, composing: ComposingByHand
) -> None:
    asking.keep_settings(replace(asking.settings, learn_taste=False))
    button(dealt(answered)[0], "Less like this").click()
    asking.proposals.keep(answers(asking)[1].id)
    asking.taste.flush()
    assert not asking.taste.journal.path.exists()
    asking.proposals.propose(Terms(count=3))
    assert composing.latest.liking.picks == ()
    assert composing.latest.request.leaning.styles == {}
