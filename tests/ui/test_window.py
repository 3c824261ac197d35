"""The window as a whole: opening, saving, closing, dropping, exporting, the first steps."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import mido
import pytest
from cocomposer.ui.browser import Browser
from cocomposer.ui.dragging import dragged_entry
from cocomposer.ui.files import together
from cocomposer.ui.out import excerpt, midi_mime
from cocomposer.ui.piano_roll.state import Tool
from cocomposer.ui.using import use, with_progression
from cocomposer.ui.welcome import Welcome
from cocomposer.ui.window import Window
from PyQt6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDrag, QDragEnterEvent, QDropEvent, QMouseEvent
from PyQt6.QtWidgets import QApplication, QMenu, QMessageBox, QPushButton

from cocomposer import formats
from cocomposer.errors import CocomposerError
from cocomposer.music import Key
from cocomposer.music.mix import Instrument, InstrumentKind
from cocomposer.resources import assets_folder
from cocomposer.studio import editing
from cocomposer.studio.catalogue import Entry, Kind
from cocomposer.studio.document import Document
from cocomposer.studio.progressions import load_progressions
from cocomposer.studio.project_file import read_project
from cocomposer.studio.recovery import find_recoveries

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

SKETCH = assets_folder() / "sketches" / "first_light.mid"


def drop(window: Window, mime: QMimeData) -> bool:
    """Drop something onto the middle of the window; tells whether it was taken."""
    where, left, none = QPoint(700, 400), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(where, Qt.DropAction.CopyAction, mime, left, none)
    QApplication.sendEvent(window, enter)
    if not enter.isAccepted():
        return False
    event = QDropEvent(QPointF(where), Qt.DropAction.CopyAction, mime, left, none)
    QApplication.sendEvent(window, event)
    return event.isAccepted()


def file_mime(path: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    return mime


def test_a_cell_that_is_opened_brings_the_notes_to_the_front(window: Window) -> None:
    window.tabs.setCurrentIndex(1)
    window.arrangement.opened.emit()
    assert window.tabs.currentIndex() == 0
    assert window.focusWidget() is window.roll.grid


# --- Files


def test_a_change_is_marked_and_saving_takes_the_mark_away(window: Window, tmp_path: Path) -> None:
    assert not window.isWindowModified()
    window.session.edit("Rename", editing.rename_song(window.session.song, "Morning"))
    assert window.isWindowModified()
    window.files.save_to(tmp_path / "morning.cocomposer")
    assert not window.isWindowModified()
    assert window.windowTitle().startswith("morning")
    assert read_project(tmp_path / "morning.cocomposer").song.title == "Morning"
    assert window.files.recent() == [tmp_path / "morning.cocomposer"]


def test_a_saved_song_opens_as_it_was(window: Window, tmp_path: Path) -> None:
    path = tmp_path / "song.cocomposer"
    before = window.session.song
    window.files.save_to(path)
    window.files.new()
    assert window.session.song != before
    window.files.open(path)
    assert window.session.song == before
    assert window.session.document.path == path


def test_a_damaged_file_is_told_and_what_was_open_stays(window: Window, tmp_path: Path) -> None:
    path = tmp_path / "broken.cocomposer"
    path.write_bytes(b"PK\x03\x04 not a song")
    before = window.session.document
    window.files.open(path)
    assert window.session.document is before
    assert "broken.cocomposer" in window.status.message.text()
    assert path.read_bytes() == b"PK\x03\x04 not a song"


@pytest.mark.parametrize(
    ("answer", "closed"),
    [(QMessageBox.StandardButton.Cancel, False), (QMessageBox.StandardButton.Discard, True)],
)
def test_unsaved_work_is_asked_about(
    window: Window, monkeypatch: pytest.MonkeyPatch, answer: QMessageBox.StandardButton, closed: bool
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(QMessageBox, "question", lambda *words: asked.append(words[2]) or answer)
    window.session.edit("Set tempo", editing.set_tempo(window.session.song, 0, 140))
    assert window.close() is closed
    assert len(asked) == 1


def test_work_that_was_left_behind_is_opened_unsaved(window: Window, qtbot: QtBot) -> None:
    from cocomposer.studio.places import make_folder, recovery_folder
    from cocomposer.studio.recovery import Recovery

    lost = Document(window.session.document.project)
    lost.edit("Rename", editing.rename_song(lost.song, "Lost and found"))
    make_folder(recovery_folder())
    crashed = Recovery(lost)
    crashed.keep_now()
    assert crashed._lock_file is not None
    crashed._lock_file.close()  # as the system does when a program is killed
    assert window.files.offer_recovery()
    box = window.findChild(QMessageBox)
    assert box is not None
    button = next(each for each in box.findChildren(QPushButton) if each.text() == "Go on with it")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.session.song.title == "Lost and found"
    assert window.isWindowModified()
    # The old copy goes once the new one is written, on another thread.
    qtbot.waitUntil(lambda: all(each.title != "Lost and found" for each in find_recoveries()))


# --- Dropping


def test_a_midi_file_dropped_on_an_empty_song_is_opened(window: Window) -> None:
    window.files.new()
    assert drop(window, file_mime(SKETCH))
    assert window.session.song == formats.read(SKETCH)


def test_a_file_dropped_on_a_song_can_be_added_to_it(window: Window) -> None:
    other = SKETCH.with_name("salt_road.mid")
    parts = len(window.session.song.parts)
    assert drop(window, file_mime(other))
    menu = next(each for each in window.findChildren(QMenu) if each.isVisible())
    action = menu.actions()[0]
    assert action.text() == "Add to this song"
    action.trigger()
    menu.close()
    assert len(window.session.song.parts) == parts + 1
    assert window.session.document.undo_label == "Import"


def test_chord_text_dropped_on_an_empty_song_becomes_one(window: Window) -> None:
    window.files.new()
    mime = QMimeData()
    mime.setText("key: D minor\n| Dm | Gm7 | A7 | Dm |\n")
    assert drop(window, mime)
    assert [str(each.chord) for each in window.session.song.chords] == ["Dm", "Gm7", "A7", "Dm"]


def test_what_is_no_music_is_refused_with_a_sentence(window: Window) -> None:
    mime = QMimeData()
    mime.setText("| these are | no chords |")
    before = window.session.song
    drop(window, mime)
    assert window.session.song == before
    assert window.status.message.text() != ""


def test_importing_keeps_the_chords_that_are_there(window: Window) -> None:
    song, added = window.session.song, formats.read(SKETCH.with_name("salt_road.mid"))
    joined = together(song, added)
    assert joined.chords == song.chords
    assert together(replace(song, chords=()), added).chords == added.chords


# --- The way out


def test_a_drag_carries_a_real_file_that_stays(window: Window, tmp_path: Path) -> None:
    song = window.session.song
    first, second = midi_mime(song, "Melody"), midi_mime(song, "Melody")
    paths = [Path(each.urls()[0].toLocalFile()) for each in (first, second)]
    assert paths[0] != paths[1]
    for path in paths:
        assert path.is_relative_to(tmp_path / "data")
        notes = [message for message in mido.MidiFile(path) if message.type == "note_on" and message.velocity]
        assert len(notes) == sum(len(part.notes) for part in song.parts)


def test_the_song_is_dragged_out_of_the_transport(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    carried: list[Path] = []

    def release(drag: QDrag, action: Qt.DropAction) -> Qt.DropAction:  # a drag waits for a mouse that no test has
        mime = drag.mimeData()
        assert mime is not None
        carried.extend(Path(url.toLocalFile()) for url in mime.urls())
        return action

    monkeypatch.setattr(QDrag, "exec", release)
    button, left, none = window.transport.drag, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for kind, x in ((QEvent.Type.MouseButtonPress, 8), (QEvent.Type.MouseMove, 10), (QEvent.Type.MouseMove, 60)):
        QApplication.sendEvent(button, QMouseEvent(kind, QPointF(x, 8), QPointF(x, 8), left, left, none))
    assert len(carried) == 1
    assert formats.read(carried[0]).parts[0].notes == window.session.song.parts[0].notes


def test_an_excerpt_begins_at_its_first_bar(window: Window) -> None:
    song = window.session.song
    some = excerpt(song, parts=(0,), bars=(4, 7))
    start, end = song.bars[4].start, song.bars[7].end
    assert [note.start for note in some.parts[0].notes] == [
        note.start - start for note in song.parts[0].notes if start <= note.start < end
    ]
    assert len(some.bars) == 4
    assert excerpt(song, parts=()).parts == ()


def test_midi_is_exported_in_the_background(window: Window, tmp_path: Path) -> None:
    path = tmp_path / "out.mid"
    window.out.write_midi(path)
    assert sum(1 for each in mido.MidiFile(path) if each.type == "note_on" and each.velocity) > 40
    assert "out.mid" in window.status.message.text()


def test_work_in_the_background_can_be_stopped_where_it_is_shown(window: Window, qtbot: QtBot) -> None:
    from cocomposer.errors import Cancelled
    from cocomposer.studio.jobs import Jobs

    window.session.jobs = Jobs(window.session.deliver)
    seen: list[str] = []

    def work(progress: object, cancelled: object) -> None:
        assert callable(progress)
        assert callable(cancelled)
        progress(0.25)
        while not cancelled():
            pass
        seen.append("stopped")
        raise Cancelled("Stopped.")

    window.run("Rendering", work, lambda _: seen.append("done"))
    qtbot.waitUntil(lambda: window.status.progress.value() == 25)
    assert window.status.doing.text() == "Rendering"
    qtbot.mouseClick(window.status.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: seen == ["stopped"])
    qtbot.waitUntil(lambda: not window.status.progress.isVisible())
    assert window.status.message.text() == ""


# --- Panels, browser, first steps


def test_panels_come_and_go_with_their_keys(window: Window, qtbot: QtBot) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    for key, view in ((Qt.Key.Key_B, window.browser), (Qt.Key.Key_P, window.proposals)):
        assert view.isVisible()
        qtbot.keyClick(window, key, control)
        assert not view.isVisible()
        qtbot.keyClick(window, key, control)
        assert view.isVisible()


@pytest.mark.parametrize("kind", Kind)
def test_the_browser_shows_every_kind_or_says_why_there_is_nothing(window: Window, kind: Kind) -> None:
    window.browser.show_kind(kind)
    assert (window.browser.model.rowCount() == 0) is window.browser.empty.isVisible()
    assert window.browser.empty.isVisible() is (kind is Kind.PLUGIN)
    window.browser.list.setCurrentIndex(window.browser.model.index(0))
    window.browser.show_kind(Kind.STYLE)
    assert window.browser.details.about.text() == "Double-click a style to propose in it."


def test_plugins_are_looked_for_and_stand_in_the_browser(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from cocomposer.sound.plugins import PluginInfo
    from cocomposer.studio import plugins

    found = PluginInfo(tmp_path / "warm.so", "Warm Synth", "VST2", is_instrument=True)
    broken = PluginInfo(tmp_path / "bad.so", "Bad", "VST2", problem="crashed")

    def scan(
        folders: object, *, cancelled: object
    ) -> tuple[int, Iterator[PluginInfo]]:  # no plugin is here to be asked
        cache = plugins.known_plugins()
        for each in (found, broken):
            each.path.touch()
            cache.remember(each)
        cache.save()
        return 2, iter((found, broken))

    monkeypatch.setattr("cocomposer.ui.background.scan_plugins", scan)
    window.browser.show_kind(Kind.PLUGIN)
    qtbot.mouseClick(window.browser.scan, Qt.MouseButton.LeftButton)
    assert window.status.message.text() == "1 of 2 plugins can be used."
    assert [window.browser.model.index(row).data() for row in range(window.browser.model.rowCount())] == ["Warm Synth"]


def test_the_browser_is_searched_and_remembers_favourites(window: Window, qtbot: QtBot) -> None:
    browser: Browser = window.browser
    qtbot.keyClicks(browser.search, "waltz")
    names = [browser.model.index(row).data() for row in range(browser.model.rowCount())]
    assert names
    assert all("waltz" in name.casefold() for name in names[:3])
    browser.list.setCurrentIndex(browser.model.index(0))
    browser.list.setFocus()
    qtbot.keyClick(browser.list, Qt.Key.Key_Asterisk)
    browser.search.clear()
    qtbot.mouseClick(browser.favourites, Qt.MouseButton.LeftButton)
    assert [browser.model.index(row).data() for row in range(browser.model.rowCount())] == names[:1]
    again = Browser(window.session, window.memory)
    assert again.model.favourites == browser.model.favourites


def test_a_progression_is_laid_in_the_key_of_the_song(window: Window, qtbot: QtBot) -> None:
    browser = window.browser
    browser.show_kind(Kind.PROGRESSION)
    qtbot.keyClicks(browser.search, "two-five-one")
    browser.list.setCurrentIndex(browser.model.index(0))
    qtbot.keyClick(browser.list, Qt.Key.Key_Return)
    song = window.session.song
    assert song.key_at(0) == Key.parse("G major")
    assert [str(each.chord) for each in song.chord_spans[:3]] == ["Am7", "D7", "Gmaj7"]
    window.session.undo()
    assert str(window.session.song.chord_spans[0].chord) == "G"


def test_a_progression_makes_a_short_song_longer(window: Window) -> None:
    blues = next(each for each in load_progressions() if each.name == "Twelve-bar blues")
    song = with_progression(window.session.song, blues, window.session.song.bars[10].start)
    assert len(song.bars) == 22
    assert str(song.chord_spans[-1].chord) == "D7"


def test_an_instrument_and_a_rack_go_to_the_current_part(window: Window) -> None:
    from cocomposer.studio.catalogue import catalogue

    presets = window.session.room.presets
    instruments = {each.name: each for each in catalogue(presets, Kind.INSTRUMENT) if each.preset}
    rack = next(each for each in catalogue(presets, Kind.RACK) if each.name == "Melody")
    assert use(instruments["Flute"], window.session)
    assert window.session.song.parts[0].instrument == Instrument(InstrumentKind.BUILT_IN, "flute")
    assert use(Entry(Kind.INSTRUMENT, "program:73", "Flute"), window.session)
    assert use(rack, window.session)
    part = window.session.song.parts[0]
    assert (part.program, part.instrument) == (73, None)
    assert part.strip is not None
    assert len(part.strip.inserts) > 1


def test_a_dragged_entry_is_read_back_and_a_forged_one_is_not(window: Window) -> None:
    browser = window.browser
    browser.show_kind(Kind.PROGRESSION)
    mime = browser.model.mimeData([browser.model.index(0)])
    entry = dragged_entry(mime)
    assert entry is not None
    assert (entry.kind, entry.name) == (Kind.PROGRESSION, browser.model.index(0).data())
    for words in (b"", b"[1]", b'{"kind": "style"}', b'{"kind": "virus", "id": "", "name": "", "detail": ""}'):
        forged = QMimeData()
        forged.setData("application/x-cocomposer-entry", words)
        assert dragged_entry(forged) is None


def test_the_first_steps_go_on_when_the_thing_is_done(window: Window, qtbot: QtBot) -> None:
    window.show_welcome()
    card = window.findChild(Welcome)
    assert card is not None
    assert card.title.text() == "Listen"
    window.session.playing_changed.emit(True)
    assert card.title.text() == "Propose"
    qtbot.mouseClick(card.go_on, Qt.MouseButton.LeftButton)
    assert card.title.text() == "Keep and take away"
    qtbot.mouseClick(card.go_on, Qt.MouseButton.LeftButton)
    assert not card.isVisible()


NAMELESS = """
import os, sys
from pathlib import Path
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QLineEdit
from cocomposer.studio.settings import Settings
from cocomposer.ui import app as shell
from cocomposer.ui.memory import Memory

