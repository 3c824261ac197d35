"""MIDI files as the world writes them, built here byte by byte."""

import io
import struct

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocomposer.errors import FormatError
from cocomposer.formats import midi
from cocomposer.music import Author, Key, Meter, MeterChange, Mode, Note, Part, Role, Song


def track(*events: bytes) -> bytes:
    body = b"".join(events) + b"\0\xff\x2f\0"
    return b"MTrk" + struct.pack(">L", len(body)) + body


def smf(kind: int, division: int, *tracks: bytes) -> bytes:
    return b"MThd" + struct.pack(">LHHh", 6, kind, len(tracks), division) + b"".join(tracks)


def on(delta: int, pitch: int, velocity: int = 64, channel: int = 0) -> bytes:
    return bytes([delta, 0x90 | channel, pitch, velocity])


def off(delta: int, pitch: int, channel: int = 0) -> bytes:
    return bytes([delta, 0x80 | channel, pitch, 0])


def notes_of(data: bytes, part: int = 0) -> tuple[Note, ...]:
    return midi.read(data).parts[part].notes


def test_no_metre_no_tempo_means_four_four_at_120():
    song = midi.read(smf(1, 96, track(on(0, 60), off(96, 60))))
    assert song.meters.changes == (MeterChange(0, Meter(4, 4)),)
    assert song.tempos.bpm_at(0) == 120
    assert song.parts[0].notes == (Note(0, 60, 480, 64),)
    assert song.keys == ()


def test_running_status_and_note_on_of_velocity_0():
    data = smf(0, 96, track(b"\0\x90\x3c\x40", b"\x60\x3c\x00", b"\0\x3e\x41", b"\x30\x3e\x00"))
    assert notes_of(data) == (Note(0, 60, 480, 64), Note(480, 62, 240, 65))


def test_type_0_gives_each_channel_a_part():
    data = smf(0, 96, track(b"\0\xff\x03\x04Tune", on(0, 60), on(0, 36, channel=9), off(96, 60), off(0, 36, 9)))
    song = midi.read(data)
    assert song.title == "Tune"
    assert [part.role for part in song.parts] == [Role.OTHER, Role.DRUMS]
    assert [part.name for part in song.parts] == ["Acoustic Grand Piano", "Drums"]


def test_type_2_patterns_follow_each_other():
    one = track(on(0, 60), off(96, 60))
    assert [part.notes[0].start for part in midi.read(smf(2, 96, one, one)).parts] == [0, 480]


@pytest.mark.parametrize(("frames", "byte"), [(25, 0xE7), (24, 0xE8), (30, 0xE2)])
def test_smpte_time_counts_ticks_in_a_second(frames, byte):
    division = struct.unpack(">h", bytes([byte, 4]))[0]
    data = smf(1, division, track(on(0, 60), off(frames * 4, 60)))
    assert notes_of(data)[0].duration == 960  # one second at 120 is two quarters


def test_smpte_2997_uses_the_first_tempo():
    division = struct.unpack(">h", bytes([0xE3, 100]))[0]
    data = smf(
        1, division, track(b"\0\xff\x51\x03\x0f\x42\x40", on(0, 60), b"\x97\x35\x80\x3c\0")
    )  # 60 bpm, 2,997 ticks
    assert notes_of(data)[0].duration == 480


def test_hung_zero_length_and_overlapping_notes_become_whole():
    hung = smf(1, 480, track(on(0, 60), b"\x83\x60\xb0\x01\x00"))
    assert notes_of(hung) == (Note(0, 60, 480, 64),)
    empty = smf(1, 480, track(on(0, 60), off(0, 60)))
    assert notes_of(empty) == (Note(0, 60, 1, 64),)
    overlapping = smf(1, 480, track(on(0, 60), on(100, 60), off(100, 60), off(100, 60)))
    assert notes_of(overlapping) == (Note(0, 60, 100, 64), Note(100, 60, 200, 64))


