"""A delay that makes what is fast wait for what looks ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

_REMEMBERED = 4096
"""Frames that are kept for a delay to come."""
_FADE = 480
"""Frames in which one delay becomes another."""


class Lag:
    """Delays audio.  Where the delay changes it fades from one to the other, so that nothing clicks or is missing.

    `frames` is the delay that the last block had.  It remembers _REMEMBERED frames, or as many as it was ever asked
    for.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget what was played."""
        self.frames = 0
        self._begun = False
        self._held = np.zeros((2, _REMEMBERED), dtype=np.float32)

    def fades_to(self, frames: int) -> bool:
        """Whether the next block, later by `frames`, goes from another delay to that."""
        return self._begun and frames != self.frames

    def process(self, audio: Audio, frames: int) -> Audio:
        """The next block, later by `frames`."""
        before, self.frames = self.frames if self._begun else frames, frames
        self._begun = True
        length, missing = audio.shape[1], frames - self._held.shape[1]
        if before == frames == 0 and length >= self._held.shape[1]:
            self._held = audio[:, -self._held.shape[1] :].copy()
            return audio
        if missing > 0:
            self._held = np.concatenate([np.zeros((2, missing), dtype=np.float32), self._held], axis=1)
        both = np.concatenate([self._held, audio], axis=1)
        reach = self._held.shape[1]
        self._held = both[:, length:]
        if before == frames:
            return both[:, reach - frames : reach - frames + length] if frames else audio
        old, new = (both[:, reach - each : reach - each + length] for each in (before, frames))
        share = np.minimum(1, np.arange(1, length + 1) / min(length, _FADE)).astype(np.float32)
        faded: Audio = old + (new - old) * share
        return faded
