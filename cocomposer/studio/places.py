"""Where results go: one folder a sketch, names that do not collide, text files written whole or not at all."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cocomposer.errors import CocomposerError
from cocomposer.whole_files import written_whole


def folders_for(sketches: Sequence[Path], out: Path) -> tuple[Path, ...]:
    """The folder for the results of each sketch: `out` itself for one, else a folder in it for each.

    A folder has the sketch's name without its suffix.  Where several sketches share that name, as in
    `050/lead_sheet.mid` and `051/lead_sheet.mid`, the name of the folder they lie in is taken, and where even that is
    shared, both with a number.
    """
    if len(sketches) == 1:
        return (out,)
    names = [sketch.stem for sketch in sketches]
    shared = Counter(name.casefold() for name in names)
    parents = [sketch.resolve().parent.name for sketch in sketches]
    names = [
        parent if shared[name.casefold()] > 1 and parent else name for name, parent in zip(names, parents, strict=True)
    ]
    taken: set[str] = set()
    folders = []
    for name, sketch in zip(names, sketches, strict=True):
        name = _plain(name)
        unique, count = name, 1
        while unique.casefold() in taken:
            count += 1
            unique = f"{name}-{_plain(sketch.stem)}" if count == 2 else f"{name}-{_plain(sketch.stem)}-{count - 1}"
        taken.add(unique.casefold())
        folders.append(out / unique)
    return tuple(folders)


def _plain(name: str) -> str:
    """A name that every file system takes as one folder."""
    return re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", name).strip(". ")[:100] or "sketch"


def cache_folder() -> Path:
    """Where what can be found out again is kept for this user; COCOMPOSER_CACHE names another folder."""
    import platformdirs

    named = os.environ.get("COCOMPOSER_CACHE")
    return Path(named) if named else platformdirs.user_cache_path("cocomposer", appauthor=False)


def data_folder() -> Path:
    """Where files lie that stay, such as those dragged onto a DAW; COCOMPOSER_DATA names another folder."""
    import platformdirs

    named = os.environ.get("COCOMPOSER_DATA")
    return Path(named) if named else platformdirs.user_data_path("cocomposer", appauthor=False)


def adapters_folder() -> Path:
    """Where what was learned from the artist's own music is kept, a folder an adapter."""
    return data_folder() / "adapters"


def settings_folder() -> Path:
    """Where this user's settings are kept; COCOMPOSER_SETTINGS names another folder."""
    import platformdirs

    named = os.environ.get("COCOMPOSER_SETTINGS")
    return Path(named) if named else platformdirs.user_config_path("cocomposer", appauthor=False)


def recovery_folder() -> Path:
    """Where unsaved work is kept in case the program is stopped; COCOMPOSER_RECOVERY names another folder."""
    import platformdirs

    named = os.environ.get("COCOMPOSER_RECOVERY")
    return Path(named) if named else platformdirs.user_state_path("cocomposer", appauthor=False) / "recovery"


def file_name(text: str) -> str:
    """`text` as part of a file name: lower case, words joined by hyphens."""
    return re.sub(r"[^\w]+", "-", text.casefold()).strip("-_")[:60] or "part"


def make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise CocomposerError(f"{folder} cannot be made: {getattr(error, 'strerror', None) or error}.") from error


def write_json(data: Any, path: Path) -> None:
    """`write_text` of `data` as JSON."""
    write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", path)


def write_text(text: str, path: Path) -> None:
    """Write a file that appears complete or not at all.  Raises CocomposerError when the disk says no."""
    try:
        with written_whole(path) as part:
            # File names may hold bytes that are no text anywhere; they become question marks.
            part.write_bytes(text.encode("utf-8", "replace"))
    except OSError as error:
        raise CocomposerError(f"{path} cannot be written: {error.strerror}.") from error
