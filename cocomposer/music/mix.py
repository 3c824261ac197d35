"""Who plays a part and how it stands in the mix: values of the song, like its notes.

A part without an instrument of its own is played by the SoundFont at hand; one without a strip stands where its role's
rack puts it; a song without a mix has the program's buses.  So a song that comes from a MIDI file holds none of these.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cocomposer.errors import MusicError

SILENT_DB, LOUDEST_DB = -96.0, 24.0
"""Lowest and highest gain, in decibels; the lowest is silence."""
MAX_STATE = 16_000_000
"""Most bytes that the state of one plugin may have."""
MAX_INSERTS = 16


def _check_settings(parameters: tuple[tuple[str, float], ...], state: bytes) -> None:
    if not all(math.isfinite(value) for _, value in parameters):
        raise MusicError("A parameter is a finite number.")
    _check_distinct(name for name, _ in parameters)
    if len(state) > MAX_STATE:
        raise MusicError(f"The state of a plugin may have up to {MAX_STATE:,} bytes.")


def _check_distinct(names: Iterable[str]) -> None:
    listed = list(names)
    if len(listed) != len(set(listed)):
        raise MusicError("Names of buses, sends, lanes and parameters are used once each.")


class InstrumentKind(StrEnum):
    SOUNDFONT = "soundfont"
    BUILT_IN = "built-in"
    PLUGIN = "plugin"


@dataclass(frozen=True, slots=True)
class Instrument:
    """What plays a part.

    `name` is the path of a SoundFont or plugin, or the id of a built-in instrument; a SoundFont named "" is the one at
    hand, and which of its programs plays is the part's own `program`.  `parameters` are those turned by hand, by name,
    0..1 for a plugin and in the instrument's own units for a built-in; `state` is what the plugin saved of itself, to
    which `parameters` are applied.
    """

    kind: InstrumentKind = InstrumentKind.SOUNDFONT
    name: str = ""
    parameters: tuple[tuple[str, float], ...] = ()
    state: bytes = b""

    def __post_init__(self) -> None:
        if self.kind is not InstrumentKind.SOUNDFONT and not self.name:
            raise MusicError("A built-in instrument and a plugin have a name.")
        _check_settings(self.parameters, self.state)


@dataclass(frozen=True, slots=True)
class Effect:
    """One insert: an effect of the program's own, by its `kind` (a name in `sound.racks.EFFECTS`), or a plugin.

    For a plugin `kind` is "plugin" and `plugin` its path; `parameters` and `state` are those of `Instrument`.  `wet` is
    the share of the effect's own output, 0..1, against what came in.
    """

    kind: str
    parameters: tuple[tuple[str, float], ...] = ()
    plugin: str = ""
    state: bytes = b""
    bypassed: bool = False
    wet: float = 1.0

    def __post_init__(self) -> None:
        if (self.kind == "plugin") != bool(self.plugin):
            raise MusicError("An effect is one of the program's own, or a plugin with a path.")
        if not 0.0 <= self.wet <= 1.0:
            raise MusicError("The wet share of an effect lies between 0 and 1.")
        _check_settings(self.parameters, self.state)


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """A value that automation reaches at a tick."""

    tick: int
    value: float


@dataclass(frozen=True, slots=True)
class Lane:
    """Automation of one setting of a strip, linear between its points, level before the first and after the last.

    `target` is "gain" (dB), "pan" (-1..1), "send:NAME" (dB), "insert:INDEX:PARAMETER", "insert:INDEX:wet" or
    "instrument:PARAMETER", with parameters in the units of `Effect` and `Instrument`.
    """

    target: str
    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        ticks = [point.tick for point in self.points]
        if not ticks or ticks != sorted(set(ticks)) or not all(math.isfinite(point.value) for point in self.points):
            raise MusicError("An automation lane has points, sorted by tick, one at a time.")


@dataclass(frozen=True, slots=True)
class Strip:
    """One channel of the mixer.

    `gain_db` is the fader, `trim_db` what brings the source to the level that the inserts expect (None: measured when
    it is rendered); `pan` -1 left to 1 right; `width` 0 mono to 1.5; `sends` the level in dB to send buses by name;
    `output` the bus it goes to, "" for the master.
    """

    gain_db: float = 0.0
    trim_db: float | None = None
    pan: float = 0.0
    width: float = 1.0
    muted: bool = False
    soloed: bool = False
    inserts: tuple[Effect, ...] = ()
    sends: tuple[tuple[str, float], ...] = ()
    output: str = ""
    lanes: tuple[Lane, ...] = ()

    def __post_init__(self) -> None:
        gains = (self.gain_db, self.trim_db or 0.0, *(level for _, level in self.sends))
        if not all(SILENT_DB <= gain <= LOUDEST_DB for gain in gains):
            raise MusicError(f"A gain lies between {SILENT_DB:g} and {LOUDEST_DB:g} dB.")
        if not -1.0 <= self.pan <= 1.0 or not 0.0 <= self.width <= 1.5:
            raise MusicError("A strip's pan lies between -1 and 1, its width between 0 and 1.5.")
        if len(self.inserts) > MAX_INSERTS:
            raise MusicError(f"A strip has at most {MAX_INSERTS} inserts.")
        _check_distinct(name for name, _ in self.sends)
        _check_distinct(lane.target for lane in self.lanes)


@dataclass(frozen=True, slots=True)
class Bus:
    """A strip that strips go to, by name."""

    name: str
    strip: Strip = Strip()


@dataclass(frozen=True, slots=True)
class Mix:
    """What all parts share: `buses` that strips go through, `sends` that they are heard in besides, the master.

    Buses and sends go to the master, never to one another, so there is no circle.
    """

    buses: tuple[Bus, ...] = ()
    sends: tuple[Bus, ...] = ()
    master: Strip = Strip()

    def __post_init__(self) -> None:
        _check_distinct(bus.name for bus in (*self.buses, *self.sends))
        if any(bus.strip.output for bus in (*self.buses, *self.sends)) or self.master.output:
            raise MusicError("Buses go to the master.")
