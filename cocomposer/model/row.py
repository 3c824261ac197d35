"""A proposal under way: what is asked for, what is written so far, where the pen is, and what may be written there."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.random import Generator

from cocomposer.model import grid
from cocomposer.model.features import EMPTY_CELL, Cell, Lane, cell_of, lane_of
from cocomposer.model.grammar import (
    BoolArray,
    FloatArray,
    Player,
    draw,
    durations_open,
    harmony_cost,
    leading_cost,
    pitches_open,
    positions_open,
    surprise,
)
from cocomposer.model.grid import ByteArray, IntArray
from cocomposer.model.sheet import Sheet
from cocomposer.model.window import NOTHING_BEFORE, Plan, Window, at_position, open_window, stroke_figures
from cocomposer.music import Role

BEHIND, AHEAD = 8, 4
"""Bars read before and after a stretch."""
_FAR = 1 << 30
_AGAIN = 4.0
"""What a note that is not to stay costs where it stood, in nats."""
_MORE_THAN_WENT = 1.5
"""How many strokes may come for each that goes from a bar of which others stay."""


@dataclass(frozen=True)
class Draw:
    """How freely a choice is drawn: at which `temperature` (1 as learned), and from which `nucleus`, the share of the
    probability that is kept."""

    temperature: float = 1.0
    nucleus: float = 0.98


@dataclass(frozen=True)
class Chance:
    """How freely is drawn where strokes fall (`rhythm`), and what they strike and for how long (`notes`).

    A player who hears his own last bar repeats it more than people do, hence the warmer rhythm; pitches drawn as warmly
    would wander off.
    """

    rhythm: Draw = Draw(1.15)
    notes: Draw = Draw()


@dataclass(frozen=True)
class Assignment:
    """One proposal to write.

    `sheet` holds the parts that are there and those to be written (empty, or with what stays); `order` those that take
    part, in writing order; `written` (parts, bars) the cells asked for; `controls` (parts, bars, len(CONTROLS)) their
    buckets; `players` by part.  `reference` answers the reference of a part in a bar, given the cells written so far
    (by part and bar); `locked` keeps the "rhythm" or the "pitch" of it, "" neither.  `staying` are strokes of the
    reference that stay as they are, by part and bar; where it has no entry nothing is said about it.  `recalled`
    answers which strokes of its reference a part plays again in a bar, as they were if nothing is in their way.
    """

    sheet: Sheet
    order: tuple[int, ...]
    written: BoolArray
    controls: IntArray
    players: Mapping[int, Player]
    reference: Callable[[int, int, Mapping[tuple[int, int], Cell]], Cell | None]
    seed: int
    chance: Chance = field(default_factory=Chance)
    source: int = 0
    genre: int = 0
    locked: str = ""
    staying: Mapping[tuple[int, int], Cell] = field(default_factory=dict)
    recalled: Callable[[int, int, Cell], Cell | None] | None = None
    lane: Lane | None = None


@dataclass(frozen=True)
class Written:
    """What is written of a proposal so far: `cells` by part and bar, and how surprising the network finds its own
    choices in the mean, in nats."""

    cells: Mapping[tuple[int, int], Cell]
    surprise: float


class Row:
    """An assignment under way: what is written, and where the pen is."""

    def __init__(self, task: Assignment) -> None:
        self.task = task
        self.sheet = task.sheet
        self.lane = task.lane or lane_of(task.sheet)
        self.random: Generator = np.random.default_rng(task.seed)
        self.done: dict[tuple[int, int], Cell] = {}
        parts = len(self.sheet.parts)
        self.until = np.zeros((parts, grid.PITCHES), np.int64)
        self._surprise, self._choices = 0.0, 0
        self._fixed = {index: _fixed(task, index) for index in task.order}
        self.window: Window = None  # type: ignore[assignment]  # opened by `begin`
        self.pending: list[tuple[int, int]] = []
        self.struck: list[int] = []

    @property
    def written(self) -> Written:
        return Written(self.done, self._surprise / max(1, self._choices))

    def draw(self, scores: FloatArray, allowed: BoolArray, how: Draw, wishes: FloatArray | None = None) -> int:
        """One of the allowed choices, by `wishes` where these differ from the network's own scores."""
        wished = scores if wishes is None else wishes
        choice = draw(wished, allowed, how.temperature, how.nucleus, self.random.random())
        self._surprise += surprise(scores, allowed, choice)
        self._choices += 1
        return choice

    # ------------------------------------------------------------- cells

    def cell(self, part: int, bar: int) -> Cell:
        """What a part plays in a bar: written, or given."""
        if bar < 0:
            return EMPTY_CELL
        if self.task.written[part, bar]:
            return self.done.get((part, bar), EMPTY_CELL)
        return cell_of(self.sheet.parts[part], bar, self.lane)

    def reference(self, part: int, bar: int) -> Cell:
        return self.task.reference(part, bar, self.done) or EMPTY_CELL

    # ------------------------------------------------------------- windows

    def begin(self, first: int, last: int) -> None:
        """Open the window for writing bars [first, last): all that is given, then what was written before."""
        begin, end = max(0, first - BEHIND), min(self.sheet.bars, last + AHEAD)
        here = slice(begin, end)
        task = self.task
        plan = Plan(begin, end, task.order, task.written[:, here], task.controls[:, here], task.source, task.genre)
        self.window = open_window(self.sheet, plan, self.lane)
        self.given = len(self.window.elements)
        self.slot_of = {part: slot for slot, part in enumerate(task.order)}
        for bar in range(begin, first):
            for part in task.order:
                if task.written[part, bar]:
                    self._open(part, bar)
                    self.window.read(2, self.slot_of[part], self.row, bar - begin, self.done[part, bar])
                    self.window.finish(self.slot_of[part], self.done[part, bar])
                else:
                    self._pass(part, bar)
        self.pending = [(part, bar) for bar in range(first, last) for part in task.order]
        self.first = begin
        self.current: tuple[int, int] | None = None
        self.advance()

    def _pass(self, part: int, bar: int) -> None:
        cell = cell_of(self.sheet.parts[part], bar, self.lane)
        if len(cell):
            self.window.latest[self.slot_of[part]] = (cell.hot[-1], int(cell.duration[-1]), int(cell.loudness[-1]))
            ends = np.repeat(cell.ends, np.diff(cell.first))
            np.maximum.at(self.until[part], cell.pitch, ends)

    def _open(self, part: int, bar: int) -> None:
        start, length = int(self.sheet.bar_starts[bar]), self.sheet.bar_length(bar)
        self.before, self.ref = self.cell(part, bar - 1), self.reference(part, bar)
        self.row = self.window.open_cell(
            self.slot_of[part], bar - self.window.plan.first, start, length, self.before, self.ref,
            self.task.controls[part, bar],
        )  # fmt: skip

    def advance(self) -> None:
        """Open the next cell that is to be written; `current` is None when the stretch is complete."""
        while self.pending:
            part, bar = self.pending.pop(0)
            if not self.task.written[part, bar]:
                self._pass(part, bar)
                continue
            self.current = (part, bar)
            self._open(part, bar)
            self.player = self.task.players[part]
            self.start, self.length = int(self.sheet.bar_starts[bar]), self.sheet.bar_length(bar)
            self.drafts: list[_Draft] = []
            self.last, self.there, self.floor = -1, 0, -1
            self.old_hot, self.old_base = at_position(self.before, np.arange(grid.POSITIONS))
            self.ref_hot, self.ref_base = at_position(self.ref, np.arange(grid.POSITIONS))
            self.hints = _hints(self.before, self.ref)
            self.used = np.zeros(grid.PITCHES, np.uint8)
            self.locked = np.isin(np.arange(grid.POSITIONS), self.ref.position)
            self.ref_pitches = self.ref.hot.any(axis=0)
            self.stays, self.stayed = self.task.staying.get(self.current), 0
            self.recalls = self.stays is None and self.task.recalled is not None
            if self.recalls and self.task.recalled is not None:
                self.stays = self._free(part, self.task.recalled(part, bar, self.ref))
            self.fresh = self.player.strokes
            if self.stays is not None and self.task.locked != "rhythm":
                self.fresh = min(self.fresh, math.ceil(_MORE_THAN_WENT * (len(self.ref) - len(self.stays))))
            return
        self.current = None

    def _free(self, part: int, recalled: Cell | None) -> Cell | None:
        """The strokes recalled that nothing still sounding is in the way of."""
        if recalled is None or self.player.drums:
            return recalled
        until = np.where(self.player.is_single | (recalled.hot > 0), self.until[part], 0)
        return recalled.only(np.flatnonzero(until.max(axis=1, initial=0) <= recalled.start))

    # ------------------------------------------------------------- the grammar's questions

    def positions(self) -> BoolArray:
        """Which of POSITIONS + END are open."""
        return self._around_what_stays(self._positions())

    def _positions(self) -> BoolArray:
        assert self.current is not None
        part, _ = self.current
        free = int(self.until[part].max()) - self.start if self.player.is_single else 0
        locked = self.task.locked == "rhythm" and len(self.ref) > 0
        beat = self.last // grid.STEPS_PER_QUARTER
        within = [draft.position for draft in self.drafts if draft.position // grid.STEPS_PER_QUARTER == beat]
        allowed = positions_open(self.player, self.length, self.last, self.there, free, None if locked else within)
        if len(self.drafts) >= self.player.strokes:
            allowed[:] = False
        if locked:
            allowed &= self.locked
            to_come = np.flatnonzero(allowed & (np.arange(grid.POSITIONS) > self.last))
            # The next onset of the reference or, at once, another stroke where the last one was.
            allowed[to_come[1:]] = False
            return _or_else(allowed, not len(to_come))
        rests = bool(self.drafts) or not allowed.any() or not self._must_play()
        return _or_else(allowed, rests)

    def _around_what_stays(self, allowed: BoolArray) -> BoolArray:
        """The choices without those past the next stroke that stays, which is one of them."""
        if self.stays is None:
            return allowed
        if len(self.drafts) - self.stayed >= self.fresh:
            allowed[: grid.END] = False
        allowed[self.stays.position] = False
        if self.stayed == len(self.stays):
            allowed[grid.END] |= not allowed.any()
            return allowed
        due = int(self.stays.position[self.stayed])
        allowed[due:] = False
        # Where the rhythm stays every onset of it comes in its turn.
        allowed[due] = not (self.task.locked == "rhythm" and allowed[self.last + 1 : due].any())
        return allowed

    def stays_at(self, position: int) -> bool:
        """Is the next stroke at a position one that stays?"""
        return self.stays is not None and self.stayed < len(self.stays) and position == self.stays.position[self.stayed]

    def keep(self) -> None:
        """Put the next stroke that stays on paper."""
        assert self.stays is not None
        assert self.current is not None
        stroke = self.stays.only(np.array([self.stayed]))
        self.stayed += 1
        self.place(int(stroke.position[0]))
        self.struck += stroke.pitch.tolist()
        duration = int(stroke.duration[0])
        if self.recalls:  # what is remembered fits itself in
            duration = int(np.flatnonzero(self.lengths()[: duration + 1])[-1])
        self.strike(duration, stroke.velocity.tolist(), stroke.micro.tolist())
        following = self.ref.start[self.ref.start > self.step]
        if self.player.is_single and len(following):  # held a little into the next, it gives way to it
            until = self.until[self.current[0]]
            until[self.struck] = np.minimum(until[self.struck], following[0])

    def costs(self) -> FloatArray:
        """What the pitches of the stroke are charged for, shape (128,), in nats."""
        cost = harmony_cost(self.player, self.lane, self.step, self.last) + leading_cost(self.player, self.previous_hot)
        if self.stays is not None and not self.recalls and self.task.locked != "pitch":
            cost = cost + _AGAIN * self.ref_hot[self.last]
        return cost.astype(np.float32)

    def _must_play(self) -> bool:
        """Would the band be silent for a whole bar, or one player alone for two?"""
        assert self.current is not None
        _, bar = self.current
        if any(other == bar and self.task.written[part, other] for part, other in self.pending):
            return False
        alone = int(self.task.written[:, bar].sum()) == 1
        for index in self.task.order:
            if (index, bar) != self.current and self._is_heard(index) and len(self.cell(index, bar)):
                return False
        return not alone or bar == 0 or not len(self.cell(self.current[0], bar - 1))

    def _is_heard(self, part: int) -> bool:
        """Does the part belong to the band rather than being the tune that it accompanies?"""
        return self.sheet.parts[part].role is not Role.MELODY or bool(self.task.written[part].any())

    def place(self, position: int) -> None:
        """Set the pen on a position of the bar."""
        assert self.current is not None
        part, _ = self.current
        self.there = self.there + 1 if position == self.last else 1
        if position != self.last:
            self.floor = -1
            self.bottom = -1
        self.last, self.step = position, self.start + position
        self.busy = self.until[part] > self.step
        slot = self.slot_of[part]
        latest = self.window.latest.get(slot, NOTHING_BEFORE)
        hot, duration, loudness = self.drafts[-1].summary() if self.drafts else latest
        self.previous_hot = hot
        self.figures = np.array(
            [self.hints[0][position], self.hints[1][position], duration, self.hints[2][position],
             self.hints[3][position], loudness, self.hints[4][position], self.hints[5][position]]
        )  # fmt: skip
        self.struck = []

    def pitches(self) -> BoolArray:
        """Which pitches, and "no more", are open for the next note of the stroke."""
        struck = self.struck
        above = struck[-1] if struck else self.floor
        allowed = pitches_open(self.player, self.busy, above, self.lane.tones[self.step])
        if self.task.locked == "pitch" and len(self.ref):
            allowed &= self.ref_pitches
        bottom = self.bottom if self.bottom >= 0 else (struck[0] if struck else -1)
        if bottom >= 0 and not self.player.drums:
            allowed[min(grid.PITCHES, bottom + self.player.span + 1) :] = False
        if len(struck) >= min(self.player.notes, grid.CHORD_NOTES):
            allowed[:] = False
        return _or_else(allowed, bool(struck))

    def lengths(self) -> BoolArray:
        """How long the stroke may last."""
        assert self.current is not None
        following = self._following(self.current[0])
        end = self.sheet.steps
        if self.task.locked == "rhythm" and len(self.ref) and self.player.is_single:
            # The next onset that has to come must find the voice free.
            to_come = np.flatnonzero(self.locked[self.last + 1 :])
            end = min(end, self.step + 1 + int(to_come[0]) if len(to_come) else self.start + self.length)
        return durations_open(self.player, self.lane, self.step, np.array(self.struck), following, end)

    def _following(self, part: int) -> IntArray:
        """For each pitch the next step at which what is fixed of the part strikes it (a single voice: anything)."""
        table = np.full(grid.PITCHES, _FAR)
        steps, pitches = self._fixed[part]
        later = steps > self.step
        if later.any():
            np.minimum.at(table, pitches[later], steps[later])
        if self.stays is not None:
            ahead = np.where(self.stays.start > self.step, self.stays.start, _FAR)
            table = np.minimum(table, np.where(self.stays.hot, ahead[:, None], _FAR).min(axis=0, initial=_FAR))
        if self.player.is_single:
            table[:] = table.min()
        return table

    def strike(self, duration: int, velocity: Sequence[int], micro: Sequence[int]) -> None:
        """Put the stroke on paper, as the next element to read."""
        assert self.current is not None
        part, bar = self.current
        draft = _Draft(self.last, duration, self.struck, list(velocity), list(micro))
        self.drafts.append(draft)
        if not self.player.drums:
            self.until[part, self.struck] = self.step + int(grid.DURATIONS[duration])
        self.floor = self.struck[0]
        if self.bottom < 0:
            self.bottom = self.struck[0]
        self.used[self.struck] = 1
        loudness = draft.summary()[2]
        self.window.elements.append(
            (2, self.slot_of[part], self.row, bar - self.window.plan.first, self.last,
             self.step - self.window.start, duration, loudness, round(sum(micro) / len(micro)))
        )  # fmt: skip
        self.window.notes.append(np.array(self.struck))

    def complete(self) -> None:
        """The bar is complete for this part: the others hear it."""
        assert self.current is not None
        cell = _cell(self.drafts, self.start, self.lane)
        self.done[self.current] = cell
        self.window.finish(self.slot_of[self.current[0]], cell)
        self.advance()


def _or_else(allowed: BoolArray, last: bool) -> BoolArray:
    """The choices with one more at the end: to stop."""
    return np.concatenate([allowed, np.array([last])])


@dataclass
class _Draft:
    position: int
    duration: int
    pitch: list[int]
    velocity: list[int]
    micro: list[int]

    def summary(self) -> tuple[ByteArray, int, int]:
        hot = np.zeros(grid.PITCHES, np.uint8)
        hot[self.pitch] = 1
        return hot, self.duration, round(sum(self.velocity) / len(self.velocity))


def _cell(drafts: Sequence[_Draft], start: int, lane: Lane) -> Cell:
    if not drafts:
        return EMPTY_CELL
    position = np.array([draft.position for draft in drafts])
    summaries = [draft.summary() for draft in drafts]
    return Cell(
        position, position + start, np.array([draft.duration for draft in drafts]),
        np.array([loudness for _, _, loudness in summaries]), np.stack([hot for hot, _, _ in summaries]),
        lane.base[position + start], np.cumsum([0, *(len(draft.pitch) for draft in drafts)]),
        np.concatenate([draft.pitch for draft in drafts]), np.concatenate([draft.velocity for draft in drafts]),
        np.concatenate([draft.micro for draft in drafts]),
    )  # fmt: skip


def _hints(before: Cell, reference: Cell) -> list[IntArray]:
    """The figures of `stroke_figures` that depend on the position alone, for every position."""
    places = np.arange(grid.POSITIONS)
    probe = replace(
        EMPTY_CELL, position=places, duration=np.zeros(grid.POSITIONS, np.int64),
        loudness=np.zeros(grid.POSITIONS, np.int64),
    )  # fmt: skip
    table = stroke_figures(NOTHING_BEFORE, probe, before, reference)
    return [table[:, column] for column in (0, 1, 3, 4, 6, 7)]


def _fixed(task: Assignment, part: int) -> tuple[IntArray, IntArray]:
    """Steps and pitches of what is there already of a part that is written: the cells given, the strokes that stay."""
    strokes = task.sheet.parts[part]
    given = np.repeat(~task.written[part][strokes.bar], np.diff(strokes.first))
    staying = [cell for (owner, _), cell in task.staying.items() if owner == part]
    steps = [np.repeat(strokes.start, np.diff(strokes.first))[given]]
    steps += [np.repeat(cell.start, np.diff(cell.first)) for cell in staying]
    return np.concatenate(steps), np.concatenate([strokes.pitch[given], *(cell.pitch for cell in staying)])
