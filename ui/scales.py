"""What a knob, fader or slider measures: its range, how far along it each value lies, and how it is written.

Nothing here needs a window, so that the parameter panel, the mixer and the wishes share it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from cocomposer.music.mix import SILENT_DB

Law = Callable[[float], float]


def _written(value: float, decimals: int, unit: str) -> str:
    number = f"{value:.{decimals}f}".replace("-", "\N{MINUS SIGN}")
    return f"{number} {unit}".rstrip()


@dataclass(frozen=True)
class Scale:
    """A range of values with its units; positions on it go from 0 (`low`) to 1 (`high`).

    `default` is where a double click puts it back.  `along` takes a value to its position and `back` a position to its
    value.  `decimals` and `unit` say how it is written, `words` what stands for some values instead of a number.
    """

    low: float
    high: float
    default: float
    unit: str = ""
    decimals: int = 2
    along: Law | None = None
    back: Law | None = None
    words: dict[float, str] = field(default_factory=dict)

    def position(self, value: float) -> float:
        """Where `value` lies, 0..1."""
        value = min(self.high, max(self.low, value))
        if self.along is not None:
            return min(1.0, max(0.0, self.along(value)))
        return (value - self.low) / (self.high - self.low)

    def value(self, position: float) -> float:
        """The value at `position`, rounded to what is written."""
        position = min(1.0, max(0.0, position))
        exact = self.back(position) if self.back is not None else self.low + position * (self.high - self.low)
        return min(self.high, max(self.low, round(exact, self.decimals)))

    def text(self, value: float) -> str:
        """As it is shown: "−6.0 dB"."""
        return self.words.get(value) or _written(value, self.decimals, self.unit)

    def read(self, text: str) -> float | None:
        """The value that was typed, kept in the range; None for what is no number.  Thousands may be "2.5 k"."""
        for value, word in self.words.items():
            if text.strip().casefold() == word.casefold():
                return value
        typed = text.strip().casefold().replace("\N{MINUS SIGN}", "-").replace(",", ".")
        found = re.match(r"([+-]?\d*\.?\d+)\s*(k)?", typed)
        if found is None:
            return None
        number = float(found[1]) * (1000 if found[2] else 1)
        return min(self.high, max(self.low, number))


def linear(low: float, high: float, default: float, unit: str = "", decimals: int = 2) -> Scale:
    """Equal steps for equal differences."""
    return Scale(low, high, default, unit, decimals)


def logarithmic(low: float, high: float, default: float, unit: str = "", decimals: int = 0) -> Scale:
    """Equal steps for equal ratios, as the ear hears frequencies and times; `low` is above 0."""
    ratio = math.log(high / low)
    return Scale(low, high, default, unit, decimals, lambda v: math.log(v / low) / ratio,
                 lambda p: low * math.exp(p * ratio))  # fmt: skip


_FADER = (
    (SILENT_DB, 0.0),
    (-60.0, 0.06),
    (-40.0, 0.18),
    (-20.0, 0.42),
    (-10.0, 0.62),
    (0.0, 0.82),
    (6.0, 0.94),
    (12.0, 1.0),
)
"""The usual travel of a fader: most room where one mixes, little where nothing is heard (dB, position)."""


def _between(points: tuple[tuple[float, float], ...], at: float, axis: int) -> float:
    for before, after in pairwise(points):
        if at <= after[axis]:
            share = (at - before[axis]) / (after[axis] - before[axis])
            return before[1 - axis] + share * (after[1 - axis] - before[1 - axis])
    return points[-1][1 - axis]


def fader_scale(default: float = 0.0) -> Scale:
    """Decibels of a fader, from silence to +12 dB."""
    return Scale(SILENT_DB, 12.0, default, "dB", 1, lambda v: _between(_FADER, v, 0),
                 lambda p: _between(_FADER, p, 1), {SILENT_DB: "\N{MINUS SIGN}\N{INFINITY}"})  # fmt: skip


def pan_text(value: float) -> str:
    """ "C", "L 30", "R 100"."""
    share = round(abs(value) * 100)
    return f"{'L' if value < 0 else 'R'} {share}" if share else "C"


@dataclass(frozen=True)
class PanScale(Scale):
    """Left to right, −1..1, written as desks write it."""

    def text(self, value: float) -> str:
        return pan_text(value)

    def read(self, text: str) -> float | None:
        typed = text.strip().upper()
        if typed in ("C", ""):
            return 0.0
        side = -1.0 if typed.startswith(("L", "-", "\N{MINUS SIGN}")) else 1.0
        digits = re.search(r"\d*\.?\d+", typed)
        return side * min(1.0, float(digits[0]) / 100) if digits else None


def pan_scale(default: float = 0.0) -> Scale:
    return PanScale(-1.0, 1.0, default, decimals=2)
