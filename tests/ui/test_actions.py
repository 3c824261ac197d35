"""The table of actions: every one has its place, its keys are its own, and the palette finds it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from cocomposer.ui.actions import MENUS, TABLE, plain
from cocomposer.ui.drawings import FOLDER
from cocomposer.ui.palette import Palette, score
from cocomposer.ui.window import Window
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence

from cocomposer.studio import editing

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_ids_and_shortcuts_are_used_once() -> None:
    assert [name for name, count in Counter(each.id for each in TABLE).items() if count > 1] == []
    keys = [QKeySequence(one).toString() for each in TABLE if each.shortcut for one in each.shortcut.split("|")]
    assert "" not in keys
    assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_every_icon_of_the_table_was_drawn() -> None:
    assert [each.icon for each in TABLE if each.icon and not (FOLDER / f"{each.icon}.svg").is_file()] == []


def test_every_action_stands_in_a_menu(window: Window) -> None:
    bar = window.menuBar()
    assert bar is not None
    menus = [action.menu() for action in bar.actions()]
    assert [menu.objectName() for menu in menus if menu] == list(MENUS)
    listed = {action.objectName() for menu in menus if menu for action in menu.actions()}
    assert {each.id for each in TABLE} <= listed


def test_letters_of_a_menu_are_not_shared(window: Window) -> None:
    bar = window.menuBar()
    assert bar is not None
    for action in bar.actions():
        menu = action.menu()
        assert menu is not None
        letters = [text[text.index("&") + 1].casefold() for text in (a.text() for a in menu.actions()) if "&" in text]
        shared = [letter for letter, count in Counter(letters).items() if count > 1]
        assert shared == [], f"{action.text()}: {shared}"


def test_undo_says_what_it_takes_back(window: Window, qtbot: QtBot) -> None:
    assert not window.actions_["edit.undo"].isEnabled()
    window.session.edit("Set tempo", editing.set_tempo(window.session.song, 0, 140))
    qtbot.waitUntil(lambda: window.actions_["edit.undo"].isEnabled())
    assert plain(window.actions_["edit.undo"].text()) == "Undo Set tempo"
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert round(window.session.song.tempos.changes[0].bpm) == 96
    qtbot.waitUntil(lambda: plain(window.actions_["edit.redo"].text()) == "Redo Set tempo")


@pytest.mark.parametrize(
    ("query", "best"),
    [("prop", "propose.go"), ("exp mid", "file.export-midi"), ("metr", "play.metronome"), ("mixer", "view.mixer"),
     ("stems", "file.export-stems"), ("undo", "edit.undo"), ("sett", "file.settings")],
)  # fmt: skip
def test_the_palette_finds_by_a_few_letters(window: Window, query: str, best: str) -> None:
    palette = Palette(window.actions_, window)
    palette.field.setText(query)
    first = palette.list.item(0)
    assert first is not None
    assert first.data(Qt.ItemDataRole.UserRole)[0] == best


def test_the_palette_does_what_is_chosen_with_the_keyboard_alone(window: Window, qtbot: QtBot) -> None:
    assert window.tabs.currentIndex() == 0
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.findChild(Palette)
    assert palette is not None
    assert palette.isVisible()
    qtbot.keyClicks(palette.field, "mixer")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert window.tabs.currentIndex() == 1


def test_the_keys_of_the_roll_are_shown_and_stay_its_own(window: Window, qtbot: QtBot) -> None:
    cut = window.actions_["notes.cut"]
    assert cut.text().endswith("\tCtrl+X")
    assert cut.shortcut().isEmpty()
    palette = Palette(window.actions_, window)
    palette.field.setText("cut")
    first = palette.list.item(0)
    assert first is not None
    assert first.text() == "Cut"
    assert first.data(Qt.ItemDataRole.UserRole)[2] == "Ctrl+X"
    search = window.browser.search
    search.setFocus()
    qtbot.keyClicks(search, "q")
    assert search.text() == "q"


def test_nothing_is_found_for_letters_that_are_not_there() -> None:
    assert score("xyz", "Export MIDI") == 0
    assert score("em", "Export MIDI") > score("em", "Open Settings menu")


def test_notes_are_changed_from_the_menu_as_well(window: Window, qtbot: QtBot) -> None:
    before = window.session.song.parts[0].notes
    assert not window.actions_["notes.octave-up"].isEnabled()
    window.actions_["notes.all"].trigger()
    qtbot.waitUntil(lambda: window.actions_["notes.octave-up"].isEnabled())
    window.actions_["notes.octave-up"].trigger()
    assert [note.pitch for note in window.session.song.parts[0].notes] == [note.pitch + 12 for note in before]
