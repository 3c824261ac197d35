"""The mixing desk's own moves: volume, expression and pan as the part writes them, and width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cocomposer.music import Part, TempoMap
from cocomposer.sound.performance import EXPRESSION, PAN, VOLUME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cocomposer.sound.loudness import Audio

NORMAL_VOLUME = 100
"""CC7 where nobody turned the knob: the General MIDI default, here 0 dB."""

_RAMP_SECONDS = 0.01


def fader(value: int) -> float:
    """CC7 or CC11 as a factor of amplitude, 127 = 1: the square law of General MIDI 2 and DLS."""
    return (value / 127) ** 2


def level_automation(part: Part, tempos: TempoMap, sample_rate: int, frames: int) -> NDArray[np.float32] | float:
    """The part's volume and expression over time, 1 where its volume is NORMAL_VOLUME; a number if nothing moves."""
    moves = [control for control in part.controls if control.number in (VOLUME, EXPRESSION)]
    volume, expression = fader(part.volume) / fader(NORMAL_VOLUME), 1.0
    points = [(0, volume * expression)]
    for control in sorted(moves, key=lambda move: move.tick):
        if control.number == VOLUME:
            volume = fader(control.value) / fader(NORMAL_VOLUME)
        else:
            expression = fader(control.value)
        points.append((control.tick, volume * expression))
    return _curve(points, tempos, sample_rate, frames)


def pan_automation(
    part: Part, rack_pan: float, tempos: TempoMap, sample_rate: int, frames: int
) -> NDArray[np.float32] | float:
    """Where the part stands, -1 left to 1 right: its own pan where it has one, else the rack's."""
    start = rack_pan if part.pan == 64 else _position(part.pan)
    moves = [control for control in part.controls if control.number == PAN]
    points = [(0, start)] + [(move.tick, _position(move.value)) for move in sorted(moves, key=lambda move: move.tick)]
    return _curve(points, tempos, sample_rate, frames)


def _position(value: int) -> float:
    return max(-1.0, (value - 64) / 63)


def _curve(
    points: list[tuple[int, float]], tempos: TempoMap, sample_rate: int, frames: int
) -> NDArray[np.float32] | float:
    """Steps at ticks as a value per frame, each reached within 10 ms so that it does not click."""
    if all(value == points[-1][1] for _, value in points):
        return points[-1][1]
    steps = {round(tempos.seconds_at(tick) * sample_rate): value for tick, value in points}
    at, values = np.array(sorted(steps)), np.array([steps[frame] for frame in sorted(steps)])
    ramp = np.minimum(round(_RAMP_SECONDS * sample_rate), np.diff(at, append=at[-1] + sample_rate))
    before = np.concatenate([values[:1], values[:-1]])
    # Each step is two corners: the old value where it begins and the new one a ramp later.
    corners = np.column_stack([at, at + ramp]).ravel()
    heights = np.column_stack([before, values]).ravel()
    curve: NDArray[np.float32] = np.interp(np.arange(frames), corners, heights).astype(np.float32)
    return curve


def place(audio: Audio, position: NDArray[np.float32] | float, width: float) -> Audio:
    """Scale the side signal of a stereo part by `width` (0 = mono), then balance it to `position`, -1..1.

    Power stays constant for what is alike in both channels.  Towards a side the other channel is folded in, so
    that a part in stereo loses no half of its instrument; in the centre nothing changes.
    """
    at = np.asarray(position, dtype=np.float32)
    same, crossed = (1 + width) / 2, (1 - width) / 2
    fold = np.abs(at) / 2
    keep_left = (same * (1 - fold) + crossed * fold).astype(np.float32)
    take_left = (crossed * (1 - fold) + same * fold).astype(np.float32)
    angle = (at + 1) * np.float32(np.pi / 4)
    gains = np.cos(angle) * np.float32(2**0.5), np.sin(angle) * np.float32(2**0.5)
    left, right = audio
    placed = np.empty_like(audio)
    for channel, (own, other) in enumerate(((left, right), (right, left))):
        np.multiply(own, keep_left * gains[channel], out=placed[channel])
        placed[channel] += other * (take_left * gains[channel])
    return placed
