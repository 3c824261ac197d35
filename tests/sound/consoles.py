"""Small mixes, signals and effects that the tests of the console share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cocomposer.errors import SoundError
from cocomposer.music import Effect, Mix, Note, Part, Role, Song, Strip, TempoMap
from cocomposer.sound.console import Console

Audio = np.ndarray
RATE = 44100
PLAIN = Strip(trim_db=0.0)


UNITY = Mix(master=PLAIN)


def song(*strips: Strip, mix: Mix = UNITY, **fields: object) -> Song:
    """A part for each of `strips`, with one note, at 120 beats a minute: a tick is 45.9375 frames at RATE."""
    parts = tuple(
        Part(f"Part {number}", Role.KEYS, 0, (Note(0, 60, 480),), strip=strip, **fields)  # type: ignore[arg-type]
        for number, strip in enumerate(strips, 1)
    )
    return Song(length=1920, tempos=TempoMap.constant(120), parts=parts, mix=mix)


def tone(frequency: float, seconds: float = 1.0, level: float = 0.5) -> Audio:
    at = np.arange(round(seconds * RATE)) / RATE
    return np.tile(level * np.sin(2 * np.pi * frequency * at), (2, 1)).astype(np.float32)


def noise(seconds: float = 1.0, seed: int = 0, level: float = 0.1) -> Audio:
    return (level * np.random.default_rng(seed).standard_normal((2, round(seconds * RATE)))).astype(np.float32)


def run(console: Console, inputs: Sequence[Audio | None], block: int = 512, start: int = 0) -> Audio:
    """All of `inputs` through `console`, block by block."""
    frames = next(audio.shape[1] for audio in inputs if audio is not None)
    pieces = []
    for begin in range(0, frames, block):
        given = [None if audio is None else audio[:, begin : begin + block] for audio in inputs]
        pieces.append(console.process(given, start + begin))
    return np.concatenate(pieces, axis=1)


def difference_db(first: Audio, second: Audio) -> float:
    """The highest difference between two signals, in dB against full scale."""
    return float(20 * np.log10(np.abs(first - second).max() + 1e-30))


class LookAheadLimiter:
    """A limiter that looks ahead: it turns down before a peak comes, and lags for that."""

    latency = 441

    def __init__(self, ceiling: float = 0.5) -> None:
        self._ceiling = ceiling
        self.closed = False
        self.reset()

    def process(self, audio: Audio) -> Audio:
        both = np.concatenate([self._held, audio], axis=1)
        self._held = both[:, -self.latency :] if self.latency else both[:, :0]
        size = np.abs(both).max(axis=0)
        ahead = np.lib.stride_tricks.sliding_window_view(size, self.latency + 1).max(axis=1)
        gain = np.minimum(1, self._ceiling / np.maximum(ahead, 1e-9))
        return (both[:, : audio.shape[1]] * gain).astype(np.float32)

    def set_parameter(self, name: str, value: float) -> None:
        self._ceiling = value

    def reset(self) -> None:
        self._held = np.zeros((2, self.latency), dtype=np.float32)

    def close(self) -> None:
        self.closed = True


class Broken(LookAheadLimiter):
    """Gives what a broken plugin may give, from its third block on."""

    latency = 0

    def __init__(self, sample: float | None) -> None:
        super().__init__()
        self._sample, self._blocks = sample, 0

    def process(self, audio: Audio) -> Audio:
        self._blocks += 1
        if self._blocks < 3:
            return audio
        if self._sample is None:
            raise SoundError("crashed while playing")
        return np.full_like(audio, self._sample)

    def reset(self) -> None:
        self._blocks = 0


def plugins(effect: Effect, sample_rate: int) -> LookAheadLimiter:
    """A factory for these, by the name in the place of a path."""
    made = {
        "limiter": LookAheadLimiter,
        "nan": lambda: Broken(float("nan")),
        "inf": lambda: Broken(float("inf")),
        "loud": lambda: Broken(1000.0),
        "offset": lambda: Broken(0.5),
        "crash": lambda: Broken(None),
    }
    if effect.plugin not in made:
        raise SoundError("is not there")
    return made[effect.plugin]()


def plugin(name: str, **fields: object) -> Effect:
    return Effect("plugin", plugin=name, **fields)  # type: ignore[arg-type]
