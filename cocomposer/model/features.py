"""What a player knows at the moment of a stroke: tables that reach the network at the note's own position.

Everything here is NumPy over plain arrays and is the same for training, where whole windows are read at once, and for
writing, where one stroke follows another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cocomposer.model import grid
from cocomposer.model.grid import ByteArray, IntArray
from cocomposer.model.sheet import SILENT, Sheet, Strokes, means

KICKS, SNARES = (35, 36), (37, 38, 39, 40)

CONTEXT = 89
"""Figures a step of `Lane.context` has."""
TIME_FEATURES = 10
"""Figures a position has: what happens there in the bar before, the reference, the tune, the band and the harmony."""
PITCH_FEATURES = 16
"""Figures a pitch has: its place in the harmony, and who strikes or holds it."""

_MAJOR, _MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
_CHANGE_EDGES = (3, 6, 12, 24, 48)
_TUNE_EDGES = (60, 67, 74)


@dataclass(frozen=True)
class Lane:
    """Harmony and tune by step, over a whole sheet.

    `base` is the pitch class that pitches are counted from: the root, the tonic where there is no chord, or C.
    `next_tones` is the chord after this one, `scale` the key's notes, `context` (steps, CONTEXT) all of it in figures.
    """

    base: IntArray
    root: IntArray
    bass: IntArray
    tones: ByteArray
    next_tones: ByteArray
    scale: ByteArray
    melody: IntArray
    onset: NDArray[np.bool_]
    change: NDArray[np.bool_]
    until_change: IntArray
    context: ByteArray


def lane_of(sheet: Sheet, chords_known: bool = True, tune_known: bool = True) -> Lane:
    """The lane of a sheet; without chords or without the tune where these are not to be known."""
    steps = sheet.steps
    lengths = np.diff(sheet.bar_starts)
    bar = np.repeat(np.arange(sheet.bars), lengths)
    position = np.arange(steps) - sheet.bar_starts[bar]
    tonic, minor = sheet.tonic[bar], sheet.minor[bar]
    none = np.full(steps, SILENT)
    root = sheet.root if chords_known else none
    bass = sheet.bass if chords_known else none
    tones = sheet.tones if chords_known else np.zeros_like(sheet.tones)
    until = sheet.until_change if chords_known else np.zeros_like(sheet.until_change)
    melody = sheet.melody if tune_known else none
    onset = sheet.melody_onset if tune_known else np.zeros(steps, bool)
    following = np.minimum(np.arange(steps) + until, steps - 1)
    next_root = np.where(until > 0, root[following], SILENT)
    base = np.where(root >= 0, root, np.maximum(tonic, 0))
    degrees = np.zeros((2, 12), np.uint8)
    degrees[0, _MAJOR], degrees[1, _MINOR] = 1, 1
    columns = (np.arange(12)[None, :] - tonic[:, None]) % 12
    scale = np.where(tonic[:, None] >= 0, degrees[minor[:, None], columns], 0).astype(np.uint8)
    known = root >= 0
    place, left = sheet.place[bar], sheet.left[bar]
    context = np.concatenate(
        [
            np.take_along_axis(tones, (np.arange(12)[None, :] + base[:, None]) % 12, axis=1),
            _one_hot((bass - base) % 12, 12, known),
            _one_hot((next_root - root) % 12, 12, known & (next_root >= 0)),
            _one_hot(np.searchsorted(_CHANGE_EDGES, until), 6, until > 0),
            _one_hot((root - tonic) % 12, 12, known & (tonic >= 0)),
            np.stack([minor, known], axis=1),
            _one_hot((melody - base) % 12, 12, melody >= 0),
            np.stack([melody >= 0, onset], axis=1),
            _one_hot(np.searchsorted(_TUNE_EDGES, melody, side="right"), 4, melody >= 0),
            _one_hot(np.searchsorted((24, 36, 48, 60), lengths[bar]), 5, np.ones(steps, bool)),
            np.stack([position % 12 == 0, position % 24 == 0, position == 0], axis=1),
            _one_hot(place % 4, 4, np.ones(steps, bool)),
            np.stack([place == 0, left == 0, left == 1], axis=1),
        ],
        axis=1,
    ).astype(np.uint8)
    change = np.r_[True, (np.diff(base) != 0) | (tones[1:] != tones[:-1]).any(axis=1)] if steps else np.zeros(0, bool)
    return Lane(base, root, bass, tones, tones[following], scale, melody, onset, change & known, until, context)


def _one_hot(values: IntArray, size: int, valid: NDArray[np.bool_]) -> ByteArray:
    table = np.zeros((len(values), size), np.uint8)
    rows = np.flatnonzero(valid)
    table[rows, values[rows]] = 1
    return table


@dataclass(frozen=True)
class Cell:
    """What one part plays in one bar: strokes as in `Strokes`, with `base` the lane's base at each."""

    position: IntArray
    start: IntArray
    duration: IntArray
    loudness: IntArray
    hot: ByteArray
    base: IntArray
    first: IntArray
    pitch: IntArray
    velocity: IntArray
    micro: IntArray

    def __len__(self) -> int:
        return len(self.position)

    @property
    def lateness(self) -> IntArray:
        """Mean micro-timing bucket of each stroke."""
        return means(self.micro, self.first)

    @property
    def ends(self) -> IntArray:
        return self.start + grid.DURATIONS[self.duration]

    def only(self, chosen: IntArray) -> Cell:
        """The cell with those of its strokes alone, by index, ascending."""
        sizes = np.diff(self.first)[chosen]
        notes = np.repeat(self.first[chosen] - np.r_[0, np.cumsum(sizes)[:-1]], sizes) + np.arange(sizes.sum())
        return Cell(
            self.position[chosen], self.start[chosen], self.duration[chosen], self.loudness[chosen], self.hot[chosen],
            self.base[chosen], np.r_[0, np.cumsum(sizes)], self.pitch[notes], self.velocity[notes], self.micro[notes],
        )  # fmt: skip


