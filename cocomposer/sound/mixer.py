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
    return np.interp(np.arange(frames), corners, heights).astype(np.float32)


def place(audio: Audio, position: NDArray[np.float32] | float, width: float) -> Audio:
    """Balance a stereo part to `position` at constant power and scale its side signal by `width` (0 = mono).

    In the centre nothing changes; at a side the other channel is folded in, so that no stereo sample loses half of
    its instrument.
    """
    left, right = audio
    if width != 1.0:
        middle, side = (left + right) * np.float32(0.5), (left - right) * np.float32(0.5 * width)
        left, right = middle + side, middle - side
    if isinstance(position, float) and position == 0.0:
        return np.stack([left, right])
    angle = (np.asarray(position, dtype=np.float32) + 1) * np.float32(np.pi / 4)
    amount = np.abs(np.asarray(position, dtype=np.float32)) * np.float32(0.5)
    # Folding first: at the far left both channels' sum plays there, at the centre each plays alone.
    folded_left = left * (1 - amount) + right * amount
    folded_right = right * (1 - amount) + left * amount
    scale = np.float32(2**0.5)
    return np.stack([folded_left * (np.cos(angle) * scale), folded_right * (np.sin(angle) * scale)]).astype(np.float32)
