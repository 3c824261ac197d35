"""The whole story in one window: from the first note that is drawn to files that other programs read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import mido
import numpy as np
import pytest
from cocomposer.ui import app as shell
from cocomposer.ui.cards import Card
from cocomposer.ui.keep_menu import KeepMenu
from cocomposer.ui.memory import Memory
from cocomposer.ui.mixer.channels import Channel
from cocomposer.ui.timeline import Grid
from cocomposer.ui.window import Window
from lanes import click, drag
from PyQt6 import sip
from PyQt6.QtCore import QDeadlineTimer, QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QApplication, QComboBox, QFileDialog, QWidget

from cocomposer.sound.playback.devices import Fill, OutputDevice, SilentDevice
from cocomposer.sound.playback.player import Player
from cocomposer.sound.supervisor import Hosts
from cocomposer.studio.settings import Settings

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

soundfile = pytest.importorskip("soundfile")

LEFT, CTRL, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
BAR = 1920
TUNE = (64, 67, 72, 69, 65, 69, 67, 62)
CHORDS = ("C", "Am7", "Dm7", "G7")
PATIENCE_MS = 30_000


class Heard:
    """How loud it was at most since one listened anew, at a device without a card."""

    def __init__(self) -> None:
        self.peak = 0.0

    def open(self, fill: Fill, name: str, buffer: int, sample_rate: int) -> OutputDevice:
        return SilentDevice(fill, buffer, sample_rate, heard=self._take)

    def _take(self, audio: Audio) -> None:
        self.peak = max(self.peak, float(np.abs(audio).max()))


@contextmanager
def opened(path: Path | None, memory: Memory, heard: Heard) -> Iterator[Window]:
    """The window as `cocomposer` opens it, with everything that is real but the sound card."""
    window = shell.open_window(path, Settings(language="en"), memory)
    window.resize(1440, 900)
    window.show()
    QTest.qWaitForWindowExposed(window)
    hosts = Hosts()
    window.session.attach(Player(hosts, open_device=heard.open, plugin_effects=hosts.live_effect), hosts)
    try:
        yield window
    finally:
        window.files.discard()
        window.close()
        sip.delete(window)


def until(reached: Callable[[], object]) -> None:
    """Let the window live until something is so."""
    patience = QDeadlineTimer(PATIENCE_MS)
    while not reached():
        assert not patience.hasExpired(), "it never came to that"
        QTest.qWait(10)


def press(window: Window, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A shortcut of the window; what it changed is then on the screen."""
    window.activateWindow()  # offscreen, a menu that closes leaves no window active
    QTest.keyClick(window, key, held)
    QTest.qWait(20)


def named(widget: QWidget, name: str) -> QAbstractButton:
    return next(each for each in widget.findChildren(QAbstractButton) if name in (each.accessibleName(), each.text()))


def click_button(widget: QWidget, name: str) -> None:
    QTest.mouseClick(named(widget, name), LEFT)


def choose(widget: QWidget, name: str, choice: str) -> None:
    """Take a choice of a combo box by typing it."""
    box = next(each for each in widget.findChildren(QComboBox) if each.accessibleName() == name)
    box.setFocus()
    QTest.keyClicks(box, choice)
    QTest.keyClick(box, Qt.Key.Key_Return)
    box.activated.emit(box.currentIndex())


