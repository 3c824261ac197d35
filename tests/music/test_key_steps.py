"""Moving along the scale of a key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocomposer.music import Key, Mode

KEYS = st.builds(Key, st.integers(0, 11), st.sampled_from(list(Mode)))


@given(key=KEYS, pitch=st.integers(0, 127))
def test_the_nearest_pitch_is_in_the_key_and_near(key: Key, pitch: int) -> None:
    nearest = key.nearest(pitch)
    assert nearest % 12 in key.scale
    assert 0 <= nearest <= 127
    assert abs(nearest - pitch) <= 1 or pitch in (0, 127)
    assert key.nearest(nearest) == nearest


@given(key=KEYS, pitch=st.integers(24, 100))
def test_seven_steps_are_an_octave_and_come_back(key: Key, pitch: int) -> None:
    start = key.nearest(pitch)
    assert key.step(start, 7) == start + 12
    assert key.step(key.step(start, 3), -3) == start


@pytest.mark.parametrize(
    ("pitch", "steps", "expected"), [(60, 1, 62), (60, -1, 59), (61, 1, 62), (61, -1, 60), (127, 1, 127)]
)
def test_steps_in_c_major(pitch: int, steps: int, expected: int) -> None:
    assert Key().step(pitch, steps) == expected