app = shell.dressed(QApplication(["cocomposer"]), Settings(language="en"))
window = shell.open_window(None, Settings(), Memory(Path(sys.argv[1])))
window.resize(1440, 900)
window.show()
app.processEvents()
controls = [
    widget
    for kind in (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit)
    for widget in window.findChildren(kind)
    if widget.isVisible() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
    and not isinstance(widget.parent(), (QAbstractSpinBox, QComboBox))
]
for widget in controls:
    if not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text())):
        print("nameless:", type(widget).__name__, widget.objectName())
print("controls:", len(controls), flush=True)
os._exit(0)
"""
"""Looks into what Qt itself put in the window, too: in a process that ends at once, as wrappers must not outlive it."""


def test_every_control_has_a_name_for_those_who_do_not_see_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", NAMELESS, str(tmp_path / "window.ini")]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.splitlines()
    assert [line for line in told if line.startswith("nameless")] == []
    assert int(told[-1].split()[1]) > 30


def test_a_problem_is_told_until_it_is_dismissed(window: Window, qtbot: QtBot) -> None:
    window.session.problem.emit(str(CocomposerError("The disk is full.")))
    assert window.status.message.text() == "The disk is full."
    qtbot.mouseClick(window.status.dismiss, Qt.MouseButton.LeftButton)
    assert window.status.message.text() == ""


def test_the_shares_of_the_authors_are_shown(window: Window) -> None:
    from cocomposer.ui.authors import SharesDialog

    dialog = SharesDialog(window.session.song, window)
    text = dialog.text.text()
    assert "imported from first_light.mid" in text
    assert text.count("100 %") >= 1 + len(window.session.song.parts)


@pytest.mark.parametrize("words", ["Quantise", "Quantisieren"])
def test_the_tools_of_the_roll_have_room_in_a_small_window(window: Window, qtbot: QtBot, words: str) -> None:
    window.resize(1280, 760)
    tools = window.roll.toolbar
    tools.quantise.setText(words)
    qtbot.waitUntil(lambda: tools.quantise.width() >= tools.quantise.sizeHint().width())
    assert tools.part_name.geometry().right() < tools.tools[Tool.DRAW].x()
    assert tools.step.geometry().right() <= tools.width()


def test_a_problem_is_not_lost_behind_another_or_a_message(window: Window) -> None:
    """At the start a file that cannot be read is told half a second before a missing sound device."""
    status = window.status
    status.say_problem("song.mid is damaged.")
    status.say_problem("There is no sound device.")
    assert status.message.text() == "There is no sound device.  ·  song.mid is damaged."
    status.say("Saved")
    assert status.message.text() == "Saved"
    status._timer.timeout.emit()
    assert "song.mid is damaged." in status.message.text()
    status.dismiss.click()
    assert status.message.text() == ""


def test_a_file_that_cannot_be_read_does_not_give_up_the_work(
    window: Window, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nobody is asked about the open song, and it stays unsaved work that leaving asks about."""
    asked: list[str] = []
    discard = QMessageBox.StandardButton.Discard
    monkeypatch.setattr(QMessageBox, "question", lambda *words: asked.append(words[2]) or discard)
    window.session.edit("Title", replace(window.session.song, title="Mine"))
    broken = tmp_path / "broken.mid"
    broken.write_bytes(b"nothing of music")
    window.files.open(broken)
    assert not asked
    assert "broken.mid" in window.status.message.text()
    assert window.session.song.title == "Mine"
    window.files.open(assets_folder() / "sketches" / "first_light.mid")
    assert len(asked) == 1
    assert window.session.song.title != "Mine"
    assert window.memory.word("files/folder", "") == ""  # the artist's music does not lie among the program's sketches
