"""A stretch of a song as the network reads it: what is given first, then the cells to write, bar by bar.

A sequence has one element for every part (so that everybody knows who is there), one for every given stroke, and then,
for each cell that is written, one that opens it and one for each of its strokes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cocomposer.model import grid
from cocomposer.model.features import (
    CONTROLS,
    EMPTY_CELL,
    PITCH_FEATURES,
    TIME_FEATURES,
    Cell,
    Known,
    Lane,
    cell_of,
    lane_of,
    pitch_features,
    time_features,
)
from cocomposer.model.grid import ByteArray, IntArray
from cocomposer.model.sheet import Sheet
from cocomposer.music import Role

PADDING, PART, STROKE, OPENING = range(4)
"""Kinds of elements."""
WINDOW_BARS = 32
"""Bars a window has at most."""
SLOTS = 16
"""Parts a window has at most."""
ELEMENT = 9
"""Columns of an element, see `Window`."""
STROKE_FIGURES = 8
"""Small numbers that tell a stroke what precedes it, see `stroke_figures`."""

WRITING_ORDER = (
    Role.DRUMS, Role.BASS, Role.KEYS, Role.GUITAR, Role.ARPEGGIO, Role.PAD, Role.OTHER, Role.COUNTER, Role.MELODY,
)  # fmt: skip
"""In which order the parts of a band write a bar."""

References = Callable[[int, int], Cell | None]
"""The reference of a part (index) in a bar, None where there is none."""


@dataclass(frozen=True)
class Plan:
    """What of a sheet a window holds.

    Bars `first` to `last` (not included); `order` are the parts, in the order in which they write a bar;
    `written[part, bar - first]` says which cells are to be written, all others are given; `controls[part, bar - first]`
    are buckets of CONTROLS, 0 free.  `source` and `genre` index grid.SOURCES and grid.GENRES.
    """

    first: int
    last: int
    order: tuple[int, ...]
    written: NDArray[np.bool_]
    controls: IntArray
    source: int = 0
    genre: int = 0
    roles_known: bool = True
    chords_known: bool = True
    tune_known: bool = True


@dataclass(frozen=True)
class Head:
    """What holds for a whole window: programs and roles by slot, and the figures of the piece."""

    program: IntArray
    role: IntArray
    source: int
    genre: int
    tempo: int


@dataclass
class Window:
    """A sequence as columns; `read` and `open_cell` append, `arrays` hands them out.

    Elements: `kind`, `slot`, `cell` (row of the cell tables), `bar`, `position`, `step`, `duration`, `loudness`,
    `lateness`, `notes` (CHORD_NOTES; -1 none).  Cells (row 0 stands for "given"): `controls`, `times`.
    """

    plan: Plan
    lane: Lane
    start: int
    head: Head
    known: Known
    elements: list[tuple[int, int, int, int, int, int, int, int, int]] = field(default_factory=list)
    notes: list[IntArray] = field(default_factory=list)
    controls: list[IntArray] = field(default_factory=list)
    times: list[ByteArray] = field(default_factory=list)
    latest: dict[int, tuple[ByteArray, int, int]] = field(default_factory=dict)

    def read(self, kind: int, slot: int, cell: int, bar: int, strokes: Cell) -> None:
        """Append the strokes of a cell as elements."""
        lateness = strokes.lateness
        for index in range(len(strokes)):
            self.elements.append(
                (kind, slot, cell, bar, int(strokes.position[index]), int(strokes.start[index]) - self.start,
                 int(strokes.duration[index]), int(strokes.loudness[index]), int(lateness[index]))
            )  # fmt: skip
            self.notes.append(strokes.pitch[strokes.first[index] : strokes.first[index + 1]])

    def open_cell(self, slot: int, bar: int, step: int, length: int, before: Cell, reference: Cell,
                  controls: IntArray) -> int:  # fmt: skip
        """Append the element that opens a cell; returns the cell's row."""
        self.controls.append(controls)
        self.times.append(time_features(self.known, self.lane, step, length, before, reference))
        row = len(self.controls) - 1
        self.elements.append((OPENING, slot, row, bar, 0, step - self.start, 0, 0, 0))
        self.notes.append(_NO_NOTES)
        return row

    def finish(self, slot: int, cell: Cell) -> None:
        """Let the others hear a cell that is complete, and the part remember what it played last."""
        program, role = self.head.program[slot], self.head.role[slot]
        drums = program == grid.DRUMS
        self.known.add(cell, drums, 32 <= program < 40 or role == grid.ROLE_INDEX[Role.BASS])
        if len(cell):
            self.latest[slot] = (cell.hot[-1], int(cell.duration[-1]), int(cell.loudness[-1]))


_NO_NOTES = np.zeros(0, np.int64)
NOTHING_BEFORE = (np.zeros(grid.PITCHES, np.uint8), len(grid.DURATIONS), grid.VELOCITIES)
"""What a part that has not played yet struck last: nothing, with lengths and loudness of their own."""


