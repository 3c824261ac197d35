"""What can be done to a song by hand does that, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from songs import band_song, lead_sheet

from cocomposer.errors import CocomposerError, RequestError
from cocomposer.music import (
    Bus,
    ChordChange,
    Control,
    Key,
    KeyChange,
    Lane,
    Meter,
    MeterChange,
    Mix,
    Note,
    Part,
    PitchBend,
    Point,
    Role,
    Section,
    Song,
    Strip,
    TempoChange,
)
from cocomposer.music.chord_symbols import parse_chord
from cocomposer.studio import editing

BAR = 1920
SONG = band_song()


def one_part(*notes: Note, bars: int = 4) -> Song:
    return Song(length=bars * BAR, parts=(Part("Keys", Role.KEYS, notes=notes),))


def notes_of(song: Song) -> list[tuple[int, int, int]]:
    return [(note.start, note.pitch, note.duration) for note in song.parts[0].notes]


# Notes


def test_a_new_note_takes_the_place_of_what_sounds_on_its_pitch() -> None:
    song = one_part(Note(0, 60, 480), Note(480, 60, 480), Note(960, 60, 480), Note(480, 64, 480))
    song = editing.add_note(song, 0, Note(240, 60, 700))
    assert notes_of(song) == [(0, 60, 240), (240, 60, 700), (480, 64, 480), (960, 60, 480)]


def test_a_note_beyond_the_end_makes_the_song_longer_by_whole_bars() -> None:
    song = editing.add_note(one_part(), 0, Note(4 * BAR - 10, 60, 20))
    assert song.length == 5 * BAR
    song = replace(song, meters=replace(song.meters, changes=(MeterChange(0, Meter(3, 4)),)))
    assert editing.add_note(song, 0, Note(5 * BAR, 60, 1440)).length == 8 * 1440


def test_notes_are_moved_together_and_never_before_the_beginning() -> None:
    song = one_part(Note(100, 60, 50), Note(300, 60, 50), Note(200, 62, 50))
    chosen = song.parts[0].notes[:2]
    assert notes_of(editing.move_notes(song, 0, chosen, -150, 3)) == [(0, 63, 50), (100, 65, 50), (300, 60, 50)]
    with pytest.raises(RequestError, match="beyond the range"):
        editing.move_notes(song, 0, chosen, 0, 70)


def test_moving_upwards_leaves_what_it_passes_alone() -> None:
    song = one_part(Note(0, 60, 480), Note(240, 60, 480))
    moved = editing.move_notes(song, 0, [Note(0, 60, 480)], 240, 5)
    assert notes_of(moved) == [(240, 60, 480), (240, 65, 480)]


def test_resizing_and_loudness_stop_at_their_limits() -> None:
    song = one_part(Note(0, 60, 480, 100), Note(0, 64, 100, 20))
    shorter = editing.resize_notes(song, 0, song.parts[0].notes, -200)
    assert notes_of(shorter) == [(0, 60, 280), (0, 64, 1)]
    louder = editing.change_velocity(song, 0, song.parts[0].notes, 50)
    assert [note.velocity for note in louder.parts[0].notes] == [127, 70]
    assert {note.velocity for note in editing.set_velocity(song, 0, song.parts[0].notes, 0).parts[0].notes} == {1}


def test_quantising_draws_to_the_grid_of_the_bar_as_far_as_asked() -> None:
    song = replace(one_part(Note(130, 60, 480)), meters=editing.set_meter(one_part(), 0, Meter(7, 8)).meters)
    notes = song.parts[0].notes
    assert notes_of(editing.quantise(song, 0, notes, 240)) == [(240, 60, 480)]
    assert notes_of(editing.quantise(song, 0, notes, 240, 0.5)) == [(185, 60, 480)]
    late = replace(song, parts=(replace(song.parts[0], notes=(Note(1670, 60, 10), Note(1700, 62, 10))),))
    # 7/8 has 1,680 ticks: the grid of 480 begins again at the bar line.
    assert notes_of(editing.quantise(late, 0, late.parts[0].notes, 480)) == [(1680, 60, 10), (1680, 62, 10)]
    with pytest.raises(RequestError):
        editing.quantise(song, 0, notes, 0)


def test_splitting_cuts_what_sounds_there() -> None:
    song = one_part(Note(0, 60, 480, 99), Note(0, 64, 100), Note(240, 67, 10))
    assert notes_of(editing.split_notes(song, 0, song.parts[0].notes, 240)) == [
        (0, 60, 240),
        (0, 64, 100),
        (240, 60, 240),
        (240, 67, 10),
    ]


def test_what_is_not_there_is_told() -> None:
    with pytest.raises(RequestError, match="not in the part"):
        editing.remove_notes(SONG, 0, [Note(1, 1, 1)])
    with pytest.raises(RequestError, match="not in the song"):
        editing.add_note(SONG, 3, Note(0, 60, 1))
    for edit in (editing.repeat_section, editing.delete_section, editing.remove_section, editing.section_bars):
        with pytest.raises(RequestError, match="section"):
            edit(SONG, 2)
    with pytest.raises(RequestError, match="Bars 16-17"):
        editing.delete_bars(SONG, 15, 16)
    with pytest.raises(RequestError, match="name"):
        editing.rename_section(SONG, 0, " ")


# Chords, keys, tempi


def test_a_chord_lasts_to_where_it_is_said_to() -> None:
    song = editing.set_chord(SONG, 0, parse_chord("Bb7"), end=960)
    assert [(each.tick, str(each.chord)) for each in song.chords[:3]] == [(0, "Bb7"), (960, "C"), (1920, "Am")]
    song = editing.set_chord(song, 0, parse_chord("F"), end=2 * BAR)
    assert [(each.tick, str(each.chord)) for each in song.chords[:2]] == [(0, "F"), (2 * BAR, "F")]
    gone = editing.set_chord(SONG, BAR, None)
    assert [each.tick for each in gone.chords[:2]] == [0, 2 * BAR]


def test_a_progression_takes_the_place_of_the_chords_under_it() -> None:
    dropped = [
        ChordChange(BAR + beat * 480, parse_chord(symbol)) for beat, symbol in enumerate(["F", "G", "Em", "Am7"])
    ]
    song = editing.replace_chords(SONG, BAR, 2 * BAR, dropped)
    assert song.chords[1:5] == tuple(dropped)
    assert (song.chords[0], song.chords[5:]) == (SONG.chords[0], SONG.chords[2:])
    assert editing.replace_chords(song, BAR, 2 * BAR, SONG.chords[1:2]).chords == SONG.chords
    with pytest.raises(RequestError, match="do not fit"):
        editing.replace_chords(SONG, BAR, 2 * BAR, [ChordChange(2 * BAR, parse_chord("F"))])


def test_clearing_takes_the_notes_of_some_parts_in_some_bars() -> None:
    song = editing.clear(SONG, [0, 2], BAR, 3 * BAR)
    for index, (before, after) in enumerate(zip(SONG.parts, song.parts, strict=True)):
        gone = [note for note in before.notes if BAR <= note.start < 3 * BAR and index != 1]
        assert sorted([*after.notes, *gone]) == list(before.notes)


def test_a_chord_moves_between_its_neighbours() -> None:
    song = editing.move_chord(SONG, BAR, BAR + 480)
    assert [each.tick for each in song.chords[:3]] == [0, BAR + 480, 2 * BAR]
    for wrong in (0, 2 * BAR):
        with pytest.raises(RequestError, match="neighbours"):
            editing.move_chord(SONG, BAR, wrong)
    with pytest.raises(RequestError, match="No chord"):
        editing.move_chord(SONG, 77, 78)


def test_transposing_chords_stays_within_the_stretch() -> None:
    song = editing.transpose_chords(SONG, BAR, 3 * BAR, 2)
    assert [str(each.chord) for each in song.chords[:4]] == ["C", "Bm", "G", "G"]


def test_keys_and_tempi_are_set_and_taken_away() -> None:
    song = editing.set_key(SONG, BAR, Key.parse("Am"))
    assert song.keys == (KeyChange(0, Key()), KeyChange(BAR, Key.parse("Am")))
    assert editing.set_key(song, BAR, None).keys == SONG.keys
    song = editing.set_tempo(SONG, BAR, 90)
    assert song.tempos.bpm_at(BAR) == pytest.approx(90, rel=1e-5)
    assert editing.set_tempo(song, BAR, None).tempos == SONG.tempos
    with pytest.raises(CocomposerError, match="tempo of 1 "):
        editing.set_tempo(SONG, 0, 1)


# Form


def full_song() -> Song:
    """Everything that follows its bars, with something of each kind that differs from bar to bar."""
    song = band_song()
    part = replace(
        song.parts[0],
        controls=(Control(3 * BAR, 64, 127), Control(5 * BAR, 64, 0)),
        bends=(PitchBend(4 * BAR + 100, 2000), PitchBend(6 * BAR, 0)),
        strip=Strip(lanes=(Lane("gain", (Point(0, 0.0), Point(16 * BAR, -16.0))),)),
    )
    return replace(
        song,
        parts=(part, *song.parts[1:]),
        tempos=replace(song.tempos, changes=(TempoChange(0, 500_000), TempoChange(9 * BAR, 400_000))),
        keys=(KeyChange(0, Key()), KeyChange(8 * BAR, Key.parse("Am"))),
        sections=(Section(0, "Intro"), Section(4 * BAR, "Verse"), Section(8 * BAR, "Chorus")),
        mix=Mix(buses=(Bus("Band", Strip(lanes=(Lane("pan", (Point(8 * BAR, 0.5),)),))),)),
    )


def heard(song: Song) -> list[object]:
    """What is in force in every bar, with the notes that begin there, counted from its bar line."""
    rows: list[object] = []
    for bar in song.bars:
        chords = [each.chord for each in song.chords if each.tick <= bar.start]
        keys = [each.key for each in song.keys if each.tick <= bar.start]
        sections = [each.name for each in song.sections if each.tick <= bar.start]
        notes = [
            (index, note.start - bar.start, note.pitch, note.velocity)
            for index, part in enumerate(song.parts)
            for note in part.notes
            if bar.start <= note.start < bar.end
        ]
        pedal = [each.value for each in song.parts[0].controls if each.tick <= bar.start] or [0]
        bend = [each.value for each in song.parts[0].bends if each.tick <= bar.start] or [0]
        tempo = song.tempos.bpm_at(bar.start)
        rows.append((bar.meter, tempo, chords[-1], keys[-1], sections[-1], pedal[-1], bend[-1], tuple(notes)))
    return rows


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 15), st.integers(0, 15), st.integers(0, 16), st.booleans())
def test_bars_take_everything_with_them(one: int, other: int, to: int, mixed: bool) -> None:
    song = full_song()
    if mixed:
        song = editing.set_meter(editing.set_meter(song, 3, Meter(3, 4)), 7, Meter(6, 8))
    first, last = sorted((one, other))
    rows = heard(song)
    rest = [*rows[:first], *rows[last + 1 :]]
    assert heard(editing.delete_bars(song, first, last)) == rest
    twice = [*rows[: last + 1], *rows[first : last + 1], *rows[last + 1 :]]
    assert heard(editing.repeat_bars(song, first, last)) == twice
    if not first < to <= last:
        at = to if to <= first else to - (last + 1 - first)
        expected = [*rest[:at], *rows[first : last + 1], *rest[at:]]
        assert heard(editing.move_bars(song, first, last, to)) == expected


def test_a_section_that_was_repeated_and_deleted_leaves_the_song_as_it_was() -> None:
    song = full_song()
    twice = editing.repeat_section(song, 1)
    assert [section.name for section in twice.sections] == ["Intro", "Verse", "Verse", "Chorus"]
    assert len(twice.bars) == 20
    once = editing.delete_section(twice, 2)
    assert (once.sections, once.chords, once.keys, once.tempos) == (song.sections, song.chords, song.keys, song.tempos)
    assert [part.notes for part in once.parts] == [part.notes for part in song.parts]


def test_a_section_that_is_moved_there_and_back_leaves_the_form_as_it_was() -> None:
    song = full_song()
    moved = editing.move_section(song, 2, 0)
    assert [section.name for section in moved.sections] == ["Chorus", "Intro", "Verse"]
    assert heard(editing.move_section(moved, 0, 2)) == heard(song)
    assert editing.section_bars(moved, 0) == (0, 7)


def test_empty_bars_are_empty_and_move_what_follows() -> None:
    song = full_song()
    longer = editing.insert_bars(song, 9, 2)
    assert len(longer.bars) == 18
    assert longer.sections == song.sections
    assert not [note for part in longer.parts for note in part.notes if 9 * BAR <= note.start < 11 * BAR]
    assert heard(longer)[11:] == heard(song)[9:]
    assert len(editing.insert_bars(song, 16, 3).bars) == 19
    at_start = editing.insert_bars(song, 0)
    assert [section.name for section in at_start.sections] == ["Intro", "Verse", "Chorus"]
    assert at_start.sections[:2] == (Section(0, "Intro"), Section(5 * BAR, "Verse"))


def test_automation_follows_its_bars() -> None:
    moved = editing.move_bars(full_song(), 8, 15, 0)
    strip = moved.parts[0].strip
    assert strip is not None
    points = {point.tick: point.value for point in strip.lanes[0].points}
    assert points[0] == -8.0
    assert points[8 * BAR] == 0.0
    assert points[8 * BAR - 1] == pytest.approx(-16.0, abs=0.01)


def test_a_note_rings_over_a_cut_only_where_its_music_goes_on() -> None:
    song = one_part(Note(BAR - 100, 60, 300))
    assert notes_of(editing.repeat_bars(song, 0, 0)) == [(BAR - 100, 60, 100), (2 * BAR - 100, 60, 300)]
    assert notes_of(editing.delete_bars(song, 1, 1)) == [(BAR - 100, 60, 100)]
    assert notes_of(editing.delete_bars(song, 3, 3)) == [(BAR - 100, 60, 300)]


def test_a_metre_moves_bar_lines_and_leaves_notes() -> None:
    song = editing.set_meter(SONG, 4, Meter(3, 4))
    assert [part.notes for part in song.parts] == [part.notes for part in SONG.parts]
    assert song.bars[4].start == 4 * BAR
    assert song.bars[5].start == 4 * BAR + 1440
    assert song.length >= SONG.length


def test_the_length_is_counted_in_bars() -> None:
    assert editing.with_length(SONG, 20).length == 20 * BAR
    shorter = editing.with_length(SONG, 8)
    assert shorter.length == 8 * BAR
    assert all(note.end <= 8 * BAR for part in shorter.parts for note in part.notes)
    with pytest.raises(RequestError):
        editing.with_length(SONG, 0)


# The band


def test_parts_keep_names_of_their_own() -> None:
    song = editing.duplicate_part(SONG, 1)
    assert [part.name for part in song.parts] == ["Tune", "Bass", "Bass 2", "Drums"]
    assert editing.rename_part(song, 3, "bass").parts[3].name == "bass 3"
    assert editing.rename_part(song, 1, "BASS").parts[1].name == "BASS"
    assert [part.name for part in editing.move_part(song, 3, 0).parts] == ["Drums", "Tune", "Bass", "Bass 2"]
    assert editing.remove_part(song, 2) == SONG


# Answers


def test_parts_of_an_answer_replace_those_of_their_name_and_others_are_added() -> None:
    answer = replace(
        SONG,
        parts=(
            Part("Pad", Role.PAD, 89, (Note(0, 50, 5 * BAR), Note(8 * BAR, 50, 100))),
            replace(SONG.parts[1], notes=(Note(0, 30, 100), Note(4 * BAR, 31, 100))),
            SONG.parts[0],
        ),
    )
    mine = editing.with_strip(SONG, 1, Strip(gain_db=-3))
    kept = editing.keep(mine, answer, parts=[0, 1])
    assert [part.name for part in kept.parts] == ["Tune", "Bass", "Drums", "Pad"]
    assert kept.parts[1].notes == answer.parts[1].notes
    assert kept.parts[1].strip == Strip(gain_db=-3)
    assert kept.parts[3] == answer.parts[0]
    some = editing.keep(mine, answer, parts=[1], bars=(4, 5))
    expected = [note for note in SONG.parts[1].notes if not 4 * BAR <= note.start < 6 * BAR]
    assert list(some.parts[1].notes) == sorted([*expected, Note(4 * BAR, 31, 100)])
    assert len(some.parts) == 3
    with pytest.raises(RequestError, match="no such part"):
        editing.keep(SONG, answer, parts=[3])
    with pytest.raises(RequestError, match="not all in the proposal"):
        editing.keep(SONG, answer, bars=(10, 16))


def test_a_part_whose_role_a_composer_heard_is_still_the_same_part() -> None:
    sketch = replace(SONG, parts=(replace(SONG.parts[0], role=Role.OTHER),))
    kept = editing.keep(sketch, SONG)
    assert [part.name for part in kept.parts] == ["Tune", "Bass", "Drums"]
    assert editing.written_parts(sketch, SONG) == (1, 2)


def test_harmony_comes_along_where_it_is_wanted() -> None:
    sketch = replace(lead_sheet(), chords=(ChordChange(0, parse_chord("Gm")),), keys=())
    answer = lead_sheet()
    assert editing.keep(sketch, answer).chords == answer.chords
    assert editing.keep(sketch, answer, parts=[0]).chords == sketch.chords
    some = editing.keep(sketch, answer, bars=(2, 3))
    said = [(each.tick // BAR, str(each.chord)) for each in some.chords]
    assert said == [(0, "Gm"), (2, "Dm7"), (3, "G7"), (4, "Gm")]


def test_a_continuation_makes_the_song_longer() -> None:
    answer = editing.with_length(editing.add_note(SONG, 1, Note(18 * BAR, 40, 480)), 20)
    answer = editing.set_meter(editing.add_section(answer, 16, "Coda"), 16, Meter(3, 4))
    kept = editing.keep(SONG, answer, parts=[1])
    assert kept.length == answer.length
    assert kept.meters == answer.meters
    assert kept.sections[-1] == Section(16 * BAR, "Coda")
