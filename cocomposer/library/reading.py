"""Preset files: what lies where, and what each holds.

Most files hold one preset; `progressions.toml` holds many, and the description of a built-in instrument holds its
settings, each of which is a preset of its own.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cocomposer.errors import PresetError
from cocomposer.library.preset import MAX_BYTES, Preset, parse
from cocomposer.resources import assets_folder, presets_folder
from cocomposer.whole_files import written_whole

HOUSE = {"author": "Cocomposer", "licence": "CC0-1.0"}
SKIPPED = frozenset({".git", "__pycache__"})


def factory_folders() -> tuple[Path, ...]:
    """Where the presets shipped with the program lie."""
    return (presets_folder(), assets_folder() / "instruments")


def preset_files(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Every preset file in `folder` and below it, without hidden ones and without following links out of it."""
    waiting = [str(folder)]
    while waiting:
        try:
            entries = os.scandir(waiting.pop())
        except OSError:
            continue
        with entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name in SKIPPED:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.name.endswith(".toml") and entry.is_file(follow_symlinks=False):
                    yield entry


def read_presets(path: Path) -> tuple[Preset, ...]:
    """Every preset in the file at `path`.  Raises PresetError naming the file and the fault."""
    table = read_table(path)
    if path == presets_folder() / "progressions.toml":
        rows = table.get("progression", [])
        return tuple(parse({**HOUSE, **_progression(each)}, f"{path.name}: {each['name']}") for each in rows)
    if path.parent == assets_folder() / "instruments":
        return tuple(_settings(path.stem, table))
    preset = parse(table, path.name)
    if presets_folder() in path.parents and not preset.author:
        tags = preset.tags or [path.stem]  # a rack is named after the role that it is for
        preset = preset.model_copy(update={**HOUSE, "tags": tags})
    return (preset,)


def read_preset(path: Path) -> Preset:
    """The one preset in a file that a person made.  Raises PresetError."""
    return parse(read_table(path), path.name)


def save_preset(preset: Preset, path: Path) -> Path:
    """Write `preset` where `read_preset` finds it.  Raises PresetError where it is too large or cannot be written."""
    data = preset.toml().encode("utf-8", "surrogatepass")
    if len(data) > MAX_BYTES:
        raise PresetError(f"{preset.name} was not saved: it takes more than {MAX_BYTES:,} bytes.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as part:
            part.write_bytes(data)
    except OSError as error:
        raise PresetError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path


def read_table(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise PresetError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    return table_of(data, path.name)


def table_of(data: bytes, what: str) -> dict[str, Any]:
    """The parsed TOML in `data`.  Raises PresetError."""
    if len(data) > MAX_BYTES:
        raise PresetError(f"{what} is too large: a preset has up to {MAX_BYTES:,} bytes.")
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise PresetError(f"{what} is not TOML: {error}.") from error


def _progression(row: dict[str, Any]) -> dict[str, Any]:
    chords = {"mode": row["mode"], "bars": row["bars"]}
    head = {"name": row["name"], "tags": row["tags"], "description": row["about"]}
    return {"schema": 2, "kind": "progression", **head, "progression": chords}


def _settings(id: str, table: dict[str, Any]) -> Iterator[Preset]:
    """The instrument as it comes, and each of its settings."""
    roles = table["roles"]
    for name, parameters in {"": {}, **table.get("presets", {})}.items():
        player = {"name": id, "role": roles[0], "parameters": parameters}
        head = {"description": table["description"], "tags": ["built-in", *roles], **HOUSE}
        full = f"{table['name']}: {name}" if name else table["name"]
        yield parse({"schema": 2, "kind": "instrument", "name": full, **head, "instrument": player}, full)
