"""The vocabulary of the program: immutable musical values and the theory about them.

Floor 0 of the house: it imports nothing but the standard library and NumPy, does no input or output,
and everything above speaks in its words.
"""

from cocomposer.music.authorship import Author, Origin
from cocomposer.music.chord import NO_CHORD, Chord
from cocomposer.music.key import Key, Mode
from cocomposer.music.mix import Bus, Effect, Instrument, InstrumentKind, Lane, Mix, Point, Strip
from cocomposer.music.song import (
    ChordChange,
    ChordSpan,
    Control,
    KeyChange,
    Lyric,
    Note,
    Part,
    PitchBend,
    Role,
    Section,
    Song,
    without_overlaps,
)
from cocomposer.music.time import (
    TICKS_PER_QUARTER,
    Bar,
    Meter,
    MeterChange,
    MeterMap,
    TempoChange,
    TempoMap,
)

__all__ = [
    "NO_CHORD",
    "TICKS_PER_QUARTER",
    "Author",
    "Bar",
    "Bus",
    "Chord",
    "ChordChange",
    "ChordSpan",
    "Control",
    "Effect",
    "Instrument",
    "InstrumentKind",
    "Key",
    "KeyChange",
    "Lane",
    "Lyric",
    "Meter",
    "MeterChange",
    "MeterMap",
    "Mix",
    "Mode",
    "Note",
    "Origin",
    "Part",
    "PitchBend",
    "Point",
    "Role",
    "Section",
    "Song",
    "Strip",
    "TempoChange",
    "TempoMap",
    "without_overlaps",
]
