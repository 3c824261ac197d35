"""Corpora as they are delivered: folders, or zip files that are unpacked for as long as they are read."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath

from cocomposer.errors import FormatError

MAX_FILES = 50_000
MAX_BYTES = 1024**3
"""Bytes that the files of one zip file take unpacked, at most."""


@contextmanager
def corpora_in(data: Path, names: Sequence[str]) -> Iterator[dict[str, Path]]:
    """The folders of those corpora that lie in `data` as NAME/ or NAME.zip, by name, as long as the context lasts."""
    with tempfile.TemporaryDirectory(prefix="corpora-") as temporary:
        found = {}
        for name in names:
            if (data / name).is_dir():
                found[name] = data / name
            elif (data / f"{name}.zip").is_file():
                found[name] = Path(temporary, name)
                unpack(data / f"{name}.zip", found[name])
        yield found


def unpack(path: Path, folder: Path) -> None:
    """Unpack a zip file into a new folder.

    Raises FormatError, before anything is written, where it would write elsewhere or too much, and where it is damaged.
    """
    try:
        with zipfile.ZipFile(path) as file:
            members = [member for member in file.infolist() if not member.is_dir()]
            for member in members:
                if not _stays_inside(member.filename):
                    raise FormatError(f"{path.name} holds a file with a forbidden place: {member.filename!r}.")
            if len(members) > MAX_FILES or sum(member.file_size for member in members) > MAX_BYTES:
                raise FormatError(f"{path.name} is larger than any corpus: unpack it by hand if you trust it.")
            for member in members:
                target = folder / member.filename
                target.parent.mkdir(parents=True, exist_ok=True)
                # A member never yields more than the size it declares.
                with file.open(member) as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise FormatError(f"{path.name} is damaged or packed in a way that cannot be read.") from error


def _stays_inside(name: str) -> bool:
    """Is a member's name a plain path downwards, on every system?"""
    windows = PureWindowsPath(name)
    return not (windows.drive or windows.root or ".." in windows.parts or ".." in PurePosixPath(name).parts)
