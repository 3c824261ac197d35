"""Settings over time: what a hand sets glides, what a lane or a MIDI controller writes is followed, frame by frame.

Nothing ever jumps: every value is reached within RAMP_SECONDS, which is too slow to click and too fast to be heard as
a fade.  What comes out depends on the frame alone, not on the blocks in which it is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from cocomposer.music import Part, TempoMap
from cocomposer.music.mix import LOUDEST_DB, SILENT_DB, Lane
from cocomposer.sound.performance import EXPRESSION, PAN, VOLUME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = float | NDArray[np.float32]
    """A setting during a block: one number if it rests, else one for each frame."""

RAMP_SECONDS = 0.01

NORMAL_VOLUME = 100
"""CC7 where nobody turned the knob: the General MIDI default, here 0 dB."""


_BOUNDS = {"gain": (SILENT_DB, LOUDEST_DB), "send": (SILENT_DB, LOUDEST_DB), "pan": (-1.0, 1.0)}


class Curve:
    """A value over the song's time: straight lines between corners, level before the first and after the last.

    With `decibels` the lines are in dB and what is read are factors of amplitude.  It is read through an average over
    the RAMP_SECONDS before each frame, weighted as a triangle, so that a step is a ramp without edges.
    """

    def __init__(
        self, frames: Iterable[float], values: Iterable[float], sample_rate: int, decibels: bool = False
    ) -> None:
        self._frames = np.array(list(frames), dtype=np.float64)
        self._values = np.array(list(values), dtype=np.float64)
        self._half = ramp_frames(sample_rate) // 2
        self._decibels = decibels

    def over(self, start: int, frames: int) -> Values:
        """The value at each of `frames` frames from `start` on."""
        begin = start - 2 * self._half + 2
        first = int(np.searchsorted(self._frames, begin, "right"))
        last = int(np.searchsorted(self._frames, start + frames, "left"))
        resting = self._values[max(0, first - 1) : last + 1]
        if (resting == resting[0]).all():
            return factor(float(resting[0])) if self._decibels else float(resting[0])
        values = np.interp(np.arange(begin, start + frames), self._frames, self._values)
        if self._decibels:
            values = np.where(values > SILENT_DB, 10 ** (values / 20), 0.0)
        averages: NDArray[np.float32] = _averaged(_averaged(values, self._half), self._half).astype(np.float32)
        return averages


def _averaged(values: NDArray[np.float64], over: int) -> NDArray[np.float64]:
    """The mean of each `over` values in a row."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    means: NDArray[np.float64] = (total[over:] - total[:-over]) / over
    return means


def factor(decibels: float) -> float:
    """A gain in dB as a factor of amplitude; SILENT_DB and less is nothing at all."""
    return 10 ** (decibels / 20) if decibels > SILENT_DB else 0.0


def ramp_frames(sample_rate: int) -> int:
    """RAMP_SECONDS in frames."""
    return max(2, round(RAMP_SECONDS * sample_rate))


class Setting:
    """One number of the mix: as it was set, or as its curve goes where it has one; it glides there from `origin`."""

    def __init__(self, value: float, sample_rate: int, curve: Curve | None = None, origin: float | None = None) -> None:
        self._value, self._curve = float(value), curve
        self._ramp = ramp_frames(sample_rate)
        self._last, self._changed = origin, origin is not None
        self._offset, self._left = 0.0, 0

    def set(self, value: float, curve: Curve | None = None) -> None:
        """Go to `value`, or onto `curve`, from wherever the setting stands."""
        self._changed = self._changed or value != self._value or curve is not None or self._curve is not None
        self._value, self._curve = float(value), curve

    @property
    def automated(self) -> bool:
        """Whether it follows a curve."""
        return self._curve is not None

    @property
    def goal(self) -> float:
        """The value by hand that is stood at or glided to."""
        return self._value

    @property
    def resting(self) -> bool:
        """Whether it stands where it was set, as it did in the block before."""
        return self._curve is None and not self._changed and not self._left and self._last is not None

    def over(self, start: int, frames: int) -> Values:
        """The value at each of `frames` frames from `start` on."""
        if self.resting:
            return self._value
        values: Values = self._value if self._curve is None else self._curve.over(start, frames)
        if self._changed:
            self._changed = False
            if self._last is not None:
                self._offset = self._last - _first(values)
                self._left = self._ramp if self._offset else 0
        if self._left:
            left = np.maximum(self._left - 1 - np.arange(frames), 0) / self._ramp
            values = (values + self._offset * np.sin(left * np.pi / 2) ** 2).astype(np.float32)
            self._left = max(0, self._left - frames)
        self._last = _final(values)
        return values


