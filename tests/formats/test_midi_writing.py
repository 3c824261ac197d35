"""What is written holds to the standard and opens in other programs' readers."""

import io

import mido
import pretty_midi
import pytest
import symusic

from cocomposer import __version__
from cocomposer.formats import midi
from cocomposer.music import (
    ChordChange,
    Key,
    KeyChange,
    Lyric,
    Meter,
    MeterChange,
    MeterMap,
    Mode,
    Note,
    Part,
    Role,
    Section,
    Song,
    TempoMap,
)
from cocomposer.music.chord_symbols import parse_chord

SONG = Song(
    title="Evening Train",
    length=7_680,
    meters=MeterMap((MeterChange(0, Meter(4, 4)), MeterChange(3_840, Meter(6, 8)))),
    tempos=TempoMap.constant(96),
    keys=(KeyChange(0, Key(2, Mode.DORIAN)),),
    chords=(ChordChange(0, parse_chord("Dm7")), ChordChange(1_920, parse_chord("G13"))),
    sections=(Section(0, "Verse"), Section(3_840, "Chorus")),
    parts=(
        Part("Voice", Role.MELODY, 53, (Note(0, 62, 480), Note(480, 62, 480)), 90, 64, lyrics=(Lyric(0, "früh"),)),
        Part("Drums", Role.DRUMS, 0, (Note(0, 36, 60, 110),), 100, 64),
        Part("Bass", Role.BASS, 33, (Note(0, 38, 960),), 95, 60),
    ),
)


@pytest.fixture
def tracks():
    file = mido.MidiFile(file=io.BytesIO(midi.write(SONG)))
    assert (file.type, file.ticks_per_beat) == (1, 480)
    return file.tracks


def at_ticks(track):
    tick = 0
    for message in track:
        tick += message.time
        yield tick, message


def test_the_conductor_track_comes_first_and_plays_nothing(tracks):
    events = list(at_ticks(tracks[0]))
    assert events[0][1].name == "Evening Train"
    assert all(message.is_meta for _, message in events)
    assert [(tick, message.text) for tick, message in events if message.type == "marker"] == [
        (0, "Verse"), (3_840, "Chorus")]  # fmt: skip
    texts = [(tick, message.text) for tick, message in events if message.type == "text"]
    assert texts[0] == (0, f"Made with Cocomposer {__version__}. Notes: 100 % the artist.")
    assert texts[1:] == [(0, "Dm7"), (1_920, "G13")]
    assert [message.key for _, message in events if message.type == "key_signature"] == ["C"]
    assert events[-1][0] == 7_680


def test_parts_have_name_program_volume_and_pan_at_tick_0(tracks):
    for part, track in zip(SONG.parts, tracks[1:], strict=True):
        setup = [message for tick, message in at_ticks(track) if tick == 0]
        assert setup[0].name == part.name
        values = {message.control: message.value for message in setup if message.type == "control_change"}
        assert values == {7: part.volume, 10: part.pan}
        assert [message.program for message in setup if message.type == "program_change"] == [part.program]


def test_what_only_we_understand_is_shown_by_no_program(tracks):
    """Notation programs print text events under the staff; sequencer-specific ones are for their maker alone."""
    ours = [(message.type, bytes(message.data)) for track in tracks for message in track if hasattr(message, "data")]
    assert all(kind == "sequencer_specific" and data.startswith(b"\x7dcocomposer ") for kind, data in ours)
    marks = [data.removeprefix(b"\x7dcocomposer ").decode() for _, data in ours]
    names = ["key=D dorian", "role=melody", "role=drums", "role=bass"]
    assert [mark for mark in marks if not mark.startswith("authors=")] == names
    assert len(marks) == len(names) + 1 + len(SONG.parts)
    assert not [message for track in tracks[1:] for message in track if message.type == "text"]


def test_drums_play_on_channel_10_and_no_one_else_does(tracks):
    channels = [{message.channel for message in track if not message.is_meta} for track in tracks[1:]]
    assert channels == [{0}, {9}, {1}]


def test_a_repeated_note_ends_before_it_begins_again(tracks):
    kinds = [message.type for tick, message in at_ticks(tracks[1]) if tick == 480]
    assert kinds == ["note_off", "note_on"]


def test_symusic_and_pretty_midi_read_the_same_notes(tmp_path):
    path = tmp_path / "song.mid"
    path.write_bytes(midi.write(SONG))
    score = symusic.Score(str(path))
    pretty = pretty_midi.PrettyMIDI(str(path))
    tracks = [track for track in score.tracks if len(track.notes)]  # symusic puts lyrics on a track of their own
    assert [track.name for track in tracks] == [part.name for part in SONG.parts]
    for part, track, instrument in zip(SONG.parts, tracks, pretty.instruments, strict=True):
        notes = [(note.start, note.pitch, note.duration, note.velocity) for note in part.notes]
        assert sorted((note.time, note.pitch, note.duration, note.velocity) for note in track.notes) == notes
        assert instrument.is_drum == track.is_drum == part.is_drums
        assert instrument.program == track.program == part.program
        assert [pretty.time_to_tick(note.end) for note in instrument.notes] == [note.end for note in part.notes]
    assert pretty.get_tempo_changes()[1][0] == pytest.approx(96)
    assert [(each.numerator, each.denominator) for each in pretty.time_signature_changes] == [(4, 4), (6, 8)]
