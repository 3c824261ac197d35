"""Reading back what a file says of its authors: from inside it, and from the sidecar that was written with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cocomposer import formats
from cocomposer.errors import FormatError
from cocomposer.formats.midi_authors import speaks_of_authors
from cocomposer.music import Author
from cocomposer.sound.audio_files import FORMATS as AUDIO
from cocomposer.sound.audio_files import read_provenance
from cocomposer.studio import content_credentials
from cocomposer.studio.project_file import SUFFIX as PROJECT
from cocomposer.studio.project_file import read_project
from cocomposer.studio.provenance import Provenance, provenance_from, provenance_of
from cocomposer.studio.sidecar import read_sidecar, sha256_of, sidecar_of

Place = Literal["project", "MIDI events", "tags", "content credentials", "sidecar"]


@dataclass(frozen=True)
class Trace:
    """What one place says of a file's authors.

    `sure` is whether it is certain to be about this very file; `remark` says how far it can be believed.
    """

    place: Place
    provenance: Provenance
    sure: bool
    remark: str


def traces(path: Path) -> tuple[Trace, ...]:
    """What is found about the authors of the file at `path`, the most reliable first.

    Raises FormatError for a project or a MIDI file that cannot be read.
    """
    found = (*_inside(path), *_beside(path))
    return tuple(sorted(found, key=lambda trace: not trace.sure))


def _inside(path: Path) -> Iterator[Trace]:
    suffix = path.suffix.lower()
    if suffix == PROJECT:
        yield Trace("project", provenance_of(read_project(path).song), True, "Read off the notes of the project.")
    elif suffix.lstrip(".") in AUDIO:
        if suffix in content_credentials.KINDS and content_credentials.available():
            yield from _signed(path)
        record = _record(read_provenance(path))
        if record is not None:
            yield Trace("tags", record, False, "Tags are easily changed by anybody.")
    elif speaks_of_authors(path.read_bytes()):
        found = provenance_of(formats.read(path))
        changed = any(origin.author is Author.UNKNOWN for origin in found.origins)
        remark = "Some of the notes were changed since by another program." if changed else "Read off the notes."
        yield Trace("MIDI events", found, not changed, remark)


def _signed(path: Path) -> Iterator[Trace]:
    credentials = content_credentials.read(path)
    record = _record(credentials.record) if credentials is not None else None
    if credentials is not None and record is not None:
        signer = f"Signed by {credentials.signer or 'nobody known'}"
        if credentials.intact:
            yield Trace("content credentials", record, True, f"{signer}; the file is as it was signed.")
        else:
            yield Trace("content credentials", record, False, f"{signer}, but the file was changed since.")


def _beside(path: Path) -> Iterator[Trace]:
    try:
        sidecar = read_sidecar(sidecar_of(path))
        if sidecar is None or path.name not in sidecar[1]:
            return
        same = sidecar[1][path.name] == sha256_of(path)
    except (FormatError, OSError):
        return
    if same:
        yield Trace("sidecar", sidecar[0], True, "Its hash is that of the file.")
    else:
        yield Trace(
            "sidecar", sidecar[0], False, "Its hash does not match: the file was changed since it was exported."
        )


def _record(value: object) -> Provenance | None:
    try:
        return provenance_from(value) if value else None
    except FormatError:
        return None
