"""A part keeps its instrument while the plugin is away: a substitute is named, and the plugin plays when it is back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from faulty_plugins import build_faulty_plugins, needs_gcc
from playback_by_hand import HandDevice, tune

from cocomposer.formats.song_json import song_from, song_to
from cocomposer.music import Instrument, InstrumentKind, Song
from cocomposer.sound.playback.player import Player
from cocomposer.sound.render import render
from cocomposer.sound.supervisor import Hosts

pytestmark = needs_gcc


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    with Hosts(processes=1) as hosts:
        yield hosts


@pytest.fixture
def away(tmp_path: Path) -> tuple[Path, Path]:
    """A plugin, and the path that a song knows, where it is not (yet)."""
    (shelf := tmp_path / "shelf").mkdir()
    return build_faulty_plugins(shelf, ["sound"])["sound"], tmp_path / "mine.so"


def played_by(path: Path) -> Song:
    song = tune([60, 64, 67, 72])
    return replace(
        song, parts=(replace(song.parts[0], instrument=Instrument(InstrumentKind.PLUGIN, str(path), state=b"")),)
    )


def is_square(audio: np.ndarray) -> bool:
    """The plugin plays a square wave, which no instrument of the SoundFont does."""
    sounding = audio[0][np.abs(audio[0]) > 1e-3]
    return bool(len(sounding) > 1000 and np.mean(np.abs(sounding) > 0.9 * np.abs(sounding).max()) > 0.9)


def test_an_export(hosts: Hosts, away: tuple[Path, Path]) -> None:
    plugin, path = away
    song = played_by(path)
    without = render(song, hosts=hosts)
    assert any("mine.so is not there; Tune is played by TimGM6mb.sf2" in each for each in without.warnings)
    assert not is_square(without.mix)
    kept = song_from(song_to(song))
    assert kept.parts[0].instrument == song.parts[0].instrument
    shutil.copy(plugin, path)
    back = render(kept, hosts=hosts)
    assert not any("mine.so" in each for each in back.warnings)
    assert is_square(back.before_master if back.before_master is not None else back.mix)


def test_playback(hosts: Hosts, away: tuple[Path, Path]) -> None:
    plugin, path = away
    hand = HandDevice()
    with Player(hosts, open_device=hand.open, clock=lambda: hand.time) as player:
        hand.player = player
        player.set_song(played_by(path))
        hand.settle()
        assert list(player.problems) == [
            "The instrument mine.so is not there; the SoundFont at hand plays in its place."
        ]
        player.play(0)
        assert not is_square(hand.pull(1.5))
        player.stop()
        hand.pull(0.1)
        shutil.copy(plugin, path)
        player.retry()
        hand.settle()
        player.play(0)
        assert is_square(hand.pull(1.5))