def _first(values: Values) -> float:
    return values if isinstance(values, float) else float(values[0])


def _final(values: Values) -> float:
    return values if isinstance(values, float) else float(values[-1])


def lane_curve(lane: Lane, tempos: TempoMap, sample_rate: int, scale: float = 1.0) -> Curve:
    """An automation lane, linear in musical time, as a curve in frames; its values times `scale`, gains as factors.

    Values that its target cannot have are taken for the nearest it can.
    """
    ticks, kind = [point.tick for point in lane.points], lane.target.split(":")[0]
    low, high = (0.0, 1.0) if lane.target.endswith(":wet") else _BOUNDS.get(kind, (-math.inf, math.inf))
    corners = sorted({*ticks, *(change.tick for change in tempos.changes if ticks[0] < change.tick < ticks[-1])})
    heights = np.interp(corners, ticks, [min(max(point.value, low), high) for point in lane.points]) * scale
    frames = [tempos.seconds_at(tick) * sample_rate for tick in corners]
    return Curve(frames, heights.tolist(), sample_rate, decibels=kind in ("gain", "send"))


def level_curve(part: Part, tempos: TempoMap, sample_rate: int) -> Curve:
    """The part's volume and expression as a factor of amplitude, 1 where its volume is NORMAL_VOLUME."""
    volume, expression = fader(part.volume) / fader(NORMAL_VOLUME), 1.0
    steps = [(0, volume * expression)]
    for control in sorted(part.controls, key=lambda move: move.tick):
        if control.number == VOLUME:
            volume = fader(control.value) / fader(NORMAL_VOLUME)
        elif control.number == EXPRESSION:
            expression = fader(control.value)
        else:
            continue
        steps.append((control.tick, volume * expression))
    return _steps(steps, tempos, sample_rate)


def pan_curve(part: Part, pan: float, tempos: TempoMap, sample_rate: int) -> Curve | None:
    """Where the part's own pan controllers put it, -1 to 1, from `pan` on; None where it has none."""
    moves = sorted((control for control in part.controls if control.number == PAN), key=lambda move: move.tick)
    if not moves:
        return None
    return _steps([(0, pan), *((move.tick, pan_position(move.value)) for move in moves)], tempos, sample_rate)


def fader(value: int) -> float:
    """CC7 or CC11 as a factor of amplitude, 127 = 1: the square law of General MIDI 2 and DLS."""
    return (value / 127) ** 2


def pan_position(value: int) -> float:
    """CC10 as a place from -1 to 1."""
    return max(-1.0, (value - 64) / 63)


def _steps(steps: list[tuple[int, float]], tempos: TempoMap, sample_rate: int) -> Curve:
    """A curve that jumps to each value at its tick; of several at one tick the last counts."""
    at = {math.floor(tempos.seconds_at(tick) * sample_rate): value for tick, value in steps}
    frames, values = [float(min(at))], [at[min(at)]]
    for frame in sorted(at)[1:]:
        frames += [frame - 0.5, float(frame)]
        values += [values[-1], at[frame]]
    return Curve(frames, values, sample_rate)
