"""Whatever song is written as MIDI is read back as the same song."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import NAMES, SYMBOLS, WILD_NOTES, authors, separate_notes, songs

from cocomposer.errors import FormatError
from cocomposer.formats import midi
from cocomposer.music import (
    ChordChange,
    Note,
    Part,
    Role,
    Song,
)
from cocomposer.music.chord_symbols import parse_chord
from cocomposer.music.song import MAX_TICKS


@settings(max_examples=150, deadline=None)
@given(songs(separate_notes(), NAMES, NAMES, st.integers(200_000, MAX_TICKS)))
def test_a_song_that_midi_can_say_comes_back_equal(song):
    assert midi.canonical(song) == song
    read = midi.read(midi.write(song))
    assert read == song
    assert authors(read) == authors(song)


@settings(max_examples=100, deadline=None)
@given(songs(WILD_NOTES, st.text(max_size=8), st.text(max_size=8), st.integers(0, 30_000)))
def test_any_song_comes_back_in_canonical_form(song):
    expected = midi.canonical(song)
    read = midi.read(midi.write(song))
    assert read == expected
    assert authors(read) == authors(expected)
    assert midi.canonical(expected) == expected
    for before, after in zip(song.parts, expected.parts, strict=True):
        assert {(note.start, note.pitch) for note in before.notes} == {(note.start, note.pitch) for note in after.notes}
        for pitch in (59, 60, 61):
            line = [note for note in after.notes if note.pitch == pitch]
            assert all(first.end <= second.start for first, second in pairwise(line))


def test_the_artists_own_symbols_survive():
    changes = tuple(ChordChange(480 * index, parse_chord(symbol)) for index, symbol in enumerate(SYMBOLS))
    song = midi.read(midi.write(Song(length=9_600, chords=changes)))
    assert [str(change.chord) for change in song.chords] == SYMBOLS


@pytest.mark.parametrize("count", [15, 16, 40])
def test_any_number_of_parts_keeps_its_order(count):
    song = Song(
        length=480,
        parts=tuple(
            Part(f"Part {index}", Role.DRUMS if index % 7 == 3 else Role.OTHER, index, (Note(0, 60, 480),))
            for index in range(count)
        ),
    )
    assert midi.read(midi.write(song)) == song


def test_a_song_beyond_the_limits_is_refused():
    with pytest.raises(FormatError, match="longer than"):
        midi.write(Song(parts=(Part("Far", notes=(Note(MAX_TICKS, 60, 1),)),)))
    with pytest.raises(FormatError, match="parts at most"):
        midi.write(Song(parts=(Part("One"),) * 4_000))


def test_seconds_of_length_beyond_the_last_note_are_kept():
    song = Song(length=7_680, parts=(Part("Bass", Role.BASS, 33, (Note(0, 40, 480),)),))
    assert midi.read(midi.write(song)).length == 7_680
    assert midi.read(midi.write(replace(song, length=0))).length == 480
