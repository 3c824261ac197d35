"""Reading Standard MIDI Files of every kind: types 0, 1 and 2, metrical and SMPTE time, our own and the world's.

mido parses the bytes, one track at a time; this module guards it against what it cannot bear and turns its messages
into a Song: one Part for each channel of each track, notes paired and made whole, times in ticks of 1/480 quarter.
"""

from __future__ import annotations

import io
import re
import struct
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from cocomposer.errors import FormatError, MusicError
from cocomposer.formats.foreign_errors import reason
from cocomposer.formats.midi_authors import with_authors
from cocomposer.formats.midi_canon import (
    AUTHORS_MARK,
    DRUM_CHANNEL,
    KEY_MARK,
    MARK,
    PAN,
    ROLE_MARK,
    VOLUME,
    clean_name,
    last_tick,
)
from cocomposer.formats.role_names import guess_role
from cocomposer.music import (
    TICKS_PER_QUARTER,
    ChordChange,
    Control,
    Key,
    KeyChange,
    Lyric,
    Meter,
    MeterChange,
    MeterMap,
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
from cocomposer.music.general_midi import INSTRUMENTS
from cocomposer.music.song import MAX_TICKS, without_overlaps

if TYPE_CHECKING:
    from mido import MetaMessage, MidiTrack

MAX_BYTES = 2_000_000
"""Largest MIDI file that is read; real songs have a tenth of this."""
MAX_NOTES = 200_000
MAX_TRACKS = 1_000
_MAX_HIGH_BYTES = 500
"""No real file has this many bytes above 127 on end, and mido would build one enormous number of them."""

_Event = TypeVar("_Event")
_HEADER = b"MThd"
_END_OF_TRACK = b"\0\xff\x2f\0"
"""The last event of every track, as most programs write it: at once, after what came before."""


@dataclass
class _Line:
    """What one channel of one track plays, as it is being read."""

    notes: list[Note] = field(default_factory=list)
    programs: list[tuple[int, int]] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    bends: list[PitchBend] = field(default_factory=list)
    sounding: defaultdict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))


@dataclass
class _Track:
    """One track, its times in ticks of the program."""

    name: str = ""
    instrument: str = ""
    role: Role | None = None
    end: int = 0
    lines: dict[int, _Line] = field(default_factory=lambda: defaultdict(_Line))
    lyrics: list[Lyric] = field(default_factory=list)
    texts: list[tuple[int, str]] = field(default_factory=list)
    authors: str = ""

    @property
    def note_count(self) -> int:
        return sum(len(line.notes) for line in self.lines.values())


@dataclass
class _Score:
    """What the tracks say together about the whole song, by tick."""

    tempos: dict[int, TempoChange] = field(default_factory=dict)
    meters: dict[int, MeterChange] = field(default_factory=dict)
    keys: dict[int, KeyChange] = field(default_factory=dict)
    sections: dict[int, Section] = field(default_factory=dict)


def starts_like_midi(data: bytes) -> bool:
    """True for a MIDI file, also where a RIFF or MacBinary header stands before it."""
    return _HEADER in data[:256]


def read(data: bytes) -> Song:
    """The song in a MIDI file.

    Raises FormatError for bytes that are no MIDI file, are damaged, or exceed MAX_BYTES, MAX_TRACKS, MAX_NOTES or
    the longest song of the program.
    """
    if len(data) > MAX_BYTES:
        raise FormatError(
            f"This MIDI file is larger than {MAX_BYTES // 1_000_000} MB, which no song is: it is refused."
        )
    start = data.find(_HEADER, 0, 256)
    if start < 0:
        raise FormatError("This file is not MIDI: it does not begin with MThd.")
    kind, division, chunks = _split(data[start:])
    parsed = [_parse(chunk, number) for number, chunk in enumerate(chunks, 1)]
    return _song(kind, _clock(division, parsed), parsed)


