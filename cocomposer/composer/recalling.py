"""What a band plays again as it was where the song returns to an earlier bar: it remembers its own chorus."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from random import Random

import numpy as np

from cocomposer.composer.staying import bones
from cocomposer.model import grid
from cocomposer.model.features import Cell, Lane
from cocomposer.model.form import FloatArray
from cocomposer.model.grid import IntArray
from cocomposer.model.sheet import Sheet

_SAME = 0.9
"""How alike, 0..1, two bars must be for the band to remember what it played."""
_REMEMBERED = 0.75
"""Share of the strokes that are played again; the others are found anew, so that a return is not a copy."""


def recalled(
    sheet: Sheet, lane: Lane, returns: IntArray, alike: FloatArray, seed: int
) -> Callable[[int, int, Cell], Cell | None]:
    """Answers, for a part in a bar and what it played in the bar returned to, which strokes of that it plays again.

    `returns` is the earlier bar of each, -1 where it is new, `alike` (bars, bars) how alike they are.  The answer is
    None where the bar is to be played anew.  A stroke is played again only over the chords it was played over.
    """

    def answer(part: int, bar: int, before: Cell) -> Cell | None:
        earlier = int(returns[bar])
        if earlier < 0 or not len(before) or alike[bar, earlier] < _SAME:
            return None
        start, then = int(sheet.bar_starts[bar]), int(sheet.bar_starts[earlier])
        length = min(sheet.bar_length(bar), sheet.bar_length(earlier))
        same = (lane.tones[start : start + length] == lane.tones[then : then + length]).all(axis=1)
        ends = np.minimum(before.position + grid.DURATIONS[before.duration], length)
        fits = [
            low < length and same[low:high].all()
            for low, high in zip(before.position.tolist(), ends.tolist(), strict=True)
        ]
        random = Random(f"{seed}/{part}/{bar}")
        chosen = bones(before, math.floor(_REMEMBERED * len(before) + random.random()), random)
        again = before.only(chosen[np.array(fits)[chosen]])
        return replace(again, start=again.position + start)

    return answer
