"""A silent device that keeps what it was given, so that a benchmark can say when something was heard."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from typing import Any

from cocomposer.sound.playback.devices import SilentDevice

RATE, BUFFER = 44100, 512


class Listening:
    """Opens silent devices and keeps what they take last, with the time of each block.

    `late` are pairs of seconds: when a block was taken, and how much later than so many samples take to play.
    """

    def __init__(self) -> None:
        self.blocks: deque[tuple[float, Any]] = deque(maxlen=500)
        self.late: list[tuple[float, float]] = []
        self._taken, self._begun = 0, 0.0

    def open(self, fill: Callable[[int, float], Any], name: str, buffer: int, sample_rate: int) -> SilentDevice:
        def timed(frames: int, at: float) -> Any:
            now = time.monotonic()
            self._begun = self._begun or now
            if self._taken // frames % 20 == 0:
                self.late.append((now - self._begun, now - self._begun - self._taken / sample_rate))
            self._taken += frames
            audio = fill(frames, at)
            self.blocks.append((time.monotonic(), audio))
            return audio

        return SilentDevice(timed, buffer, sample_rate)

    def first(self, since: float, heard: Callable[[Any], bool], lasting: int = 1) -> float:
        """Milliseconds from `since` until the device took the first of `lasting` blocks that are as they should be."""
        while time.monotonic() < since + 5:
            times = [at for at, _ in self.blocks]
            new = list(self.blocks)[bisect_right(times, since) :]
            right = [heard(audio) for _, audio in new]
            for index in range(len(new) - lasting + 1):
                if all(right[index : index + lasting]):
                    return 1000 * (new[index][0] - since)
            time.sleep(0.01)
        raise RuntimeError("What should be heard was not.")


def wait(true: Callable[[], bool], seconds: float = 120.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise SystemExit("It took too long.")
        time.sleep(0.01)