def _split(data: bytes) -> tuple[int, int, list[bytes]]:
    """File type, division and the track chunks; chunks of other kinds are skipped, as the standard asks.

    Raises FormatError for a file that ends inside a track.
    """
    if len(data) < 14:
        raise FormatError("This MIDI file breaks off inside its header: it is damaged.")
    size, kind, announced, division = struct.unpack(">LHHh", data[4:14])
    position = 8 + size
    chunks: list[bytes] = []
    while position + 8 <= len(data):
        name, size = struct.unpack(">4sL", data[position : position + 8])
        if name == b"MTrk":
            chunk = data[position + 8 : position + 8 + size]
            # Some programs write wrong sizes or leave the end out; there nothing of the music is missing.
            if size - len(chunk) > len(_END_OF_TRACK) and not chunk.endswith(_END_OF_TRACK[1:]):
                raise FormatError(
                    f"This MIDI file is cut short: of track {len(chunks) + 1} only {len(chunk):,} of {size:,} bytes "
                    "are there; export or download it again."
                )
            chunks.append(chunk)
        position += 8 + size
    rest = data[position:]
    if rest and len(chunks) < announced and (rest.startswith(b"MTrk") or b"MTrk".startswith(rest)):
        raise FormatError(
            f"This MIDI file is cut short: of track {len(chunks) + 1} only the beginning is there; "
            "export or download it again."
        )
    if not chunks:
        raise FormatError("This MIDI file has no tracks: it is empty or damaged.")
    if len(chunks) > MAX_TRACKS:
        raise FormatError(f"This MIDI file has {len(chunks)} tracks; {MAX_TRACKS} is the most that is read.")
    return kind, division, chunks


@cache
def _teach_mido() -> None:
    """Let mido keep the time of meta events it does not know; it would drop it and shift all that follows."""
    from mido.midifiles import meta

    def decode(self: object, message: object, data: bytes) -> None:
        del self, message, data

    for number in set(range(128)) - {spec.type_byte for spec in meta._META_SPECS.values()}:
        name = f"MetaSpec_unrecognised_{number:02x}"
        meta.add_meta_spec(
            type(name, (meta.MetaSpec,), {"type_byte": number, "attributes": [], "defaults": [], "decode": decode})
        )


def _without_bad_keys(chunk: bytes) -> bytes:
    """The track with impossible key signatures turned into events of no meaning: many programs write them."""

    def repaired(match: re.Match[bytes]) -> bytes:
        sharps, mode = struct.unpack("bB", match[1])
        return match[0] if -7 <= sharps <= 7 and mode <= 1 else b"\xff\x7f\x02" + match[1]

    return re.sub(rb"\xff\x59\x02(..)", repaired, chunk, flags=re.DOTALL)


def _parse(chunk: bytes, number: int) -> MidiTrack:
    from mido import MidiFile

    _teach_mido()
    if re.search(rb"[\x80-\xff]{%d}" % _MAX_HIGH_BYTES, chunk):
        raise FormatError(f"Track {number} of this MIDI file is damaged: it holds bytes that are not MIDI.")
    chunk = _without_bad_keys(chunk)
    file = _HEADER + struct.pack(">LHHH", 6, 0, 1, TICKS_PER_QUARTER) + b"MTrk" + struct.pack(">L", len(chunk)) + chunk
    try:
        return MidiFile(file=io.BytesIO(file), clip=True).tracks[0]
    except Exception as error:  # mido raises whatever its parsing trips over
        why = "it breaks off too early" if isinstance(error, EOFError) else reason(error)
        raise FormatError(f"Track {number} of this MIDI file is damaged: {why}.") from error


