"""Writing Standard MIDI Files: type 1, 480 ticks a quarter, a conductor track first, then one track a part.

The conductor track holds title (track name), a sentence about who wrote the song, tempo, metre, key, section markers
and, as text events, the chord symbols; its end is the song's end.  A part's track holds its name, role, program, volume
(CC7) and pan (CC10) at tick 0, then its notes, later controllers, pitch bends and lyrics.  Roles, modal keys and who
wrote what (`midi_authors`) are sequencer-specific events, which no program shows.  Drums play on channel 10; every
other part has a channel of its own, and when the sixteen are used up the next go to another MIDI port, as in
sequencers.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from cocomposer import __version__
from cocomposer.errors import FormatError
from cocomposer.formats.midi_authors import authors_of
from cocomposer.formats.midi_canon import (
    AUTHORS_MARK,
    DRUM_CHANNEL,
    KEY_MARK,
    MARK,
    PAN,
    PITCHED_CHANNELS,
    ROLE_MARK,
    VOLUME,
    canonical,
    chord_text,
)
from cocomposer.music import TICKS_PER_QUARTER, Key, Mode, Part, Song
from cocomposer.music.key import FLAT_NAMES, SHARP_NAMES
from cocomposer.music.shares import statement

if TYPE_CHECKING:
    from mido import Message, MetaMessage, MidiTrack

MAX_PARTS = 256 * len(PITCHED_CHANNELS)
"""MIDI has at most 256 ports, of 15 pitched channels each."""

# What comes first where several events share a tick: settings, then note ends before note beginnings.
_SETTING, _NOTE_OFF, _NOTE_ON, _END = range(4)
_Event = tuple[int, int, "Message | MetaMessage"]


def write(song: Song) -> bytes:
    """The song as the bytes of a MIDI file; what MIDI cannot say is brought to `canonical` form first.

    Raises FormatError for a song with more parts or more bars than MIDI or the program can hold.
    """
    from mido import MidiFile

    if len(song.parts) > MAX_PARTS:
        raise FormatError(f"A MIDI file holds {MAX_PARTS} parts at most, and this song has {len(song.parts)}.")
    song = canonical(song)
    addresses = _addresses(song.parts)
    many_ports = any(port for port, _ in addresses)
    tracks = [_conductor_track(song)]
    for part, (port, channel) in zip(song.parts, addresses, strict=True):
        tracks.append(_part_track(part, channel, port if many_ports else None))
    buffer = io.BytesIO()
    MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER, tracks=tracks).save(file=buffer)
    return buffer.getvalue()


def _addresses(parts: tuple[Part, ...]) -> list[tuple[int, int]]:
    """Port and channel of each part, none given twice."""
    addresses, drums, pitched = [], 0, 0
    for part in parts:
        if part.is_drums:
            addresses.append((drums, DRUM_CHANNEL))
            drums += 1
        else:
            port, index = divmod(pitched, len(PITCHED_CHANNELS))
            addresses.append((port, PITCHED_CHANNELS[index]))
            pitched += 1
    return addresses


def _conductor_track(song: Song) -> MidiTrack:
    from mido import MetaMessage

    events: list[_Event] = []

    def add(tick: int, kind: str, **values: object) -> None:
        events.append((tick, _SETTING, MetaMessage(kind, **values)))

    add(0, "track_name", name=_as_bytes(song.title))
    add(0, "text", text=_as_bytes(f"Made with Cocomposer {__version__}. {statement(song)}"))
    add(0, "sequencer_specific", data=_mark(f"{AUTHORS_MARK}{authors_of(song.chords)}"))
    for tempo in song.tempos.changes:
        add(tempo.tick, "set_tempo", tempo=tempo.microseconds_per_quarter)
    for change in song.meters.changes:
        meter = change.meter
        # The metronome clicks on the felt beat, given in 24ths of a quarter.
        click = min(255, meter.beats[0] * 24 // TICKS_PER_QUARTER)
        add(change.tick, "time_signature", numerator=meter.numerator, denominator=meter.denominator,
            clocks_per_click=max(1, click))  # fmt: skip
    for key in song.keys:
        add(key.tick, "key_signature", key=_signature(key.key))
        if key.key.mode not in (Mode.MAJOR, Mode.MINOR):
            add(key.tick, "sequencer_specific", data=_mark(f"{KEY_MARK}{key.key}"))
    for section in song.sections:
        add(section.tick, "marker", text=_as_bytes(section.name))
    for chord in song.chords:
        add(chord.tick, "text", text=_as_bytes(chord_text(chord.chord)))
    events.append((song.length, _END, MetaMessage("end_of_track")))
    return _track(events)


def _mark(text: str) -> bytes:
    """The data of an event of our own: for programs, not for people."""
    return MARK + text.encode("ascii")


def _signature(key: Key) -> str:
    """The key signature in mido's spelling; a mode has the signature of the major key with its notes."""
    names = FLAT_NAMES if key.sharps < 0 else SHARP_NAMES
    return f"{names[key.tonic]}m" if key.mode is Mode.MINOR else names[key.relative_major]


def _part_track(part: Part, channel: int, port: int | None) -> MidiTrack:
    from mido import Message, MetaMessage

    events: list[_Event] = []

    def add(tick: int, order: int, kind: str, **values: int) -> None:
        events.append((tick, order, Message(kind, channel=channel, **values)))

    events.append((0, _SETTING, MetaMessage("track_name", name=_as_bytes(part.name))))
    events.append((0, _SETTING, MetaMessage("sequencer_specific", data=_mark(f"{ROLE_MARK}{part.role}"))))
    authors = _mark(f"{AUTHORS_MARK}{authors_of(part.notes)}")
    events.append((0, _SETTING, MetaMessage("sequencer_specific", data=authors)))
    if port is not None:
        events.append((0, _SETTING, MetaMessage("midi_port", port=port)))
    add(0, _SETTING, "program_change", program=part.program)
    add(0, _SETTING, "control_change", control=VOLUME, value=part.volume)
    add(0, _SETTING, "control_change", control=PAN, value=part.pan)
    for control in part.controls:
        add(control.tick, _SETTING, "control_change", control=control.number, value=control.value)
    for bend in part.bends:
        add(bend.tick, _SETTING, "pitchwheel", pitch=bend.value)
    for lyric in part.lyrics:
        events.append((lyric.tick, _SETTING, MetaMessage("lyrics", text=_as_bytes(lyric.text))))
    for note in part.notes:
        add(note.start, _NOTE_ON, "note_on", note=note.pitch, velocity=note.velocity)
        add(note.end, _NOTE_OFF, "note_off", note=note.pitch, velocity=0)
    return _track(events)


def _track(events: list[_Event]) -> MidiTrack:
    """The events in order of time, their ticks turned into the distances that MIDI keeps."""
    from mido import MidiTrack

    track, now = MidiTrack(), 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        message.time = tick - now
        track.append(message)
        now = tick
    return track


def _as_bytes(text: str) -> str:
    """Text whose Latin-1 bytes are the UTF-8 of `text`: mido writes Latin-1, and switching its charset is global."""
    return text.encode("utf-8").decode("latin-1")
