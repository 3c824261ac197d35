"""Notes that share a pitch."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cocomposer.music import Note, without_overlaps


@given(
    st.lists(
        st.builds(Note, st.integers(0, 2_000), st.integers(58, 61), st.integers(1, 900), st.integers(1, 127)),
        max_size=40,
    )
)
def test_no_pitch_sounds_twice_at_once(notes) -> None:
    kept = without_overlaps(notes)
    for pitch in {note.pitch for note in kept}:
        line = [note for note in kept if note.pitch == pitch]
        assert all(before.end <= after.start for before, after in pairwise(line))
    assert {(note.start, note.pitch) for note in kept} == {(note.start, note.pitch) for note in notes}


def test_of_two_notes_that_begin_together_the_longer_stays() -> None:
    notes = (Note(0, 60, 480, 90), Note(0, 60, 960, 50), Note(480, 60, 480, 70))
    assert without_overlaps(notes) == (Note(0, 60, 480, 50), Note(480, 60, 480, 70))