def draw_the_tune(window: Window) -> None:
    """A half note with each click."""
    roll = window.roll
    choose(roll.toolbar, "Grid", Grid.HALF.label)
    for place, pitch in enumerate(TUNE):
        y = roll.state.rows.y(pitch) + roll.state.rows.height / 2
        window.roll.timeline.show(place * BAR // 2 + BAR // 2)
        click(roll.grid, roll.timeline.x(place * BAR // 2) + 4, y)
    assert [(note.start, note.pitch) for note in window.session.song.parts[0].notes] == [
        (place * BAR // 2, pitch) for place, pitch in enumerate(TUNE)
    ]


def type_the_chords(window: Window) -> None:
    """One after the other; Enter goes on to the next bar."""
    strip = window.chords.strip
    strip.timeline.scroll_to(0)
    QTest.mouseClick(strip, LEFT, pos=QPoint(round(strip.timeline.x(0)) + 8, 18))
    QTest.keyClicks(strip, CHORDS[0][0])
    for chord in CHORDS:
        strip.editor.clear()
        QTest.keyClicks(strip.editor, chord)
        QTest.keyClick(strip.editor, Qt.Key.Key_Return)
    QTest.keyClick(strip.editor, Qt.Key.Key_Escape)
    assert [str(each.chord) for each in window.session.song.chords] == list(CHORDS)


def propose(window: Window) -> list[Card]:
    choose(window.proposals, "Composer", "Style")
    click_button(window.proposals, "Propose, or cancel")
    until(lambda: not window.session.proposals.under_way and window.proposals.deck.complete)
    cards = window.proposals.deck.cards
    assert len(cards) == 4
    assert all(card.answer is not None for card in cards)
    return cards


def hear(window: Window, card: Card, heard: Heard) -> None:
    """In place of the song, and the song again."""
    heard.peak = 0.0
    click_button(card, "Hear it in place of the song")
    assert card.answer is not None
    assert window.session.proposals.auditioned == card.answer.id
    assert window.session.playing  # the song rested
    until(lambda: heard.peak > 0.02 and window.session.position > 0)
    window.roll.grid.setFocus()
    press(window, Qt.Key.Key_Space)
    assert not window.session.playing


def keep_two(card: Card) -> list[str]:
    """Tick the first two parts that were written, and keep them; their names."""
    click_button(card, "Keep some parts or bars")
    menu = card.findChild(KeepMenu)
    assert isinstance(menu, KeepMenu)
    chosen = list(menu.parts.values())[:2]
    for entry in (*chosen, menu.take):
        QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(entry).center())
    return [entry.text() for entry in chosen]


def mix(window: Window) -> None:
    """Pull the tune down, and mute the part after it."""
    press(window, Qt.Key.Key_F3)
    until(lambda: window.mixer.complete)
    fader = window.mixer.strips[Channel("part", 0)].fader
    drag(fader, (30, 60), (30, 75), (30, 90))
    QTest.mouseClick(window.mixer.strips[Channel("part", 1)].mute, LEFT)


def answer_files(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """What the artist answers when asked for a file."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_: (str(path), "")))


def test_from_the_first_note_to_files_that_others_read(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, heard = Memory(tmp_path / "window.ini"), Heard()
    project, midi, wave = (tmp_path / f"song{suffix}" for suffix in (".cocomposer", ".mid", ".wav"))
    with opened(None, memory, heard) as window:
        until(lambda: window.session.song.title)  # the first start shows a sketch
        press(window, Qt.Key.Key_N, CTRL)
        session = window.session
        draw_the_tune(window)
        type_the_chords(window)
        second = propose(window)[1]
        hear(window, second, heard)
        kept = keep_two(second)
        names = ["Melody", *kept]
        assert [part.name for part in session.song.parts] == names
        after = session.song
        press(window, Qt.Key.Key_Z, CTRL)
        assert [part.name for part in session.song.parts] == ["Melody"]
        press(window, Qt.Key.Key_Z, CTRL | SHIFT)
        assert session.song == after
        mix(window)
        strips = [part.strip for part in session.song.parts]
        assert strips[0] is not None
        assert strips[1] is not None
        assert strips[0].gain_db < -3
        assert strips[1].muted
        answer_files(monkeypatch, project)
        press(window, Qt.Key.Key_S, CTRL)
        until(lambda: not session.document.unsaved)
        saved = session.document.project
    with zipfile.ZipFile(project) as archive:
        stored = json.loads(archive.read("project.json"))
    parts = [stored["parts"][index] for index in stored["song"]["parts"]]
    assert [part["name"] for part in parts] == names
    assert [part["strip"]["muted"] for part in parts[:2]] == [False, True]
    assert parts[0]["strip"]["gain_db"] == pytest.approx(strips[0].gain_db)
    assert parts[0]["notes"][1::4] == list(TUNE)  # start, pitch, length, velocity

    with opened(project, memory, heard) as window:
        until(lambda: window.session.document.path == project)
        assert window.session.document.project == saved
        answer_files(monkeypatch, midi)
        press(window, Qt.Key.Key_E, CTRL)
        answer_files(monkeypatch, wave)
        press(window, Qt.Key.Key_E, CTRL | SHIFT)
        until(lambda: "Exported song.wav" in window.status.message.text())
    read = mido.MidiFile(midi)
    tracks = {track.name: track for track in read.tracks}
    assert [name for name in tracks if name in names] == names
    struck = [message.note for message in tracks["Melody"] if message.type == "note_on" and message.velocity]
    assert struck == list(TUNE)
    assert all(any(message.type == "note_on" for message in tracks[name]) for name in kept)
    audio, rate = soundfile.read(wave)
    assert audio.shape[1] == 2
    assert len(audio) / rate >= 8 * 4 * 60 / 100
    loud = np.abs(audio).max()
    assert 0.1 < loud <= 10 ** (-0.9 / 20)


@pytest.mark.skipif(not all(map(shutil.which, ("xvfb-run", "xdotool"))), reason="no display, and none can be made")
def test_on_a_real_display_a_click_and_a_chord_are_answered() -> None:
    script = Path(__file__).with_name("artist_under_xvfb.py")
    command = ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", sys.executable, str(script)]
    ran = subprocess.run(
        command, capture_output=True, text=True, timeout=100, env=os.environ | {"QT_QPA_PLATFORM": "xcb"}
    )
    assert ran.stdout.splitlines() == ["drawn 1", "chords Am7", "cards 4", "painted True"], ran.stderr
