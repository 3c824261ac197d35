"""A VST2 effect that goes on from block to block, in a host process."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocomposer.sound.soundfont_player import PlayingError
from cocomposer.sound.vst2_plugin import BLOCK, SWITCH, Vst2Plugin


class Vst2Effect(Vst2Plugin):
    """One instance of an effect at one sample rate.  `is_mono`: it takes one channel."""

    def __init__(self, path: str, sample_rate: int) -> None:
        """Load it.  Raises PlayingError for what is no VST2 effect."""
        super().__init__(path, sample_rate)
        if self.effect.inputs < 1 or self.effect.outputs < 1:
            raise PlayingError("is no effect: it takes or gives no audio")
        self.is_mono = int(self.effect.inputs) == 1
        self.tell(SWITCH, value=1)
        self.process(np.zeros((2, BLOCK), np.float32))  # some know their latency only now
        self.reset()

    @property
    def latency(self) -> int:
        """Frames that the output lags."""
        return max(0, int(self.effect.latency))

    def process(self, audio: NDArray[np.float32]) -> NDArray[np.float32]:
        """The next block, (2, n) to (2, n), `latency` late; (1, n) for a mono one.

        A plugin's further inputs hear nothing.
        """
        frames = audio.shape[1]
        heard = np.zeros((self.effect.inputs, frames), np.float32)
        sides = min(len(audio), len(heard))
        heard[:sides] = audio[:sides]
        given = np.zeros((self.effect.outputs, frames), np.float32)
        for at in range(0, frames, BLOCK):
            length = min(BLOCK, frames - at)
            self.effect.replace(self.pointer, _channels(heard, at), _channels(given, at), length)
            self.time.position += length
            self.time.quarters = self.time.position / self.sample_rate * self.time.tempo / 60
        return given[:2] if len(given) > 1 else np.repeat(given, 2, axis=0)

    def reset(self) -> None:
        """Forget what was heard, as far as the plugin does when it is switched off and on."""
        self.tell(SWITCH, value=0)
        self.tell(SWITCH, value=1)


def _channels(audio: NDArray[np.float32], at: int) -> Any:
    """Pointers to each row from frame `at` on."""
    rows = [ctypes.cast(row.ctypes.data + 4 * at, ctypes.POINTER(ctypes.c_float)) for row in audio]
    return (ctypes.POINTER(ctypes.c_float) * len(rows))(*rows)
