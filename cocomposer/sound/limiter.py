"""The last stage of the master: the gain that reaches the loudness asked for, under a true-peak ceiling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cocomposer.sound.loudness import (
    amplitude,
    block_length,
    decibels,
    gated_loudness,
    peak_blocks,
    spans,
    weighted_power,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cocomposer.sound.loudness import Audio, Blocks

_LOOK_AHEAD_SECONDS = 0.005
_RELEASE_SECONDS = 0.08
_SAFETY_DB = 0.35
"""Kept below the ceiling: other meters, with other filters, read up to 0.3 dB more on noise that fills the spectrum."""
_MAX_GAIN_DB = 60.0
"""A sound that needs more than this is left as quiet as it is."""


def limit_to_loudness(audio: Audio, sample_rate: int, loudness: float, ceiling: float) -> float:
    """Bring `audio` (channels, frames), in place, to `loudness` LUFS with no true peak above `ceiling` dBTP.

    Where peaks are too far above the rest to reach the loudness (a single short click), the ceiling wins.
    The gain is found on blocks of a millisecond, then applied once.  Returns the loudness reached, -inf for silence.
    """
    top = amplitude(ceiling - _SAFETY_DB)
    power = weighted_power(audio, sample_rate)
    before = gated_loudness(power, sample_rate)
    if not np.isfinite(before):
        return before
    gain = min(loudness - before, _MAX_GAIN_DB)
    measured = -np.inf
    # Limiting costs loudness; a few corrections bring it back to within hundredths.
    for _ in range(16):
        if gain > measured:  # quieter blocks begin to matter, so their peaks are looked at, with some in reserve
            measured = gain + 1.5
            peaks = peak_blocks(audio, sample_rate, above=top / amplitude(measured))
        nodes = _limiting_nodes(peaks * amplitude(gain), top, sample_rate) * amplitude(gain)
        middle = (nodes[:-1] + nodes[1:])[: len(power)] / 2
        missing = loudness - gated_loudness(power * middle**2, sample_rate)
        if abs(missing) < 0.02 or gain + missing > _MAX_GAIN_DB:
            break
        gain += missing
    length = block_length(sample_rate)
    for span in spans(audio.shape[1], sample_rate):
        edges = nodes[span.start // length : -(-span.stop // length) + 1]
        audio[:, span] *= _per_frame(edges, length, span.stop - span.start)
    return loudness - missing


def _limiting_nodes(peaks: Blocks, ceiling: float, sample_rate: int) -> Blocks:
    """Gain at each block's edges (one more than there are blocks), at most 1, that keeps `peaks` under `ceiling`.

    It falls ahead of a peak and recovers exponentially after it.  An edge serves the blocks on both its sides, so
    that gains interpolated between two edges satisfy the block between them.
    """
    blocks_per_second = sample_rate / block_length(sample_rate)
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-12))
    ahead = max(2, round(_LOOK_AHEAD_SECONDS * blocks_per_second))
    edges = np.minimum(np.append(needed, 1.0), np.append(1.0, needed))
    padded = np.append(edges, np.ones(ahead - 1))
    lowest = np.lib.stride_tricks.sliding_window_view(padded, ahead).min(axis=1)
    # Each reduction fades by so many nepers a block, and the largest of those that still last holds: with the fading
    # taken out, on a logarithmic scale, that is a running maximum.
    fading = np.arange(len(lowest)) / (_RELEASE_SECONDS * blocks_per_second)
    lasting = np.maximum.accumulate(np.log(np.maximum(1 - lowest, 1e-12)) + fading)
    released = 1 - np.exp(lasting - fading)
    history = np.concatenate([np.full(ahead - 1, released[0]), released])
    smooth: Blocks = np.lib.stride_tricks.sliding_window_view(history, ahead).mean(axis=1)
    return smooth


def _per_frame(nodes: Blocks, length: int, frames: int) -> NDArray[np.float32]:
    """Gains at block edges, interpolated to every frame of the blocks between them."""
    start, step = nodes[:-1, None].astype(np.float32), np.diff(nodes)[:, None].astype(np.float32)
    within = ((np.arange(length) + 0.5) / length).astype(np.float32)
    return (start + step * within).reshape(-1)[:frames]


def fade_out(audio: Audio, sample_rate: int, seconds: float) -> None:
    """Fade the end of `audio` to silence, in place, along a raised cosine."""
    frames = min(audio.shape[1], round(seconds * sample_rate))
    if frames:
        audio[:, -frames:] *= (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, frames))).astype(np.float32)


def audible_span(audio: Audio, sample_rate: int, below_peak: float = 60.0) -> tuple[int, int]:
    """First and one past the last frame, to 10 ms, within `below_peak` dB of the loudest sample; (0, 0) for silence."""
    step = sample_rate // 100
    starts = np.arange(0, audio.shape[1], step)
    blocks = np.maximum(np.maximum.reduceat(audio, starts, axis=1), -np.minimum.reduceat(audio, starts, axis=1)).max(
        axis=0
    )
    if decibels(float(blocks.max(initial=0))) < -120:
        return 0, 0
    loud = np.flatnonzero(blocks > blocks.max() * amplitude(-below_peak))
    return int(loud[0]) * step, min(audio.shape[1], int(loud[-1] + 1) * step)
