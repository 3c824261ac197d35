"""The immutable values a song is made of.

All of them are frozen: to change a song is to make another (`dataclasses.replace`), which is what makes
undo, comparison and sharing between threads trivial.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from cocomposer.errors import MusicError
from cocomposer.music.authorship import Origin
from cocomposer.music.chord import Chord
from cocomposer.music.key import Key
from cocomposer.music.mix import Instrument, Mix, Strip
from cocomposer.music.time import Bar, MeterMap, TempoMap

LOWEST_PITCH, HIGHEST_PITCH = 0, 127
MAX_TICKS = 480 * 4 * 4_000
"""Longest song the program handles: 4,000 bars of 4/4."""


class Role(StrEnum):
    """What a part does in the music."""

    MELODY = "melody"
    DRUMS = "drums"
    BASS = "bass"
    KEYS = "keys"
    GUITAR = "guitar"
    PAD = "pad"
    ARPEGGIO = "arpeggio"
    COUNTER = "counter"
    OTHER = "other"


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One note: start and duration in ticks (duration >= 1), MIDI pitch 0..127, velocity 1..127.

    `origin` says who wrote it, None the artist; it takes no part in comparing notes.
    """

    start: int
    pitch: int
    duration: int
    velocity: int = 80
    origin: Origin | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.start < 0 or self.duration < 1:
            raise MusicError("A note starts at tick 0 or later and lasts at least one tick.")
        if not LOWEST_PITCH <= self.pitch <= HIGHEST_PITCH or not 1 <= self.velocity <= 127:
            raise MusicError("A note has a pitch from 0 to 127 and a velocity from 1 to 127.")

    @property
    def end(self) -> int:
        return self.start + self.duration


def without_overlaps(notes: Iterable[Note]) -> tuple[Note, ...]:
    """The notes, sorted, with each cut where the next of its pitch begins.

    Of several that begin together on one pitch only the longest stays (the loudest of those equally long).
    """
    kept: list[Note] = []
    last: dict[int, int] = {}
    for note in sorted(notes):
        index = last.get(note.pitch)
        if index is not None:
            before = kept[index]
            if before.start == note.start:
                kept[index] = note  # sorted: never shorter, and louder when equally long
                continue
            if before.end > note.start:
                kept[index] = replace(before, duration=note.start - before.start)
        last[note.pitch] = len(kept)
        kept.append(note)
    return tuple(kept)


@dataclass(frozen=True, slots=True, order=True)
class Control:
    """A MIDI controller value (number 0..127, value 0..127) at a tick."""

    tick: int
    number: int
    value: int


@dataclass(frozen=True, slots=True, order=True)
class PitchBend:
    """A pitch-bend value, -8192..8191, at a tick."""

    tick: int
    value: int


@dataclass(frozen=True, slots=True, order=True)
class Lyric:
    """A syllable or word sung from `tick` on."""

    tick: int
    text: str


@dataclass(frozen=True)
class Part:
    """One instrument's line.

    `program` is a General MIDI program 0..127 (for drums: the kit).  `volume` and `pan` are MIDI CC7 and
    CC10, 0..127 (pan 64 = centre); they stand apart from `controls`, which holds every later change.
    `instrument` None is the SoundFont at hand, `strip` None the place on the desk that its role usually has.
    Notes are kept sorted, whatever order they are given in.
    """

    name: str
    role: Role = Role.OTHER
    program: int = 0
    notes: tuple[Note, ...] = ()
    volume: int = 100
    pan: int = 64
    controls: tuple[Control, ...] = ()
    bends: tuple[PitchBend, ...] = ()
    lyrics: tuple[Lyric, ...] = ()
    instrument: Instrument | None = None
    strip: Strip | None = None

    def __post_init__(self) -> None:
        for values in (self.program, self.volume, self.pan):
            if not 0 <= values <= 127:
                raise MusicError("Program, volume and pan of a part lie between 0 and 127.")
        object.__setattr__(self, "notes", tuple(sorted(self.notes)))

    @property
    def is_drums(self) -> bool:
        return self.role is Role.DRUMS

    @property
    def end(self) -> int:
        return max((note.end for note in self.notes), default=0)

    @property
    def pitch_range(self) -> tuple[int, int] | None:
        """Lowest and highest pitch, None for an empty part."""
        if not self.notes:
            return None
        return min(note.pitch for note in self.notes), max(note.pitch for note in self.notes)


@dataclass(frozen=True, slots=True, order=True)
class KeyChange:
    tick: int
    key: Key


@dataclass(frozen=True, slots=True)
class ChordChange:
    """A chord that sounds from `tick` until the next change or the end of the song; `origin` as for a Note."""

    tick: int
    chord: Chord
    origin: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ChordSpan:
    """A chord with both its ends, in ticks."""

    start: int
    end: int
    chord: Chord


@dataclass(frozen=True, slots=True, order=True)
class Section:
    """A named stretch of the form, from `tick` until the next section or the end of the song."""

    tick: int
    name: str


@dataclass(frozen=True)
class Song:
    """A whole piece: sketch and arrangement are both Songs.

    `length` is in ticks and may reach beyond the last note (rests at the end count).
    Keys, chords and sections are sorted by tick; each may be empty where nothing is known.  `mix` None is the program's
    own desk.
    """

    title: str = ""
    length: int = 0
    meters: MeterMap = field(default_factory=MeterMap)
    tempos: TempoMap = field(default_factory=TempoMap)
    keys: tuple[KeyChange, ...] = ()
    chords: tuple[ChordChange, ...] = ()
    sections: tuple[Section, ...] = ()
    parts: tuple[Part, ...] = ()
    mix: Mix | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.length <= MAX_TICKS:
            raise MusicError("A song may be up to 4,000 bars of 4/4 long.")
        for events in (self.keys, self.chords, self.sections):
            ticks = [event.tick for event in events]
            if ticks != sorted(set(ticks)):
                raise MusicError("Keys, chords and sections must be sorted, one at a time.")

    @cached_property
    def bars(self) -> tuple[Bar, ...]:
        """Every bar from the start to `length`; the last may reach beyond it."""
        return tuple(self.meters.bars(self.length))

    @cached_property
    def chord_spans(self) -> tuple[ChordSpan, ...]:
        """The chords with their ends; nothing stands where no chord is known yet."""
        if not self.chords:
            return ()
        ends = [change.tick for change in self.chords[1:]] + [self.length]
        return tuple(
            ChordSpan(change.tick, end, change.chord)
            for change, end in zip(self.chords, ends, strict=True)
            if end > change.tick
        )

    @property
    def seconds(self) -> float:
        return self.tempos.seconds_at(self.length)

    def key_at(self, tick: int) -> Key | None:
        """The key in force at `tick`, None where none was ever set."""
        found = None
        for change in self.keys:
            if change.tick > tick and found is not None:
                break
            found = change.key
        return found

    def part_of_role(self, role: Role) -> Part | None:
        """The first part that plays `role`."""
        return next((part for part in self.parts if part.role is role), None)
