"""The adapters that are here: what the neural composer learned, kept, shown, shared and forgotten.

Each has a folder of its own in the data folder: its weights as safetensors, their hash, and its card.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cocomposer.composer.request import ADAPTER_NAME
from cocomposer.errors import CocomposerError, ModelError, PresetError, RequestError
from cocomposer.library.adapter_card import MAX_WEIGHTS, AdapterCard, SharedAdapter
from cocomposer.library.pack import SUFFIX, file_stem, read_pack, write_pack
from cocomposer.library.preset import AdapterPreset, Preset, parse
from cocomposer.library.reading import read_preset
from cocomposer.model.composer_weights import adapter_path, load_network, weights_path
from cocomposer.studio.places import adapters_folder, make_folder

CARD = "card.json"
_UNSEEN = ".learned-"
"""How folders begin that are still being filled."""
MAX_CARD = 2_000_000
"""Most bytes of a card."""


@dataclass(frozen=True)
class KeptAdapter:
    """An adapter that is here, by the name it is asked for with, and its card."""

    name: str
    card: AdapterCard

    def __str__(self) -> str:
        """In a sentence."""
        return (
            f"{self.name}: learned from {len(self.card.files)} songs ({self.card.notes:,} notes)"
            f"{f' of {self.card.artist}' if self.card.artist else ''}; it foretells songs that were kept aside "
            f"{100 * self.card.better:.1f}% better."
        )


def adapters() -> list[KeptAdapter]:
    """All that are here, by name; damaged ones are left out."""
    found = []
    folder = adapters_folder()
    for place in sorted(folder.iterdir()) if folder.is_dir() else ():
        try:
            found.append(adapter_named(place.name))
        except CocomposerError:
            continue
    return found


def adapter_named(name: str) -> KeptAdapter:
    """The adapter of that name.  Raises ModelError where there is none or its card is damaged, and RequestError for
    what is no name."""
    check_name(name)
    try:
        with (adapters_folder() / name / CARD).open("rb") as file:
            return KeptAdapter(name, AdapterCard.model_validate_json(file.read(MAX_CARD)))
    except OSError as error:
        raise ModelError(f"There is no adapter {name!r}: `cocomposer adapt` makes one.") from error
    except ValueError as error:
        raise ModelError(f"The card of the adapter {name!r} is damaged: learn it again.") from error


def keep_adapter(name: str, card: AdapterCard, data: bytes) -> KeptAdapter:
    """Keep an adapter, in the place of any other of its name; `data` is its safetensors file.

    Raises ModelError where it does not fit the model that is here, and CocomposerError where it cannot be written.
    """
    from cocomposer.model.adapters import adapted, hash_of, load_adapter
    from cocomposer.model.weights import write_weights

    check_name(name)
    folder = adapters_folder()
    make_folder(folder)
    for left in folder.glob(f"{_UNSEEN}*"):
        shutil.rmtree(left, ignore_errors=True)
    try:
        with tempfile.TemporaryDirectory(prefix=_UNSEEN, dir=folder) as temporary:
            path = adapter_path(Path(temporary), name)
            write_weights(path, data)
            adapted(load_network(weights_path())[0], load_adapter(path, hash_of(weights_path())), 1.0)
            (path.parent / CARD).write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
            if (folder / name).exists():
                (folder / name).rename(Path(temporary) / ".before")
            path.parent.rename(folder / name)
    except OSError as error:
        raise CocomposerError(f"{folder / name} cannot be written: {error.strerror or error}.") from error
    return KeptAdapter(name, card)


def remove_adapter(name: str) -> None:
    """Forget an adapter for good.  Raises ModelError where there is none."""
    check_name(name)
    folder = adapters_folder() / name
    if not folder.is_dir():
        raise ModelError(f"There is no adapter {name!r}.")
    shutil.rmtree(folder)


def adapter_preset(name: str, head: dict[str, Any] | None = None) -> Preset:
    """The adapter as a preset; `head` may have its `licence`, `description`, `author` and `tags`.

    Raises ModelError where it is not here, and PresetError where it is too large to be shared.
    """
    card = adapter_named(name).card
    try:
        data = adapter_path(adapters_folder(), name).read_bytes()
    except OSError as error:
        raise ModelError(f"The adapter {name!r} is damaged: learn it again.") from error
    if len(data) > MAX_WEIGHTS:
        raise PresetError(f"The adapter {name} is too large to be shared: it may take {MAX_WEIGHTS:,} bytes.")
    table = {"schema": 2, "kind": "adapter", "name": name, "author": card.artist, "tags": ["adapter"], **(head or {})}
    return parse({**table, "adapter": SharedAdapter.table(card, data)}, f"The adapter {name}")


def share_adapter(name: str, path: Path, licence: str = "") -> None:
    """Write the adapter as a pack of its own.  Raises ModelError and PresetError as `adapter_preset`."""
    preset = adapter_preset(name, {"licence": licence})
    manifest = {"name": file_stem(name), "title": name, "author": preset.author, "tags": ["adapter"]}
    write_pack(path, {**manifest, "licence": licence or "all rights reserved"}, [preset])


def take_in(path: Path) -> list[KeptAdapter]:
    """Keep the adapters in a pack or preset file, each under a name that is free, and none twice.

    Raises PresetError for a file that is refused or has none, and ModelError for one that does not fit the model here.
    """
    presets = read_pack(path).presets.values() if path.suffix == SUFFIX else [read_preset(path)]
    found = [each for each in presets if isinstance(each, AdapterPreset)]
    if not found:
        raise PresetError(f"There is no adapter in {path.name}.")
    return [_taken_in(each) for each in found]


def _taken_in(preset: AdapterPreset) -> KeptAdapter:
    shared = preset.adapter
    here = {each.name: each for each in adapters()}
    for each in here.values():
        if each.card.weights_sha256 == shared.card.weights_sha256:
            return each
    stem = file_stem(preset.name)[:50]
    name = next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, len(here) + 3))) if name not in here)
    return keep_adapter(name, shared.card, shared.data())


def check_name(name: str) -> None:
    """Raises RequestError for a name that an adapter cannot have."""
    if not ADAPTER_NAME.fullmatch(name):
        raise RequestError(f"{name!r} is no name for an adapter: use letters, digits and hyphens, at most 60.")
