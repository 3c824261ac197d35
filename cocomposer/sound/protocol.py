"""The words the program and its instrument process exchange: one JSON object a line, audio in a raw file.

JSON and raw samples, never pickle: what comes back from a process that ran a plugin is not to be trusted.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

NOTE_OFF, NOTE_ON, CONTROL, BEND = 0x80, 0x90, 0xB0, 0xE0
"""MIDI status bytes, without a channel."""

AUDIBLE = 1e-4
"""An instrument whose loudest sample stays below -80 dBFS has played nothing."""

MidiEvent = tuple[float, int, int, int]
"""Seconds from the start, status, and the two MIDI data bytes (a bend's are its low and high seven bits)."""

MAX_REPLY = 10_000
"""Longest line, in characters, that is accepted from the child."""


@dataclass(frozen=True)
class RenderRequest:
    """One part to be played by one instrument.

    `output` receives interleaved stereo float32 samples, machine byte order.  `tail` is the longest time, in
    seconds, the instrument may ring on after `seconds`.  `limit` is the time in seconds after which the child
    ends itself, whatever it is doing.
    """

    kind: Literal["soundfont", "plugin"]
    instrument: str
    output: str
    events: tuple[MidiEvent, ...]
    seconds: float
    tail: float
    limit: float
    sample_rate: int = 44100
    program: int = 0
    drums: bool = False
    bpm: float = 120.0

    def to_line(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_line(cls, line: str) -> RenderRequest:
        """Read what `to_line` wrote; raises ValueError, KeyError or TypeError for anything else."""
        fields = json.loads(line)
        fields["events"] = tuple((float(t), int(status), int(a), int(b)) for t, status, a, b in fields["events"])
        return cls(**fields)


@dataclass(frozen=True)
class RenderReply:
    """What the child says: `loaded` once the instrument is there, then `done` with its frames, or `failed`."""

    stage: Literal["loaded", "done", "failed"]
    frames: int = 0
    reason: str = ""

    def to_line(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_line(cls, line: str) -> RenderReply:
        """Read one line; raises ValueError when it is not a reply."""
        if len(line) > MAX_REPLY:
            raise ValueError("the reply is too long")
        fields = json.loads(line)
        if not isinstance(fields, dict) or fields.get("stage") not in ("loaded", "done", "failed"):
            raise ValueError("the reply is not of the protocol")
        return cls(fields["stage"], int(fields.get("frames", 0)), str(fields.get("reason", "")))
