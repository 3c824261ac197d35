"""What somebody sees who never saw the window before: it fits, it says what to do, and it says each thing once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cocomposer.ui.blank import blank_song
from cocomposer.ui.welcome import Welcome, _Frame
from cocomposer.ui.window import SMALLEST, USUAL, Window, first_size
from PyQt6.QtCore import QPoint, QRect, QSize, Qt
from PyQt6.QtWidgets import QLabel, QWidget

from cocomposer.music import Note
from cocomposer.studio import editing
from cocomposer.studio.catalogue import Kind
from cocomposer.studio.document import Document
from cocomposer.studio.project import Project

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class _Screen:
    def __init__(self, width: int, height: int) -> None:
        self._size = QSize(width, height)

    def availableSize(self) -> QSize:  # noqa: N802 - Qt's name
        return self._size


@pytest.fixture
def empty(window: Window) -> Window:
    window.session.open(Document(Project(blank_song())))
    return window


def labels(window: Window, text: str) -> list[QLabel]:
    return [each for each in window.findChildren(QLabel) if each.isVisible() and text in each.text()]


def test_a_new_window_is_no_larger_than_the_screen() -> None:
    assert first_size(_Screen(2560, 1440)) == USUAL  # type: ignore[arg-type]
    small = first_size(_Screen(1280, 800))  # type: ignore[arg-type]
    assert small.width() == 1280
    assert small.height() < 800
    assert first_size(_Screen(640, 480)) == SMALLEST  # type: ignore[arg-type]


@pytest.mark.parametrize(("width", "height"), [(1280, 760), (960, 600)])
def test_everything_fits_into_a_small_window(window: Window, qtbot: QtBot, width: int, height: int) -> None:
    window.resize(width, height)
    qtbot.waitUntil(lambda: window.size() == QSize(width, height))
    whole = window.rect()
    for view in (window.transport, window.browser, window.roll, window.proposals, window.status, window.transport.drag):
        assert whole.contains(QRect(view.mapTo(window, QPoint(0, 0)), view.size())), view


def test_an_empty_song_says_once_why_nothing_can_be_proposed(empty: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(labels(empty, "Draw some notes or type some chords")))
    assert len(labels(empty, "Draw some notes or type some chords")) == 1


def test_a_problem_elsewhere_is_not_told_by_the_proposals(window: Window) -> None:
    window.session.problem.emit("The sound device is gone.")
    assert len(labels(window, "The sound device is gone.")) == 1


def test_what_cannot_be_proposed_is_told_beside_the_proposals_alone(window: Window) -> None:
    window.proposals.hide()
    window.session.proposals.refused.emit("There is no melody to harmonise.")
    assert window.proposals.isVisible()
    [shown] = labels(window, "There is no melody to harmonise.")
    assert window.proposals.isAncestorOf(shown)


def test_empty_lanes_say_what_to_do_until_it_is_done(empty: Window) -> None:
    assert "Draw a note" in empty.roll.empty.text()
    assert empty.roll.empty.isVisible()
    assert "Draw notes or type chords" in empty.arrangement.empty.text()
    before = empty.chords.strip.grab().toImage()
    session = empty.session
    session.edit("Draw", editing.add_note(session.song, 0, Note(0, 60, 480)))
    assert not empty.roll.empty.isVisible()
    assert "Propose writes a band" in empty.arrangement.empty.text()
    session.edit("Longer", editing.with_length(session.song, 9))
    assert empty.chords.strip.grab().toImage() == before  # the hint of the chord lane goes by chords alone


def test_the_first_steps_point_at_one_thing_each(window: Window) -> None:
    window.show_welcome()
    card, frame = window.findChild(Welcome), window.findChild(_Frame)
    assert card is not None
    assert frame is not None
    for target in (window.transport.button("play.toggle"), window.proposals.button, window.proposals):
        place = QRect(target.mapTo(window, QPoint(0, 0)), target.size())
        assert frame.geometry().intersected(window.rect()).contains(place & window.rect())
        assert frame.width() <= target.width() + 8
        assert window.rect().contains(card.geometry())
        if target.width() < 200:
            assert not card.geometry().intersects(place)
        card.next()


def test_what_is_done_before_its_turn_need_not_be_told(window: Window) -> None:
    window.show_welcome()
    card = window.findChild(Welcome)
    assert card is not None
    session = window.session
    session.edit("Draw", editing.add_note(session.song, 0, Note(0, 60, 480)))
    assert not card.isVisible()


def test_a_double_click_on_a_style_proposes_in_it(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(window.session.proposals, "propose", lambda terms, *_: asked.append(terms.style))
    browser = window.browser
    browser.show_kind(Kind.STYLE)
    qtbot.waitUntil(lambda: browser.model.rowCount() > 3)
    index = browser.model.index(2)
    entry = browser.model.entry(index)
    assert entry is not None
    place = browser.list.visualRect(index).center()
    port = browser.list.viewport()
    assert port is not None
    qtbot.mouseClick(port, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(port, Qt.MouseButton.LeftButton, pos=place)
    assert asked == [entry.id]


@pytest.mark.parametrize("name", ["tempo", "meter", "key"])
def test_after_return_in_a_field_the_keys_are_for_the_song_again(window: Window, qtbot: QtBot, name: str) -> None:
    field: QWidget = getattr(window.transport.display, name)
    window.activateWindow()
    field.setFocus()
    assert field.hasFocus()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not field.hasFocus()


@pytest.mark.parametrize("name", ["typing", "step"])
def test_whoever_turns_on_typing_can_type_at_once(window: Window, qtbot: QtBot, name: str) -> None:
    window.browser.list.setFocus()
    qtbot.mouseClick(getattr(window.roll.toolbar, name), Qt.MouseButton.LeftButton)
    assert window.roll.grid.hasFocus()


def test_what_was_refused_is_forgotten_with_the_next_edit(window: Window) -> None:
    session = window.session
    session.proposals.refused.emit("There is no melody to harmonise.")
    session.edit("Draw", editing.add_note(session.song, 0, Note(0, 60, 480)))
    assert labels(window, "There is no melody to harmonise.") == []