def open_window(sheet: Sheet, plan: Plan, lane: Lane | None = None) -> Window:
    """The window with its parts announced and everything that is given read, nothing written yet."""
    lane = lane or lane_of(sheet, plan.chords_known, plan.tune_known)
    parts = [sheet.parts[index] for index in plan.order]
    head = Head(
        np.array([part.program for part in parts]),
        np.array([1 + grid.ROLE_INDEX[part.role] if plan.roles_known else 0 for part in parts]) - 1,
        plan.source, plan.genre, _tempo_bucket(sheet.tempo),
    )  # fmt: skip
    start, end = int(sheet.bar_starts[plan.first]), int(sheet.bar_starts[plan.last])
    window = Window(plan, lane, start, head, Known(start, end))
    window.controls.append(np.zeros(len(CONTROLS), np.int64))
    window.times.append(np.zeros((grid.POSITIONS, TIME_FEATURES), np.uint8))
    for slot in range(len(parts)):
        window.elements.append((PART, slot, 0, 0, 0, 0, 0, 0, 0))
        window.notes.append(_NO_NOTES)
    for bar in range(plan.first, plan.last):
        for slot, index in enumerate(plan.order):
            if plan.written[index, bar - plan.first]:
                continue
            cell = cell_of(sheet.parts[index], bar, lane)
            window.read(STROKE, slot, 0, bar - plan.first, cell)
            window.finish(slot, cell)
    window.latest.clear()
    return window


def _tempo_bucket(tempo: float) -> int:
    """0 unknown, 1..8 from slow to fast."""
    return 0 if tempo <= 0 else 1 + int(np.searchsorted((60, 75, 88, 100, 115, 130, 155), tempo))


@dataclass(frozen=True)
class Example:
    """A window with what was really written in it, as arrays.

    Elements (N): `elements` (N, ELEMENT) as `Window`, `notes` (N, CHORD_NOTES; -1 none), `given` how many of them are
    given, `context` (N, CONTEXT), `base` (N,).  Cells (C): `controls` (C, len(CONTROLS)), `times` (C, POSITIONS,
    TIME_FEATURES), `lengths` (C,) steps of the bar.  For the M elements that something follows: `asked` their index,
    `answer` the position that follows or END.  For the E strokes among these: `stroke` their index, `pitches`
    (E, 128, PITCH_FEATURES), `figures` (E, STROKE_FIGURES), `velocity` and `micro` (E, CHORD_NOTES; -1 none),
    `limits` (E, 2): steps until the chord changes and until the bar ends.
    """

    elements: IntArray
    notes: IntArray
    given: int
    context: ByteArray
    base: IntArray
    controls: IntArray
    times: ByteArray
    lengths: IntArray
    head: Head
    asked: IntArray
    answer: IntArray
    stroke: IntArray
    pitches: ByteArray
    figures: IntArray
    velocity: IntArray
    micro: IntArray
    limits: IntArray


def example_of(
    sheet: Sheet, plan: Plan, references: References, felt: bool = False, lane: Lane | None = None
) -> Example:
    """Read a window with its answers.  `felt` says that the micro-timing was really played; `lane` is the sheet's."""
    window = open_window(sheet, plan, lane)
    lane = window.lane
    given = len(window.elements)
    asked: list[int] = []
    answer: list[int] = []
    stroke_index: list[IntArray] = []
    pitch_rows, figure_rows, velocity, micro, limits = [], [], [], [], []
    lengths = [0]
    complete: dict[tuple[int, int], Cell] = {}
    for bar in range(plan.first, plan.last):
        step, length = int(sheet.bar_starts[bar]), sheet.bar_length(bar)
        for slot, index in enumerate(plan.order):
            part = sheet.parts[index]
            cell = complete[slot, bar] = cell_of(part, bar, lane)
            if not plan.written[index, bar - plan.first]:
                if len(cell):
                    window.latest[slot] = (cell.hot[-1], int(cell.duration[-1]), int(cell.loudness[-1]))
                continue
            before = complete.get((slot, bar - 1), EMPTY_CELL)
            if bar == plan.first and bar:
                before = cell_of(part, bar - 1, lane)
            reference = references(index, bar) or EMPTY_CELL
            at = len(window.elements)
            row = window.open_cell(slot, bar - plan.first, step, length, before, reference,
                                   plan.controls[index, bar - plan.first])  # fmt: skip
            lengths.append(length)
            window.read(STROKE, slot, row, bar - plan.first, cell)
            count = len(cell)
            asked.extend(range(at, at + count + 1))
            answer.extend([*cell.position.tolist(), grid.END])
            if count:
                stroke_index.append(np.arange(at + 1, at + 1 + count))
                pitch_rows.append(_pitch_rows(window, slot, cell, before, reference))
                figure_rows.append(stroke_figures(window.latest.get(slot, NOTHING_BEFORE), cell, before, reference))
                velocity.append(_ragged(cell.velocity, cell.first))
                micro.append(_ragged(cell.micro, cell.first) if felt else np.full((count, grid.CHORD_NOTES), -1))
                limits.append(np.stack([lane.until_change[cell.start], length - cell.position], axis=1))
            window.finish(slot, cell)
    elements = np.array(window.elements, dtype=np.int64)
    steps = np.minimum(elements[:, 5] + window.start, len(lane.base) - 1)
    return Example(
        elements, padded_notes(window.notes), given, lane.context[steps], lane.base[steps],
        np.stack(window.controls), np.stack(window.times), np.array(lengths), window.head,
        np.array(asked), np.array(answer),
        _joined(stroke_index, (0,)), _joined(pitch_rows, (0, grid.PITCHES, PITCH_FEATURES)).astype(np.uint8),
        _joined(figure_rows, (0, STROKE_FIGURES)), _joined(velocity, (0, grid.CHORD_NOTES)),
        _joined(micro, (0, grid.CHORD_NOTES)), _joined(limits, (0, 2)),
    )  # fmt: skip


