"""Which notes of what stood there stay in a variation: the bones of a bar first, its ornaments last."""

from __future__ import annotations

import math
from collections.abc import Iterable
from random import Random

import numpy as np

from cocomposer.model.features import Cell
from cocomposer.model.grid import STEPS_PER_QUARTER, IntArray

_BY_CHANCE = 0.7
"""How much chance there is in what counts as bones, beside the places in the bar (0..1)."""


def staying_strokes(
    cells: Iterable[tuple[tuple[int, int], Cell]], share: float, seed: int
) -> dict[tuple[int, int], Cell]:
    """The strokes that stay of cells (by part and bar), about `share` (0..1) of them.

    Those on strong places are likelier to.  Bars that are alike keep the same strokes.
    """
    alike: dict[tuple[int, bytes], list[tuple[tuple[int, int], Cell]]] = {}
    for (part, bar), cell in cells:
        content = cell.position.tobytes() + cell.pitch.tobytes() + cell.duration.tobytes()
        alike.setdefault((part, content), []).append(((part, bar), cell))
    found: dict[tuple[int, int], Cell] = {}
    owed: dict[int, float] = {}
    for number, ((part, _), group) in enumerate(alike.items()):
        cell, times = group[0][1], len(group)
        owed[part] = owed.get(part, 0.0) + share * len(cell) * times
        count = max(0, min(len(cell), math.floor(owed[part] / times + 0.5)))
        owed[part] -= count * times
        random = Random(f"{seed}/{number}")
        chosen = bones(cell, count, random)
        found |= {place: each.only(chosen) for place, each in group}
    return found


def bones(cell: Cell, count: int, random: Random) -> IntArray:
    """So many strokes of a cell, by index, ascending: those that carry it first."""
    weight = [_strength(int(place)) + _BY_CHANCE * random.random() for place in cell.position]
    return np.sort(np.argsort(-np.array(weight), kind="stable")[:count])


def _strength(position: int) -> float:
    """How strong a place in a bar is, 0..1."""
    if position == 0:
        return 1.0
    if position % (2 * STEPS_PER_QUARTER) == 0:
        return 0.8
    if position % STEPS_PER_QUARTER == 0:
        return 0.6
    return 0.3 if position % (STEPS_PER_QUARTER // 2) == 0 else 0.0
