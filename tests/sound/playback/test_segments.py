"""A part cut into segments: nothing lost, nothing twice, and the sum sounds like the whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from conftest import band
from hypothesis import given, settings
from hypothesis import strategies as st

from cocomposer.music import (
    Control,
    Instrument,
    Lane,
    MeterMap,
    Note,
    Part,
    PitchBend,
    Point,
    Role,
    Strip,
    TempoChange,
    TempoMap,
)
from cocomposer.sound.performance import midi_events
from cocomposer.sound.playback.rendering import played
from cocomposer.sound.playback.segments import Segment, segments_of
from cocomposer.sound.protocol import BEND, CONTROL, NOTE_OFF, NOTE_ON
from cocomposer.sound.supervisor import Hosts

RATE = 44100
TICKS = st.integers(0, 20_000)
METERS, TEMPOS = MeterMap(), TempoMap()


def cut(part: Part, tempos: TempoMap = TEMPOS, rate: int = RATE) -> tuple[Segment, ...]:
    return segments_of(part, METERS, tempos, rate)


@given(
    st.lists(st.builds(Note, TICKS, st.integers(40, 50), st.integers(1, 9_000), st.integers(1, 127)), max_size=40),
    st.lists(st.builds(Control, TICKS, st.just(64), st.sampled_from([0, 127])), max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_every_note_is_in_one_segment_at_its_time(notes: list[Note], pedal: list[Control]) -> None:
    part = Part("Keys", Role.KEYS, notes=tuple(notes), controls=tuple(pedal))
    tempos = TempoMap((TempoChange.at_bpm(0, 97), TempoChange.at_bpm(5_000, 143)))
    whole = Counter(
        (round(at * RATE), status, pitch, velocity)
        for at, status, pitch, velocity in midi_events(part, tempos)
        if status in (NOTE_ON, NOTE_OFF)
    )
    pieces = Counter(
        (segment.frame + round(at * RATE), status, pitch, velocity)
        for segment in cut(part, tempos)
        for at, status, pitch, velocity in segment.phrase.events
        if status in (NOTE_ON, NOTE_OFF)
    )
    assert pieces == whole


def test_an_edit_changes_one_segment_and_what_repeats_is_one_phrase() -> None:
    song = band(8)
    keys = song.parts[3]
    before = cut(keys, rate=48000)  # at which a bar is a whole number of steps of the SoundFont's grid
    assert len(before) == 4
    moved = replace(keys.notes[30], pitch=keys.notes[30].pitch + 1)
    after = cut(replace(keys, notes=(*keys.notes[:30], moved, *keys.notes[31:])), rate=48000)
    changed = [one.tick for one, two in zip(before, after, strict=True) if one.phrase.key != two.phrase.key]
    assert changed == [2 * 1920]
    assert before[0].phrase.key == before[2].phrase.key != before[1].phrase.key


def test_what_the_instrument_is_belongs_to_the_key() -> None:
    part = Part("Lead", Role.MELODY, notes=(Note(0, 60, 100),))
    versions = [
        part,
        replace(part, program=1),
        replace(part, role=Role.DRUMS),
        replace(part, instrument=Instrument(name="other.sf2")),
        replace(part, instrument=Instrument(parameters=(("cutoff", 0.5),))),
        replace(part, instrument=Instrument(state=b"1")),
        replace(part, notes=(Note(0, 60, 101),)),
    ]
    keys = [cut(version)[0].phrase.key for version in versions]
    keys += [cut(part, TempoMap.constant(121))[0].phrase.key, cut(part, rate=48000)[0].phrase.key]
    assert len(set(keys)) == len(keys)
    assert cut(replace(part, name="Other", volume=3, pan=3))[0].phrase.key == keys[0]  # the mixer's business


def test_controllers_and_bends_stand_where_they_stood() -> None:
    part = Part(
        "Lead", Role.MELODY,
        notes=(Note(0, 60, 100), Note(4 * 1920, 62, 3000)),
        controls=(Control(0, 101, 0), Control(0, 100, 0), Control(0, 6, 12), Control(10, 101, 127),
                  Control(10, 100, 127), Control(20, 1, 30), Control(480, 1, 90), Control(4 * 1920 + 2000, 1, 10)),
        bends=(PitchBend(0, 5000), PitchBend(960, -100)),
    )  # fmt: skip
    late = cut(part)[1]
    assert late.tick == 4 * 1920
    start = [event[1:] for event in late.phrase.events if event[0] == 0 and event[1] != NOTE_ON]
    chosen = [(CONTROL, 101, 0), (CONTROL, 100, 0), (CONTROL, 6, 12), (CONTROL, 101, 127), (CONTROL, 100, 127)]
    assert start == [*chosen, (CONTROL, 1, 90), (BEND, (8192 - 100) & 127, (8192 - 100) >> 7)]
    assert (CONTROL, 1, 10) in [event[1:] for event in late.phrase.events if event[0] > 0]


def test_lanes_of_the_instrument_reach_each_segment() -> None:
    lane = Lane("instrument:cutoff", (Point(0, 0.0), Point(8 * 1920, 0.8)))
    notes = (Note(0, 60, 100), Note(4 * 1920, 60, 100), Note(16 * 1920, 60, 100), Note(24 * 1920, 60, 100))
    part = Part("Lead", Role.MELODY, notes=notes, strip=Strip(lanes=(lane, Lane("gain", (Point(0, -6.0),)))))
    first, second, third, fourth = (segment.phrase for segment in cut(part))
    assert first.automation[0][0] == second.automation[0][0] == "cutoff"
    assert first.automation[0][1][0] == (0.0, 0.0)
    assert second.automation[0][1][0] == pytest.approx((0.0, 0.4), abs=1e-4)
    assert second.automation[0][1][1] == pytest.approx((8.0, 0.8), abs=2e-3)
    assert third.automation == (("cutoff", ((0.0, 0.8),)),)
    assert third.key == fourth.key != first.key


@pytest.mark.parametrize("role", [Role.MELODY, Role.DRUMS, Role.PAD])
def test_the_segments_of_a_soundfont_part_add_up_to_the_whole(role: Role) -> None:
    rate, tempos = 44100, TempoMap.constant(113)
    part = band(6).part_of_role(role)
    assert part is not None
    if role is Role.DRUMS:  # an open hi-hat that the next segment chokes
        at = 4 * 1920 - 240
        part = replace(part, notes=(*(note for note in part.notes if note.start != at), Note(at, 46, 100, 90)))
    hosts = Hosts()
    events = midi_events(part, tempos)
    whole = hosts.play(Instrument(), part.program, part.is_drums, events, events[-1][0], sample_rate=rate)
    segments = cut(part, tempos, rate)
    total = np.zeros((2, whole.shape[1] + 20 * rate))
    try:
        for segment in segments:
            audio = played(hosts, segment.phrase, Instrument()).audio
            total[:, segment.frame : segment.frame + audio.shape[1]] += audio
    finally:
        hosts.close()
    assert len(segments) == 3
    error = np.sqrt(np.mean((total[:, : whole.shape[1]] - whole) ** 2) / np.mean(whole**2))
    assert 20 * np.log10(error + 1e-20) < -100
    assert np.abs(total[:, whole.shape[1] :]).max() < 1e-4
