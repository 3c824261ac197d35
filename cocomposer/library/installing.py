"""Installing packs: all of a pack or nothing, by one rename of a folder that was filled out of sight."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from pathlib import Path

from cocomposer.errors import PresetError
from cocomposer.library.pack import MANIFEST, Manifest, Pack

__all__ = ["Installed", "install", "installed_packs", "remove"]

_FOLDER = re.compile(r"([a-z0-9][a-z0-9-]*)@([0-9a-f]{16})")
_UNSEEN = ".installing-"
"""How folders begin that are still being filled; whoever looks for presets passes over hidden ones."""


class Installed:
    """A pack in the folder of packs; `hash` are the first 16 digits of the SHA-256 of the file it came in."""

    def __init__(self, folder: Path) -> None:
        match = _FOLDER.fullmatch(folder.name)
        assert match is not None
        self.folder, self.name, self.hash = folder, match[1], match[2]

    def manifest(self) -> Manifest:
        """Raises PresetError where it was changed by hand since."""
        try:
            return Manifest.model_validate_json((self.folder / MANIFEST).read_bytes())
        except (OSError, ValueError) as error:
            raise PresetError(f"The installed pack {self.name} is damaged: install it again.") from error


def installed_packs(packs: Path) -> list[Installed]:
    """The packs in that folder, by name."""
    if not packs.is_dir():
        return []
    return [Installed(each) for each in sorted(packs.iterdir()) if _FOLDER.fullmatch(each.name) and each.is_dir()]


def install(pack: Pack, packs: Path) -> Installed:
    """Put a checked pack into the folder of packs, in place of any other revision of it.

    Until all of it is there nothing of it can be seen.  Raises PresetError where it cannot be written, and for a pack
    of a name that was installed signed by another key, which may be someone else's.
    """
    folder = packs / f"{pack.manifest.name}@{pack.hash[:16]}"
    earlier = [each for each in installed_packs(packs) if each.name == pack.manifest.name and each.folder != folder]
    for each in earlier:
        if (key := _key_of(each)) and key != pack.key:
            raise PresetError(
                f"The pack {each.name} is installed already, from an author with another key: remove that first "
                f"(cocomposer preset remove {each.name}) if you trust this one."
            )
    unseen = packs / f"{_UNSEEN}{secrets.token_hex(8)}"
    try:
        packs.mkdir(parents=True, exist_ok=True)
        for left in packs.glob(f"{_UNSEEN}*"):
            shutil.rmtree(left, ignore_errors=True)
        if folder.exists():
            return Installed(folder)
        for name, data in pack.members.items():
            place = unseen / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        os.replace(unseen, folder)  # noqa: PTH105 - `Path.replace` says nothing of folders
    except OSError as error:
        raise PresetError(f"The pack {pack.manifest.title} cannot be installed: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(unseen, ignore_errors=True)
    for each in earlier:
        _vanish(each.folder)
    return Installed(folder)


def remove(name: str, packs: Path) -> None:
    """Raises PresetError where there is no such pack."""
    found = [each for each in installed_packs(packs) if each.name == name]
    if not found:
        raise PresetError(f"No pack {name!r} is installed.")
    for each in found:
        _vanish(each.folder)


def _vanish(folder: Path) -> None:
    """Gone in one step for whoever looks; the files follow."""
    hidden = folder.with_name(f"{_UNSEEN}{secrets.token_hex(8)}")
    with contextlib.suppress(OSError):
        folder.rename(hidden)
        shutil.rmtree(hidden, ignore_errors=True)


def _key_of(installed: Installed) -> str:
    from cocomposer.formats.strict_json import Fields, parsed
    from cocomposer.library.pack import SIGNATURE

    path = installed.folder / SIGNATURE
    if not path.is_file():
        return ""
    return Fields(parsed(path.read_bytes()), SIGNATURE).text("key")
