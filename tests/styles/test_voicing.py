"""Two hands and six strings: every voicing could be played, says what the chord is, and moves little."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocomposer.music import NO_CHORD
from cocomposer.music.chord_symbols import parse_chord
from cocomposer.styles.fretboard import can_hold, lead_guitar, shapes
from cocomposer.styles.style import Voicing
from cocomposer.styles.voicing import lead

QUALITIES = [
    "",
    "m",
    "7",
    "maj7",
    "m7",
    "m7b5",
    "dim7",
    "sus4",
    "6",
    "m6",
    "9",
    "7b9",
    "13",
    "aug",
    "5",
    "mMaj7",
    "add9",
    "7#9",
]
chords = st.builds(
    lambda root, quality, bass: parse_chord(root + quality + bass),
    st.sampled_from(["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]),
    st.sampled_from(QUALITIES),
    st.sampled_from(["", "", "", "/E", "/G", "/Bb"]),
)


@given(
    chord=chords,
    kind=st.sampled_from([Voicing.CLOSE, Voicing.OPEN, Voicing.ROOTLESS, Voicing.SHELL, Voicing.SPREAD, Voicing.POWER]),
    low=st.integers(40, 56),
    size=st.integers(21, 36),
    voices=st.integers(2, 5),
    ceiling=st.none() | st.integers(60, 84),
)
def test_keyboard_voicings_stay_in_register_and_in_the_chord(chord, kind, low, size, voices, ceiling) -> None:
    voicing = lead(chord, (), (low, low + size), kind, voices, ceiling)
    assert voicing
    assert list(voicing) == sorted(set(voicing))
    assert all(low <= pitch <= low + size for pitch in voicing)
    assert {pitch % 12 for pitch in voicing} <= chord.pitch_classes
    assert voicing[-1] - voicing[0] <= 31
    if kind in (Voicing.CLOSE, Voicing.ROOTLESS) and voices >= 3 and chord.third is not None:
        assert (chord.root + chord.third) % 12 in {pitch % 12 for pitch in voicing}


@given(chord=chords, voices=st.integers(4, 6))
def test_guitar_shapes_can_be_held(chord, voices) -> None:
    for shape in shapes(chord, voices)[::7]:
        assert can_hold(shape)
        assert {pitch % 12 for pitch in shape} <= chord.pitch_classes
        assert len(shape) <= voices


def test_a_guitar_cannot_hold_a_cluster_in_the_bass() -> None:
    assert can_hold((40, 47, 52, 56, 59, 64))
    assert not can_hold((40, 41, 42))
    assert not can_hold((41, 60, 80))


def test_nothing_is_voiced_for_silence() -> None:
    assert lead(NO_CHORD, (60, 64, 67), (48, 72), Voicing.CLOSE, 4, None) == ()
    assert lead_guitar(NO_CHORD, (), (40, 72), 6, None) == ()


@pytest.mark.parametrize("changes", ["C Am F G C", "Dm7 G7 Cmaj7 Am7 Dm7", "Em B7 Em Am D7 G"])
def test_voices_move_by_small_steps(changes: str) -> None:
    previous: tuple[int, ...] = ()
    path = []
    for symbol in changes.split():
        previous = lead(parse_chord(symbol), previous, (50, 76), Voicing.CLOSE, 4, None)
        path.append(previous)
    tops = [voicing[-1] for voicing in path]
    assert max(abs(after - before) for before, after in pairwise(tops)) <= 4
    assert sum(abs(after - before) for before, after in pairwise(tops)) / (len(tops) - 1) <= 2.5


def test_voicings_keep_below_the_tune_where_there_is_room() -> None:
    free = lead(parse_chord("C"), (), (48, 79), Voicing.CLOSE, 4, None)
    under = lead(parse_chord("C"), (), (48, 79), Voicing.CLOSE, 4, free[-1] - 2)
    assert under[-1] < free[-1] - 2


def test_thirds_do_not_lie_in_the_mud() -> None:
    voicing = lead(parse_chord("C"), (), (36, 64), Voicing.CLOSE, 4, None)
    assert all(upper - lower >= 7 for lower, upper in pairwise(voicing) if lower < 48)


def test_rootless_voicings_take_the_ninth_the_key_offers() -> None:
    f_major = (5, 7, 9, 10, 0, 2, 4)
    voicing = lead(parse_chord("Gm7"), (), (53, 77), Voicing.ROOTLESS, 4, None, f_major)
    assert {pitch % 12 for pitch in voicing} == {9, 10, 2, 5}
    plain = lead(parse_chord("A7"), (), (53, 77), Voicing.ROOTLESS, 4, None, f_major)
    assert 11 not in {pitch % 12 for pitch in plain}
