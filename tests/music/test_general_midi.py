"""General MIDI: names, families, ranges."""

import pytest

from cocomposer.errors import MusicError
from cocomposer.music.general_midi import (
    FAMILIES,
    INSTRUMENTS,
    PERCUSSION,
    family_of,
    is_monophonic,
    playable_range,
    program_named,
)


def test_there_are_128_different_instruments_in_16_families():
    assert len(set(INSTRUMENTS)) == 128
    assert [family_of(program) for program in range(0, 128, 8)] == list(FAMILIES)


@pytest.mark.parametrize(
    ("name", "program"),
    [("Acoustic Grand Piano", 0), ("violin", 40), ("ALTO SAX", 65), ("Pad 2 (warm)", 89), ("gunshot", 127)],
)
def test_programs_are_found_by_name(name, program):
    assert program_named(name) == program


@pytest.mark.parametrize(("typo", "meant"), [("Acustic Bass", "Acoustic Bass"), ("jazz", "Electric Guitar (jazz)")])
def test_an_unknown_name_is_answered_with_close_ones(typo, meant):
    with pytest.raises(MusicError, match="did you mean") as error:
        program_named(typo)
    assert meant in str(error.value)


def test_drum_keys_stand_where_general_midi_puts_them():
    assert (min(PERCUSSION), max(PERCUSSION)) == (35, 81)
    assert PERCUSSION[36] == "Bass Drum 1"
    assert PERCUSSION[38] == "Acoustic Snare"
    assert PERCUSSION[42] == "Closed Hi-Hat"
    assert PERCUSSION[49] == "Crash Cymbal 1"
    assert PERCUSSION[81] == "Open Triangle"


def test_ranges_stay_inside_what_the_family_can_sound():
    limits = [(21, 108), (36, 108), (36, 96), (36, 88), (24, 67), (28, 103), (24, 96), (28, 94), (34, 103),
              (48, 108), (24, 108), (24, 108), (0, 127), (0, 127), (0, 127), (0, 127)]  # fmt: skip
    for program in range(128):
        low, high = playable_range(program)
        lowest, highest = limits[program // 8]
        assert lowest <= low < high <= highest, INSTRUMENTS[program]


def test_single_line_instruments():
    assert is_monophonic(program_named("Flute"))
    assert is_monophonic(program_named("Trumpet"))
    assert not is_monophonic(program_named("Brass Section"))
    assert not is_monophonic(program_named("Violin"))


def test_a_program_beyond_127_is_refused():
    with pytest.raises(MusicError, match="between 0 and 127"):
        playable_range(128)
