"""Project files: a zip with `project.json`, and what plugins saved of themselves beside it in `states/`.

The JSON holds every part once, in a table that songs point into: answers have most of their parts in common.
Nothing is unpacked to disk, and nothing is believed: sizes, counts and kinds are checked.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cocomposer import __version__
from cocomposer.errors import CocomposerError, FormatError
from cocomposer.formats.song_json import Store, part_from, part_to
from cocomposer.formats.strict_json import Fields, parsed
from cocomposer.music import Part
from cocomposer.music.mix import MAX_STATE
from cocomposer.studio.project import Project
from cocomposer.studio.project_json import project_from, project_to
from cocomposer.studio.project_migrations import VERSION, migrated
from cocomposer.whole_files import written_whole

SUFFIX = ".cocomposer"
FORMAT = "cocomposer-project"
MAX_FILE = 1_000_000_000
"""Largest project file, in bytes."""
MAX_JSON = 300_000_000
MAX_STATES = 500_000_000
"""Most bytes that the JSON, and all states of plugins together, may unpack to."""
MAX_MEMBERS = 10_000
MAX_TABLE = 200_000
"""Most parts of all songs of a project together."""
_JSON = "project.json"
_QUICK = 1  # zlib's level: a third larger than the best and several times as fast


def write_project(project: Project, path: Path, beside: Mapping[str, bytes] | None = None) -> None:
    """Write `project` to `path`, whole or not at all, with more members of the zip `beside` it.

    Raises CocomposerError when the disk says no.
    """
    try:
        with (
            written_whole(path) as place,
            zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED, compresslevel=_QUICK) as archive,
        ):
            store = _Members(archive)
            document = {
                "format": FORMAT,
                "version": VERSION,
                "program": __version__,
                **project_to(project, store),
            }
            # Every part was written by itself: one long call of the encoder would hold up all other threads.
            for name, data in (beside or {}).items():
                archive.writestr(name, data)
            text = f'{_text(document)[:-1]},"parts":[{",".join(store.table)}]}}'
            if len(text) > MAX_JSON:
                raise CocomposerError("This project has grown beyond what a file may hold: remove old proposals.")
            archive.writestr(_JSON, text)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CocomposerError(f"{path} cannot be saved: {reason}. Save it in another place.") from error


def read_project(path: Path) -> Project:
    """The project in the file at `path`, which is not touched.

    Raises FormatError for a file that is damaged, no project, beyond the limits or of a later version.
    """
    with _opened(path) as archive:
        return _read(archive)


def read_beside(path: Path, name: str, most: int) -> bytes:
    """A member that was written beside a project, of up to `most` bytes.  Raises FormatError as `read_project` does."""
    with _opened(path) as archive:
        return _member(archive, name, most)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The zip at `path`; whatever goes wrong with it is a FormatError that names the file."""
    try:
        if path.stat().st_size > MAX_FILE:
            raise FormatError(f"{path.name} is larger than any project: it is refused.")
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FormatError as error:
        raise FormatError(f"{path.name}: {error}") from error
    except FileNotFoundError as error:
        raise FormatError(f"{path} is not there: was it moved or renamed?") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise FormatError(f"{path.name} is damaged, or no project of Cocomposer.") from error
    except OSError as error:
        raise FormatError(f"{path} cannot be opened: {error.strerror}.") from error


def _read(archive: zipfile.ZipFile) -> Project:
    if len(archive.infolist()) > MAX_MEMBERS:
        raise FormatError("The file holds more than any project does: it is refused.")
    fields = Fields(parsed(_member(archive, _JSON, MAX_JSON)), "The project")
    if fields.text("format") != FORMAT:
        raise FormatError("This is no project of Cocomposer.")
    version = fields.integer("version", 1, 1_000_000)
    if version > VERSION:
        raise FormatError(
            f"The project was saved by a later Cocomposer ({fields.text('program', 100)}): install that one to open it."
        )
    if version < VERSION:
        fields = Fields(migrated(dict(fields.values()), version), "The project")
    store = _Members(archive)
    store.parts = fields.items("parts", MAX_TABLE, lambda value, where: part_from(Fields(value, where), store))
    return project_from(fields, store)


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """What a member unpacks to.  Raises FormatError where it is missing or larger than `most` bytes."""
    try:
        with archive.open(name) as member:
            data = member.read(most + 1)  # never more, whatever the file says of its size
    except KeyError as error:
        raise FormatError(f"{name} is missing: this is no project, or a damaged one.") from error
    if len(data) > most:
        raise FormatError(f"{name} is larger than in any project: it is refused.")
    return data


class _Members(Store):
    """Parts in a table, states of plugins in members of a zip; each of them once."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.parts: tuple[Part, ...] = ()
        self._archive = archive
        self._texts: dict[str, int] = {}
        self._places: dict[int, tuple[Part, int]] = {}  # by identity; the part stays alive beside it
        self._states: dict[str, bytes] = {}

    @property
    def table(self) -> Iterable[str]:
        """The JSON of every part that songs point to, in the order of their places."""
        return self._texts

    def state_to(self, state: bytes) -> str:
        name = hashlib.sha256(state).hexdigest()
        if name not in self._states:
            self._states[name] = state
            if sum(map(len, self._states.values())) > MAX_STATES:
                raise CocomposerError("The plugins of this project hold more than a file may: remove some of them.")
            self._archive.writestr(f"states/{name}", state)
        return name

    def state_from(self, text: str) -> bytes:
        if text not in self._states:
            left = MAX_STATES - sum(map(len, self._states.values()))
            self._states[text] = _member(self._archive, f"states/{text}", min(MAX_STATE, left))
        return self._states[text]

    def part_to(self, part: Part) -> int:
        if id(part) not in self._places:
            place = self._texts.setdefault(_text(part_to(part, self)), len(self._texts))
            self._places[id(part)] = part, place
        return self._places[id(part)][1]

    def part_from(self, value: Any, where: str) -> Part:
        if type(value) is not int or not 0 <= value < len(self.parts):
            raise FormatError(f"{where} is damaged: it names a part that is not there.")
        return self.parts[value]
