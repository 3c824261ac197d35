"""Which bar of a lead sheet another one returns to: the memory that an arrangement's repeats are made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cocomposer.model.grid import IntArray
from cocomposer.model.sheet import Sheet

FloatArray = NDArray[np.float64]
_SLOT = 3
"""Bars are compared by sixteenths."""
_ALIKE = 0.6
"""How alike, 0..1, two bars must be for one to be the other's return."""


def returning_bars(sheet: Sheet, alike: FloatArray) -> IntArray:
    """For each bar the earlier one it returns to, -1 where it is new; `alike` is the sheet's `likeness`.

    Two bars are alike by their chords and by the tune over them; of equally good ones the same place in the phrase
    wins, then the nearer one.
    """
    bars = sheet.bars
    distance = np.arange(bars)[:, None] - np.arange(bars)[None, :]
    bonus = 0.03 * (distance % 4 == 0) + 0.02 * (distance % 8 == 0)
    bonus = bonus + 0.02 * (sheet.place[:, None] == sheet.place[None, :]) - 0.0001 * distance
    score = np.where((distance > 0) & (alike >= _ALIKE), alike + bonus, -1.0)
    if not bars:
        return np.zeros(0, np.int64)
    best = score.argmax(axis=1)
    return np.where(score[np.arange(bars), best] > 0, best, -1)


def likeness(sheet: Sheet) -> FloatArray:
    """How alike any two bars are in their chords and in the tune over them, 0..1, shape (bars, bars)."""
    bars = sheet.bars
    slots = max((sheet.bar_length(bar) for bar in range(bars)), default=0) // _SLOT + 1
    chord, tune = np.full((bars, slots), -2), np.full((bars, slots), -2)
    weights = 1 << np.arange(12)
    harmony = sheet.tones @ weights + 4096 * (sheet.bass + 1)
    for bar in range(bars):
        here = slice(int(sheet.bar_starts[bar]), int(sheet.bar_starts[bar + 1]), _SLOT)
        values = harmony[here]
        chord[bar, : len(values)] = values
        tune[bar, : len(values)] = sheet.melody[here] + 128 * sheet.melody_onset[here]
    return 0.5 * _agreement(chord) + 0.5 * _agreement(tune) if (sheet.melody >= 0).any() else _agreement(chord)


def _agreement(table: IntArray) -> FloatArray:
    """Share of slots in which two bars have the same value, of those that either has, shape (bars, bars)."""
    bars, slots = table.shape
    same, there = np.zeros((bars, bars)), np.zeros((bars, bars))
    for slot in range(slots):
        column = table[:, slot]
        either = (column[:, None] != -2) | (column[None, :] != -2)
        same += (column[:, None] == column[None, :]) & either
        there += either
    return same / np.maximum(there, 1)
