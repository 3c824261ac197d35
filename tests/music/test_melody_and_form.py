"""The tune, the roles of the parts and the form are found; every analysis survives every song."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocomposer.music import ChordChange, Key, Meter, MeterChange, MeterMap, Mode, Note, Part, Role, Song
from cocomposer.music.analysis.chords import find_chords
from cocomposer.music.analysis.form import find_sections, section_energies
from cocomposer.music.analysis.harmonise import harmonise
from cocomposer.music.analysis.keys import find_key, find_keys
from cocomposer.music.analysis.melody import find_melody, melody_line
from cocomposer.music.analysis.roles import guess_roles
from cocomposer.music.chord_symbols import parse_chord

QUARTER, BAR = 480, 1920
PHRASE_A = (64, 62, 60, 62, 64, 64, 64, None, 62, 62, 62, None, 64, 67, 67, None)
PHRASE_B = (67, 69, 71, 72, 71, None, 69, None, 67, 65, 64, 65, 67, 65, 62, None)
PHRASE_C = (60, None, 72, None, 70, 68, 67, 65, 63, None, 62, None, 60, 59, 60, None)


def tune(*phrases: tuple[int | None, ...], start: int = 0) -> tuple[Note, ...]:
    """One note or rest a quarter; every phrase played twice, which makes eight bars."""
    steps = [step for phrase in phrases for step in phrase * 2]
    return tuple(Note(start + place * QUARTER, step, 440) for place, step in enumerate(steps) if step is not None)


def band(melody: tuple[Note, ...]) -> Song:
    length = melody[-1].end // BAR * BAR + BAR
    bars = range(length // BAR)
    parts = (
        Part("one", notes=tuple(Note(bar * BAR + beat * 960, 40, 900) for bar in bars for beat in (0, 1)), program=33),
        Part("two", notes=tuple(Note(bar * BAR, pitch, BAR) for bar in bars for pitch in (52, 55, 60)), program=4),
        Part("three", notes=melody, program=73),
        Part("four", program=46, notes=tuple(
            Note(bar * BAR + place * 240, 48 + step, 220)
            for bar in bars for place, step in enumerate((0, 7, 12, 16, 24, 16, 12, 7)))),
        Part("five", notes=tuple(Note(bar * BAR, pitch, BAR) for bar in bars for pitch in (64, 67, 72)), program=49),
    )  # fmt: skip
    return Song(length=length, parts=parts)


def test_the_tune_is_found_among_the_band_and_the_others_get_their_roles() -> None:
    song = band(tune(PHRASE_A, PHRASE_B))
    assert find_melody(song) == 2
    roles = [part.role for part in guess_roles(song).parts]
    assert roles == [Role.BASS, Role.KEYS, Role.MELODY, Role.ARPEGGIO, Role.PAD]


def test_names_and_roles_are_taken_at_their_word() -> None:
    song = band(tune(PHRASE_A, PHRASE_B))
    marked = replace(song, parts=(replace(song.parts[3], role=Role.MELODY), *song.parts))
    assert find_melody(marked) == 0
    guessed = guess_roles(marked)
    assert [part.role for part in guessed.parts].count(Role.MELODY) == 1
    strings = replace(song.parts[1], name="Nylon Guitar", program=0)
    assert guess_roles(Song(length=song.length, parts=(strings,))).parts[0].role is Role.GUITAR


def test_there_may_be_no_tune() -> None:
    song = band(tune(PHRASE_A))
    for index in (0, 1, 4):
        assert find_melody(Song(length=song.length, parts=(song.parts[index],))) is None
    assert find_melody(Song()) is None


def test_melody_line_is_one_voice() -> None:
    part = Part("Right hand", notes=(
        Note(0, 72, 960), Note(0, 64, 960), Note(5, 67, 960), Note(480, 60, 240),
        Note(900, 74, 480), Note(1440, 50, 480), Note(1440, 76, 480)))  # fmt: skip
    line = melody_line(part)
    assert [(note.start, note.pitch) for note in line] == [(0, 72), (900, 74), (1440, 76)]
    assert all(before.end <= after.start for before, after in pairwise(line))


def song_of(melody: tuple[Note, ...], bars: int) -> Song:
    return Song(length=bars * BAR, parts=(Part("Melody", Role.MELODY, notes=melody),))


@pytest.mark.parametrize(
    ("phrases", "letters"),
    [("AABA", "AABA"), ("ABAB", "ABAB"), ("ABCA", "ABCA"), ("AABB", "AABB"), ("ABC", "ABC")],
)
def test_sections_come_from_repetition(phrases: str, letters: str) -> None:
    material = {"A": PHRASE_A, "B": PHRASE_B, "C": PHRASE_C}
    melody = tune(*(material[each] for each in phrases))
    sections = find_sections(song_of(melody, 8 * len(phrases)), melody, ())
    assert "".join(section.name for section in sections) == letters
    assert [section.tick for section in sections] == [8 * BAR * place for place in range(len(phrases))]


def test_a_varied_return_keeps_its_letter() -> None:
    plain, again, other = tune(PHRASE_A), tune(PHRASE_A, start=8 * BAR), tune(PHRASE_B, start=16 * BAR)
    varied = (*again[:-6], *(replace(note, pitch=note.pitch + 5, duration=200) for note in again[-6:]))
    melody = (*plain, *varied, *other)
    assert [each.name for each in find_sections(song_of(melody, 24), melody, ())] == ["A", "A", "B"]


def test_intro_outro_and_pickup() -> None:
    melody = tune(PHRASE_A, PHRASE_B, start=4 * BAR)
    sections = find_sections(song_of(melody, 24), melody, ())
    assert [(section.name, section.tick // BAR) for section in sections] == [
        ("Intro", 0), ("A", 4), ("B", 12), ("Outro", 20)]  # fmt: skip
    with_pickup = (Note(BAR - 480, 60, 480), *tune(PHRASE_A, PHRASE_B, start=BAR))
    sections = find_sections(song_of(with_pickup, 17), with_pickup, ())
    assert [(section.name, section.tick // BAR) for section in sections] == [("A", 0), ("B", 9)]


def test_chords_alone_have_a_form() -> None:
    verse, chorus = ["C", "Am", "F", "G", "C", "Am", "F", "G"], ["F", "F", "C", "C", "Dm", "Dm", "G", "G"]
    symbols = verse + verse + chorus + verse
    changes = tuple(ChordChange(bar * BAR, parse_chord(each)) for bar, each in enumerate(symbols))
    song = Song(length=32 * BAR, chords=changes)
    assert [section.name for section in find_sections(song, (), changes)] == ["A", "A", "B", "A"]


def test_energy_rises_to_the_return_and_lies_in_range() -> None:
    melody = tune(PHRASE_A, PHRASE_A, PHRASE_B, PHRASE_A, start=2 * BAR)
    song = song_of(melody, 34)
    song = replace(song, sections=find_sections(song, melody, ()))
    energies = section_energies(song, melody)
    assert len(energies) == len(song.sections) == 5
    assert all(0.0 <= energy <= 1.0 for energy in energies)
    assert energies[0] == min(energies)
    assert energies[4] > energies[2] > energies[1]
    assert section_energies(Song(length=BAR), ()) == (0.5,)


METERS = st.builds(Meter, st.integers(1, 13), st.sampled_from([2, 4, 8, 16]))
NOTE = st.builds(Note, st.integers(0, 8 * BAR), st.integers(0, 127), st.integers(1, 3 * BAR), st.integers(1, 127))
NOTES = st.lists(NOTE, max_size=25)
SONGS = st.builds(
    lambda meter, length, one, two, drums: Song(
        length=length,
        meters=MeterMap((MeterChange(0, meter),)),
        parts=(Part("x", notes=tuple(one)), Part("y", notes=tuple(two)), Part("d", Role.DRUMS, notes=tuple(drums))),
    ),
    METERS, st.integers(0, 8 * BAR), NOTES, NOTES, NOTES,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(SONGS)
def test_every_song_can_be_analysed(song: Song) -> None:
    chords = find_chords(song, song.parts)
    key = find_key(song.parts, chords)
    assert isinstance(key, Key)
    keys = find_keys(song, chords)
    assert keys[0].tick == 0
    found = find_melody(song)
    melody = melody_line(song.parts[found]) if found is not None else melody_line(song.parts[0])
    sections = find_sections(song, melody, chords)
    made = replace(song, chords=harmonise(song, melody, key), sections=sections, keys=keys)
    assert all(0 <= energy <= 1 for energy in section_energies(made, melody))
    assert len(guess_roles(song).parts) == 3


# The notes are those of C major and of A minor alike.
TURN = (64, 67, 69, 67, 64, 62, 60, 62, 64, 67, 69, 72, 69, 67, 69, None)


def tune_ending_on(last: int, bars: int, duration: int = 3 * QUARTER, tonic: int = 0) -> Part:
    """Turns in C major or A minor, moved up by `tonic`, and in the last bar one note."""
    steps = (TURN * bars)[: 4 * (bars - 1)]
    notes = [Note(place * QUARTER, step + tonic, 440) for place, step in enumerate(steps) if step is not None]
    return Part("Tune", notes=(*notes, Note((bars - 1) * BAR, last + tonic, duration)))


@pytest.mark.parametrize("tonic", range(12))
def test_the_last_note_of_a_tune_tells_relatives_apart(tonic: int) -> None:
    assert find_key([tune_ending_on(60, 32, tonic=tonic)]) == Key(tonic)
    assert find_key([tune_ending_on(69, 32, tonic=tonic)]) == Key((tonic + 9) % 12, Mode.MINOR)
    assert find_key([tune_ending_on(64, 32, tonic=tonic)]) == Key(tonic)


def test_where_a_piece_of_a_tune_breaks_off_says_little() -> None:
    assert find_key([tune_ending_on(69, 4, QUARTER)]) == find_key([tune_ending_on(67, 4, QUARTER)]) == Key(0)


def test_chords_outweigh_the_last_note() -> None:
    chords = tuple(ChordChange(bar * BAR, parse_chord(each)) for bar, each in enumerate(["C", "F", "G7", "C"] * 8))
    assert find_key([tune_ending_on(69, 32)], chords) == Key(0)


def test_the_bridge_of_a_tune_is_no_change_of_key_and_a_new_key_that_stays_is() -> None:
    home, away = (*TURN[:-1], 60), tuple(None if step is None else step + 2 for step in PHRASE_B)
    bridged, raised = tune(home, home, away, away, home, home), tune(*[home] * 3, *[away] * 3)
    assert [change.key for change in find_keys(song_of(bridged, 48))] == [Key(0)]
    assert [change.key for change in find_keys(song_of(raised, 48))] == [Key(0), Key(2)]


def test_a_tune_visits_its_dominant_without_leaving_its_key() -> None:
    home = (*TURN[:-1], 60)
    visit = tuple(None if step is None else step + 7 for step in home)
    alone = tune(*[home] * 8, *[visit] * 8, *[home] * 8)
    assert [change.key for change in find_keys(song_of(alone, 192))] == [Key(0)]
    names = [("G", "D7") if 64 <= bar < 128 else ("C", "G7") for bar in range(192)]
    chords = tuple(ChordChange(bar * BAR, parse_chord(pair[bar % 2])) for bar, pair in enumerate(names))
    assert [change.key for change in find_keys(song_of(alone, 192), chords)] == [Key(0), Key(7), Key(0)]
