"""Writing: the network composes the cells that are asked for, several proposals at once, bar by bar.

A song is written in stretches of a few bars.  For each the network reads afresh what is given around it and what was
written before it, so that a bar costs the same in a long song as in a short one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from cocomposer.errors import Cancelled
from cocomposer.model import grid
from cocomposer.model.grammar import FloatArray, charged, fuller, held, moved_to_changes
from cocomposer.model.heads import Heads
from cocomposer.model.network import Network
from cocomposer.model.row import Assignment, Draw, Row, Written
from cocomposer.model.stepping import Memory

STRETCH = 4
"""Bars written between two readings."""
_FEEL = Draw(1.0, 0.95)
"""How loudness and timing are drawn."""


class Writer:
    """Writes assignments with a network."""

    def __init__(self, network: Network) -> None:
        self.network = network.eval()

    def write(
        self, tasks: Sequence[Assignment], cancelled: Callable[[], bool] | None = None
    ) -> Iterator[list[Written]]:
        """Write all assignments side by side; after every stretch of bars, what is written of each so far.

        The assignments have equally many bars.  Raises Cancelled soon after `cancelled()` turns true.
        """
        rows = [Row(task) for task in tasks]
        asked = np.any([task.written.any(axis=0) for task in tasks], axis=0)
        bars = np.flatnonzero(asked)
        at = 0
        while at < len(bars):
            first = int(bars[at])
            stretch = [int(bar) for bar in bars[at:] if bar < first + (STRETCH if at else 1)]
            for row in rows:
                row.begin(first, stretch[-1] + 1)
            self._stretch(rows, cancelled)
            at += len(stretch)
            yield [row.written for row in rows]

    @torch.inference_mode()
    def _stretch(self, rows: Sequence[Row], cancelled: Callable[[], bool] | None) -> None:
        memory = Memory(self.network)
        head = Heads(self.network, rows)
        state = head.read(memory)
        while any(row.current is not None for row in rows):
            if cancelled is not None and cancelled():
                raise Cancelled("Stopped before all proposals were written.")
            before = [len(row.window.elements) for row in rows]
            self._choose(rows, head, state)
            active = [len(row.window.elements) > count for row, count in zip(rows, before, strict=True)]
            if any(row.current is not None for row in rows):
                state = head.step(memory, active)

    def _choose(self, rows: Sequence[Row], head: Heads, state: Tensor) -> None:
        """One choice for every row: another stroke, or the end of the cell."""
        busy = [index for index, row in enumerate(rows) if row.current is not None]
        scores = head.times(busy, state)
        striking = []
        for place, index in enumerate(busy):
            row = rows[index]
            allowed = row.positions()
            while True:
                if not allowed.any():
                    row.complete()
                    break
                choice = row.draw(scores[place], allowed, row.task.chance.rhythm, _eager(scores[place], row))
                if choice == grid.END:
                    row.complete()
                    break
                if row.stays_at(choice):
                    row.keep()
                    break
                row.place(choice)
                if row.pitches()[: grid.PITCHES].any():
                    striking.append(index)
                    break
                allowed[choice] = False
        if striking:
            self._strike(rows, head, state, striking)

    def _strike(self, rows: Sequence[Row], head: Heads, state: Tensor, striking: Sequence[int]) -> None:
        stroke, pointers = head.stroke(striking, state)
        stack = stroke
        going = list(range(len(striking)))
        costs = [rows[index].costs() for index in striking]
        loud: dict[int, list[int]] = {place: [] for place in going}
        late: dict[int, list[int]] = {place: [] for place in going}
        while going:
            chosen = [striking[place] for place in going]
            note_scores = head.notes(chosen, stack[going], pointers[going])
            still = []
            for line, place in enumerate(going):
                row = rows[striking[place]]
                allowed = row.pitches()
                if not allowed.any():
                    continue
                wishes = charged(fuller(note_scores[line], row.player, len(row.struck)), costs[place], allowed)
                choice = row.draw(note_scores[line], allowed, row.task.chance.notes, wishes)
                if choice < grid.PITCHES:
                    row.struck.append(choice)
                    still.append(place)
            going = still
            if going:
                chosen = [striking[place] for place in going]
                vectors = head.vectors(chosen)
                counted = stack[going] + self.network.struck_count.weight[[len(rows[i].struck) - 1 for i in chosen]]
                velocity, micro = head.feel(counted + vectors)
                for line, place in enumerate(going):
                    row = rows[striking[place]]
                    loud[place].append(_draw_velocity(velocity[line], row))
                    late[place].append(_draw_micro(micro[line], row))
                stack = stack.clone()
                stack[going] = stack[going] + vectors
        scores = head.durations(striking, stack)
        for place, index in enumerate(striking):
            row = rows[index]
            duration = 0
            if not row.player.drums:
                allowed = row.lengths()
                wishes = held(scores[place], row.player, row.lane, row.step, allowed)
                duration = row.draw(scores[place], allowed, row.task.chance.notes, wishes)
            row.strike(duration, loud[place], late[place])


def _eager(scores: FloatArray, row: Row) -> FloatArray:
    """The scores with ending the bar as unlikely as the player's drive, and resting through it as he is eager; who
    sustains chords strikes where they change."""
    scores = moved_to_changes(scores, row.player, row.lane, row.start, row.length, row.last)
    cost = row.player.drive + (0.0 if row.drafts else row.player.eager)
    if not cost:
        return scores
    scores = scores.copy()
    scores[grid.END] -= cost
    return scores


def _draw_velocity(scores: FloatArray, row: Row) -> int:
    buckets = np.arange(grid.VELOCITIES)
    allowed = (buckets >= row.player.softest // 8) & (buckets <= row.player.loudest // 8)
    return row.draw(scores, allowed, _FEEL)


def _draw_micro(scores: FloatArray, row: Row) -> int:
    """Only drummers were heard playing: everybody else stays on the grid here."""
    if not row.player.drums:
        return grid.MICRO_STEPS // 2
    return row.draw(scores, np.ones(grid.MICRO_STEPS, bool), _FEEL)
