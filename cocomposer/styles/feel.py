"""From the grid to a performance: swing, micro-timing, dynamics.

Timing and loudness drift slowly and together within a player rather than jumping at random from note to note;
listeners hear independent noise as sloppiness but slow fluctuation as human (Hennig et al., PLoS ONE 6(10),
e26457, 2011).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from cocomposer.music import TICKS_PER_QUARTER, Note, Song, without_overlaps
from cocomposer.styles.plan import BarPlan
from cocomposer.styles.style import Feel, PartStyle

SOFTEST, LOUDEST = 18, 124
_BEYOND = 6
"""Velocity steps for each step of intensity that no level is left for, so that sections keep their contrast."""

_USUAL_VELOCITY = 78
_LIGHT = 0.35
"""Share of its swing that a band keeps under a straight tune: some 20 ms at 140 beats a minute, within what players
allow each other."""

_ACCENT = 13
"""MIDI velocity steps of one accent."""

_LEVEL_LOUDNESS = (-10, 0, 9)
"""What the three intensities add to the velocity, in MIDI steps."""

_DRIFT = 0.7
"""How much of the last deviation a player keeps (first-order autoregression)."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A note as a player means it, on the straight grid: `accent` -2..2, `lift` adds velocity steps, `delay` is a
    strum's or flam's ticks."""

    tick: int
    duration: int
    pitch: int
    accent: int = 0
    lift: int = 0
    delay: int = 0


class Swing:
    """Delays the off-beats of one song by the style's swing.

    A tune whose off-beats lie straight is not swung behind the artist's back; the whole band then swings only as
    much as goes together with it (`_LIGHT` of what the style asks for).
    """

    def __init__(self, song: Song, feel: Feel, melody: Sequence[Note]) -> None:
        self._song = song
        self._unit = TICKS_PER_QUARTER if feel.swing_unit == 8 else TICKS_PER_QUARTER // 2
        self.amount = feel.swing * (_LIGHT if feel.swing and is_straight(melody, self._unit) else 1.0)

    def __call__(self, tick: int) -> int:
        """The swung place of a straight `tick`."""
        if not self.amount:
            return tick
        bar = self._song.bars[min(self._song.meters.bar_at(tick), len(self._song.bars) - 1)]
        if bar.meter.is_compound:
            return tick
        start = tick - (tick - bar.start) % self._unit
        phase = (tick - start) / self._unit
        shift = self.amount / 6
        phase = phase * (0.5 + shift) / 0.5 if phase <= 0.5 else 0.5 + shift + (phase - 0.5) * (0.5 - shift) / 0.5
        return start + round(phase * self._unit)


def is_straight(melody: Sequence[Note], unit: int = TICKS_PER_QUARTER) -> bool:
    """Does the tune place its off-beats at the middle of `unit` ticks rather than at two thirds?  At least one note
    in sixteen must lie on an off-beat to tell; a tune without them is not straight."""
    straight = sum(abs(note.start % unit - unit // 2) <= unit // 20 for note in melody)
    swung = sum(abs(note.start % unit - unit * 2 // 3) <= unit // 20 for note in melody)
    return straight * 16 >= len(melody) > 0 and straight > swung


def perform(
    strokes: Iterable[Stroke],
    part: PartStyle,
    feel: Feel,
    plan: Sequence[BarPlan],
    swing: Swing,
    song: Song,
    random: Random,
) -> tuple[Note, ...]:
    """Play the strokes with the style's feel.  Never before the song's start nor beyond its length."""
    notes: list[Note] = []
    drift_time = drift_loudness = 0.0
    last_tick = -1
    for stroke in sorted(strokes, key=lambda stroke: (stroke.tick, stroke.delay, stroke.pitch)):
        bar = plan[min(song.meters.bar_at(stroke.tick), len(plan) - 1)]
        if stroke.tick != last_tick:  # notes struck together move together
            drift_time = _DRIFT * drift_time + (1 - _DRIFT**2) ** 0.5 * random.gauss(0, feel.timing)
            drift_loudness = _DRIFT * drift_loudness + (1 - _DRIFT**2) ** 0.5 * random.gauss(0, feel.velocity)
            last_tick = stroke.tick
        ticks_per_ms = song.tempos.bpm_at(stroke.tick) * 480 / 60_000
        moved = max(-2.5 * feel.timing, min(2.5 * feel.timing, drift_time)) + part.push
        start = swing(stroke.tick) + round((moved + stroke.delay) * ticks_per_ms)
        end = swing(stroke.tick + stroke.duration) + round(moved * ticks_per_ms)
        start = max(0, min(start, song.length - 1))
        end = max(start + 1, min(end, song.length))
        velocity = (
            _USUAL_VELOCITY + part.loudness + _LEVEL_LOUDNESS[bar.level] + _BEYOND * bar.beyond
            + _ACCENT * stroke.accent + stroke.lift
            + _metric_weight(stroke.tick, bar, feel.accent) + _arc(bar)
            + drift_loudness + random.gauss(0, feel.velocity / 3)
        )  # fmt: skip
        notes.append(Note(start, stroke.pitch, end - start, round(max(SOFTEST, min(LOUDEST, velocity)))))
    return without_overlaps(notes)


def _metric_weight(tick: int, plan: BarPlan, accent: float) -> float:
    """Downbeat strongest, other beats less, off-beats softest."""
    place = tick - plan.bar.start
    if place == 0:
        return accent
    return accent * 0.3 if place in plan.bar.meter.beat_starts else -accent * 0.6


def _arc(plan: BarPlan) -> float:
    """A swell towards the end of each section and a settling at its beginning, in MIDI steps."""
    return 5.0 * (plan.place / max(1, plan.size - 1)) - 2.5 if plan.size > 3 else 0.0
