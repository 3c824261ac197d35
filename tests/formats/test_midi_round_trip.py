"""Whatever song is written as MIDI is read back as the same song."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocomposer.errors import FormatError
from cocomposer.formats import midi
from cocomposer.music import (
    NO_CHORD,
    Chord,
    ChordChange,
    Control,
    Key,
    KeyChange,
    Lyric,
    Meter,
    MeterChange,
    MeterMap,
    Mode,
    Note,
    Part,
    PitchBend,
    Role,
    Section,
    Song,
    TempoChange,
    TempoMap,
)
from cocomposer.music.chord_symbols import parse_chord
from cocomposer.music.song import MAX_TICKS

TICKS = st.integers(0, 20_000)
MIDI = st.integers(0, 127)
SYMBOLS = ["C", "F#m7b5", "Bbmaj9", "G7(b9,b13)", "A/C#", "E7#9", "C-7", "BΔ", "Db6/9", "N.C.", "D7alt", "G7sus4"]
TEXT = st.text(max_size=12)
NAMES = TEXT.map(lambda text: text.encode("utf-8", "replace").decode().strip("\0 \t\r\n\f\v"))


def by_tick(values, make):
    """Sorted changes, no two at one tick."""
    return st.dictionaries(TICKS, values, max_size=4).map(
        lambda found: tuple(make(tick, found[tick]) for tick in sorted(found))
    )


def from_start(values, make):
    """Sorted changes of which the first is at tick 0."""
    return st.tuples(values, st.dictionaries(st.integers(1, 20_000), values, max_size=3)).map(
        lambda found: tuple(make(tick, value) for tick, value in sorted(({0: found[0]} | found[1]).items()))
    )


@st.composite
def separate_notes(draw):
    """Notes of which no two sound on one pitch at once: each begins after the one before it on that pitch."""
    ends: dict[int, int] = {}
    notes = []
    for _ in range(draw(st.integers(0, 12))):
        pitch = draw(st.sampled_from([0, 36, 60, 61, 127]))
        start = ends.get(pitch, 0) + draw(st.sampled_from([0, 0, 1, 7, 480]))
        note = Note(start, pitch, draw(st.sampled_from([1, 2, 119, 480, 9_000])), draw(st.integers(1, 127)))
        ends[pitch] = note.end
        notes.append(note)
    return tuple(notes)


CHORDS = st.one_of(
    st.sampled_from(SYMBOLS).map(parse_chord),
    st.builds(
        lambda root, steps, bass: Chord(root, (0, *sorted(steps)), bass),
        st.integers(0, 11),
        st.sets(st.integers(1, 21), min_size=1, max_size=6),
        st.none() | st.integers(0, 11),
    ),
    st.just(NO_CHORD),
)
METERS = st.builds(Meter, st.integers(1, 32), st.sampled_from([1, 2, 4, 8, 16, 32]))
KEYS = st.builds(Key, st.integers(0, 11), st.sampled_from(Mode))


def parts(notes, names, texts):
    return st.builds(
        Part,
        name=names,
        role=st.sampled_from(Role),
        program=MIDI,
        notes=notes,
        volume=MIDI,
        pan=MIDI,
        controls=st.lists(st.builds(Control, TICKS, MIDI, MIDI), max_size=4).map(
            lambda found: tuple(sorted(found, key=lambda each: each.tick))
        ),
        bends=st.lists(st.builds(PitchBend, TICKS, st.integers(-8192, 8191)), max_size=3).map(
            lambda found: tuple(sorted(found, key=lambda each: each.tick))
        ),
        lyrics=st.lists(st.builds(Lyric, TICKS, texts), max_size=3).map(
            lambda found: tuple(sorted(found, key=lambda each: each.tick))
        ),
    )


def songs(notes, names, texts, length):
    return st.builds(
        Song,
        title=names,
        length=length,
        meters=from_start(METERS, MeterChange).map(MeterMap),
        tempos=from_start(st.integers(1, 0xFFFFFF), TempoChange).map(TempoMap),
        keys=by_tick(KEYS, KeyChange),
        chords=by_tick(CHORDS, ChordChange),
        sections=by_tick(names, Section),
        parts=st.lists(parts(notes, names, texts), max_size=5).map(tuple),
    )


@settings(max_examples=150, deadline=None)
@given(songs(separate_notes(), NAMES, NAMES, st.integers(200_000, MAX_TICKS)))
def test_a_song_that_midi_can_say_comes_back_equal(song):
    assert midi.canonical(song) == song
    assert midi.read(midi.write(song)) == song


WILD_NOTES = st.lists(
    st.builds(Note, TICKS, st.sampled_from([59, 60, 61]), st.integers(1, 9_000), st.integers(1, 127)), max_size=14
).map(tuple)


@settings(max_examples=100, deadline=None)
@given(songs(WILD_NOTES, st.text(max_size=8), st.text(max_size=8), st.integers(0, 30_000)))
def test_any_song_comes_back_in_canonical_form(song):
    expected = midi.canonical(song)
    assert midi.read(midi.write(song)) == expected
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