def test_metre_tempo_key_marker_lyrics_bend_and_controllers():
    data = smf(
        1, 480,
        track(b"\0\xff\x58\x04\x06\x03\x24\x08", b"\0\xff\x51\x03\x07\xa1\x20", b"\0\xff\x59\x02\xfd\x01",
              b"\0\xff\x06\x05Verse", b"\0\xff\x01\x03Am7"),
        track(b"\0\xff\x03\x05Vox 1", b"\0\xc0\x35", b"\0\xb0\x07\x50", b"\0\xff\x05\x02la", b"\0\xb0\x40\x7f",
              b"\0\xe0\x00\x50", on(0, 60), off(96, 60)),
    )  # fmt: skip
    song = midi.read(data)
    assert song.meters.meter_at(0) == Meter(6, 8)
    assert song.key_at(0) == Key(0, Mode.MINOR)
    assert [section.name for section in song.sections] == ["Verse"]
    assert [str(change.chord) for change in song.chords] == ["Am7"]
    part = song.parts[0]
    assert (part.role, part.program, part.volume, part.pan) == (Role.MELODY, 53, 80, 64)
    assert part.lyrics[0].text == "la"
    assert (part.controls[0].number, part.controls[0].value) == (64, 127)
    assert part.bends[0].value == 0x50 * 128 - 8192


@pytest.mark.parametrize(
    ("name", "role"),
    [("MELODY", Role.MELODY), ("Slap Bass", Role.BASS), ("Bassoon", Role.OTHER), ("Lead Guitar", Role.GUITAR),
     ("Grand Piano", Role.KEYS), ("Strings", Role.PAD), ("Counter melody", Role.MELODY)],
)  # fmt: skip
def test_roles_are_guessed_from_names(name, role):
    data = smf(1, 96, track(b"\0\xff\x03" + bytes([len(name)]) + name.encode(), on(0, 60), off(96, 60)))
    assert midi.read(data).parts[0].role is role


def test_text_in_latin_1_and_utf_8():
    for encoding in ("utf-8", "latin-1"):
        name = "Frühling".encode(encoding)
        data = smf(1, 96, track(b"\0\xff\x03" + bytes([len(name)]) + name), track(on(0, 60), off(96, 60)))
        assert midi.read(data).title == "Frühling"


def test_unknown_meta_events_keep_their_time():
    data = smf(1, 96, track(b"\x60\xff\x60\x02\x01\x02", on(0, 60), off(96, 60)))
    assert notes_of(data)[0].start == 480


def test_impossible_keys_and_metres_are_passed_over():
    data = smf(1, 96, track(b"\0\xff\x59\x02\x46\x2a", b"\0\xff\x58\x04\0\x02\x18\x08", on(0, 60), off(96, 60)))
    song = midi.read(data)
    assert song.keys == ()
    assert song.meters.meter_at(0) == Meter(4, 4)


def test_foreign_chunks_wrong_track_counts_and_riff_wrappers_are_read():
    one = track(on(0, 60), off(96, 60))
    plain = smf(1, 96, one, one)
    with_alien = plain[:14] + b"XFIH\0\0\0\2ab" + plain[14:]
    too_many = plain[:10] + b"\0\x09" + plain[12:]
    for data in (with_alien, too_many, b"RIFF\0\0\0\0RMIDdata\0\0\0\0" + plain):
        assert midi.matches(data, "")
        assert midi.read(data) == midi.read(plain)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [(b"hello", "not MIDI"), (b"MThd\0\0", "header"), (smf(1, 96), "no tracks"),
     (smf(1, 0, track(on(0, 60))), "counts time"), (smf(1, 96, track(on(0, 60)))[:-3], "Track 1"),
     (smf(1, 1, track(b"\xff\xff\xff\x7f\x90\x3c\x40")), "longer than"),
     (smf(1, 96, track(b"\xff" * 600)), "damaged"), (b"MThd" + bytes(2_000_001), "larger")],
)  # fmt: skip
def test_what_is_wrong_is_said(data, complaint):
    with pytest.raises(FormatError, match=complaint):
        midi.read(data)


