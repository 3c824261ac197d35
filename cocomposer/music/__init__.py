"""The vocabulary of the program: immutable musical values and the theory about them.

Floor 0 of the house: it imports nothing but the standard library and NumPy, does no input or output,
and everything above speaks in its words.
"""

from cocomposer.music.chord import NO_CHORD, Chord
from cocomposer.music.key import Key, Mode
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
    "Bar",
    "Chord",
    "ChordChange",
    "ChordSpan",
    "Control",
    "Key",
    "KeyChange",
    "Lyric",
    "Meter",
    "MeterChange",
    "MeterMap",
    "Mode",
    "Note",
    "Part",
    "PitchBend",
    "Role",
    "Section",
    "Song",
    "TempoChange",
    "TempoMap",
    "without_overlaps",
]
