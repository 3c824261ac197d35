"""The sum of the parts at their faders, until the console is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.music import Song
from cocomposer.sound.loudness import amplitude

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio


class Console:
    latency = 0

    def __init__(self, song: Song, sample_rate: int) -> None:
        self._gains = self._wanted(song)
        self._target = self._gains

    def _wanted(self, song: Song) -> list[float]:
        strips = [part.strip for part in song.parts]
        solo = any(strip.soloed for strip in strips if strip)
        return [
            0.0
            if strip and (strip.muted or (solo and not strip.soloed))
            else amplitude(strip.gain_db)
            if strip
            else 1.0
            for strip in strips
        ]

    def update(self, song: Song) -> None:
        self._target = self._wanted(song)

    def process(self, inputs: Sequence[Audio | None], start: int, frames: int = 0) -> Audio:
        length = next((audio.shape[1] for audio in inputs if audio is not None), frames)
        out = np.zeros((2, length), dtype=np.float32)
        for audio, old, new in zip(inputs, self._gains, self._target, strict=True):
            if audio is not None:
                out += audio * np.linspace(old, new, length, dtype=np.float32)
        self._gains = self._target
        return out

    def reset(self) -> None:
        pass
