"""The transport: what its keys and fields do to a real player, and what it shows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest
from cocomposer.ui.session import Region
from cocomposer.ui.song_display import TapTempo, position_text, time_text
from cocomposer.ui.welcome import Welcome
from cocomposer.ui.window import Window
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QApplication

from cocomposer.music import Instrument, Song
from cocomposer.music import Key as MusicalKey
from cocomposer.music.time import Meter, MeterChange, MeterMap, TempoMap
from cocomposer.sound.metering import Level, Levels
from cocomposer.sound.playback.midi_input import Key
from cocomposer.sound.playback.player import Player
from cocomposer.studio.catalogue import Kind

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

BAR = 1920


class Silence:
    """Instruments that play nothing, at once."""

    def play(
        self, instrument: Instrument, program: int, drums: bool, events: object, seconds: float, **_: object
    ) -> np.ndarray:
        return np.zeros((2, round(seconds * 44100)), dtype=np.float32)


class MeteredPlayer(Player):
    """A player whose meters show what a test says."""

    shown, lost = Levels(), 0

    @property
    def underruns(self) -> int:
        return self.lost

    def levels(self) -> Levels:
        return self.shown


@pytest.fixture
def playing(window: Window) -> Iterator[Window]:
    """The window with a player of its own, on a silent device that keeps time."""
    player = MeteredPlayer(Silence())
    window.session.attach(player)
    yield window
    player.close()
    window.session.player = None


def test_positions_are_told_as_musicians_count() -> None:
    four = Song(length=8 * BAR)
    assert position_text(four, 0) == "1.1.000"
    assert position_text(four, BAR + 480 + 120) == "2.2.120"
    six = Song(length=BAR, meters=MeterMap((MeterChange(0, Meter(6, 8)),)))
    assert position_text(six, 720) == "1.2.000"
    assert time_text(67.46) == "1:07.4"
    assert time_text(0) == "0:00.0"


def test_space_plays_and_pauses_wherever_the_focus_is(playing: Window, qtbot: QtBot) -> None:
    session = playing.session
    for place in (playing, playing.browser.list, playing.roll):
        qtbot.keyClick(place, Qt.Key.Key_Space)
        assert session.playing, place
        qtbot.keyClick(place, Qt.Key.Key_Space)
        assert not session.playing, place


def test_space_plays_as_the_first_step_says(playing: Window, qtbot: QtBot) -> None:
    playing.show_welcome()
    focus = QApplication.focusWidget() or playing
    qtbot.keyClick(focus, Qt.Key.Key_Space)
    assert playing.session.playing
    card = playing.findChild(Welcome)
    assert card is not None
    assert card.title.text() == "Propose"
    playing.session.stop()


def test_a_space_that_is_typed_is_a_space(playing: Window, qtbot: QtBot) -> None:
    playing.browser.search.setFocus()
    qtbot.keyClicks(playing.browser.search, "slow blues")
    assert playing.browser.search.text() == "slow blues"
    assert not playing.session.playing


def test_a_button_reached_by_tab_is_pressed_by_space(playing: Window, qtbot: QtBot) -> None:
    button = playing.browser.favourites
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert button.isChecked()
    assert not playing.session.playing


def test_the_position_moves_while_it_plays(playing: Window, qtbot: QtBot) -> None:
    seen: list[int] = []
    playing.session.playhead.connect(seen.append)
    playing.session.play()
    qtbot.waitUntil(lambda: len(seen) > 3 and seen[-1] > 0, timeout=5000)
    playing.session.pause()
    stopped = len(seen)
    qtbot.wait(120)
    assert len(seen) == stopped  # the clock rests with the music
    assert playing.transport.display.position.text() == position_text(playing.session.song, playing.session.position)


def test_stop_goes_back_and_home_to_the_beginning(playing: Window, qtbot: QtBot) -> None:
    playing.session.seek(4 * BAR)
    qtbot.keyClick(playing, Qt.Key.Key_Space)
    qtbot.keyClick(playing, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    assert playing.session.position == 4 * BAR
    qtbot.keyClick(playing, Qt.Key.Key_Home)
    assert playing.session.position == 0


def test_bars_are_stepped_through(playing: Window, qtbot: QtBot) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(playing, Qt.Key.Key_Right, control)
    qtbot.keyClick(playing, Qt.Key.Key_Right, control)
    assert playing.session.position == 2 * BAR
    playing.session.seek(2 * BAR + 100)
    qtbot.keyClick(playing, Qt.Key.Key_Left, control)
    assert playing.session.position == 2 * BAR
    qtbot.keyClick(playing, Qt.Key.Key_Left, control)
    assert playing.session.position == BAR


def test_the_loop_is_the_selected_bars_and_moves_with_them(playing: Window, qtbot: QtBot) -> None:
    playing.session.region = Region(4, 7)
    qtbot.keyClick(playing, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert playing.session.player.loop == (4 * BAR, 8 * BAR)
    qtbot.waitUntil(lambda: playing.actions_["play.loop"].isChecked())
    playing.session.region = Region(0, 1)
    assert playing.session.player.loop == (0, 2 * BAR)
    qtbot.keyClick(playing, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert playing.session.player.loop is None


def test_a_loop_that_was_dragged_is_the_one_that_the_button_ends(playing: Window, qtbot: QtBot) -> None:
    loop = playing.actions_["play.loop"]
    playing.roll.timeline.set_loop((BAR, 2 * BAR))
    qtbot.waitUntil(loop.isChecked)
    playing.session.region = Region(4, 7)  # which is no longer what is looped
    assert playing.session.player.loop == (BAR, 2 * BAR)
    loop.trigger()
    assert playing.roll.timeline.loop is None
    assert playing.session.player.loop is None


def test_the_loop_of_the_button_is_seen_in_the_lanes_and_ends_with_the_song(playing: Window) -> None:
    playing.actions_["play.loop"].trigger()
    whole = (0, playing.session.song.length)
    assert playing.roll.timeline.loop == playing.session.player.loop == whole
    playing.files.new()
    assert playing.roll.timeline.loop is None
    assert playing.session.player.loop is None


def test_a_loop_from_before_the_sound_was_there_holds(window: Window) -> None:
    window.roll.timeline.set_loop((BAR, 2 * BAR))
    player = MeteredPlayer(Silence())
    window.session.attach(player)
    assert player.loop == (BAR, 2 * BAR)
    player.close()
    window.session.player = None


def test_metronome_and_count_in_reach_the_player(playing: Window) -> None:
    playing.actions_["play.metronome"].trigger()
    playing.actions_["play.count-in"].trigger()
    assert playing.session.player.metronome is True
    assert playing.session.player.count_in == 1


def test_what_was_switched_on_before_the_sound_was_there_holds(window: Window) -> None:
    window.actions_["play.metronome"].trigger()
    player = MeteredPlayer(Silence())
    window.session.attach(player)
    assert player.metronome is True
    player.close()
    window.session.player = None


def test_playing_without_sound_is_answered_with_a_sentence(window: Window, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert "in a moment" in window.status.message.text()


def test_a_tempo_is_typed(window: Window, qtbot: QtBot) -> None:
    field = window.transport.display.tempo
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "123.5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.session.song.tempos.changes[0].bpm == pytest.approx(123.5, abs=0.01)
    assert window.session.document.undo_label == "Set tempo"


def test_a_tempo_is_dragged_as_one_step(window: Window) -> None:
    field = window.transport.display.tempo.lineEdit()
    assert field is not None

    def move(kind: QEvent.Type, y: float) -> None:
        point, button = QPointF(20, 10), Qt.MouseButton.LeftButton
        QApplication.sendEvent(
            field, QMouseEvent(kind, point, QPointF(20, y), button, button, Qt.KeyboardModifier.NoModifier)
        )

    move(QEvent.Type.MouseButtonPress, 300)
    for y in range(297, 240, -3):
        move(QEvent.Type.MouseMove, y)
    move(QEvent.Type.MouseButtonRelease, 243)
    assert window.session.song.tempos.changes[0].bpm == pytest.approx(96 + 19, abs=0.1)
    window.session.undo()
    assert window.session.song.tempos.changes[0].bpm == pytest.approx(96, abs=0.1)
    assert window.session.document.undo_label is None


def test_a_tempo_is_tapped() -> None:
    taps = TapTempo()
    assert taps.tap(10.0) is None
    assert taps.tap(10.5) == pytest.approx(120)
    assert taps.tap(11.0) == pytest.approx(120)
    assert taps.tap(20.0) is None  # a new beginning


def test_metre_and_key_are_typed_and_what_is_wrong_is_told(window: Window, qtbot: QtBot) -> None:
    transport, session = window.transport, window.session
    for field, text in ((transport.display.meter, "3/4"), (transport.display.key, "D dorian")):
        line = field.lineEdit()
        assert line is not None
        line.setFocus()
        line.selectAll()
        qtbot.keyClicks(line, text)
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert str(session.song.meters.changes[0].meter) == "3/4"
    assert session.song.key_at(0) == MusicalKey.parse("D dorian")
    line = transport.display.meter.lineEdit()
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(line, "4/5")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "4/5" in window.status.message.text()
    assert transport.display.meter.currentText() == "3/4"


def test_the_fields_follow_the_song(window: Window) -> None:
    song = window.session.song
    window.session.edit("Faster", Song(length=song.length, tempos=TempoMap.constant(150)))
    assert window.transport.display.tempo.value() == pytest.approx(150, abs=0.1)
    window.session.undo()
    assert window.transport.display.tempo.value() == pytest.approx(96, abs=0.1)
    assert window.transport.display.key.currentText() == "G major"


def test_the_meter_shows_what_the_player_says(playing: Window, qtbot: QtBot) -> None:
    playing.session.player.shown = Levels(master=Level(0.5, 0.2), short_term=-14.0)
    playing.session.play()
    meter = playing.transport.levels
    qtbot.waitUntil(lambda: "-14.0 LUFS" in meter.toolTip(), timeout=5000)
    assert f"{20 * math.log10(0.5):.1f} dB" in meter.toolTip()
    lit = meter.grab().toImage().pixelColor(QPoint(10, meter.height() // 2 - 4)).name()
    playing.session.stop()
    assert meter.grab().toImage().pixelColor(QPoint(10, meter.height() // 2 - 4)).name() != lit


def test_interruptions_are_shown(playing: Window) -> None:
    playing.session.player.lost = 3
    playing.session.play()
    assert "· 3" in playing.transport.load.text()
    assert "3" in playing.transport.load.accessibleName()


def test_what_is_played_while_recording_becomes_notes(playing: Window, qtbot: QtBot) -> None:
    session = playing.session
    before = session.song
    clock = session.player._clock
    playing.actions_["play.record"].trigger()
    assert session.playing
    qtbot.waitUntil(lambda: session.position > 240, timeout=5000)
    session.key_played.emit(Key(clock(), 40, 99))
    struck = session.position
    qtbot.waitUntil(lambda: session.position > struck + 120, timeout=5000)
    session.key_played.emit(Key(clock(), 40, 0))
    playing.actions_["play.record"].trigger()
    added = set(session.song.parts[0].notes) - set(before.parts[0].notes)
    assert [(note.pitch, note.velocity) for note in added] == [(40, 99)]
    assert abs(next(iter(added)).start - struck) < 120
    assert session.document.undo_label == "Record"
    session.stop()


def test_letters_are_recorded_as_a_midi_keyboard_is(playing: Window, qtbot: QtBot) -> None:
    session, grid = playing.session, playing.roll.grid
    before = set(session.song.parts[0].notes)
    playing.actions_["notes.letters"].trigger()
    playing.roll.state.set(cursor=(0, 60))
    playing.actions_["play.record"].trigger()
    qtbot.waitUntil(lambda: session.position > 240, timeout=5000)
    qtbot.keyPress(grid, Qt.Key.Key_D)
    struck = session.position
    qtbot.waitUntil(lambda: session.position > struck + 120, timeout=5000)
    qtbot.keyRelease(grid, Qt.Key.Key_D)
    playing.actions_["play.record"].trigger()
    added = set(session.song.parts[0].notes) - before
    assert [note.pitch for note in added] == [64]
    assert abs(next(iter(added)).start - struck) < 120
    session.stop()


def test_a_midi_keyboard_writes_steps(window: Window) -> None:
    window.actions_["notes.steps"].trigger()
    window.roll.state.set(cursor=(20 * BAR, 60))
    window.session.key_played.emit(Key(0.0, 67, 90))
    window.session.key_played.emit(Key(0.1, 67, 0))
    assert [(note.start, note.pitch) for note in window.session.song.parts[0].notes[-1:]] == [(20 * BAR, 67)]


@pytest.mark.parametrize("kind", [Kind.PROGRESSION, Kind.INSTRUMENT, Kind.SKETCH, Kind.STYLE])
def test_what_is_clicked_in_the_browser_is_heard_and_the_song_stays_where_it_was(
    playing: Window, qtbot: QtBot, kind: Kind
) -> None:
    session, browser = playing.session, playing.browser
    session.seek(3 * BAR)
    browser.show_kind(kind)
    heard: list[Song | None] = []
    compare = session.player.compare
    session.player.compare = lambda song: (heard.append(song), compare(song))
    rect = browser.list.visualRect(browser.model.index(1))
    qtbot.mouseClick(browser.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert session.playing
    assert heard[0] is not None
    assert any(part.notes for part in heard[0].parts)
    qtbot.keyClick(playing, Qt.Key.Key_Space)
    assert heard[-1] is None
    assert session.position == 3 * BAR
    assert not session.playing


def test_nothing_of_the_browser_is_heard_while_the_song_plays_or_where_it_is_switched_off(playing: Window) -> None:
    session, browser = playing.session, playing.browser
    browser.show_kind(Kind.INSTRUMENT)
    browser.hear.setChecked(False)
    browser.preview(browser.model.index(0))
    assert not session.playing
    browser.hear.setChecked(True)
    session.play()
    heard: list[Song | None] = []
    session.player.compare = heard.append
    browser.preview(browser.model.index(0))
    assert heard == []
    session.stop()
