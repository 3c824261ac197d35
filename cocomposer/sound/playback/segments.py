"""A song cut into pieces that are rendered one by one: for each part, the notes that begin in a stretch of bars.

A piece rings out beyond the end of its stretch, and all pieces of a part are added up.  Where voices do not depend on
one another, as in a SoundFont player or a polyphonic instrument, the sum is what the part sounds like played in one go.
So an edit of a note costs the rendering of a bar or two, and a piece that is heard twice is rendered once.

A SoundFont's pieces add up to the part to within -95 dB of its peak, because both are played on one grid of
GRID frames, on which the pieces begin too: the envelopes and vibratos of what still rings then move at the same frames,
whatever is played beside it.  What remains is rounding.  (Off that grid it was -33 dB for a bass and -13 dB for
strings.)  So a piece that is heard twice is rendered once only where it falls on the grid alike.  A plugin's pieces
differ by what it carries over from note to note: voices it steals, glides, an oscillator that runs on.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cocomposer.music import Instrument, InstrumentKind, MeterMap, Part, TempoMap
from cocomposer.sound.performance import midi_events
from cocomposer.sound.protocol import BEND, CONTROL, NOTE_OFF, NOTE_ON, Curve, MidiEvent
from cocomposer.sound.soundfont_player import GRID

AT_HAND = Instrument()
"""The best SoundFont that is found."""

BARS = 2
"""Bars in a stretch: few enough that an edit is heard soon, enough that instruments are not asked for every beat."""

TAIL_SECONDS = 8.0
"""Longest time that an instrument may ring on after the last note of a stretch."""

_PARAMETER_NUMBERS = frozenset({6, 38, *range(96, 102)})
"""Data entry and the choice of registered parameters: their order is what they mean, so all of them are kept."""

_CHOKED = {46: {42, 44, 46}, 72: {71, 72}, 74: {73, 74}, 79: {78, 79}, 81: {80, 81}}
"""Drum notes that ring until one of their group is struck (General MIDI 1: hi-hat, whistle, guiro, cuica, triangle)."""

_Framed = tuple[int, int, int, int]
"""A MIDI event with its frame in place of its time."""


@dataclass(frozen=True)
class Phrase:
    """What an instrument is asked to play in one go.  Two phrases with one `key` sound alike.

    The events' times are in seconds from the phrase's start, each on a whole frame.  `bpm` is the tempo there, which
    plugins follow.  `choking` are notes of a later phrase that cut one of these off: they are heard in what they do to
    it, and not themselves.  `automation` moves parameters of the instrument.
    """

    instrument: Instrument
    program: int
    drums: bool
    events: tuple[MidiEvent, ...]
    bpm: float
    sample_rate: int
    choking: tuple[MidiEvent, ...] = ()
    automation: tuple[tuple[str, Curve], ...] = ()

    @cached_property
    def key(self) -> str:
        """A hash of everything that the sound depends on."""
        said = (self.instrument, self.program, self.drums, self.events, self.bpm, self.sample_rate, self.choking,
                self.automation)  # fmt: skip
        return hashlib.blake2b(repr(said).encode(), digest_size=16).hexdigest()

    @property
    def seconds(self) -> float:
        """Time of the last event."""
        return self.events[-1][0] if self.events else 0.0


@dataclass(frozen=True)
class Segment:
    """A phrase in its place: it begins at `tick`, which is `frame` of the song."""

    tick: int
    frame: int
    phrase: Phrase

    @property
    def longest_end(self) -> int:
        """The frame at which it has rung out for certain."""
        return self.frame + round((self.phrase.seconds + TAIL_SECONDS) * self.phrase.sample_rate)


def player_of(part: Part, soundfont: Instrument) -> Instrument:
    """What plays a part: its own instrument, else the SoundFont at hand."""
    return soundfont if part.instrument in (None, Instrument()) else part.instrument


def segments_of(
    part: Part, meters: MeterMap, tempos: TempoMap, sample_rate: int, soundfont: Instrument = AT_HAND
) -> tuple[Segment, ...]:
    """The segments of a part in order; stretches in which no note begins have none.

    `soundfont` plays a part that has no instrument of its own.
    """
    instrument = player_of(part, soundfont)
    grid = GRID if instrument.kind is InstrumentKind.SOUNDFONT else 1
    ticks = [bar.start for bar in meters.bars(part.end)][::BARS]
    frames = [round(tempos.seconds_at(tick) * sample_rate) // grid * grid for tick in ticks]
    notes: list[list[_Framed]] = [[] for _ in ticks]
    controls: list[_Framed] = []
    sounding: dict[int, list[int]] = {}
    for seconds, status, first, second in midi_events(part, tempos):
        event = (round(seconds * sample_rate), status, first, second)
        if status in (CONTROL, BEND):
            controls.append(event)
        elif status == NOTE_ON:
            stretch = bisect_right(frames, event[0]) - 1
            sounding.setdefault(first, []).append(stretch)
            notes[stretch].append(event)
        else:
            notes[sounding[first].pop(0)].append(event)
    chokes = part.is_drums and instrument.kind is InstrumentKind.SOUNDFONT
    struck = [event for played in notes for event in played if event[1] == NOTE_ON]
    segments = []
    for tick, frame, played in zip(ticks, frames, notes, strict=True):
        if not played:
            continue
        until = played[-1][0] + round(TAIL_SECONDS * sample_rate)
        later = [event for event in controls if frame < event[0] <= until]
        chased = _chased([event for event in controls if event[0] <= frame], frame)
        events = [*chased, *sorted((*played, *later), key=_order)]
        phrase = Phrase(
            instrument,
            part.program,
            part.is_drums,
            _timed(events, frame, sample_rate),
            tempos.bpm_at(tick) if instrument.kind is InstrumentKind.PLUGIN else 120.0,
            sample_rate,
            _timed(_choking(played, struck, until), frame, sample_rate) if chokes else (),
            _automation(part, tempos, frame / sample_rate, until / sample_rate),
        )
        segments.append(Segment(tick, frame, phrase))
    return tuple(segments)


def _timed(events: list[_Framed], frame: int, sample_rate: int) -> tuple[MidiEvent, ...]:
    """The events in seconds from `frame`."""
    return tuple(((at - frame) / sample_rate, status, first, second) for at, status, first, second in events)


def _choking(played: list[_Framed], struck: list[_Framed], until: int) -> list[_Framed]:
    """Of all notes `struck` in the part the first that chokes what a stretch leaves ringing, for each choked note."""
    chokes = []
    for ringing, group in _CHOKED.items():
        last = max((event for event in played if event[1] == NOTE_ON and event[2] in group), default=None)
        if last is None or last[2] != ringing:
            continue
        later = (event for event in struck if event[2] in group and last[0] < event[0] < until)
        choke = min(later, default=None)
        if choke is not None:
            chokes += [choke, (choke[0], NOTE_OFF, choke[2], 0)]
    return sorted(chokes)


def _automation(part: Part, tempos: TempoMap, start: float, end: float) -> tuple[tuple[str, Curve], ...]:
    """How the part's lanes move its instrument from second `start` to `end`, in seconds from `start`."""
    curves = []
    for lane in part.strip.lanes if part.strip else ():
        kind, _, parameter = lane.target.partition(":")
        if kind != "instrument":
            continue
        times = [tempos.seconds_at(point.tick) for point in lane.points]
        values = [point.value for point in lane.points]
        inside = [(at - start, value) for at, value in zip(times, values, strict=True) if start < at < end]
        first, last = (float(np.interp(at, times, values)) for at in (start, end))
        rests = all(value == first for _, value in (*inside, (end, last)))
        curves.append((parameter, ((0.0, first),) if rests else ((0.0, first), *inside, (end - start, last))))
    return tuple(curves)


def _order(event: _Framed) -> tuple[int, int]:
    """At one time releases come first and new notes last, as in the whole part."""
    return event[0], 2 if event[1] == NOTE_ON else 1 if event[1] in (CONTROL, BEND) else 0


def _chased(before: list[_Framed], frame: int) -> list[_Framed]:
    """What the controllers and the bend stand at, as events at `frame`."""
    last = {(status, first if status == CONTROL else 0): index for index, (_, status, first, _) in enumerate(before)}
    return [
        (frame, status, first, second)
        for index, (_, status, first, second) in enumerate(before)
        if (status == CONTROL and first in _PARAMETER_NUMBERS)
        or last[status, first if status == CONTROL else 0] == index
    ]