def _clock(division: int, tracks: list[MidiTrack]) -> Callable[[int], int]:
    """The function from the file's ticks to ours.

    Metrical time counts ticks in a quarter note.  SMPTE time counts them in a second, -division // 256 frames of
    division % 256 ticks; there the first tempo of the file, or 120, makes seconds into beats.
    """
    if division > 0:
        return lambda tick: (tick * TICKS_PER_QUARTER * 2 + division) // (2 * division)
    frames, ticks = -(division >> 8), division & 0xFF
    if frames not in (24, 25, 29, 30) or not ticks:
        raise FormatError("This MIDI file counts time in a way that does not exist: its header is damaged.")
    rate = 30_000 / 1_001 if frames == 29 else float(frames)
    tempos = [message.tempo for track in tracks for message in track if message.type == "set_tempo" and message.tempo]
    ours_per_tick = TICKS_PER_QUARTER * 1e6 / ((tempos or [500_000])[0] * rate * ticks)
    # A tick beyond the longest song is beyond it in any unit, and may be too large for a float.
    return lambda tick: round(min(tick, 1 << 60) * ours_per_tick)


def _song(kind: int, clock: Callable[[int], int], parsed: list[MidiTrack]) -> Song:
    score = _Score()
    tracks: list[_Track] = []
    offset = 0
    for messages in parsed:
        track = _read_track(messages, clock, offset, score)
        tracks.append(track)
        if sum(each.note_count for each in tracks) > MAX_NOTES:
            raise FormatError(f"This MIDI file has more than {MAX_NOTES:,} notes: it is refused.")
        if kind == 2:  # independent patterns, laid one after another
            offset = track.end
    parts = tuple(part for track in tracks for part in _parts(track))
    conductor = tracks[0]
    chords: dict[int, ChordChange] = {}
    for tick, text in conductor.texts:
        try:
            chords[tick] = ChordChange(tick, parse_chord(text))
        except MusicError:
            continue  # a remark, not a chord symbol
    score.meters.setdefault(0, MeterChange(0, Meter()))
    score.tempos.setdefault(0, TempoChange(0))
    song = Song(
        title=conductor.name if kind == 0 or not conductor.note_count else "",
        meters=MeterMap(_by_tick(score.meters)),
        tempos=TempoMap(_by_tick(score.tempos)),
        keys=_by_tick(score.keys),
        chords=with_authors(_by_tick(chords), conductor.authors),
        sections=_by_tick(score.sections),
        parts=parts,
    )
    return replace(song, length=max(last_tick(song), conductor.end))


def _by_tick(events: dict[int, _Event]) -> tuple[_Event, ...]:
    return tuple(events[tick] for tick in sorted(events))


def _read_track(messages: MidiTrack, clock: Callable[[int], int], offset: int, score: _Score) -> _Track:
    """One track's events at our ticks, `offset` later; what concerns the whole song goes to `score`."""
    track = _Track()
    raw = 0
    for message in messages:
        raw += message.time
        tick = clock(raw) + offset
        kind = message.type
        if tick <= MAX_TICKS:
            track.end = tick
        if tick > MAX_TICKS:
            if kind == "note_on" and message.velocity:
                raise FormatError("This MIDI file is longer than 4,000 bars of 4/4: shorten it first.")
            if kind == "note_off" or kind == "note_on":
                _note_off(track.lines[message.channel], message.note, MAX_TICKS)
        elif kind == "note_on" and message.velocity:
            track.lines[message.channel].sounding[message.note].append((tick, message.velocity))
        elif kind == "note_on" or kind == "note_off":
            _note_off(track.lines[message.channel], message.note, tick)
        elif kind == "control_change":
            track.lines[message.channel].controls.append(Control(tick, message.control, message.value))
        elif kind == "pitchwheel":
            track.lines[message.channel].bends.append(PitchBend(tick, message.pitch))
        elif kind == "program_change":
            track.lines[message.channel].programs.append((tick, message.program))
        elif message.is_meta:
            _read_meta(message, tick, track, score)
    for line in track.lines.values():
        for pitch, starts in line.sounding.items():
            for _ in tuple(starts):
                _note_off(line, pitch, track.end)
    return track