LONG = track(on(0, 60), off(96, 60), on(0, 62), off(96, 62), on(0, 64), off(96, 64))


@pytest.mark.parametrize("kept", [9, 12, 16, 20, 24, 27])
def test_a_file_that_ends_inside_a_track_is_refused(kept):
    """Also where it ends between two events, so that the rest would read as a shorter song."""
    data = smf(1, 96, LONG, LONG)
    whole = len(LONG) - 8
    with pytest.raises(FormatError, match=f"cut short: of track 2 only {kept - 8} of {whole} bytes .* again"):
        midi.read(data[: len(data) - len(LONG) + kept])


@pytest.mark.parametrize("kept", [1, 4, 7])
def test_a_file_that_ends_inside_the_head_of_a_track_is_refused(kept):
    with pytest.raises(FormatError, match="cut short: of track 2 only the beginning"):
        midi.read(smf(1, 96, LONG, LONG[:kept]))


def test_what_programs_leave_out_or_append_is_no_cut():
    whole = smf(1, 96, LONG, LONG)
    unended = LONG[:4] + struct.pack(">L", len(LONG) - 12) + LONG[8:-4]
    too_long = LONG[:4] + struct.pack(">L", len(LONG) + 100) + LONG[8:]
    rubbish = (b"\0" * 50, b"M", b"\x1a", b"XFIH\0\0\x10\0ab", b"\r\n")
    for data in (
        smf(1, 96, LONG, unended),
        smf(1, 96, LONG, too_long),
        whole[:-4],
        *(whole + each for each in rubbish),
    ):
        assert [len(part.notes) for part in midi.read(data).parts] == [3, 3]


def test_a_far_end_of_track_does_not_make_a_long_song():
    data = smf(1, 96, track(on(0, 60), off(96, 60), b"\xff\xff\xff\x7f\xb0\x01\x01"))
    assert midi.read(data).length == 480


def test_mido_is_left_as_other_users_expect_it():
    midi.read(smf(1, 96, track(on(0, 60), off(96, 60))))
    assert mido.MetaMessage("key_signature", key="Bb").bytes() == [0xFF, 0x59, 2, 0xFE, 0]


def test_marks_of_other_makers_and_damaged_ones_of_ours_are_passed_over():
    def mark(data: bytes) -> bytes:
        return b"\0\xff\x7f" + bytes([len(data)]) + data

    marks = [mark(each) for each in (b"", b"\x7d", b"\x7drole=bass", b"\x43\x7b", b"\x7dcocomposer role=boss",
                                     b"\x7dcocomposer key=H\xff", b"\x7dcocomposer ")]  # fmt: skip
    song = midi.read(smf(1, 96, track(*marks, on(0, 60), off(96, 60))))
    assert (song.parts[0].role, song.keys) == (Role.OTHER, ())


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=60).map(lambda data: bytes(each & 0x7F for each in data)), st.booleans())
def test_what_a_file_says_of_its_authors_never_breaks_its_reading(junk: bytes, whole: bool) -> None:
    """Whatever stands where the authors are told, the notes are read; nobody is named who was not there."""
    song = Song(length=480, parts=(Part("Bass", Role.BASS, 33, (Note(0, 40, 480),)),))
    file = mido.MidiFile(file=io.BytesIO(midi.write(song)))
    for track in file.tracks:
        for message in track:
            if message.type == "sequencer_specific" and b"authors=" in bytes(message.data):
                said = bytes(message.data)
                start = said.index(b"authors=") + len(b"authors=")
                message.data = (*said[:start], *(junk if whole else said[start:-1] + junk))
    buffer = io.BytesIO()
    file.save(file=buffer)
    read = midi.read(buffer.getvalue())
    assert read == song
    authors = {note.origin.author for part in read.parts for note in part.notes if note.origin is not None}
    assert authors <= {Author.UNKNOWN}
