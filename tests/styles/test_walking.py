"""Walking bass: what a bass teacher would check."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from cocomposer.music.chord_symbols import parse_chord
from cocomposer.styles.players.walking import walk

C_MAJOR = {0, 2, 4, 5, 7, 9, 11}
SYMBOLS = ["C", "Dm7", "G7", "Am7", "Fmaj7", "Bm7b5", "A7", "Ebmaj7", "C/E", "F#dim7"]


@given(
    symbols=st.tuples(st.sampled_from(SYMBOLS), st.sampled_from(SYMBOLS)),
    count=st.integers(1, 8),
    previous=st.integers(28, 55),
    seed=st.integers(0, 99),
)
def test_lines_obey_the_rules(symbols, count, previous, seed) -> None:
    chord, following = map(parse_chord, symbols)
    strong = [index % 2 == 0 for index in range(count)]
    line = walk(strong, chord, following, previous, (28, 55), C_MAJOR, Random(seed))
    assert len(line) == count
    assert line[0] % 12 == chord.bass_pitch_class
    assert all(28 <= pitch <= 55 for pitch in line)
    assert all(0 < abs(after - before) <= 9 for before, after in pairwise(line))


def test_the_last_note_leads_into_the_next_root() -> None:
    close = 0
    for seed in range(40):
        line = walk(
            [True, False, True, False], parse_chord("Dm7"), parse_chord("G7"), 38, (28, 55), C_MAJOR, Random(seed)
        )
        distance = min((line[-1] - 7) % 12, (7 - line[-1]) % 12)
        close += distance in (1, 2, 5)
    assert close >= 38


def test_strong_beats_carry_chord_tones() -> None:
    chord = parse_chord("Am7")
    for seed in range(20):
        line = walk([True, False, True, False], chord, parse_chord("D7"), 33, (28, 55), C_MAJOR, Random(seed))
        assert line[2] % 12 in chord.pitch_classes