def cell_of(strokes: Strokes, bar: int, lane: Lane) -> Cell:
    """The strokes of a part that begin in a bar."""
    where = strokes.in_bar(bar)
    first = strokes.first[where.start : where.stop + 1]
    notes = slice(int(first[0]), int(first[-1])) if len(first) else slice(0, 0)
    start = strokes.start[where]
    return Cell(
        strokes.position[where], start, strokes.duration[where], strokes.loudness[where], strokes.hot[where],
        lane.base[start], first - first[0] if len(first) else first,
        strokes.pitch[notes], strokes.velocity[notes], strokes.micro[notes],
    )  # fmt: skip


_NONE = np.zeros(0, np.int64)
_NOTHING = np.zeros(0, np.int64)
EMPTY_CELL = Cell(
    _NOTHING, _NOTHING, _NOTHING, _NOTHING, np.zeros((0, grid.PITCHES), np.uint8), _NOTHING,
    np.zeros(1, np.int64), _NOTHING, _NOTHING, _NOTHING,
)  # fmt: skip


class Known:
    """What is written so far of the whole band, by step from `first` on: who sounds, who strikes."""

    def __init__(self, first: int, last: int) -> None:
        steps = last - first
        self.first, self.steps = first, steps
        self.sounding = np.zeros((steps, grid.PITCHES), np.uint8)
        self.strokes = np.zeros(steps, np.int64)
        self.kick = np.zeros(steps, np.uint8)
        self.snare = np.zeros(steps, np.uint8)
        self.bass = np.zeros(steps, np.uint8)

    def add(self, cell: Cell, drums: bool, bass: bool) -> None:
        """Take in a cell that is complete."""
        at = cell.start - self.first
        inside = (at >= 0) & (at < self.steps)
        np.add.at(self.strokes, at[inside], 1)
        if drums:
            self.kick[at[inside & cell.hot[:, KICKS].any(axis=1)]] = 1
            self.snare[at[inside & cell.hot[:, SNARES].any(axis=1)]] = 1
            return
        if bass:
            self.bass[at[inside]] = 1
        for begin, end, hot in zip(at.tolist(), (cell.ends - self.first).tolist(), cell.hot, strict=True):
            if end > 0 and begin < self.steps:
                self.sounding[max(0, begin) : end] |= hot


