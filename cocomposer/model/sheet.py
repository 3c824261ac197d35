"""A Song as arrays on the network's grid: the harmony, the tune and the form by step, and every part as strokes.

A stroke is what a player does in one movement: notes that begin together and last equally long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cocomposer.model import grid
from cocomposer.model.grid import ByteArray, IntArray
from cocomposer.music import Part, Role, Song, without_overlaps
from cocomposer.music.analysis.melody import melody_line
from cocomposer.music.general_midi import is_monophonic

SILENT = -1
LONGEST_PLACE = 15
"""Bars since a section began, and bars until it ends, are counted up to here."""


@dataclass(frozen=True)
class Strokes:
    """The strokes of one part, sorted by time, as arrays over strokes; notes are stored one after another.

    `start` and `bar` are the step and the bar, `position` the step within the bar, `duration` indexes
    grid.DURATIONS.  The notes of stroke i are `first[i]:first[i + 1]` of `pitch` (ascending), `velocity` (0..15)
    and `micro` (0..8).
    """

    name: str
    role: Role
    program: int
    start: IntArray
    bar: IntArray
    position: IntArray
    duration: IntArray
    first: IntArray
    pitch: IntArray
    velocity: IntArray
    micro: IntArray

    def __len__(self) -> int:
        return len(self.start)

    @property
    def is_drums(self) -> bool:
        return self.program == grid.DRUMS

    @cached_property
    def hot(self) -> ByteArray:
        """Which pitches each stroke strikes, shape (strokes, 128)."""
        table = np.zeros((len(self), grid.PITCHES), np.uint8)
        table[np.repeat(np.arange(len(self)), np.diff(self.first)), self.pitch] = 1
        return table

    @cached_property
    def loudness(self) -> IntArray:
        """Mean velocity bucket of each stroke, 0..15."""
        return means(self.velocity, self.first)

    def in_bar(self, bar: int) -> slice:
        """The strokes that begin in a bar."""
        return slice(int(np.searchsorted(self.bar, bar)), int(np.searchsorted(self.bar, bar, side="right")))


def means(values: IntArray, first: IntArray) -> IntArray:
    """The mean of the notes of each stroke, rounded; the notes of stroke i are `first[i]:first[i + 1]`."""
    if len(first) < 2:
        return np.zeros(0, np.int64)
    return np.round(np.add.reduceat(values, first[:-1]) / np.diff(first)).astype(np.int64)


@dataclass(frozen=True)
class Sheet:
    """A song on the grid.

    Over bars: `bar_starts` (steps; one more than there are bars), `bar_ticks`, `tonic` (-1 unknown), `minor`, `place`
    and `left` (bars since the section began and until it ends, 0..15).  Over steps: `root` and `bass` of the chord
    (pitch classes, -1 none), `tones` (steps, 12), `until_change` (steps until another chord), `melody` (the pitch
    that sounds, -1 none), `melody_onset`.  `tempo` is in quarters a minute, 0 unknown.
    """

    bar_starts: IntArray
    bar_ticks: IntArray
    tonic: IntArray
    minor: IntArray
    place: IntArray
    left: IntArray
    root: IntArray
    bass: IntArray
    tones: ByteArray
    until_change: IntArray
    melody: IntArray
    melody_onset: NDArray[np.bool_]
    tempo: float = 0.0
    parts: tuple[Strokes, ...] = field(default=())

    @property
    def bars(self) -> int:
        return len(self.bar_starts) - 1

    @property
    def steps(self) -> int:
        return int(self.bar_starts[-1])

    def bar_length(self, bar: int) -> int:
        return int(self.bar_starts[bar + 1] - self.bar_starts[bar])


def sheet_of(song: Song, tempo_known: bool = True, keep_silent: bool = False) -> Sheet:
    """Put a song on the grid.  Its chords, keys and sections are taken as they are; the part with role MELODY is the
    tune (and stays a part as well).  Parts without notes are left out unless `keep_silent`."""
    starts, ticks = _bars(song)
    bars = len(ticks)
    steps = int(starts[-1])
    root, bass = np.full(steps, SILENT), np.full(steps, SILENT)
    tones = np.zeros((steps, 12), np.uint8)
    until = np.zeros(steps, np.int64)
    place_of = _Places(starts, ticks)
    for span in song.chord_spans:
        low, high = place_of.step(span.start), min(steps, place_of.step(span.end))
        if low >= high:
            continue
        until[low:high] = np.arange(high - low, 0, -1)
        if not span.chord.is_silent:
            root[low:high], bass[low:high] = span.chord.root, span.chord.bass_pitch_class
            tones[low:high, sorted(span.chord.pitch_classes)] = 1
    melody, onset = np.full(steps, SILENT), np.zeros(steps, bool)
    tune = song.part_of_role(Role.MELODY)
    for note in melody_line(tune) if tune is not None else ():
        low = place_of.step(note.start)
        if low < steps:
            melody[low : max(low + 1, min(steps, place_of.step(note.end)))] = note.pitch
            onset[low] = True
    tonic, minor = np.full(bars, SILENT), np.zeros(bars, np.int64)
    for change in song.keys:
        here = ticks >= change.tick
        tonic[here], minor[here] = change.key.tonic, change.key.mode.is_minor
    if song.keys:
        early = tonic == SILENT
        tonic[early], minor[early] = song.keys[0].key.tonic, song.keys[0].key.mode.is_minor
    place, left = _form(song, ticks)
    return Sheet(
        starts, ticks, tonic, minor, place, left, root, bass, tones, until, melody, onset,
        song.tempos.changes[0].bpm if tempo_known else 0.0,
        tuple(strokes_of(part, place_of) for part in song.parts if part.notes or keep_silent),
    )  # fmt: skip


def places_of(song: Song) -> _Places:
    """Where ticks of a song lie on its grid."""
    return _Places(*_bars(song))


def _bars(song: Song) -> tuple[IntArray, IntArray]:
    """First step of every bar (and the step after the last), and first tick of every bar; long bars in pieces."""
    starts, ticks = [0], []
    for bar in song.bars:
        tick = bar.start
        while tick < bar.end:
            longest = grid.MAX_BAR if bar.end - tick <= grid.MAX_BAR * grid.TICKS_PER_STEP else 48
            end = min(bar.end, tick + longest * grid.TICKS_PER_STEP)
            starts.append(starts[-1] + -(-(end - tick) // grid.TICKS_PER_STEP))
            ticks.append(tick)
            tick = end
    return np.array(starts), np.array(ticks, dtype=np.int64)


def _form(song: Song, ticks: IntArray) -> tuple[IntArray, IntArray]:
    edges = [int(np.searchsorted(ticks, section.tick)) for section in song.sections]
    edges = sorted({0, *edges, len(ticks)})
    place, left = np.zeros(len(ticks), np.int64), np.zeros(len(ticks), np.int64)
    for low, high in pairwise(edges):
        place[low:high] = np.arange(high - low)
        left[low:high] = np.arange(high - low)[::-1]
    return np.minimum(place, LONGEST_PLACE), np.minimum(left, LONGEST_PLACE)


class _Places:
    """Looks up the grid place of ticks."""

    def __init__(self, starts: IntArray, ticks: IntArray) -> None:
        self.starts, self.ticks = starts, ticks

    def of(self, ticks: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """Bar, position in the bar and deviation in ticks of each tick (rounded to the nearest step)."""
        bar = np.maximum(np.searchsorted(self.ticks, ticks, side="right") - 1, 0)
        within = ticks - self.ticks[bar]
        position = np.floor(within / grid.TICKS_PER_STEP + 0.5).astype(np.int64)
        off = within - position * grid.TICKS_PER_STEP
        spills = (position >= np.diff(self.starts)[bar]) & (bar + 1 < len(self.ticks))
        return np.where(spills, bar + 1, bar), np.where(spills, 0, position), off

    def step(self, tick: int) -> int:
        bar, position, _ = self.of(np.array([tick]))
        return int(self.starts[bar[0]] + position[0])


def strokes_of(part: Part, places: _Places) -> Strokes:
    """Group the notes of a part into strokes.

    A drummer's notes are grouped by time alone.  An instrument that sounds one note at a time keeps one (a bass the
    lowest, others the highest), cut where the next begins.
    """
    notes = without_overlaps(part.notes)
    ticks = np.array([note.start for note in notes], dtype=np.int64)
    bar, position, off = places.of(ticks)
    steps = places.starts[bar] + position
    length = np.array([note.duration for note in notes]) / grid.TICKS_PER_STEP
    duration = grid.NEAREST_DURATION[np.clip(np.round(length).astype(np.int64), 1, grid.DURATIONS[-1])]
    pitch = np.array([note.pitch for note in notes], dtype=np.int64)
    velocity = np.array([note.velocity for note in notes], dtype=np.int64) // 8
    micro = grid.micro_bucket(off)
    if part.is_drums:
        duration[:] = 0
    keep = (position < np.diff(places.starts)[bar]) & (steps < places.starts[-1])
    keep[_doubled(steps, pitch)] = False
    order = np.lexsort((pitch, duration, steps))
    order = order[keep[order]]
    if not part.is_drums and is_monophonic(part.program):
        order, duration = _one_voice(order, steps, pitch, duration, lowest=part.role is Role.BASS)
    return _grouped(part, order, (bar, position, steps, duration, pitch, velocity, micro))


def _doubled(steps: IntArray, pitch: IntArray) -> list[int]:
    """Notes that fall on the step and pitch of an earlier one."""
    seen: set[tuple[int, int]] = set()
    doubled = []
    for index, key in enumerate(zip(steps.tolist(), pitch.tolist(), strict=True)):
        if key in seen:
            doubled.append(index)
        seen.add(key)
    return doubled


def _one_voice(
    order: IntArray, steps: IntArray, pitch: IntArray, duration: IntArray, lowest: bool
) -> tuple[IntArray, IntArray]:
    sign = 1 if lowest else -1
    order = order[np.lexsort((sign * pitch[order], steps[order]))]
    order = order[np.r_[True, np.diff(steps[order]) > 0]] if len(order) else order
    duration = duration.copy()
    gaps = np.diff(steps[order])
    here = order[:-1]
    # The longest of the lengths that ends by the next onset, for what would sound beyond it.
    fitting = np.searchsorted(grid.DURATIONS, gaps, side="right") - 1
    duration[here] = np.minimum(duration[here], fitting)
    return order, duration


def _grouped(part: Part, order: IntArray, columns: Sequence[IntArray]) -> Strokes:
    bar, position, steps, duration, pitch, velocity, micro = (column[order] for column in columns)
    fresh = np.r_[True, (np.diff(steps) != 0) | (np.diff(duration) != 0)] if len(order) else np.zeros(0, bool)
    # At most CHORD_NOTES in a stroke: of more the lowest are kept.
    group = np.cumsum(fresh) - 1
    rank = np.arange(len(order)) - np.flatnonzero(fresh)[group] if len(order) else np.zeros(0, np.int64)
    few = rank < grid.CHORD_NOTES
    first = np.r_[np.flatnonzero(fresh[few]), few.sum()].astype(np.int64)
    head = np.flatnonzero(few)[first[:-1]]
    # Strokes at one time go from the lowest up.
    turn = np.lexsort((pitch[head], steps[head]))
    sizes = np.diff(first)[turn]
    notes = np.concatenate([np.arange(first[i], first[i + 1]) for i in turn]) if len(turn) else np.zeros(0, np.int64)
    chosen = np.flatnonzero(few)[notes] if len(turn) else notes
    head = head[turn]
    return Strokes(
        part.name, part.role, grid.DRUMS if part.is_drums else part.program,
        steps[head], bar[head], position[head], duration[head],
        np.r_[0, np.cumsum(sizes)].astype(np.int64), pitch[chosen], velocity[chosen], micro[chosen],
    )  # fmt: skip