def _joined(arrays: Sequence[IntArray] | Sequence[ByteArray], empty: tuple[int, ...]) -> IntArray:
    return np.concatenate(arrays) if arrays else np.zeros(empty, np.int64)


def padded_notes(notes: Sequence[IntArray]) -> IntArray:
    """Pitches of strokes as a table (strokes, CHORD_NOTES), -1 where a stroke has no more."""
    table = np.full((len(notes), grid.CHORD_NOTES), -1, np.int64)
    for row, pitches in enumerate(notes):
        table[row, : len(pitches)] = pitches
    return table


def _ragged(values: IntArray, first: IntArray) -> IntArray:
    """Values of notes as a table of strokes, -1 where a stroke has no more notes."""
    table = np.full((len(first) - 1, grid.CHORD_NOTES), -1, np.int64)
    counts = np.diff(first)
    rows = np.repeat(np.arange(len(counts)), counts)
    table[rows, np.arange(len(values)) - first[rows]] = values
    return table


def _pitch_rows(window: Window, slot: int, cell: Cell, before: Cell, reference: Cell) -> ByteArray:
    """`pitch_features` of all strokes of a cell at once."""
    count = len(cell)
    previous = np.zeros((count, grid.PITCHES), np.uint8)
    previous[0] = window.latest.get(slot, NOTHING_BEFORE)[0]
    previous[1:] = cell.hot[:-1]
    used = np.zeros((count, grid.PITCHES), np.uint8)
    np.maximum.accumulate(cell.hot[:-1], axis=0, out=used[1:])
    old, old_base = at_position(before, cell.position)
    other, other_base = at_position(reference, cell.position)
    lane = window.lane
    base = lane.base[cell.start]
    drums = np.full(count, window.head.program[slot] == grid.DRUMS)
    return pitch_features(
        lane, cell.start, previous, old, np.where(old_base < 0, base, old_base),
        other, np.where(other_base < 0, base, other_base),
        window.known.sounding[cell.start - window.known.first], used, drums,
    )  # fmt: skip


def at_position(cell: Cell, positions: IntArray) -> tuple[ByteArray, IntArray]:
    """What a cell strikes at positions (all its strokes there together), and the base there, -1 for nothing."""
    hot = np.zeros((grid.POSITIONS, grid.PITCHES), np.uint8)
    base = np.full(grid.POSITIONS, -1)
    np.maximum.at(hot, cell.position, cell.hot)
    base[cell.position] = cell.base
    return hot[positions], base[positions]


def stroke_figures(last: tuple[ByteArray, int, int], cell: Cell, before: Cell, reference: Cell) -> IntArray:
    """What precedes each stroke of a cell, before which the part played `last` (pitches, length, loudness), shape
    (strokes, STROKE_FIGURES).

    Notes struck at its position in the bar before and in the reference (0..10); the lengths of the last stroke, of that
    in the bar before and of that in the reference (len(DURATIONS) none); their loudness (VELOCITIES none).
    """
    return np.stack(
        [
            *(_count_at(other, cell.position) for other in (before, reference)),
            np.r_[last[1], cell.duration[:-1]],
            *(_value_at(other, other.duration, len(grid.DURATIONS), cell.position) for other in (before, reference)),
            np.r_[last[2], cell.loudness[:-1]],
            *(_value_at(other, other.loudness, grid.VELOCITIES, cell.position) for other in (before, reference)),
        ],
        axis=1,
    )


def _count_at(cell: Cell, positions: IntArray) -> IntArray:
    table = np.zeros(grid.POSITIONS, np.int64)
    np.add.at(table, cell.position, np.diff(cell.first))
    return np.minimum(table, grid.CHORD_NOTES)[positions]


def _value_at(cell: Cell, values: IntArray, nothing: int, positions: IntArray) -> IntArray:
    table = np.full(grid.POSITIONS, nothing)
    table[cell.position[::-1]] = values[::-1]
    return table[positions]
