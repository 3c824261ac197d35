"""Files to songs and back: one module a format, and one registry that picks by content first, then by name.

Every reader treats its file as hostile: limits on size and number, no other exception than FormatError.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from cocomposer.errors import FormatError
from cocomposer.formats import chord_text, midi, musicxml
from cocomposer.music import Author, Origin, Song
from cocomposer.music.authorship import LONGEST_NAME, claimed
from cocomposer.whole_files import written_whole

__all__ = ["FORMATS", "MAX_BYTES", "Format", "read", "read_bytes", "write"]

MAX_BYTES = 20_000_000
"""Largest file that is opened at all; a format may set a lower limit of its own."""


@dataclass(frozen=True)
class Format:
    """One kind of file.

    `matches` says from content and name whether bytes are of this kind; `read` raises FormatError;
    `write` is None for formats that are only read.
    """

    name: str
    suffixes: tuple[str, ...]
    matches: Callable[[bytes, str], bool]
    read: Callable[[bytes], Song]
    write: Callable[[Song], bytes] | None = None


FORMATS: tuple[Format, ...] = (
    Format(midi.NAME, midi.SUFFIXES, midi.matches, midi.read, midi.write),
    Format(musicxml.NAME, musicxml.SUFFIXES, musicxml.matches, musicxml.read),
    Format(chord_text.NAME, chord_text.SUFFIXES, chord_text.matches, chord_text.read, chord_text.write),
)
"""In the order in which content is asked: plain text, which could be anything, comes last."""


def read(path: str | Path) -> Song:
    """The song in the file at `path`, imported from it where the file does not say who else wrote it.

    Raises FormatError, naming the file, when it cannot be read.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise FormatError(f"{path} is a folder: name a file in it.")
        if not path.is_file():
            raise FormatError(f"{path} is not there: check its name." if not path.exists() else f"{path} is no file.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FormatError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB, which no sketch is: it is refused.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise FormatError(f"{path} cannot be opened: {getattr(error, 'strerror', None) or error}.") from error
    try:
        return _imported(read_bytes(data, path.name), path.name)
    except FormatError as error:
        raise FormatError(f"{path.name}: {error}") from error


def _imported(song: Song, name: str) -> Song:
    origin = Origin(Author.IMPORTED, name[:LONGEST_NAME])
    parts = tuple(replace(part, notes=claimed(origin, part.notes)) for part in song.parts)
    return replace(song, parts=parts, chords=claimed(origin, song.chords))


def read_bytes(data: bytes, name: str = "") -> Song:
    """The song in the bytes of a file called `name`.  Raises FormatError when they cannot be read."""
    if not data:
        raise FormatError("The file is empty.")
    if len(data) > MAX_BYTES:
        raise FormatError(f"The file is larger than {MAX_BYTES // 1_000_000} MB, which no sketch is: it is refused.")
    # Content decides; a name counts only where no format knows the content as its own.
    for given in ("", name):
        for each in FORMATS:
            if each.matches(data, given):
                return each.read(data)
    kinds = ", ".join(f"{each.name} ({', '.join(each.suffixes[:2])})" for each in FORMATS)
    raise FormatError(f"The file is of no kind that can be read: use one of {kinds}.")


def write(song: Song, path: str | Path) -> None:
    """Write the song in the format that the suffix of `path` names; no half-written file is ever left there.

    Raises FormatError when there is no such format, when the format cannot hold the song, or when the disk says no.
    """
    path = Path(path)
    writers = [each for each in FORMATS if each.write is not None]
    found = next((each.write for each in writers if path.suffix.lower() in each.suffixes), None)
    if found is None:
        endings = ", ".join(each.suffixes[0] for each in writers)
        raise FormatError(f"Songs cannot be written as {path.suffix or 'a file without suffix'}: use one of {endings}.")
    data = found(song)
    try:
        with written_whole(path) as part:
            part.write_bytes(data)
    except (OSError, ValueError) as error:
        raise FormatError(f"{path} cannot be written: {getattr(error, 'strerror', None) or error}.") from error
