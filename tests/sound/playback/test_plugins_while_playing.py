"""Plugin effects while the music plays, and in what is exported: they hang, and they come back."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playback_by_hand import PLAIN, RATE, HandDevice, Sines, tune
from test_hosts import hosts_of

from cocomposer.music import Effect, Song, Strip
from cocomposer.sound.playback.player import Player
from cocomposer.sound.render import RenderSettings, render
from cocomposer.sound.supervisor import Hosts

LIMITER = Path("/usr/lib/vst/ZaMaximX2-vst.so")
PATTERN = [60, 64, 67, 72] * 4

pytestmark = pytest.mark.skipif(not LIMITER.exists(), reason="zam-plugins is not installed")


def limited(*parameters: tuple[str, float], plugin: Path = LIMITER) -> Song:
    """Two parts; the first through a limiter that looks ahead."""
    song = tune(PATTERN)
    strip = replace(PLAIN, inserts=(Effect("plugin", parameters, plugin=str(plugin)),))
    parts = (replace(song.parts[0], strip=strip), tune([each - 12 for each in PATTERN], name="Other").parts[0])
    return replace(song, parts=parts)


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    with Hosts() as hosts:
        yield hosts


@pytest.fixture
def hand() -> HandDevice:
    return HandDevice()


@pytest.fixture
def player(
    hosts: Hosts, hand: HandDevice, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Player]:
    """Its effects may take their time, as this device does, but where it is seen what happens when one takes longer."""
    monkeypatch.setattr("cocomposer.sound.supervisor.PATIENCE_SECONDS", 0.3)  # for machines with much to do
    effects = hosts.live_effect if "hangs" in request.node.name else hosts.effect
    with Player(Sines(), open_device=hand.open, clock=lambda: hand.time, plugin_effects=effects) as made:
        hand.player = made
        yield made


def test_playback_goes_through_the_plugin_and_stays_aligned(player: Player, hand: HandDevice) -> None:
    heard = []
    for song in (limited(), replace(limited(), parts=tuple(replace(p, strip=PLAIN) for p in limited().parts))):
        player.set_song(song)
        hand.settle()
        player.play(0)
        heard.append(hand.pull(1.5))
        player.stop()
        hand.pull(0.1)
    through, past = heard
    errors = [np.abs(through[0, lag + 1000 : lag + 50000] - past[0, 1000:50000]).max() for lag in range(2000)]
    assert min(errors) < 1e-3
    assert int(np.argmin(errors)) > 0
    player.set_song(limited(("Output Ceiling", 0.5)))  # turned while it is loaded
    hand.settle()
    player.play(0)
    assert np.abs(hand.pull(1.5)).max() < 0.9 * np.abs(through).max()
    assert not player.problems


def test_an_effect_that_hangs_is_missed_for_a_moment(player: Player, hand: HandDevice) -> None:
    player.set_song(limited(("Output Ceiling", 0.5)))
    hand.settle()
    player.play(0)
    before = np.abs(hand.pull(1.2)).max()
    (process,) = hosts_of(os.getpid())
    os.kill(process, signal.SIGSTOP)
    without = hand.pull(1.0)
    assert np.isfinite(without).all()
    assert np.abs(without[:, : RATE // 2]).max() > 1.1 * before
    (sentence,) = player.problems
    assert "ZaMaximX2" in sentence
    assert "did not answer while processing" in sentence
    hand.pull(0.3)
    assert np.abs(hand.pull(1.5)).max() < 1.05 * before
    assert hosts_of(os.getpid()) not in ([], [process])


def test_a_plugin_that_is_not_there_is_named_and_plays_when_it_is_back(
    player: Player, hand: HandDevice, tmp_path: Path
) -> None:
    away = tmp_path / LIMITER.name
    song = limited(("Output Ceiling", 0.5), plugin=away)
    player.set_song(song)
    hand.settle()
    player.play(0)
    loud = np.abs(hand.pull(1.2)).max()
    assert [sentence.endswith(f"plays without {away.name}: it is not there.") for sentence in player.problems] == [True]
    away.symlink_to(LIMITER)
    player.retry()
    hand.pull(0.3)
    assert np.abs(hand.pull(1.2)).max() < 0.9 * loud


def test_an_export_goes_through_the_same_plugin(hosts: Hosts) -> None:
    bare = limited()
    bare = replace(bare, parts=tuple(replace(part, strip=Strip()) for part in bare.parts))
    inserted = (Effect("plugin", (("Threshold", 0.3), ("Output Ceiling", 0.3)), plugin=str(LIMITER)),)
    squashed = replace(bare, parts=(replace(bare.parts[0], strip=Strip(inserts=inserted)), bare.parts[1]))
    plain, through = (render(song, RenderSettings(stems=True), hosts=hosts) for song in (bare, squashed))
    assert through.warnings == plain.warnings
    one, other = through.stems["Other"], plain.stems["Other"]
    offset = round((through.start - plain.start) * RATE)
    assert offset == 0
    assert np.array_equal(one[:, :RATE], other[:, :RATE])
    assert not np.allclose(through.stems["Tune"][:, :RATE], plain.stems["Tune"][:, :RATE], atol=1e-3)
    begins = [int(np.flatnonzero(np.abs(each.stems["Tune"][0]) > 1e-3)[0]) for each in (plain, through)]
    assert abs(begins[0] - begins[1]) < 100
