"""Shelves: a folder of packs with an index, `shelf.json`, that any static web server can show.

The index names every pack with its SHA-256, so whoever trusts the index can check what it fetches; `shelf.sig` may hold
the keeper's signature of it.  Everything is written whole: a visitor never meets half an index.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cocomposer.errors import PresetError
from cocomposer.formats.strict_json import Fields, parsed
from cocomposer.library.pack import SUFFIX, Pack, PackName, read_pack
from cocomposer.library.signing import Signature, sign, verify
from cocomposer.library.strict import Hash, Name, Short, Words
from cocomposer.library.zip_check import MAX_PACK
from cocomposer.whole_files import written_whole

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["INDEX", "MAX_INDEX", "SEAL", "Shelf", "Shelved", "add", "init", "read_shelf", "seal", "sealed_by"]

INDEX, SEAL = "shelf.json", "shelf.sig"
VERSION = 1
MAX_INDEX = 32_000_000
"""Most bytes of an index."""
_PLAIN = ConfigDict(extra="ignore", frozen=True, strict=True)


class Shelved(BaseModel):
    """A pack as the index tells of it; `file` lies beside the index."""

    model_config = _PLAIN

    name: PackName
    revision: int = Field(ge=1, le=1_000_000)
    file: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*-r[0-9]{1,7}\.cocopack$", max_length=90)]
    size: int = Field(ge=1, le=MAX_PACK)
    sha256: Hash
    title: Name
    author: Short = ""
    licence: Name
    description: Words = ""
    tags: list[Short] = Field(default=[], max_length=20)
    kinds: list[Short] = Field(default=[], max_length=20)
    presets: list[Name] = Field(default=[], max_length=2_000)
    key: Annotated[str, Field(max_length=100)] = ""


class Shelf(BaseModel):
    """The index; `revision` counts up with every change."""

    model_config = _PLAIN

    format: Literal["cocoshelf"]
    version: int = Field(ge=VERSION, le=VERSION)
    title: Name
    revision: int = Field(default=1, ge=1)
    packs: list[Shelved] = Field(default=[], max_length=50_000)


def read_shelf(data: bytes, what: str) -> Shelf:
    """The index in `data`, which messages call `what`.  Raises PresetError."""
    if len(data) > MAX_INDEX:
        raise PresetError(f"The shelf {what} is too large.")
    try:
        table = parsed(data)
        if isinstance(table, dict) and isinstance(table.get("version"), int) and table["version"] > VERSION:
            raise PresetError(f"The shelf {what} was made by a newer Cocomposer: update the program.")
        shelf = Shelf.model_validate(table)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])[:200]
        raise PresetError(f"The shelf {what} is damaged: {place}: {first['msg']}.") from error
    except PresetError:
        raise
    except Exception as error:
        raise PresetError(f"The shelf {what} is damaged: it is no JSON.") from error
    if len({pack.name for pack in shelf.packs}) != len(shelf.packs):
        raise PresetError(f"The shelf {what} is damaged: it has a pack twice.")
    return shelf


def init(folder: Path, title: str) -> Shelf:
    """An empty shelf in `folder`.  Raises PresetError where there is one already."""
    if (folder / INDEX).exists():
        raise PresetError(f"There is a shelf in {folder} already.")
    shelf = read_shelf(json.dumps({"format": "cocoshelf", "version": VERSION, "title": title}).encode(), str(folder))
    _write(folder, shelf)
    return shelf


def add(folder: Path, paths: Sequence[Path]) -> Shelf:
    """Put checked packs on the shelf, each in place of its earlier revision; the index changes last.

    A signature no longer holds afterwards and is taken away.  Raises PresetError, and then nothing has changed.
    """
    shelf = local_shelf(folder)
    standing = {pack.name: pack for pack in shelf.packs}
    packs = [(path, read_pack(path)) for path in paths]
    for path, pack in packs:
        before = standing.get(pack.manifest.name)
        if before and before.sha256 != pack.hash and before.revision >= pack.manifest.revision:
            raise PresetError(
                f"{path.name}: the shelf has revision {before.revision} of {pack.manifest.name} already; "
                "export it with a higher --revision."
            )
        standing[pack.manifest.name] = _shelved(pack, path.stat().st_size)
    try:
        for path, pack in packs:
            with written_whole(folder / standing[pack.manifest.name].file) as part:
                shutil.copyfile(path, part)
        packs_now = sorted(standing.values(), key=lambda each: each.name)
        changed = shelf.model_copy(update={"revision": shelf.revision + 1, "packs": packs_now})
        (folder / SEAL).unlink(missing_ok=True)
        _write(folder, changed)
    except OSError as error:
        raise PresetError(f"The shelf {folder} cannot be written: {error.strerror or error}.") from error
    _tidy(folder, {pack.file for pack in (*shelf.packs, *changed.packs)})
    return changed


def seal(folder: Path, key: Ed25519PrivateKey) -> None:
    """Sign the index of the shelf in `folder` as it is now."""
    local_shelf(folder)
    signed = sign((folder / INDEX).read_bytes(), key)
    with written_whole(folder / SEAL) as part:
        part.write_text(json.dumps(vars(signed)), encoding="utf-8")


def sealed_by(index: bytes, seal: bytes | None, what: str) -> str:
    """The key that the index is signed with, "" where there is no signature.  Raises PresetError for a wrong one."""
    if seal is None:
        return ""
    fields = Fields(parsed(seal[:10_000]), "The signature of the shelf")
    signature = Signature(fields.text("key", 200), fields.text("signature", 200))
    verify(index, signature, f"the shelf {what}")
    return signature.key


def local_shelf(folder: Path) -> Shelf:
    """Raises PresetError where there is none."""
    try:
        return read_shelf((folder / INDEX).read_bytes(), str(folder))
    except OSError as error:
        raise PresetError(f"There is no shelf in {folder}: make one with cocomposer shelf init {folder}.") from error


def _shelved(pack: Pack, size: int) -> Shelved:
    manifest = pack.manifest
    said: Mapping[str, object] = manifest.model_dump(exclude={"format", "version", "files"})
    return Shelved.model_validate(
        {
            **said,
            "file": f"{manifest.name}-r{manifest.revision}{SUFFIX}",
            "size": size,
            "sha256": pack.hash,
            "kinds": sorted({preset.kind_name for preset in pack.presets.values()}),
            "presets": [preset.name for preset in pack.presets.values()],
            "key": pack.key,
        }
    )


def _write(folder: Path, shelf: Shelf) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with written_whole(folder / INDEX) as part:
        part.write_text(json.dumps(shelf.model_dump(exclude_defaults=False), ensure_ascii=False), encoding="utf-8")


def _tidy(folder: Path, kept: set[str]) -> None:
    """Remove packs that neither this index nor the one before names: visitors may still read by that."""
    for path in folder.glob(f"*-r*{SUFFIX}"):
        if path.name not in kept:
            path.unlink(missing_ok=True)
