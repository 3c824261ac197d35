"""Ticks to seconds and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocomposer.music import TempoChange, TempoMap


@given(
    st.lists(st.tuples(st.integers(1, 4000), st.floats(20, 300)), max_size=6),
    st.floats(20, 300),
    st.floats(-2000, 20_000),
)
def test_a_tick_is_found_again_by_its_time(gaps: list[tuple[int, float]], first: float, tick: float) -> None:
    changes, at = [TempoChange.at_bpm(0, first)], 0
    for gap, bpm in gaps:
        at += gap
        changes.append(TempoChange.at_bpm(at, bpm))
    tempos = TempoMap(tuple(changes))
    assert tempos.tick_at(tempos.seconds_at(tick)) == pytest.approx(tick, abs=1e-6)
