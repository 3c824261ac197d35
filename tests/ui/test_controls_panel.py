"""The wishes: what the selection makes possible, and the terms that come of what is set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cocomposer.ui import translation
from cocomposer.ui.controls_panel import ControlsPanel
from cocomposer.ui.proposals import ProposalsPanel
from cocomposer.ui.session import Region, Session
from cocomposer.ui.style_chooser import StyleChooser
from cocomposer.ui.task_chooser import TaskChooser
from PyQt6.QtCore import QCoreApplication, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLineEdit, QScrollArea

from cocomposer import formats
from cocomposer.composer import Request, Task
from cocomposer.composer.request import Terms
from cocomposer.music import Song
from cocomposer.studio.document import Document
from cocomposer.styles.loading import load_styles

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def panel(session: Session, qtbot: QtBot) -> Iterator[ControlsPanel]:
    made = ControlsPanel(session)
    made.resize(340, 1000)
    qtbot.addWidget(made)
    made.show()
    return made


def settle() -> None:
    """Let the panel take in what changed."""
    QApplication.processEvents()


def asked(panel: ControlsPanel, session: Session) -> Request:
    """The request that the composer would be given."""
    return Request(**vars(panel.terms), sketch=session.song)


def test_words_of_another_language_take_more_rows(session: Session, qapp: QApplication, qtbot: QtBot) -> None:
    """Nothing is cut off at the right in the width that a window of 1280 pixels leaves."""
    german = translation.Catalogue(translation.catalogue("de"), qapp)
    QCoreApplication.installTranslator(german)
    try:
        panel = ProposalsPanel(session)
        qtbot.addWidget(panel)
        panel.resize(320, 700)
        panel.show()
        tasks = panel.findChildren(TaskChooser)[0]
        qtbot.waitUntil(lambda: tasks.columns == 3)
        areas = [area for area in panel.findChildren(QScrollArea) if area.isVisible()]
        assert areas
        for area in areas:
            held, view = area.widget(), area.viewport()
            assert held is not None
            assert view is not None
            qtbot.waitUntil(lambda held=held, view=view: held.width() <= view.width())
        panel.resize(640, 700)
        qtbot.waitUntil(lambda: tasks.columns == 4)
    finally:
        QCoreApplication.removeTranslator(german)


def test_a_long_name_of_a_style_shows_its_beginning(panel: ControlsPanel) -> None:
    line = panel.findChildren(StyleChooser)[0].lineEdit()
    assert line is not None
    assert line.cursorPosition() == 0
    panel.findChildren(StyleChooser)[0].choose("bossa-nova")
    assert line.text().startswith("Bossa")
    assert line.cursorPosition() == 0


def test_without_a_selection_there_is_nothing_to_fill_in(panel: ControlsPanel, session: Session) -> None:
    button = panel.tasks.buttons[Task.INFILL]
    assert not button.isEnabled()
    assert "some bars, some parts" in button.toolTip()
    session.region = Region(2, 5, (0,))
    settle()
    assert button.isEnabled()
    assert "anew" in button.toolTip()


def test_an_empty_song_says_what_to_do(panel: ControlsPanel, session: Session) -> None:
    session.open(Document())
    settle()
    assert "Draw some notes" in panel.problem
    assert not any(panel.tasks.buttons[task].isEnabled() for task in Task if task is not Task.ARRANGE)


def test_chords_alone_can_be_arranged_but_not_varied(panel: ControlsPanel, session: Session) -> None:
    song = session.song
    session.edit("Chords only", Song(length=song.length, chords=song.chords, meters=song.meters))
    settle()
    assert panel.tasks.buttons[Task.ARRANGE].isEnabled()
    assert not panel.problem
    assert not panel.tasks.buttons[Task.VARY].isEnabled()
    assert "no melody" in panel.tasks.buttons[Task.HARMONISE].toolTip()


def test_the_region_is_what_is_meant(panel: ControlsPanel, session: Session) -> None:
    session.region = Region(8, 15, (0,))
    settle()
    panel.tasks.buttons[Task.VARY].click()
    request = asked(panel, session)
    assert request.task is Task.VARY
    assert request.bars == (8, 15)
    assert request.targets == (0,)


def test_a_whole_song_needs_no_bars(panel: ControlsPanel, session: Session) -> None:
    session.region = Region(0, len(session.song.bars) - 1)
    assert panel.terms.bars is None


def test_continuing_has_a_length_and_no_bars(panel: ControlsPanel, session: Session) -> None:
    session.region = Region(8, 15)
    panel.choose_task(Task.CONTINUE)
    assert panel._length.isVisible()
    assert not panel._players.isVisible()
    panel._length.setValue(12)
    request = asked(panel, session)
    assert (request.length, request.bars) == (12, None)


def test_how_close_is_asked_only_of_a_rewriting(panel: ControlsPanel) -> None:
    panel.similarity.turn(0.7)
    assert not panel.similarity.isVisible()
    assert panel.terms.similarity is None
    panel.choose_task(Task.VARY)
    assert panel.similarity.isVisible()
    assert panel.terms.similarity == 0.7


def test_sliders_and_mood_become_controls(panel: ControlsPanel, session: Session) -> None:
    assert panel.terms.controls.asked() == {}
    density = panel._wishes.sliders["density"]
    density.setFocus()
    for _ in range(5):
        QTest.keyClick(density, Qt.Key.Key_Right)
    panel.mood.setFocus()
    QTest.keyClick(panel.mood, Qt.Key.Key_Up)
    assert asked(panel, session).controls.asked() == pytest.approx({"density": 0.6, "valence": 0.0, "arousal": 0.1})
    QTest.keyClick(panel.mood, Qt.Key.Key_Delete)
    QTest.keyClick(density, Qt.Key.Key_Delete)
    assert panel.terms.controls.asked() == {}


def test_players_are_chosen_and_a_melody_has_one(panel: ControlsPanel) -> None:
    panel._players._buttons["bass"].click()
    panel._players._buttons["drums"].click()
    assert set(panel.terms.parts) == {"bass", "drums"}
    panel.choose_task(Task.MELODY)
    panel._players._ask_for("Flute")
    assert panel.terms.parts == ("Flute",)


@pytest.mark.parametrize(("typed", "style"), [("bossa", "bossa-nova"), ("SWING", "swing"), ("no such style", "auto")])
def test_a_style_is_found_by_typing(panel: ControlsPanel, typed: str, style: str) -> None:
    line = panel._style.findChild(QLineEdit)
    assert line is not None
    line.selectAll()
    QTest.keyClicks(line, typed)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert panel.terms.style == style


def test_every_style_is_offered_under_its_genre(panel: ControlsPanel) -> None:
    chooser = panel._style
    chooser.fill()
    offered = [chooser.itemData(row, Qt.ItemDataRole.UserRole) for row in range(chooser.count())]
    assert sorted(offered) == sorted(["auto", *load_styles()])
    genres = [load_styles()[each].genre for each in offered[1:]]
    assert genres == sorted(genres)


def test_what_a_style_composer_cannot_do_is_said(panel: ControlsPanel) -> None:
    panel._composer.setCurrentIndex(panel._composer.findData("style"))
    assert not panel.problem
    panel.mood.set_mood((0.5, 0.5))
    panel.mood.changed.emit()
    assert "not made for controls" in panel.problem
    panel._composer.setCurrentIndex(panel._composer.findData("auto"))
    assert not panel.problem


def test_the_seed_moves_on_unless_it_is_locked(panel: ControlsPanel) -> None:
    panel._seed.setValue(7)
    panel._lock.setChecked(True)
    panel.next_seed()
    assert panel.terms.seed == 7
    panel._lock.setChecked(False)
    panel.next_seed()
    assert panel.terms.seed != 7


def test_an_earlier_question_can_be_set_again(panel: ControlsPanel, session: Session) -> None:
    session.region = Region(0, 3, (0,))
    panel.choose_task(Task.REMIX)
    panel._style.choose("bossa-nova")
    panel.similarity.turn(0.4)
    panel.adventurous.turn(0.8)
    panel.mood.set_mood((-0.5, 0.25))
    panel._wishes.sliders["register"].turn(0.1)
    panel._seed.setValue(42)
    terms = panel.terms
    panel.show_terms(Terms())
    assert panel.terms == Terms(bars=(0, 3))
    panel.show_terms(terms, "model")
    assert panel.terms == terms
    assert panel.composer == "model"


def test_a_reference_is_read_and_a_broken_one_said(panel: ControlsPanel, session: Session, tmp_path: Path) -> None:
    good, bad = tmp_path / "like.mid", tmp_path / "broken.mid"
    formats.write(session.song, good)
    bad.write_bytes(b"MThd and no more")
    panel.reference.read(good)
    assert panel.reference.song is not None
    assert not panel.problem
    panel.reference.read(bad)
    assert panel.reference.song is None
    assert panel.problem == panel.reference.problem != ""