def time_features(known: Known, lane: Lane, start: int, length: int, before: Cell, reference: Cell) -> ByteArray:
    """Figures of every position of a bar that begins at step `start`, shape (POSITIONS, TIME_FEATURES)."""
    table = np.zeros((grid.POSITIONS, TIME_FEATURES), np.uint8)
    here = slice(start - known.first, start - known.first + length)
    table[before.position, 0] = 1
    table[reference.position, 1] = 1
    table[:length, 2] = lane.onset[start : start + length]
    table[:length, 3] = lane.melody[start : start + length] >= 0
    table[:length, 4] = known.strokes[here] > 0
    table[:length, 5] = known.strokes[here] > 2
    table[:length, 6] = known.kick[here]
    table[:length, 7] = known.snare[here]
    table[:length, 8] = known.bass[here]
    table[:length, 9] = lane.change[start : start + length]
    return table


def pitch_features(
    lane: Lane,
    step: IntArray,
    previous: ByteArray,
    before: ByteArray,
    before_base: IntArray,
    reference: ByteArray,
    reference_base: IntArray,
    sounding: ByteArray,
    used: ByteArray,
    drums: NDArray[np.bool_],
) -> ByteArray:
    """Figures of every pitch at strokes on `step`, shape (strokes, 128, PITCH_FEATURES).

    `previous` is what the part struck last, `before` and `reference` what it strikes at this position in the bar before
    and in the reference, with the bases these were counted from; `sounding` is the band, `used` the part in this bar;
    each of shape (strokes, 128).  Drums have no harmony.
    """
    rows = len(step)
    base = lane.base[step]
    classes = np.arange(grid.PITCHES) % 12
    table = np.zeros((rows, grid.PITCHES, PITCH_FEATURES), np.uint8)
    pitched = ~drums[:, None]
    table[:, :, 0] = lane.tones[step][:, classes] & pitched
    table[:, :, 1] = (classes[None, :] == lane.bass[step][:, None]) & pitched
    table[:, :, 2] = (classes[None, :] == lane.root[step][:, None]) & pitched
    table[:, :, 3] = lane.next_tones[step][:, classes] & pitched
    table[:, :, 4] = lane.scale[step][:, classes] & pitched
    table[:, :, 5] = previous
    table[:, :, 6] = before
    table[:, :, 7] = _moved(before, base - before_base) & pitched
    table[:, :, 8] = reference
    table[:, :, 9] = _moved(reference, base - reference_base) & pitched
    tune = lane.melody[step][:, None]
    sung = (tune >= 0) & pitched
    pitches = np.arange(grid.PITCHES)[None, :]
    table[:, :, 10] = (classes[None, :] == tune % 12) & sung
    table[:, :, 11] = (pitches > tune) & sung
    table[:, :, 12] = (np.abs(pitches - tune) <= 2) & sung
    table[:, :, 13] = sounding & pitched
    octaves = np.zeros((rows, 132), np.uint8)
    octaves[:, :128] = sounding
    table[:, :, 14] = octaves.reshape(rows, 11, 12).max(axis=1)[:, classes] & pitched
    table[:, :, 15] = used
    return table


def _moved(hot: ByteArray, shift: IntArray) -> ByteArray:
    """Pitches that are, `shift` semitones on (up to octaves), what `hot` was, no further than six from one of it."""
    rows = len(hot)
    octaves = np.zeros((rows, 132), np.uint8)
    octaves[:, :128] = hot
    classes = octaves.reshape(rows, 11, 12).any(axis=1)
    wanted = np.take_along_axis(classes, (np.arange(12)[None, :] - shift[:, None]) % 12, axis=1)
    total = np.zeros((rows, 128 + 14), np.int64)
    total[:, 7:135] = np.cumsum(hot, axis=1)
    total[:, 135:] = total[:, 134:135]
    near = (total[:, 13:141] - total[:, 0:128]) > 0
    moved: ByteArray = (wanted[:, np.arange(128) % 12] & near).astype(np.uint8)
    return moved


