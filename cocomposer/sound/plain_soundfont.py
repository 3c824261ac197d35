"""The second choice of SoundFont player, symusic, for machines where tinysoundfont is not installed.

symusic plays every note at one loudness and knows neither controllers nor pitch bend nor release; loudness is
given back here by playing the notes in layers of like velocity, the rest is not heard.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.sound.protocol import NOTE_OFF, NOTE_ON, Performance

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LAYERS = 12
_TICKS_PER_SECOND = 1000
_RELEASE_SECONDS = 0.12


class PlainSoundFontPlayer:
    """A SoundFont in memory at one sample rate."""

    def __init__(self, path: str, sample_rate: int) -> None:
        from symusic import core

        self._synth = core.Synthesizer(path, sample_rate, 4)

    def play(self, performance: Performance) -> Iterator[NDArray[np.float32]]:
        """The part as one piece of stereo float32, (n, 2)."""
        from symusic import core

        frames = performance.frames
        output = np.zeros((frames, 2), dtype=np.float32)
        longest = 1
        for velocity, notes in _layers(performance).items():
            score = core.ScoreTick(_TICKS_PER_SECOND // 2)
            score.tempos.append(core.TempoTick(0, 120.0))
            track = core.TrackTick("part", performance.program, performance.drums)
            for start, end, pitch in notes:
                length = max(1, round((end - start + _RELEASE_SECONDS) * _TICKS_PER_SECOND))
                track.notes.append(core.NoteTick(round(start * _TICKS_PER_SECOND), length, pitch, velocity))
            score.tracks.append(track)
            audio = np.asarray(self._synth.render(score, True))[:, :frames].T
            output[: len(audio)] += audio * np.float32((velocity / 127) ** 1.5)
            longest = max(longest, len(audio))
        yield output[:longest]


def _layers(performance: Performance) -> dict[int, list[tuple[float, float, int]]]:
    """Notes as (start, end, pitch) in seconds under the velocity that stands for their layer."""
    layers: dict[int, list[tuple[float, float, int]]] = {}
    sounding: dict[int, tuple[float, int]] = {}
    for seconds, status, pitch, velocity in performance.events:
        if status == NOTE_ON:
            sounding[pitch] = (seconds, velocity)
        elif status == NOTE_OFF and pitch in sounding:
            start, struck = sounding.pop(pitch)
            step = 127 / _LAYERS
            layer = min(127, round((int(struck / step) + 0.5) * step))
            layers.setdefault(layer, []).append((start, seconds, pitch))
    return layers
