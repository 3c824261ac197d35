"""MusicXML, plain and compressed (.mxl)."""

from __future__ import annotations

from cocomposer.errors import FormatError
from cocomposer.music import Song

NAME = "MusicXML"
SUFFIXES = (".musicxml", ".mxl", ".xml")


def matches(data: bytes, name: str) -> bool:
    """True for a zip archive or text that begins like a MusicXML score."""
    return data.startswith(b"PK\x03\x04") or b"<score-" in data[:4_000] or name.lower().endswith(SUFFIXES)


def read(data: bytes) -> Song:
    """The song in a MusicXML file.  Raises FormatError."""
    raise FormatError("MusicXML is not read yet.")
