"""Musical time: ticks, metres and tempi.

A tick is 1/480 of a quarter note everywhere in the program.  Bars are counted from 0 here and from 1
wherever an artist reads them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from cocomposer.errors import MusicError

TICKS_PER_QUARTER = 480

# How musicians usually group the eighths of an asymmetric bar, in eighths.
_GROUPINGS = {5: (3, 2), 7: (2, 2, 3), 8: (3, 3, 2), 10: (3, 3, 2, 2), 11: (3, 3, 3, 2), 13: (3, 3, 3, 2, 2)}


@dataclass(frozen=True, slots=True, order=True)
class Meter:
    """A time signature such as 4/4 or 6/8.

    Raises MusicError unless 1 <= numerator <= 32 and the denominator is a power of two up to 32.
    """

    numerator: int = 4
    denominator: int = 4

    def __post_init__(self) -> None:
        if not 1 <= self.numerator <= 32 or self.denominator not in (1, 2, 4, 8, 16, 32):
            raise MusicError(
                f"{self.numerator}/{self.denominator} is not a metre: use 1 to 32 over 1, 2, 4, 8, 16 or 32."
            )

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"

    @property
    def ticks_per_bar(self) -> int:
        return self.numerator * TICKS_PER_QUARTER * 4 // self.denominator

    @property
    def is_compound(self) -> bool:
        """True where the felt beat has three parts: 6/8, 9/8, 12/8 (and over 16)."""
        return self.denominator >= 8 and self.numerator % 3 == 0 and self.numerator > 3

    @property
    def beats(self) -> tuple[int, ...]:
        """The felt beats of one bar as lengths in ticks; they add up to `ticks_per_bar`.

        4/4 has four quarters, 6/8 two dotted quarters, 7/8 two quarters and a dotted quarter.
        """
        unit = TICKS_PER_QUARTER * 4 // self.denominator
        if self.is_compound:
            return (3 * unit,) * (self.numerator // 3)
        if self.denominator >= 8:
            if self.numerator in _GROUPINGS:
                return tuple(size * unit for size in _GROUPINGS[self.numerator])
            pairs, odd = divmod(self.numerator, 2)
            if pairs and odd:
                return (2 * unit,) * (pairs - 1) + (3 * unit,)
            return (2 * unit,) * pairs + (unit,) * odd
        return (unit,) * self.numerator

    @property
    def beat_starts(self) -> tuple[int, ...]:
        """Offsets of the felt beats from the bar line, in ticks."""
        beats = self.beats
        return tuple(sum(beats[:index]) for index in range(len(beats)))


@dataclass(frozen=True, slots=True, order=True)
class MeterChange:
    tick: int
    meter: Meter


@dataclass(frozen=True, slots=True, order=True)
class TempoChange:
    """A tempo from `tick` on, as MIDI keeps it: microseconds in a quarter note (1 .. 16_777_215)."""

    tick: int
    microseconds_per_quarter: int = 500_000

    def __post_init__(self) -> None:
        if not 1 <= self.microseconds_per_quarter <= 0xFFFFFF:
            raise MusicError("A tempo must lie between 3.6 and 60,000,000 quarter notes a minute.")

    @property
    def bpm(self) -> float:
        """Quarter notes in a minute."""
        return 60_000_000 / self.microseconds_per_quarter

    @classmethod
    def at_bpm(cls, tick: int, bpm: float) -> TempoChange:
        if not 3.6 <= bpm <= 60_000:
            raise MusicError(f"A tempo of {bpm:g} cannot be played: use 4 to 60,000 quarter notes a minute.")
        return cls(tick, min(0xFFFFFF, max(1, round(60_000_000 / bpm))))


@dataclass(frozen=True)
class MeterMap:
    """The metres of a song: sorted changes, the first at tick 0, each of the others on a bar line.

    A change that arrives inside a bar cuts that bar short, as MIDI sequencers do.
    """

    changes: tuple[MeterChange, ...] = (MeterChange(0, Meter()),)

    def __post_init__(self) -> None:
        ticks = [change.tick for change in self.changes]
        if not ticks or ticks[0] != 0 or ticks != sorted(set(ticks)):
            raise MusicError("Metre changes must be sorted, distinct, and begin at the first bar.")

    @cached_property
    def _ticks(self) -> list[int]:
        return [change.tick for change in self.changes]

    @cached_property
    def _first_bars(self) -> list[int]:
        """Index of the bar that begins at each change."""
        bars = [0]
        for change, following in zip(self.changes, self.changes[1:], strict=False):
            length = following.tick - change.tick
            bars.append(bars[-1] + -(-length // change.meter.ticks_per_bar))
        return bars

    def meter_at(self, tick: int) -> Meter:
        return self.changes[max(0, bisect_right(self._ticks, tick) - 1)].meter

    def bar_at(self, tick: int) -> int:
        """Index of the bar that holds `tick` (0 for the first)."""
        index = max(0, bisect_right(self._ticks, tick) - 1)
        change = self.changes[index]
        return self._first_bars[index] + (tick - change.tick) // change.meter.ticks_per_bar

    def bar_start(self, bar: int) -> int:
        """Tick at which the bar of that index begins."""
        index = max(0, bisect_right(self._first_bars, bar) - 1)
        change = self.changes[index]
        return change.tick + (bar - self._first_bars[index]) * change.meter.ticks_per_bar

    def bars(self, length: int) -> Iterator[Bar]:
        """The bars that begin before tick `length`, in order."""
        bar, start = 0, 0
        while start < length:
            end = self.bar_start(bar + 1)
            yield Bar(bar, start, end, self.meter_at(start))
            bar, start = bar + 1, end


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its index from 0, its first tick, the tick after its last, and its metre."""

    index: int
    start: int
    end: int
    meter: Meter


@dataclass(frozen=True)
class TempoMap:
    """The tempi of a song: sorted changes, the first at tick 0."""

    changes: tuple[TempoChange, ...] = (TempoChange(0),)

    def __post_init__(self) -> None:
        ticks = [change.tick for change in self.changes]
        if not ticks or ticks[0] != 0 or ticks != sorted(set(ticks)):
            raise MusicError("Tempo changes must be sorted, distinct, and begin at tick 0.")

    @classmethod
    def constant(cls, bpm: float) -> TempoMap:
        return cls((TempoChange.at_bpm(0, bpm),))

    @cached_property
    def _ticks(self) -> list[int]:
        return [change.tick for change in self.changes]

    @cached_property
    def _seconds(self) -> list[float]:
        seconds = [0.0]
        for change, following in zip(self.changes, self.changes[1:], strict=False):
            quarters = (following.tick - change.tick) / TICKS_PER_QUARTER
            seconds.append(seconds[-1] + quarters * change.microseconds_per_quarter / 1e6)
        return seconds

    def bpm_at(self, tick: int) -> float:
        return self.changes[max(0, bisect_right(self._ticks, tick) - 1)].bpm

    def seconds_at(self, tick: float) -> float:
        """Time of `tick` in seconds from the start."""
        index = max(0, bisect_right(self._ticks, tick) - 1)
        change = self.changes[index]
        quarters = (tick - change.tick) / TICKS_PER_QUARTER
        return self._seconds[index] + quarters * change.microseconds_per_quarter / 1e6

    def tick_at(self, seconds: float) -> float:
        """The tick that falls at `seconds` from the start: the inverse of `seconds_at`."""
        index = max(0, bisect_right(self._seconds, seconds) - 1)
        change = self.changes[index]
        quarters = (seconds - self._seconds[index]) * 1e6 / change.microseconds_per_quarter
        return change.tick + quarters * TICKS_PER_QUARTER
