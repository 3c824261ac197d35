"""What each player does with its pattern, heard in small arrangements written for the purpose."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from songs import lead_sheet

from cocomposer.music import ChordChange, Note, Part, Song
from cocomposer.music.chord_symbols import parse_chord
from cocomposer.styles import Orchestration, arrange
from cocomposer.styles.drum_names import DRUMS
from cocomposer.styles.loading import parse_style

STILL = {"swing": 0, "timing": 0, "velocity": 0, "accent": 0}


def play(song: Song, shift: int = 0, **part: object) -> Part:
    """The one part of a style without any human spread, so that every note lies where it was meant."""
    style = parse_style({"schema": 1, "feel": STILL, "parts": {"it": part}}, "test")
    (played,) = arrange(song, style, (), Orchestration(shift=shift))
    return played


def bar_of(part: Part, bar: int, size: int = 1920) -> list[Note]:
    return [note for note in part.notes if bar * size <= note.start < (bar + 1) * size]


def test_the_bass_has_the_root_on_every_change_whatever_degree_is_written() -> None:
    song = lead_sheet(changes="C F G7 Am Dm/F G C C", melody=False)
    bass = play(song, role="bass", instrument="Acoustic Bass", mid="5--- 3--- 1--- 8---")
    for span in song.chord_spans:
        first = next(note for note in bass.notes if note.start == span.start)
        assert first.pitch % 12 == span.chord.bass_pitch_class


def test_a_held_bass_moves_when_the_chord_does() -> None:
    song = lead_sheet(changes="C C C C", melody=False)
    changes = (ChordChange(0, parse_chord("C")), ChordChange(960, parse_chord("G")))
    bass = play(replace(song, chords=changes), role="bass", instrument="Acoustic Bass", mid="1---------------")
    assert [(note.start, note.pitch % 12) for note in bar_of(bass, 0)] == [(0, 0), (960, 7)]


def test_approaches_lead_by_step_into_the_next_root() -> None:
    bass = play(lead_sheet(melody=False), role="bass", instrument="Acoustic Bass", mid="1--- ---- ---- a---")
    steps = [after.pitch - before.pitch for before, after in pairwise(bass.notes) if before.start % 1920 == 1440]
    assert len(steps) == 8  # then the style, without a high level, rests to the last bar
    assert all(abs(step) in (1, 2) for step in steps[:-1])


def test_approaches_do_not_rub_against_the_third() -> None:
    song = lead_sheet(changes="E7 F E7 F E7 F E7 F", melody=False)
    bass = play(song, role="bass", instrument="Acoustic Bass", mid="1--- ---- ---- a---")
    assert not [note for note in bar_of(bass, 0) if note.pitch % 12 == 7]


def test_an_anticipation_sounds_the_next_chord_over_the_bar_line() -> None:
    song = lead_sheet(changes="C F C F C", melody=False)
    bass = play(song, role="bass", instrument="Acoustic Bass", mid="....1.......1>...")
    pushed = next(note for note in bass.notes if note.start == 1440)
    assert pushed.pitch % 12 == 5
    assert pushed.end > 1920


def test_an_anticipated_chord_is_held_over_the_bar_line() -> None:
    song = lead_sheet(changes="C F C F C", melody=False)
    keys = play(song, role="keys", instrument="Church Organ", mid="c-------....c>...", whole=True)
    pushed = [note for note in keys.notes if note.start == 1440]
    assert {note.pitch % 12 for note in pushed} == {0, 5, 9}
    assert all(note.end == 1920 + 960 for note in pushed)
    assert not [note for note in keys.notes if note.start == 1920]


def test_a_chord_is_whole_where_it_is_new_and_light_after() -> None:
    song = lead_sheet(changes="C C F F", melody=False)
    keys = play(song, role="keys", instrument="Acoustic Grand Piano", mid="c.c. c.c. c.c. c.c.", voices=4)
    at = {start: sum(note.start == start for note in keys.notes) for start in (0, 240, 1920, 3840)}
    assert at == {0: 4, 240: 2, 1920: 2, 3840: 4}
    riff = play(song, role="keys", instrument="Acoustic Grand Piano", mid="c.c. c.c. c.c. c.c.", voices=4, whole=True)
    assert sum(note.start == 240 for note in riff.notes) == 4


def test_comping_makes_room_for_the_tune_and_fills_its_rests() -> None:
    song = lead_sheet()  # busy in bars 1, 3 ... and at rest after the first beat of bars 4, 8 ...
    keys = {
        "role": "keys",
        "instrument": "Acoustic Grand Piano",
        "low": "c---",
        "mid": "c-c- c-c-",
        "high": "cccc cccc cccc cccc",
    }
    listening, deaf = play(song, **keys), play(song, **keys, listens=False)
    strikes = [[len({note.start for note in bar_of(part, bar)}) for bar in range(8)] for part in (listening, deaf)]
    assert strikes[1] == [4] * 8
    assert strikes[0][3] > 8
    assert strikes[0][0] < 4


def test_a_strum_goes_down_and_up() -> None:
    song = lead_sheet(changes="C C", melody=False)
    guitar = play(song, role="guitar", instrument="Acoustic Guitar (steel)", mid="D---u---", strum=20, voices=6)
    down = [note.pitch for note in guitar.notes if note.start < 480]
    up = [note.pitch for note in sorted(guitar.notes) if 960 <= note.start < 1440]
    assert down == sorted(down)
    assert up == sorted(up, reverse=True)
    assert len(down) > len(up) == 3


def test_held_chords_tie_what_they_share() -> None:
    song = lead_sheet(changes="C Am C Am", melody=False)
    pad = {"role": "pad", "instrument": "String Ensemble 1", "mid": "c---", "voices": 3}
    tied, struck = play(song, **pad, legato=True), play(song, **pad)
    assert len(struck.notes) == 12
    assert len(tied.notes) < 12
    sounding = [{n.pitch for n in part.notes if n.start <= 3000 < n.end} for part in (tied, struck)]
    assert sounding[0] == sounding[1]


def test_the_last_bar_lands_and_rings() -> None:
    song = lead_sheet()
    keys = play(song, role="keys", instrument="Acoustic Grand Piano", mid="c.c. c.c. c.c. c.c.", voices=4)
    last = bar_of(keys, 15)
    assert {(note.start, note.end) for note in last} == {(15 * 1920, 16 * 1920)}
    assert len(last) == 4


def test_drums_fill_at_the_end_of_a_section_and_crash_into_a_louder_one() -> None:
    groove = {"kick": "x... x...", "snare": "..x. ..x."}
    drums = play(lead_sheet(), role="drums", mid=groove, high=groove, fill={"floor": "xxxx xxxx"})
    assert {note.pitch for note in bar_of(drums, 7)} == {DRUMS["floor"]}
    assert [note.start for note in drums.notes if note.pitch == DRUMS["crash"]] == [8 * 1920, 15 * 1920]
    quiet = play(lead_sheet(), role="drums", mid=groove, high=groove, crash=False)
    assert not [note for note in quiet.notes if note.pitch == DRUMS["crash"]]


def test_a_drummer_has_two_hands() -> None:
    everything = dict.fromkeys(("hat", "snare", "ride", "tom1", "kick", "pedal"), "x.x.")
    drums = play(lead_sheet(melody=False), role="drums", mid=everything)
    struck = {note.pitch for note in drums.notes if note.start == 0}
    assert {DRUMS["kick"], DRUMS["pedal"]} < struck
    assert len(struck) == 4


@pytest.mark.parametrize("line", ["held", "answer", "moving", "harmony"])
def test_counter_lines_keep_clear_of_the_tune(line: str) -> None:
    song = lead_sheet()
    cello = play(song, role="counter", instrument="Cello", line=line, register=[45, 69])
    tune = song.parts[0].notes
    assert all(before.end <= after.start for before, after in pairwise(cello.notes))
    for note in cello.notes:
        together = [sung for sung in tune if sung.start < note.end and note.start < sung.end]
        assert all(note.pitch < sung.pitch for sung in together)


def test_answers_come_in_the_rests() -> None:
    song = lead_sheet()
    cello = play(song, role="counter", instrument="Cello", line="answer", register=[45, 64])
    resting, singing = (
        sum(len(bar_of(cello, bar)) for bar in range(15) if (bar % 4 == 3) is at_rest) for at_rest in (True, False)
    )
    assert resting / 3 > 2 * singing / 12


def test_harmony_sings_the_rhythm_of_the_tune() -> None:
    song = lead_sheet()
    voice = play(song, role="counter", instrument="Voice Oohs", line="harmony", register=[52, 76])
    sung = {note.start: note.pitch for note in song.parts[0].notes}
    assert len(voice.notes) > 0.7 * len(sung)
    assert all(note.start in sung and 3 <= sung[note.start] - note.pitch <= 9 for note in voice.notes)


def test_late_comers_wait_for_their_section() -> None:
    pad = play(lead_sheet(), role="pad", instrument="String Ensemble 1", mid="c---", high="c---", enters=1)
    assert pad.notes[0].start == 8 * 1920


@pytest.mark.parametrize("line", ["answer", "moving", "harmony"])
def test_counter_lines_have_three_intensities(line: str) -> None:
    song = lead_sheet()
    counts = [
        len(play(song, shift, role="counter", instrument="Cello", line=line, register=[45, 69]).notes)
        for shift in (-2, 0, 2)
    ]
    assert counts[0] < counts[2]
    assert counts[0] <= counts[1] <= counts[2]


def test_harmony_sings_with_a_hand_played_tune_too() -> None:
    song = lead_sheet()
    voice = {"role": "counter", "instrument": "Voice Oohs", "line": "harmony", "register": [52, 76]}
    loose = tuple(replace(note, start=note.start + 25 * (index % 3), duration=note.duration - 40)
                  for index, note in enumerate(song.parts[0].notes))  # fmt: skip
    played = replace(song, parts=(replace(song.parts[0], notes=loose),))
    assert len(play(played, **voice).notes) >= 0.9 * len(play(song, **voice).notes)