def _note_off(line: _Line, pitch: int, tick: int) -> None:
    """End the note of that pitch that has sounded longest; a note shorter than a tick lasts one."""
    if line.sounding[pitch]:
        start, velocity = line.sounding[pitch].pop(0)
        line.notes.append(Note(start, pitch, max(1, tick - start), velocity))


def _read_meta(message: MetaMessage, tick: int, track: _Track, score: _Score) -> None:
    kind = message.type
    if kind == "track_name":
        track.name = track.name or clean_name(_text(message.name))
    elif kind == "instrument_name":
        track.instrument = track.instrument or clean_name(_text(message.name))
    elif kind == "text":
        track.texts.append((tick, clean_name(_text(message.text))))
    elif kind == "sequencer_specific" and bytes(message.data).startswith(MARK):
        _read_mark(bytes(message.data).removeprefix(MARK).decode("ascii", "replace"), tick, track, score)
    elif kind == "lyrics":
        track.lyrics.append(Lyric(tick, _text(message.text)))
    elif kind == "marker":
        score.sections[tick] = Section(tick, clean_name(_text(message.text)))
    elif kind == "set_tempo" and message.tempo:
        score.tempos[tick] = TempoChange(tick, message.tempo)
    elif kind == "key_signature":
        _remember_key(score, tick, message.key)
    elif kind == "time_signature":
        try:
            score.meters[tick] = MeterChange(tick, Meter(message.numerator, message.denominator))
        except MusicError:
            return  # 0/4 or 4/64: the metre before stays in force


def _read_mark(mark: str, tick: int, track: _Track, score: _Score) -> None:
    """What our own writer noted for itself."""
    if mark.startswith(ROLE_MARK) and mark.removeprefix(ROLE_MARK) in set(Role):
        track.role = Role(mark.removeprefix(ROLE_MARK))
    elif mark.startswith(AUTHORS_MARK):
        track.authors = mark.removeprefix(AUTHORS_MARK)
    elif mark.startswith(KEY_MARK):
        _remember_key(score, tick, mark.removeprefix(KEY_MARK))


def _remember_key(score: _Score, tick: int, name: str) -> None:
    try:
        score.keys[tick] = KeyChange(tick, Key.parse(name))
    except MusicError:
        return  # no key that there is


def _text(latin: str) -> str:
    """Text from mido's Latin-1 view of the bytes: UTF-8 where it is, else Latin-1."""
    try:
        return latin.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return latin


def _parts(track: _Track) -> Iterator[Part]:
    """The parts of a track, one for each channel that plays, or that our own writer set up and left silent."""
    channels = sorted(channel for channel, line in track.lines.items() if line.notes or track.role)
    lyrics = track.lyrics
    for channel in channels:
        line = track.lines[channel]
        notes = with_authors(without_overlaps(line.notes), track.authors)
        first = notes[0].start if notes else 0
        program = next((value for tick, value in reversed(line.programs) if tick <= first), None)
        if program is None:
            program = line.programs[0][1] if line.programs else 0
        instrument = "Drums" if channel == DRUM_CHANNEL else INSTRUMENTS[program]
        own_name = track.name if track.role or len(channels) == 1 else ""
        volume, pan, controls = _mix(line.controls, first)
        yield Part(
            name=own_name if track.role else own_name or track.instrument or instrument,
            role=track.role or guess_role(own_name or track.instrument, program, channel == DRUM_CHANNEL),
            program=program,
            notes=notes,
            volume=volume,
            pan=pan,
            controls=controls,
            bends=tuple(line.bends),
            lyrics=tuple(lyrics),
        )
        lyrics = []


def _mix(controls: list[Control], first: int) -> tuple[int, int, tuple[Control, ...]]:
    """Volume and pan as they are first set, if by the time of the first note, and every other controller event."""
    found = {VOLUME: 100, PAN: 64}
    pending = set(found)
    others = []
    for control in controls:
        if control.number in pending and control.tick <= first:
            found[control.number] = control.value
            pending.discard(control.number)
        else:
            others.append(control)
    return found[VOLUME], found[PAN], tuple(others)
