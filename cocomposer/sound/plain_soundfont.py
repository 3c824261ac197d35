"""The second choice of SoundFont player, symusic, for machines where tinysoundfont is not installed.

symusic plays every note at one loudness and knows neither controllers nor pitch bend nor release; loudness is
given back here by playing the notes in layers of like velocity, the rest is not heard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cocomposer.sound.protocol import NOTE_OFF, NOTE_ON, RenderRequest

if TYPE_CHECKING:
    from collections.abc import Callable

_LAYERS = 12
_TICKS_PER_SECOND = 1000
_RELEASE_SECONDS = 0.12


def play(request: RenderRequest, loaded: Callable[[], None]) -> int:
    """Play the request into its output file; returns the number of frames."""
    from symusic import core

    synth = core.Synthesizer(request.instrument, request.sample_rate, 4)
    loaded()
    frames = max(1, round((request.seconds + request.tail) * request.sample_rate))
    output = np.memmap(request.output, dtype=np.float32, mode="w+", shape=(frames, 2))
    longest = 1
    for velocity, notes in _layers(request).items():
        score = core.ScoreTick(_TICKS_PER_SECOND // 2)
        score.tempos.append(core.TempoTick(0, 120.0))
        track = core.TrackTick("part", request.program, request.drums)
        for start, end, pitch in notes:
            length = max(1, round((end - start + _RELEASE_SECONDS) * _TICKS_PER_SECOND))
            track.notes.append(core.NoteTick(round(start * _TICKS_PER_SECOND), length, pitch, velocity))
        score.tracks.append(track)
        audio = np.asarray(synth.render(score, True))[:, :frames].T
        output[: len(audio)] += audio * np.float32((velocity / 127) ** 1.5)
        longest = max(longest, len(audio))
    return longest


def _layers(request: RenderRequest) -> dict[int, list[tuple[float, float, int]]]:
    """Notes as (start, end, pitch) in seconds under the velocity that stands for their layer."""
    layers: dict[int, list[tuple[float, float, int]]] = {}
    sounding: dict[int, tuple[float, int]] = {}
    for seconds, status, pitch, velocity in request.events:
        if status == NOTE_ON:
            sounding[pitch] = (seconds, velocity)
        elif status == NOTE_OFF and pitch in sounding:
            start, struck = sounding.pop(pitch)
            step = 127 / _LAYERS
            layer = min(127, round((int(struck / step) + 0.5) * step))
            layers.setdefault(layer, []).append((start, seconds, pitch))
    return layers
