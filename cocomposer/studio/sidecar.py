"""`<name>.provenance.json` beside what was exported: the record of its authors, and the hashes of its files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from cocomposer.errors import CocomposerError, FormatError
from cocomposer.formats.strict_json import Fields, parsed
from cocomposer.studio.places import write_json
from cocomposer.studio.provenance import MAX_RECORD, Provenance, provenance_from, provenance_to

SUFFIX = ".provenance.json"
_MAX_FILES = 10_000


def sidecar_of(path: Path) -> Path:
    """Where the record of an exported file lies."""
    return path.with_name(path.stem + SUFFIX)


def write_sidecar(provenance: Provenance, path: Path, beside: Iterable[Path] = ()) -> Path:
    """Write the record of the export at `path`, and of more files in its folder or below, and return where it is.

    Files of the same name and the same authors, such as song.mid and song.wav, share one record.  Raises
    CocomposerError when the disk says no.
    """
    target, record = sidecar_of(path), provenance_to(provenance)
    try:
        before = read_sidecar(target)
        files = dict(before[1]) if before is not None and provenance_to(before[0]) == record else {}
    except FormatError:
        files = {}
    try:
        files |= {each.relative_to(path.parent).as_posix(): sha256_of(each) for each in (path, *beside)}
    except OSError as error:
        raise CocomposerError(f"{path.name} cannot be read again: {error.strerror}.") from error
    write_json({**record, "files": files}, target)
    return target


def read_sidecar(path: Path) -> tuple[Provenance, dict[str, str]] | None:
    """The record in a sidecar and the SHA-256 of its files by name; None where there is none.

    Raises FormatError for one that is damaged.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_RECORD + 1)
    except (FileNotFoundError, IsADirectoryError):
        return None
    except OSError as error:
        raise FormatError(f"{path.name} cannot be opened: {error.strerror}.") from error
    if len(data) > MAX_RECORD:
        raise FormatError(f"{path.name} is larger than any record of authors: it is refused.")
    value = parsed(data)
    fields = Fields(value, path.name).object("files")
    if len(fields.names()) > _MAX_FILES:
        raise FormatError(f"{path.name} names more files than any record of authors: it is refused.")
    return provenance_from(value), {name: fields.text(name, 64) for name in fields.names()}


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes, in hexadecimal.  Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
