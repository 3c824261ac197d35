"""Loudness and true peak, after ITU-R BS.1770-4.

pyloudnorm is the judge of the finished mix.  It takes 0.4 s for two minutes of stereo and a second to import,
too much for every part and every try of the limiter: those are measured here with the same filters, run by
pedalboard, and agree with it to 0.1 LU (tests/sound/test_loudness.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Audio = NDArray[np.float32]
    Blocks = NDArray[np.float64]

_GATE_BLOCK = 4
"""A gating block of 400 ms is four hops of 100 ms (BS.1770-4, annex 1)."""


def block_length(sample_rate: int) -> int:
    """Frames in one analysis block: about a millisecond, a whole number of them in 100 ms."""
    hop = sample_rate // 10
    return next(length for length in range(max(1, sample_rate // 1000), 0, -1) if hop % length == 0)


def weighted_power(audio: Audio, sample_rate: int) -> Blocks:
    """K-weighted power of each block, summed over the channels of `audio` (channels, frames)."""
    from pedalboard import HighpassFilter, HighShelfFilter, Pedalboard

    # The standard's shelf and high-pass in the form pyloudnorm gives them; its high-pass, Q = 0.5, is two equal
    # first-order ones in a row.
    weighting = Pedalboard([HighShelfFilter(1500.0, 4.0, 0.5**0.5), HighpassFilter(38.0), HighpassFilter(38.0)])
    weighted = weighting(audio, sample_rate)
    length = block_length(sample_rate)
    frames = weighted.shape[1] // length * length
    blocks = weighted[:, :frames].reshape(len(weighted), -1, length)
    power: Blocks = np.einsum("cbt,cbt->b", blocks, blocks, dtype=np.float64) / length
    return power


def gated_loudness(power: Blocks, sample_rate: int) -> float:
    """Integrated loudness in LUFS of per-block K-weighted power; -inf for what is silent."""
    per_hop = sample_rate // 10 // block_length(sample_rate)
    hops = power[: len(power) // per_hop * per_hop].reshape(-1, per_hop).mean(axis=1)
    if len(hops) < _GATE_BLOCK:
        hops = np.pad(hops, (0, _GATE_BLOCK - len(hops)))
    blocks = np.convolve(hops, np.full(_GATE_BLOCK, 1 / _GATE_BLOCK), "valid")
    loud = blocks[blocks > _power_of(-70.0)]
    if len(loud) == 0:
        return float("-inf")
    return _loudness_of(loud[loud > loud.mean() / 10].mean())


def quick_loudness(audio: Audio, sample_rate: int) -> float:
    """Integrated loudness in LUFS of `audio` (channels, frames); -inf for silence."""
    return gated_loudness(weighted_power(audio, sample_rate), sample_rate)


def integrated_loudness(audio: Audio, sample_rate: int) -> float:
    """Integrated loudness in LUFS as pyloudnorm measures it; sounds under 0.4 s count as that long."""
    import pyloudnorm

    shortest = round(0.4 * sample_rate) + 1
    if audio.shape[1] < shortest:
        audio = np.pad(audio, ((0, 0), (0, shortest - audio.shape[1])))
    if not audio.any():
        return float("-inf")
    return float(pyloudnorm.Meter(sample_rate).integrated_loudness(audio.T))


def _power_of(loudness: float) -> float:
    return float(10 ** ((loudness + 0.691) / 10))


def _loudness_of(power: float) -> float:
    return float(-0.691 + 10 * np.log10(power))


def decibels(amplitude: float) -> float:
    """Amplitude as dB; -inf for 0."""
    return float(20 * np.log10(amplitude)) if amplitude > 0 else float("-inf")


def amplitude(decibels: float) -> float:
    """dB as a factor of amplitude."""
    return float(10 ** (decibels / 20))


_OVERSAMPLING = 4
_TAPS = 24


def _interpolator() -> NDArray[np.float32]:
    """(taps, phases): the three in-between phases of a 4x oversampling filter, a Kaiser-windowed sinc.

    BS.1770-4, annex 2, asks for 4x at 48 kHz; its own example has 12 taps a phase.
    """
    reach = np.arange(_TAPS)[:, None] - (_TAPS // 2 - 1)
    at = reach - np.arange(1, _OVERSAMPLING) / _OVERSAMPLING
    window = np.i0(7.0 * np.sqrt(np.clip(1 - (at / (_TAPS / 2)) ** 2, 0, None)))
    taps = np.sinc(at) * window
    return np.asarray(taps / taps.sum(axis=0), dtype=np.float32)


def peak_blocks(audio: Audio, sample_rate: int) -> Blocks:
    """Highest true peak, as amplitude, of each block; a last partial block is included."""
    length = block_length(sample_rate)
    count = -(-audio.shape[1] // length)
    peaks = np.zeros(count)
    interpolator = _interpolator()
    before = _TAPS // 2 - 1
    at_once = 1000
    for channel in audio:
        padded = np.pad(channel, (before, count * length - len(channel) + _TAPS - before))
        for first in range(0, count, at_once):
            blocks = min(at_once, count - first)
            window = padded[first * length : (first + blocks) * length + _TAPS - 1]
            between = np.lib.stride_tricks.sliding_window_view(window, _TAPS) @ interpolator
            samples = window[before : before + blocks * length].reshape(blocks, length)
            for candidates in (samples, between.reshape(blocks, -1)):
                highest = np.maximum(candidates.max(axis=1), -candidates.min(axis=1))
                np.maximum(peaks[first : first + blocks], highest, out=peaks[first : first + blocks])
    return peaks


def true_peak(audio: Audio, sample_rate: int) -> float:
    """True peak in dBTP, by 4x oversampling (BS.1770-4, annex 2); -inf for silence."""
    return decibels(float(peak_blocks(audio, sample_rate).max(initial=0.0)))
