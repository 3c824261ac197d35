"""For tests of playback: a device that is pulled by hand, and an instrument that sounds sines, exact and at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from cocomposer.errors import SoundError
from cocomposer.music import Instrument, Mix, Note, Part, Role, Song, Strip, TempoMap
from cocomposer.sound.playback.player import Player
from cocomposer.sound.protocol import NOTE_ON, MidiEvent

RATE = 44100


class Sines:
    """An instrument whose every note is a sine of half a second, independent of all others.

    Phrases with a pitch in `held_back` wait for `release`; an instrument called "broken" fails.
    """

    def __init__(self) -> None:
        self.played: list[tuple[int, ...]] = []
        self.held_back: set[int] = set()
        self.release = threading.Event()

    def play(self, instrument: Instrument, program: int, drums: bool, events: tuple[MidiEvent, ...], seconds: float, *,
             tail: float = 8.0, sample_rate: int = RATE, bpm: float = 120.0, automation: object = (),
             cancelled: Callable[[], bool] = lambda: False) -> Any:  # fmt: skip
        if instrument.name == "broken":
            raise SoundError("crashed while playing")
        pitches = tuple(event[2] for event in events if event[1] == NOTE_ON)
        if self.held_back & set(pitches):
            self.release.wait(10)
        self.played.append(pitches)
        length = sample_rate // 2
        time_axis = np.arange(length) / sample_rate
        audio = np.zeros((2, round(seconds * sample_rate) + length), dtype=np.float32)
        for at, status, pitch, velocity in events:
            if status == NOTE_ON:
                wave = np.sin(2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * time_axis) * np.linspace(1, 0, length)
                begin = round(at * sample_rate)
                audio[:, begin : begin + length] += (velocity / 1270 * wave).astype(np.float32)
        return audio


class HandDevice:
    """A device that takes audio when `pull` is called, on a clock that moves with it alone."""

    name = "hand"
    underruns = 0
    lost = False

    def __init__(self) -> None:
        self.time = 0.0
        self.fill: Callable[[int, float], Any] | None = None
        self.player: Player | None = None
        self.opened: list[tuple[str, int]] = []

    def open(self, fill: Callable[[int, float], Any], name: str, buffer: int, sample_rate: int) -> HandDevice:
        self.fill = fill
        self.opened.append((name, buffer))
        return self

    def close(self) -> None:
        self.fill = None

    def settle(self) -> None:
        """Wait until all threads of the player have done what there is to do."""
        until = time.monotonic() + 10
        assert self.player is not None
        player = self.player
        while not (self.fill and player.planning.idle and player.mixing.idle):
            assert time.monotonic() < until, "the player did not come to rest"
            time.sleep(0.0005)

    def pull(self, seconds: float, settled: bool = True) -> Any:
        """What is heard in the next seconds, (2, frames), taken 256 frames at a time."""
        pieces = []
        for _ in range(round(seconds * RATE / 256)):
            if settled:
                self.settle()
            assert self.fill is not None
            pieces.append(self.fill(256, self.time))
            self.time += 256 / RATE
        return np.concatenate(pieces, axis=1)


@contextmanager
def by_hand() -> Iterator[tuple[Player, HandDevice, Sines]]:
    """A player of sines, pulled by hand."""
    sines, hand = Sines(), HandDevice()
    with Player(sines, open_device=hand.open, clock=lambda: hand.time) as player:
        hand.player = player
        try:
            yield player, hand, sines
        finally:
            sines.release.set()


PLAIN = Strip(trim_db=0.0)
"""A strip that lets everything through as it is."""


def tune(pitches: list[int], bpm: float = 120.0, name: str = "Tune") -> Song:
    """One part, a quarter note each, in a mix that changes nothing."""
    notes = tuple(Note(index * 480, pitch, 400, 100) for index, pitch in enumerate(pitches))
    part = Part(name, Role.OTHER, notes=notes, strip=PLAIN)
    mix = Mix(master=PLAIN)
    return Song("Tune", 480 * len(pitches), tempos=TempoMap.constant(bpm), parts=(part,), mix=mix)
