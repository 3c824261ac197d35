"""Devices that keep time, are lost and come back."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from playback_by_hand import by_hand, tune

from cocomposer.errors import SoundError
from cocomposer.sound.playback.devices import Clock, SilentDevice, SoundCard, device_names
from cocomposer.sound.playback.output import Output

BUFFER, RATE = 441, 44100


def silence(frames: int, at: float) -> Any:
    return np.zeros((2, frames), dtype=np.float32)


class LateClock(Clock):
    """A clock on which waiting takes no real time, and always a little too long."""

    def __init__(self, waits: int) -> None:
        self.time = 1000.0
        self.waits = waits
        self._late = np.random.default_rng(1)

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float, ended: threading.Event) -> bool:
        late = self._late.uniform(0, 0.004) + (0.05 if self._late.random() < 0.001 else 0)
        self.time += max(0.0, seconds) + late
        self.waits -= 1
        return self.waits < 0


def test_the_silent_device_does_not_drift() -> None:
    """An hour in blocks of 100 ms, each woken late by up to 4 ms, now and then by 50."""
    clock, due, asked = LateClock(36_001), [], []

    def fill(frames: int, at: float) -> Any:
        due.append(at)
        asked.append(clock.time)

    device = SilentDevice(fill, 10 * BUFFER, RATE, clock=clock)
    eventually(lambda: clock.waits < 0)
    device.close()
    assert len(due) == 36_001
    assert abs(due[-1] - due[0] - 3600) < 0.001
    assert np.all(np.diff(due) > 0)
    behind = np.array(asked) - np.array(due)
    assert behind.min() >= 0
    assert np.median(behind[-1000:]) < 0.005


def test_it_gives_away_what_it_took() -> None:
    taken = []
    enough = threading.Event()

    def heard(audio: Any) -> None:
        taken.append(audio)
        if len(taken) == 5:
            enough.set()

    device = SilentDevice(lambda frames, at: np.full((2, frames), 0.5, dtype=np.float32), BUFFER, RATE, heard)
    assert enough.wait(10)
    device.close()
    count = len(taken)
    time.sleep(0.03)
    assert len(taken) == count
    assert all(block.shape == (2, BUFFER) and (block == 0.5).all() for block in taken)


class Plug:
    """A sound card that can be pulled out: `there` says whether it is."""

    def __init__(self) -> None:
        self.there = True
        self.opened: list[tuple[str, int]] = []
        self.open_now: list[Any] = []

    def open(self, fill: Callable[[int, float], Any], name: str, buffer: int, sample_rate: int) -> Any:
        if not self.there:
            raise SoundError("The sound device is not there.")
        plug = self

        class Card:
            underruns = 0
            lost = property(lambda self: not plug.there)

            def __init__(self) -> None:
                self.name = name or "Card"

            def close(self) -> None:
                plug.open_now.remove(self)

        card = Card()
        self.opened.append((name, buffer))
        self.open_now.append(card)
        return card


def eventually(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not true():
        assert time.monotonic() < until
        time.sleep(0.002)


def test_a_device_that_goes_is_told_and_comes_back() -> None:
    plug = Plug()
    told: list[str] = []
    output = Output(silence, RATE, told.append, plug.open)
    output.choose("Card", 256)
    eventually(lambda: bool(plug.open_now))
    plug.there = False
    output.look()
    assert isinstance(output.device, SilentDevice)
    assert told == ["The sound device Card is gone. Playback goes on in silence until it is there."]
    assert not plug.open_now
    output.look()
    assert isinstance(output.device, SilentDevice)
    plug.there = True
    output.look()
    assert output.device is plug.open_now[0]
    assert told[1:] == ["Playing through Card."]
    output.choose("Other", 1024)
    eventually(lambda: plug.opened[-1] == ("Other", 1024))
    assert len(plug.open_now) == 1
    output.close()
    assert not plug.open_now


def test_music_goes_on_while_the_device_is_away() -> None:
    with by_hand() as (player, hand, _):
        player.set_song(tune([60] * 16))
        hand.settle()
        player.play(0)
        hand.pull(0.2)
        player.set_device("Another", 1024)
        eventually(lambda: hand.opened[-1] == ("Another", 1024))
        assert np.abs(hand.pull(0.2)).max() > 0.01
        assert player.playing
        assert player.underruns == 0


class Stream:
    """Stands for PortAudio's stream: there is no sound card where tests run."""

    device = 3
    active = True

    def __init__(self, callback: Callable[..., None], **settings: Any) -> None:
        self.callback, self.settings = callback, settings

    def start(self) -> None:
        pass

    def close(self, ignore_errors: bool) -> None:
        self.active = False


def test_a_sound_card_is_given_what_is_to_be_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [
        {"name": "Microphone", "max_output_channels": 0},
        {"name": "Speakers", "max_output_channels": 2},
        {"name": "Interface", "max_output_channels": 8},
        {"name": "Speakers", "max_output_channels": 2},
    ]
    portaudio = SimpleNamespace(
        OutputStream=Stream,
        PortAudioError=RuntimeError,
        query_devices=lambda number=None: listed if number is None else listed[number],
    )
    monkeypatch.setitem(sys.modules, "sounddevice", portaudio)
    assert device_names() == ("Speakers", "Interface")
    asked: list[tuple[int, float]] = []

    def fill(frames: int, at: float) -> Any:
        asked.append((frames, at - time.monotonic()))
        return np.stack([np.full(frames, 0.25), np.full(frames, -0.5)]).astype(np.float32)

    card: Any = SoundCard(fill, "Interface", 256, 48000)
    stream = card._stream
    wanted = {"device": 2, "blocksize": 256, "samplerate": 48000, "channels": 2, "dtype": "float32"}
    assert stream.settings.items() >= wanted.items()
    out = np.zeros((256, 2), dtype=np.float32)
    times = SimpleNamespace(outputBufferDacTime=10.5, currentTime=10.3)
    stream.callback(out, 256, times, SimpleNamespace(output_underflow=False))
    stream.callback(out, 256, times, SimpleNamespace(output_underflow=True))
    assert (out == [0.25, -0.5]).all()
    assert asked[0][0] == 256
    assert 0 < asked[0][1] <= 0.2 + 1e-6
    assert card.underruns == 1
    assert not card.lost
    stream.active = False
    assert card.lost
    card.close()
    assert not card.lost


def test_a_sound_card_that_is_not_there_says_so() -> None:
    with pytest.raises(SoundError, match="No such card"):
        SoundCard(silence, "No such card")
    assert "No such card" not in device_names()


def test_no_sound_device_at_all_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cocomposer.sound.playback.devices.device_names", tuple)
    with pytest.raises(SoundError, match=r"^There is no sound device\.$"):
        SoundCard(silence)
