"""The words the program and its host processes exchange: one JSON object a line; HOSTS.md is the page about them.

JSON and raw samples, never pickle: what comes back from a process that ran a plugin is not to be trusted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

VERSION = 3
"""Both sides must speak the same; the host says its own when it greets."""

NOTE_OFF, NOTE_ON, CONTROL, BEND = 0x80, 0x90, 0xB0, 0xE0
"""MIDI status bytes, without a channel."""

AUDIBLE = 1e-4
"""An instrument whose loudest sample stays below -80 dBFS has played nothing."""

MidiEvent = tuple[float, int, int, int]
"""Seconds from the start, status, and the two MIDI data bytes (a bend's are its low and high seven bits)."""

Curve = tuple[tuple[float, float], ...]
"""Points of (seconds, value 0..1), linear between them."""

Settings = tuple[tuple[str, float], ...]
"""Parameters by name: 0..1 for a plugin, in the instrument's own units for a built-in one."""

MAX_REPLY = 24_000_000
"""Longest line, in characters, that is accepted from a host: the largest state of a plugin as text."""

Stage = Literal["hello", "beat", "changed", "done", "failed"]


@dataclass(frozen=True)
class Request:
    """One call of a host: `name` is a method of `host_process.Calls`, `arguments` its arguments by name.

    `limit` is the time in seconds after which the host ends itself, whatever it is doing.
    """

    serial: int
    name: str
    arguments: Mapping[str, Any]
    limit: float

    def to_line(self) -> str:
        return json.dumps(vars(self))

    @classmethod
    def from_line(cls, line: str) -> Request:
        """Read what `to_line` wrote; raises ValueError or TypeError for anything else."""
        return cls(**json.loads(line))


@dataclass(frozen=True)
class Reply:
    """What a host says: `hello` once, `beat` while it lives, and of a call `done` with its result, or `failed`.

    `changed` comes from an editor window whose plugin was turned, with its state in base64.
    """

    stage: Stage
    serial: int = 0
    result: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""

    def to_line(self) -> str:
        return json.dumps(vars(self))

    @classmethod
    def from_line(cls, line: str) -> Reply:
        """Read one line; raises ValueError when it is not a reply."""
        if len(line) > MAX_REPLY:
            raise ValueError("the reply is too long")
        fields = json.loads(line)
        if not isinstance(fields, dict) or fields.get("stage") not in get_args(Stage):
            raise ValueError("the reply is not of the protocol")
        result = fields.get("result", {})
        if not isinstance(result, dict):
            raise ValueError("the result is not of the protocol")
        return cls(fields["stage"], int(fields.get("serial", 0)), result, str(fields.get("reason", ""))[:500])


@dataclass(frozen=True)
class Performance:
    """What an instrument is to play: `events` and how long, up to `seconds`, and ringing on for `tail` at most.

    `program` and `drums` choose the sound of a SoundFont, `automation` moves parameters of a plugin by their names.
    """

    events: tuple[MidiEvent, ...]
    seconds: float
    tail: float = 8.0
    sample_rate: int = 44100
    program: int = 0
    drums: bool = False
    bpm: float = 120.0
    automation: tuple[tuple[str, Curve], ...] = ()

    @property
    def frames(self) -> int:
        """Most frames it may give."""
        return max(1, round((self.seconds + self.tail) * self.sample_rate))

    def to_data(self) -> Mapping[str, Any]:
        """The same for JSON; `dataclasses.asdict`, here and in a request, would copy each of thousands of numbers."""
        return vars(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Performance:
        """Read what `to_data` gave, through JSON; raises ValueError or TypeError for anything else."""
        fields = dict(data)
        fields["events"] = tuple((float(t), int(status), int(a), int(b)) for t, status, a, b in fields["events"])
        fields["automation"] = tuple(
            (str(name), tuple((float(at), float(value)) for at, value in curve)) for name, curve in fields["automation"]
        )
        return cls(**fields)


@dataclass(frozen=True)
class ParameterValue:
    """A parameter of a plugin as it stands: name, value 0..1, and the plugin's own words for that value."""

    name: str
    value: float
    text: str
