"""A plugin that crashes, or is not there: the rest plays on, the mixer says so, and there is a way back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from cocomposer.ui.mixer import MixerView
from cocomposer.ui.mixer.channels import Channel
from cocomposer.ui.session import Session
from faulty_plugins import build_faulty_plugins, needs_gcc
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLabel, QPushButton

from cocomposer.music import Note, Part, Role, Song
from cocomposer.music.mix import Effect, Instrument, InstrumentKind, Strip
from cocomposer.sound.playback.devices import Fill, OutputDevice, SilentDevice
from cocomposer.sound.playback.player import Player
from cocomposer.sound.supervisor import Hosts
from cocomposer.studio import editing
from cocomposer.studio.document import Document
from cocomposer.studio.jobs import Jobs
from cocomposer.studio.project import Project

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from cocomposer.sound.loudness import Audio

NOTES = tuple(Note(beat * 480, 60, 400, 100) for beat in range(8))
LEAD, BASS = Channel("part", 0), Channel("part", 1)
pytestmark = needs_gcc


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return build_faulty_plugins(tmp_path_factory.mktemp("plugins"), ("play-crash", "sound", "effect-play-crash"))


@dataclass
class Desk:
    """A mixer whose player plays to no card, and how loud that was at most."""

    session: Session
    mixer: MixerView
    qtbot: QtBot
    peak: float = 0.0

    def open_device(self, fill: Fill, name: str, buffer: int, sample_rate: int) -> OutputDevice:
        return SilentDevice(fill, buffer, sample_rate, heard=self._hear)

    def _hear(self, audio: Audio) -> None:
        self.peak = max(self.peak, float(np.abs(audio).max()))

    def give(self, part: int, plugin: Path | None) -> None:
        instrument = Instrument(InstrumentKind.PLUGIN, str(plugin)) if plugin is not None else None
        self.session.edit("Instrument", editing.with_instrument(self.session.song, part, instrument))

    @property
    def told(self) -> list[str]:
        self.mixer.troubles.refresh()
        return [label.text() for label in self.mixer.troubles.findChildren(QLabel) if label.isVisible()]

    def until_told(self, words: str) -> str:
        self.qtbot.waitUntil(lambda: any(words in sentence for sentence in self.told), timeout=20_000)
        return next(sentence for sentence in self.told if words in sentence)

    def try_again(self) -> None:
        shown = [each for each in self.mixer.troubles.findChildren(QPushButton) if each.isVisible()]
        QTest.mouseClick(shown[0], Qt.MouseButton.LeftButton)

    def marked(self, channel: Channel) -> bool:
        return self.mixer.strips[channel].property("kind") == "strip-trouble"


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot) -> Iterator[Desk]:
    parts = (Part("Lead", Role.MELODY, 73, NOTES), Part("Bass", Role.BASS, 33, NOTES))
    session = Session(Document(Project(Song(length=1920 * 2, parts=parts))), jobs=Jobs(inline=True))
    mixer = MixerView(session)
    qtbot.addWidget(mixer)
    mixer.resize(1500, 560)
    made = Desk(session, mixer, qtbot)
    hosts = Hosts()
    player = Player(hosts, open_device=made.open_device, plugin_effects=hosts.effect)
    session.attach(player, hosts)
    mixer.show()
    qtbot.waitUntil(lambda: mixer.complete, timeout=20_000)
    yield made
    session.close()


def test_a_crash_while_playing_is_told_and_tried_again(desk: Desk, plugins: dict[str, Path], tmp_path: Path) -> None:
    plugin = tmp_path / "mine.so"
    shutil.copy(plugins["play-crash"], plugin)
    assert desk.told == []
    desk.give(0, plugin)
    desk.session.play(0)
    sentence = desk.until_told("mine.so")
    assert "crashed while playing; the SoundFont at hand plays in its place" in sentence
    assert desk.marked(LEAD)
    assert not desk.marked(BASS)
    desk.peak = 0.0
    desk.qtbot.waitUntil(lambda: desk.peak > 0.01, timeout=20_000)
    desk.session.stop()

    shutil.copy(plugins["sound"], tmp_path / "well.so")
    (tmp_path / "well.so").replace(plugin)  # the plugin was mended
    desk.try_again()
    desk.session.play(0)
    player = desk.session.player
    desk.qtbot.waitUntil(lambda: not player.to_render and player.planning.idle, timeout=20_000)
    assert desk.told == []
    assert not desk.marked(LEAD)
    assert str(plugin) not in desk.session.hosts.quarantined  # type: ignore[union-attr]


def test_a_plugin_that_is_gone_is_named_until_another_plays(desk: Desk, tmp_path: Path) -> None:
    desk.give(1, tmp_path / "lost.so")
    desk.session.play(0)
    assert "lost.so is not there; the SoundFont at hand plays in its place" in desk.until_told("lost.so")
    assert desk.marked(BASS)
    desk.give(1, None)
    desk.mixer.troubles.refresh()
    assert desk.told == []
    assert not desk.marked(BASS)


def test_an_effect_that_crashes_lets_the_music_through(desk: Desk, plugins: dict[str, Path]) -> None:
    strip = Strip(inserts=(Effect("plugin", plugin=str(plugins["effect-play-crash"])),))
    song = desk.session.song
    desk.session.edit("Effect", editing.with_strip(song, 0, strip))
    desk.session.play(0)
    assert desk.until_told("effect-play-crash.so").startswith("Lead plays without effect-play-crash.so: it")
    assert desk.marked(LEAD)
    assert not desk.marked(BASS)
    desk.peak = 0.0
    desk.qtbot.waitUntil(lambda: desk.peak > 0.01, timeout=20_000)