CONTROLS = ("density", "activity", "polyphony", "register", "velocity", "syncopation", "strictness", "length",
            "rhythm_similarity", "pitch_similarity")  # fmt: skip
"""What can be asked of a cell; the last two compare it with its reference."""
BUCKETS = 8
"""A control is told as 1..BUCKETS, 0 where it is free."""
EDGES = {
    "density": (0.001, 0.3, 0.75, 1.5, 2.5, 4.0, 6.0),
    "activity": (0.3, 0.6, 1.1, 1.6, 2.2, 3.2, 4.2),
    "polyphony": (1.05, 1.4, 1.8, 2.3, 2.8, 3.3, 4.2),
    "register": (40.0, 48.0, 54.0, 60.0, 65.0, 71.0, 78.0),
    "velocity": (5.0, 7.0, 8.5, 9.5, 10.5, 11.5, 13.0),
    "syncopation": (0.05, 0.15, 0.3, 0.45, 0.55, 0.65, 0.8),
    "strictness": (0.5, 0.7, 0.8, 0.88, 0.94, 0.98, 0.9999),
    "length": (1.2, 1.7, 2.2, 2.8, 3.4, 4.2, 5.0),
    "rhythm_similarity": (0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 2.0),
    "pitch_similarity": (0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 2.0),
}
"""Where the buckets of each control meet: notes and strokes a quarter, notes a stroke, mean MIDI pitch, mean velocity
bucket, share of strokes off the beat, share of sounding time on chord tones, log2 of the mean length in steps, and
Jaccard indices of onsets and of (onset, pitch)."""
_EDGES = np.array([EDGES[name] for name in CONTROLS])


def figures(cell: Cell, lane: Lane, length: int, reference: Cell | None, drums: bool) -> NDArray[np.float64]:
    """The figures of a cell in a bar of `length` steps, in the order of CONTROLS; NaN where one has no meaning."""
    values = np.full(len(CONTROLS), np.nan)
    quarters = length / grid.STEPS_PER_QUARTER
    values[0] = len(cell.pitch) / quarters
    if reference is not None:
        values[8] = _jaccard(set(cell.position.tolist()), set(reference.position.tolist()))
        values[9] = _jaccard(_struck(cell), _struck(reference))
    if not len(cell):
        return values
    values[1] = len(cell) / quarters
    values[2] = len(cell.pitch) / len(cell)
    values[4] = cell.loudness.mean()
    values[5] = (cell.position % grid.STEPS_PER_QUARTER != 0).mean()
    if not drums:
        values[3] = cell.pitch.mean()
        lengths = grid.DURATIONS[cell.duration]
        values[7] = np.log2(lengths).mean()
        counts = np.diff(cell.first)
        at = np.repeat(cell.start, counts)
        if (lane.root[at] >= 0).all():
            weights = np.repeat(lengths, counts)
            values[6] = (lane.tones[at, cell.pitch % 12] * weights).sum() / weights.sum()
    return values


def buckets(values: NDArray[np.float64]) -> IntArray:
    """Figures as 1..BUCKETS, 0 for NaN."""
    found = 1 + (values[:, None] > _EDGES).sum(axis=1)
    return np.where(np.isnan(values), 0, found).astype(np.int64)


def _struck(cell: Cell) -> set[tuple[int, int]]:
    return set(zip(np.repeat(cell.position, np.diff(cell.first)).tolist(), cell.pitch.tolist(), strict=True))


def _jaccard(one: set[int] | set[tuple[int, int]], other: set[int] | set[tuple[int, int]]) -> float:
    return len(one & other) / len(one | other) if one or other else 1.0
