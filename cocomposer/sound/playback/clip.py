"""A piece of audio that is heard once, beside the song: the stored preview of a preset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

_FADE_SECONDS = 0.02


@dataclass
class _Sounding:
    audio: Audio
    position: int = 0
    gain: float = 1.0
    """What it was heard with last; it goes to 0 once another piece, or none, is wanted."""


class Clip:
    """`hear` may be called from any thread, `add_to` is called on the device's; a piece that is cut short fades."""

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._wanted: _Sounding | None = None
        self._fading: list[_Sounding] = []

    def hear(self, audio: Audio | None, sample_rate: int) -> None:
        """Play `audio`, (2, n) at that rate, from its beginning, in place of what sounds; None ends it."""
        if audio is not None and sample_rate != self._rate:
            places = np.arange(0, audio.shape[1], sample_rate / self._rate)
            before = np.arange(audio.shape[1])
            audio = np.stack([np.interp(places, before, side) for side in audio]).astype(np.float32)
        before_that, self._wanted = self._wanted, None if audio is None else _Sounding(audio)
        if before_that is not None:
            self._fading = [*self._fading[-3:], before_that]

    def add_to(self, audio: Audio) -> None:
        """Add what sounds now to the block, (2, n), that is about to be heard."""
        wanted = self._wanted
        if wanted is not None and not self._add(wanted, audio, 1.0) and self._wanted is wanted:
            self._wanted = None
        self._fading = [each for each in self._fading if self._add(each, audio, 0.0)]

    def _add(self, piece: _Sounding, audio: Audio, goal: float) -> bool:
        """Add the next of a piece; whether there is more of it."""
        block = piece.audio[:, piece.position : piece.position + audio.shape[1]]
        frames = block.shape[1]
        change = (1 if goal >= piece.gain else -1) / (_FADE_SECONDS * self._rate)
        ramp = np.clip(piece.gain + change * np.arange(1, frames + 1, dtype=np.float32), 0.0, 1.0)
        audio[:, :frames] += block * ramp
        piece.position += frames
        piece.gain = float(ramp[-1]) if frames else piece.gain
        return piece.position < piece.audio.shape[1] and (goal > 0 or piece.gain > 0)
