"""The click: a higher one on the first beat of a bar, a count before the music begins."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.music import TICKS_PER_QUARTER, Song

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio

_SECONDS = 0.06
_DECAY = 0.012
_ACCENT_HZ, _BEAT_HZ = 1760.0, 1174.7
_ACCENT_GAIN, _BEAT_GAIN = 0.4, 0.25

Clicks = list[tuple[int, bool]]
"""Frame and whether it is accented, by frame."""


class Metronome:
    """Adds clicks to blocks of audio."""

    def __init__(self, sample_rate: int) -> None:
        time = np.arange(round(_SECONDS * sample_rate)) / sample_rate
        decay = np.exp(-time / _DECAY) * np.minimum(1, time / 0.0005)
        self._sounds = tuple(
            (gain * decay * np.sin(2 * np.pi * pitch * time)).astype(np.float32)
            for pitch, gain in ((_BEAT_HZ, _BEAT_GAIN), (_ACCENT_HZ, _ACCENT_GAIN))
        )

    def add_to(self, audio: Audio, frame: int, clicks: Clicks) -> None:
        """Add to `audio`, (2, n), which begins at `frame`, every click that sounds there."""
        length, reach = audio.shape[1], len(self._sounds[0])
        for at, accented in clicks[bisect_left(clicks, (frame - reach, False)) :]:
            if at >= frame + length:
                break
            begin, end = max(at, frame), min(at + reach, frame + length)
            if begin < end:
                audio[:, begin - frame : end - frame] += self._sounds[accented][begin - at : end - at]


def song_clicks(song: Song, sample_rate: int) -> Clicks:
    """A click on every beat of the song."""
    return [
        (round(song.tempos.seconds_at(bar.start + beat) * sample_rate), beat == 0)
        for bar in song.bars
        for beat in bar.meter.beat_starts
        if bar.start + beat < bar.end
    ]


def count_in(song: Song, tick: int, bars: int, sample_rate: int) -> tuple[int, Clicks]:
    """A count of that many bars that leads to `tick`, in its metre and tempo: its length in frames, and its clicks.

    Where `tick` lies inside a bar, the count has its beats where that bar has them.
    """
    meter = song.meters.meter_at(tick)
    seconds_per_tick = 60 / song.tempos.bpm_at(tick) / TICKS_PER_QUARTER
    inside = tick - song.meters.bar_start(song.meters.bar_at(tick))
    length = bars * meter.ticks_per_bar
    beats = [bar * meter.ticks_per_bar + beat for bar in range(bars + 1) for beat in meter.beat_starts]
    clicks = [
        (round((beat - inside) * seconds_per_tick * sample_rate), beat % meter.ticks_per_bar == 0)
        for beat in beats
        if inside <= beat < inside + length
    ]
    return round(length * seconds_per_tick * sample_rate), clicks
