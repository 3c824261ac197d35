"""What stays in a variation: as much as was asked for, bones before ornaments, the same where a bar comes again."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocomposer.composer.staying import staying_strokes
from cocomposer.model import grid
from cocomposer.model.features import Cell

EIGHTHS = tuple(range(0, 48, 6))


def cell(positions: tuple[int, ...], pitch: int = 60) -> Cell:
    count = len(positions)
    place, one = np.array(positions, np.int64), np.ones(count, np.int64)
    hot = np.zeros((count, grid.PITCHES), np.uint8)
    hot[:, pitch] = 1
    return Cell(place, place, one, one, hot, 0 * one, np.arange(count + 1), pitch * one, one, one)


@given(st.lists(st.integers(0, 8), min_size=1, max_size=20), st.floats(0, 1), st.integers(0, 99), st.integers(1, 20))
def test_the_share_holds_over_the_song(sizes: list[int], share: float, seed: int, different: int) -> None:
    """Up to half a stroke for each time that a bar comes: it has whole strokes, the same every time."""
    cells = {(0, bar): cell(EIGHTHS[:size], 40 + bar % different) for bar, size in enumerate(sizes)}
    most = max(Counter((size, bar % different) for bar, size in enumerate(sizes)).values())
    found = staying_strokes(cells.items(), share, seed)
    assert found.keys() == cells.keys()
    assert sum(map(len, found.values())) == pytest.approx(share * sum(sizes), abs=0.5 * most + 0.001)
    for place, stays in found.items():
        assert set(stays.position.tolist()) <= set(cells[place].position.tolist())
        assert (np.diff(stays.position) > 0).all()


def test_bones_stay_before_ornaments() -> None:
    found = [staying_strokes([((0, 0), cell(EIGHTHS))], 0.25, seed)[0, 0].position.tolist() for seed in range(40)]
    assert sum(0 in places for places in found) > 25
    assert sum(42 in places for places in found) < 10


def test_a_bar_that_comes_again_keeps_the_same() -> None:
    cells = [((0, bar), cell(EIGHTHS, 60 + bar % 2)) for bar in range(8)]
    found = staying_strokes(cells, 0.4, 3)
    for bar in range(2, 8):
        assert found[0, bar].position.tolist() == found[0, bar % 2].position.tolist()
    other = staying_strokes(cells, 0.4, 4)
    assert any(found[place].position.tolist() != other[place].position.tolist() for place in found)
