"""What a style is once read: grooves for each instrument at three intensities, and how they are felt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cocomposer.music import Meter, Role
from cocomposer.styles.pattern import Pattern

LEVELS = ("low", "mid", "high")
"""The three intensities, softest first."""


class Voicing(StrEnum):
    """How a chord is laid out on the instrument."""

    CLOSE = "close"
    OPEN = "open"
    SHELL = "shell"
    ROOTLESS = "rootless"
    SPREAD = "spread"
    POWER = "power"
    GUITAR = "guitar"


class Line(StrEnum):
    """How a counter-melody behaves."""

    HELD = "held"
    ANSWER = "answer"
    MOVING = "moving"
    HARMONY = "harmony"


@dataclass(frozen=True)
class PartStyle:
    """How one instrument plays a style.

    `register` is the lowest and highest MIDI pitch, `voices` the number of notes in a chord, `push` how many
    milliseconds the player is ahead of (negative) or behind the beat, `strum` the milliseconds between two strings.
    Single notes of a `ring` part sound until chord or bar change, a `legato` part holds what two chords share, `whole`
    chords are not thinned when struck again; `listens` makes room for the tune beat by beat, `crash` lets a drummer
    mark new sections.  `enters` is the number of sections that pass before the part joins.  `patterns` has the keys
    of LEVELS plus "intro", "fill" and "ending"; a level that is not there is rested.  `plugin` may name a VST to
    play it with.
    """

    id: str
    name: str
    role: Role
    program: int
    register: tuple[int, int]
    volume: int = 100
    pan: int = 64
    voicing: Voicing = Voicing.CLOSE
    voices: int = 4
    line: Line = Line.HELD
    push: float = 0.0
    strum: float = 0.0
    loudness: int = 0
    ring: bool = False
    whole: bool = False
    listens: bool = True
    crash: bool = True
    legato: bool = False
    enters: int = 0
    plugin: str = ""
    patterns: Mapping[str, tuple[Pattern, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Feel:
    """How the band plays: `swing` 0 (straight) .. 1 (triplets) of the eighth or sixteenth named by `swing_unit`;
    `timing` in milliseconds and `velocity` in MIDI steps are standard deviations; `accent` is how much louder
    strong beats are, in MIDI steps."""

    swing: float = 0.0
    swing_unit: int = 8
    timing: float = 6.0
    velocity: float = 5.0
    accent: float = 5.0


@dataclass(frozen=True)
class Style:
    """A way of playing.  `tempo` is the range of felt beats a minute where it is at home; `energy`, `brightness`
    and `versatility` (how readily it suits any song) are 0..1."""

    id: str
    name: str
    genre: str
    description: str
    meter: Meter
    tempo: tuple[float, float]
    energy: float
    brightness: float
    versatility: float
    feel: Feel
    parts: tuple[PartStyle, ...]
    tags: tuple[str, ...] = ()
    author: str = ""
    licence: str = ""
