"""Numerals that are written read as the same chords, in any key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cocomposer.errors import MusicError
from cocomposer.music import Key
from cocomposer.music.chord_symbols import parse_chord, parse_roman
from cocomposer.music.key import Mode
from cocomposer.music.roman import roman

MODES = (Mode.MAJOR, Mode.MINOR)
QUALITIES = ("", "m", "7", "m7", "maj7", "m7b5", "dim7", "sus4", "6", "m9", "13", "aug", "7b9")


@given(
    some.integers(0, 11),
    some.sampled_from(QUALITIES),
    some.integers(0, 11),
    some.sampled_from(MODES),
)
def test_a_numeral_reads_as_the_chord_it_was_written_for(root: int, quality: str, tonic: int, mode: Mode) -> None:
    chord, key = parse_chord("C" + quality).transpose(root), Key(tonic, mode)
    assert parse_roman(roman(chord, key), key) == chord


@pytest.mark.parametrize(
    ("chord", "key", "numeral"),
    [("Dm7", "C major", "ii7"), ("G", "C major", "V"), ("Bb", "C major", "bVII"), ("Am", "A minor", "i"),
     ("Gsus4", "C major", "Vsus4"), ("Ebmaj7", "Bb major", "IVmaj7")],
)  # fmt: skip
def test_numerals_are_those_a_musician_writes(chord: str, key: str, numeral: str) -> None:
    assert roman(parse_chord(chord), Key.parse(key)) == numeral


def test_a_chord_over_another_bass_has_none() -> None:
    with pytest.raises(MusicError, match="C/E has no roman numeral in C major"):
        roman(parse_chord("C/E"), Key.parse("C major"))
