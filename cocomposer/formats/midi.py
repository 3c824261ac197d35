"""Standard MIDI Files, the common tongue of DAWs: recognised here, read and written by the modules beside."""

from __future__ import annotations

from cocomposer.formats.midi_canon import canonical
from cocomposer.formats.midi_reader import read, starts_like_midi
from cocomposer.formats.midi_writer import write

NAME = "MIDI"
SUFFIXES = (".mid", ".midi", ".smf", ".kar", ".rmi")

__all__ = ["NAME", "SUFFIXES", "canonical", "matches", "read", "write"]


def matches(data: bytes, name: str) -> bool:
    """True for the bytes of a MIDI file, or an empty or foreign file that is called one."""
    return starts_like_midi(data) or name.lower().endswith(SUFFIXES)
