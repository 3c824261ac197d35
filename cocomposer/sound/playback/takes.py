"""What has been rendered: takes under the keys of their phrases, the oldest forgotten when there are too many."""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.sound.loudness import PowerMeter, block_length, spans

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio, Blocks

MEMORY = 800_000_000
"""Bytes of audio that are kept: six parts of about five minutes."""


@dataclass(frozen=True)
class Take:
    """What an instrument played: `audio` (2, frames), its K-weighted `power` block by block, and its highest sample."""

    audio: Audio
    power: Blocks
    peak: float

    @classmethod
    def measured(cls, audio: Audio, sample_rate: int) -> Take:
        meter, length = PowerMeter(sample_rate), block_length(sample_rate)
        whole = np.pad(audio, ((0, 0), (0, -audio.shape[1] % length)))
        for span in spans(whole.shape[1], sample_rate):
            meter.feed(whole[:, span])
        peak = max(float(audio.max(initial=0.0)), -float(audio.min(initial=0.0)))
        return cls(audio, meter.power(), peak)


def keep_memory_flat() -> None:
    """Have the system take back every large array as soon as it is let go.

    Left to itself, the C library of Linux comes to keep them on its heap, where takes that come and go leave holes: a
    sixth more memory within minutes, where it now stays the same (mallopt(3), M_MMAP_THRESHOLD).
    """
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another C library has no such setting
            ctypes.CDLL(None).mallopt(-3, 1 << 18)


class Takes:
    """Takes by key, up to `memory` bytes; those that were not asked for longest go first.  For use by any thread."""

    def __init__(self, memory: int = MEMORY) -> None:
        self.memory = memory
        self._lock = threading.Lock()
        self._takes: OrderedDict[str, Take] = OrderedDict()
        self._bytes = 0

    def __contains__(self, key: str) -> bool:
        return key in self._takes

    @property
    def bytes(self) -> int:
        return self._bytes

    def get(self, key: str) -> Take | None:
        """The take, which counts as asked for now; None where there is none."""
        with self._lock:
            take = self._takes.get(key)
            if take is not None:
                self._takes.move_to_end(key)
            return take

    def put(self, key: str, take: Take) -> None:
        with self._lock:
            self._forget(key)
            self._takes[key] = take
            self._bytes += take.audio.nbytes
            while self._bytes > self.memory and len(self._takes) > 1:
                self._forget(next(iter(self._takes)))

    def forget(self, key: str) -> None:
        """Have it rendered anew when it is next needed."""
        with self._lock:
            self._forget(key)

    def _forget(self, key: str) -> None:
        take = self._takes.pop(key, None)
        if take is not None:
            self._bytes -= take.audio.nbytes
