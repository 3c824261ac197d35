"""What the mixer's meters read, and the guard that keeps from the loudspeakers what no one can want to hear."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.sound.loudness import k_weighting, loudness_of

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

LOUDEST_SAMPLE = 64.0
"""+36 dBFS: within a mixer no signal means this."""
OFFSET = 0.05
OFFSET_SECONDS = 0.25
"""A mean of -26 dBFS over this time, several times in a row, is no sound: it only drives loudspeakers out."""

MOMENTARY_HOPS, SHORT_TERM_HOPS = 4, 30
"""400 ms and 3 s in hops of 100 ms (EBU Tech 3341)."""


@dataclass(frozen=True, slots=True)
class Level:
    """Highest sample and root mean square of the louder channel, as amplitudes, 1 = full scale."""

    peak: float = 0.0
    rms: float = 0.0


@dataclass(frozen=True, slots=True)
class Levels:
    """All meters for the last block: strips behind their faders, the master, its loudness in LUFS (-inf: silent)."""

    parts: tuple[Level, ...] = ()
    buses: Mapping[str, Level] = field(default_factory=dict)
    sends: Mapping[str, Level] = field(default_factory=dict)
    master: Level = Level()
    momentary: float = -math.inf
    short_term: float = -math.inf


def highest(audio: Audio) -> float:
    """The highest sample, as amplitude; not a finite number where one sample is none."""
    return max(float(audio.max(initial=0.0)), -float(audio.min(initial=0.0))) if audio.size else 0.0


def level_of(audio: Audio) -> Level:
    """The level of a (2, n) block."""
    power = max(float(np.dot(channel, channel)) for channel in audio) / max(1, audio.shape[1])
    return Level(highest(audio), math.sqrt(power))


class LoudnessMeter:
    """Momentary and short-term loudness of audio that arrives in blocks of any length (BS.1770-4, EBU Tech 3341)."""

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self.reset()

    def reset(self) -> None:
        self._weighting = k_weighting()
        self._energy, self._counted = 0.0, 0
        self._hops: deque[float] = deque(maxlen=SHORT_TERM_HOPS)

    def feed(self, audio: Audio) -> None:
        """Take the next (2, n) frames."""
        weighted, hop = self._weighting.process(audio, self._sample_rate, reset=False), self._sample_rate // 10
        begin = 0
        while begin < weighted.shape[1]:
            piece = weighted[:, begin : begin + hop - self._counted]
            self._energy += float(np.vdot(piece, piece))
            self._counted += piece.shape[1]
            begin += piece.shape[1]
            if self._counted == hop:
                self._hops.append(self._energy / hop)
                self._energy, self._counted = 0.0, 0

    def loudness(self, hops: int) -> float:
        """LUFS of the last `hops`; what was never fed counts as silence."""
        power = sum(list(self._hops)[-hops:]) / hops
        return loudness_of(power) if power > 0 else -math.inf


class Guard:
    """Watches one signal; takes an offset for one that lasts `patience` times OFFSET_SECONDS."""

    def __init__(self, sample_rate: int, patience: int) -> None:
        self._window, self._patience = round(OFFSET_SECONDS * sample_rate), patience
        self.reset()

    def reset(self) -> None:
        self._sum, self._counted, self._offsets = np.zeros(2), 0, 0

    def fault(self, audio: Audio) -> str:
        """What is wrong with the next (2, n) block, as the end of a sentence; "" for nothing."""
        peak = highest(audio)
        if not math.isfinite(peak):
            return "sent samples that are not numbers"
        if peak > LOUDEST_SAMPLE:
            return "ran away to a level no loudspeaker would survive"
        self._sum += audio.sum(axis=1)
        self._counted += audio.shape[1]
        if self._counted >= self._window:
            constant = float(np.abs(self._sum).max()) / self._counted > OFFSET
            self._offsets = self._offsets + 1 if constant else 0
            self._sum, self._counted = np.zeros(2), 0
        return "sent a constant offset instead of sound" if self._offsets >= self._patience else ""
