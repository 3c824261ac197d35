"""Songs to MIDI files that say who wrote what, inside and in a sidecar."""

from __future__ import annotations

from pathlib import Path

from cocomposer import formats
from cocomposer.music import Song
from cocomposer.studio.provenance import provenance_of
from cocomposer.studio.sidecar import write_sidecar


def write_midi(song: Song, path: Path) -> None:
    """Write `song` to `path` and its record of authors beside it.  Raises FormatError or CocomposerError."""
    formats.write(song, path)
    write_sidecar(provenance_of(song), path)
