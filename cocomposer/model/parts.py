"""From cells back to parts: strokes for the sheet, and notes for the song."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from cocomposer.model import grid
from cocomposer.model.features import Cell
from cocomposer.model.grid import IntArray
from cocomposer.model.sheet import Sheet, Strokes
from cocomposer.music import Note

_DRUM_TICKS = 60
"""How long a drum note is written; nothing hears it."""


def part_of_cells(part: Strokes, cells: Mapping[int, Cell], sheet: Sheet) -> Strokes:
    """The part with the strokes of `cells` (by bar) and no others."""
    bars = sorted(bar for bar, cell in cells.items() if len(cell))

    def joined(columns: Iterable[IntArray]) -> IntArray:
        return np.concatenate([np.zeros(0, np.int64), *columns]).astype(np.int64)

    sizes = joined(np.diff(cells[bar].first) for bar in bars)
    return replace(
        part,
        start=joined(cells[bar].start for bar in bars),
        bar=joined(np.full(len(cells[bar]), bar) for bar in bars),
        position=joined(cells[bar].position for bar in bars),
        duration=joined(cells[bar].duration for bar in bars),
        first=np.r_[0, np.cumsum(sizes)].astype(np.int64),
        pitch=joined(cells[bar].pitch for bar in bars),
        velocity=joined(cells[bar].velocity for bar in bars),
        micro=joined(cells[bar].micro for bar in bars),
    )


def notes_of(cell: Cell, bar: int, sheet: Sheet, drums: bool, length: int) -> list[Note]:
    """The notes of a cell, none sounding beyond tick `length`; velocities lie in the middle of their buckets."""
    notes = []
    tick = int(sheet.bar_ticks[bar])
    for index in range(len(cell)):
        for at in range(int(cell.first[index]), int(cell.first[index + 1])):
            late = grid.micro_ticks(int(cell.micro[at]))
            start = max(0, tick + int(cell.position[index]) * grid.TICKS_PER_STEP + late)
            ticks = _DRUM_TICKS if drums else int(grid.DURATIONS[cell.duration[index]]) * grid.TICKS_PER_STEP
            end = min(length, start + ticks)
            if start < end:
                velocity = min(127, max(1, int(cell.velocity[at]) * 8 + 4))
                notes.append(Note(start, int(cell.pitch[at]), end - start, velocity))
    return notes
