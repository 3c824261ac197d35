"""Chord symbols: what musicians write is read, what is read can be written, and nothing else gets through."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocomposer.errors import MusicError
from cocomposer.music import Chord, Key, Mode
from cocomposer.music.chord_symbols import parse_chord, parse_roman

WRITTEN = {
    "C": (0, 4, 7), "CM": (0, 4, 7), "Cmaj": (0, 4, 7), "Cm": (0, 3, 7), "C-": (0, 3, 7), "Cmi": (0, 3, 7),
    "C7": (0, 4, 7, 10), "Cmaj7": (0, 4, 7, 11), "CM7": (0, 4, 7, 11), "Cma7": (0, 4, 7, 11), "CΔ": (0, 4, 7, 11),
    "CΔ7": (0, 4, 7, 11), "Cj7": (0, 4, 7, 11), "C7M": (0, 4, 7, 11), "Cm7": (0, 3, 7, 10), "C-7": (0, 3, 7, 10),
    "Cmi7": (0, 3, 7, 10), "Cm(maj7)": (0, 3, 7, 11), "CmM7": (0, 3, 7, 11), "C-Δ7": (0, 3, 7, 11),
    "Cdim": (0, 3, 6), "C°": (0, 3, 6), "Cdim7": (0, 3, 6, 9), "C°7": (0, 3, 6, 9), "Co7": (0, 3, 6, 9),
    "Cø": (0, 3, 6, 10), "Cø7": (0, 3, 6, 10), "Cm7b5": (0, 3, 6, 10), "C-7♭5": (0, 3, 6, 10), "C-7-5": (0, 3, 6, 10),
    "C+": (0, 4, 8), "Caug": (0, 4, 8), "C+7": (0, 4, 8, 10), "C7+": (0, 4, 8, 10), "C7#5": (0, 4, 8, 10),
    "C6": (0, 4, 7, 9), "Cm6": (0, 3, 7, 9), "C6/9": (0, 4, 7, 9, 14), "C69": (0, 4, 7, 9, 14),
    "C9": (0, 4, 7, 10, 14), "Cmaj9": (0, 4, 7, 11, 14), "Cm9": (0, 3, 7, 10, 14), "C13": (0, 4, 7, 10, 14, 21),
    "C11": (0, 5, 7, 10, 14), "Cm11": (0, 3, 7, 10, 14, 17), "Cadd9": (0, 4, 7, 14), "C/9": (0, 4, 7, 14),
    "C(add9)": (0, 4, 7, 14), "C5": (0, 7), "Cno3": (0, 7), "C2": (0, 2, 7), "Csus2": (0, 2, 7),
    "Csus": (0, 5, 7), "Csus4": (0, 5, 7), "C7sus4": (0, 5, 7, 10), "C7sus": (0, 5, 7, 10),
    "C9sus4": (0, 5, 7, 10, 14), "C13sus": (0, 5, 7, 10, 14, 21), "C7b9": (0, 4, 7, 10, 13),
    "C7#9": (0, 4, 7, 10, 15), "C7(b9,b13)": (0, 4, 7, 10, 13, 20), "C7b9#5": (0, 4, 8, 10, 13),
    "C7-9": (0, 4, 7, 10, 13), "Cmaj7#11": (0, 4, 7, 11, 18), "C7alt": (0, 4, 10, 13, 15, 20),
    "C7omit5": (0, 4, 10), "C13b9": (0, 4, 7, 10, 13, 21), "C7(b9/#11)": (0, 4, 7, 10, 13, 18),
}  # fmt: skip


@pytest.mark.parametrize(("text", "intervals"), list(WRITTEN.items()))
def test_what_musicians_write(text: str, intervals: tuple[int, ...]) -> None:
    assert parse_chord(text) == Chord(0, intervals)
    assert parse_chord("F♯" + text[1:]) == Chord(6, intervals)
    assert parse_chord(f" Bb{text[1:]}/D ") == Chord(10, intervals, 2)


def test_silence_and_symbol() -> None:
    for text in ("N.C.", "NC", "n.c.", "No Chord"):
        assert parse_chord(text).is_silent
    assert str(parse_chord(" GΔ9 ")) == "GΔ9"
    assert parse_chord("C/C") == parse_chord("C")


@pytest.mark.parametrize(
    ("text", "advice"),
    [("H7", "German"), ("am7", "Am7"), ("Cdmi7", "Cdim7"), ("C7(b9", "C7b9"), ("", "write"), ("xyz", "write"),
     ("Cmaj7maj7", "Cmaj7"), ("C" * 500, "write"), ("C/X", "C"), ("Cm5b", "did you mean C")],
)  # fmt: skip
def test_what_is_no_chord_gets_advice(text: str, advice: str) -> None:
    with pytest.raises(MusicError, match=advice):
        parse_chord(text)


def test_every_chord_that_can_be_spelled_is_read_back() -> None:
    tensions = [set_ for size in range(5) for set_ in itertools.combinations((13, 14, 15, 17, 18, 20, 21), size)]
    for third, fifth, seventh in itertools.product(
        [(), (2,), (3,), (4,), (5,), (2, 5), (3, 4)], [(), (6,), (7,), (8,), (6, 8)], [(), (9,), (10,), (11,), (9, 10)]
    ):
        for added in tensions:
            chord = Chord(7, (0, *third, *fifth, *seventh, *added))
            assert parse_chord(chord.spell()) == chord


@given(
    st.integers(0, 11), st.sets(st.integers(1, 21)), st.none() | st.integers(0, 11), st.none() | st.booleans()
)  # fmt: skip
def test_spelling_is_read_back_for_any_set_of_notes(
    root: int, steps: set[int], bass: int | None, flats: bool | None
) -> None:
    chord = Chord(root, (0, *sorted(steps)), bass)
    assert parse_chord(chord.spell(flats)) == chord


@given(st.text() | st.text("ABCDEFGHb#m7maj-+°øΔsu4addno()/, 0123569", max_size=30).map("C".__add__))
def test_any_text_is_a_chord_or_a_music_error(text: str) -> None:
    try:
        chord = parse_chord(text)
    except MusicError:
        return
    assert parse_chord(chord.spell()) == chord or chord.is_silent


def test_long_rubbish_is_refused_at_once() -> None:
    began = time.perf_counter()
    for text in ("C" + "(" * 100_000, "C" + "b9" * 45, "C/" * 50, "Cm" * 49, "C" + "#" * 90):
        with pytest.raises(MusicError):
            parse_chord(text + "?")
    assert time.perf_counter() - began < 0.2


@pytest.mark.parametrize(
    ("text", "in_c", "in_a_minor"),
    [("I", "C", "A"), ("ii7", "Dm7", "Bm7"), ("V7/V", "D7", "B7"), ("bVII", "Bb", "G"), ("viiø7", "Bm7b5", "G#m7b5"),
     ("IVmaj7", "Fmaj7", "Dmaj7"), ("#iv°", "F#dim", "D#dim"), ("V7/ii", "A7", "F#7"), ("vii°7/V", "F#dim7", "D#dim7"),
     ("bVI", "Ab", "F"), ("VI", "A", "F"), ("i", "Cm", "Am"), ("iv6", "Fm6", "Dm6"), ("♭II", "Db", "Bb")],
)  # fmt: skip
def test_roman_numerals(text: str, in_c: str, in_a_minor: str) -> None:
    assert parse_roman(text, Key()) == parse_chord(in_c)
    assert parse_roman(text, Key(9, Mode.MINOR)) == parse_chord(in_a_minor)


def test_roman_numerals_of_modes_and_rubbish() -> None:
    assert parse_roman("IV", Key(2, Mode.DORIAN)) == parse_chord("G")
    assert parse_roman("bVII", Key(7, Mode.MIXOLYDIAN)) == parse_chord("F")
    assert str(parse_roman("bVII", Key())) == "Bb"
    for text in ("", "VIII", "X7", "V7/", "V/V/V/V/Q", "Vfoo"):
        with pytest.raises(MusicError, match="roman"):
            parse_roman(text, Key())
