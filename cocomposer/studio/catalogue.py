"""Everything there is to use, to be searched: presets of every kind, General MIDI programs, plugins, sketches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer import formats
from cocomposer.library.index import Entry as Found
from cocomposer.music.general_midi import FAMILIES, INSTRUMENTS
from cocomposer.resources import assets_folder
from cocomposer.studio.styles import style_id

if TYPE_CHECKING:
    from cocomposer.studio.presets import Presets

__all__ = ["Entry", "Kind", "catalogue", "matching"]


class Kind(StrEnum):
    STYLE = "style"
    PROGRESSION = "progression"
    INSTRUMENT = "instrument"
    RACK = "rack"
    MOOD = "mood"
    CONTROL = "control"
    TEMPLATE = "template"
    PLUGIN = "plugin"
    SKETCH = "sketch"

    @property
    def of_presets(self) -> bool:
        """Is it a kind of the library, not one of what is merely there?"""
        return self not in (Kind.PLUGIN, Kind.SKETCH)


@dataclass(frozen=True)
class Entry:
    """One thing to use.

    `id` names it within its kind: a style's id, the hash of another preset, "program:NUMBER", the path of a plugin or
    sketch.  `detail` is a line about it; `tags` are words to search by; `preset` is what the library knows of it, None
    for what is no preset.
    """

    kind: Kind
    id: str
    name: str
    detail: str = ""
    tags: tuple[str, ...] = ()
    preset: Found | None = None


def catalogue(
    presets: Presets, kind: Kind, query: str = "", *, favourites: bool = False, used: bool = False, order: str = ""
) -> tuple[Entry, ...]:
    """What there is of that kind with each word of `query`, the best first: presets, then what is no preset.

    `favourites` and `used` ask for those presets alone, and `order` is that of `Index.search`.  Reads files: not for
    the thread of a window.  Raises CocomposerError.
    """
    found: tuple[Entry, ...] = ()
    if kind.of_presets:
        asked = presets.search(query, kind=str(kind), favourites=favourites, used=used, order=order)
        found = tuple(_entry(each) for each in asked)
    return found + tuple(matching(() if used else _beside(kind), query))


def _entry(found: Found) -> Entry:
    id = style_id(found) if found.kind == Kind.STYLE else found.hash
    return Entry(Kind(found.kind), id, found.name, found.description or ", ".join(found.tags), found.tags, found)


def _beside(kind: Kind) -> tuple[Entry, ...]:
    """What there is that is no preset."""
    if kind is Kind.INSTRUMENT:
        return _programs()
    return _plugins() if kind is Kind.PLUGIN else _sketches() if kind is Kind.SKETCH else ()


def matching(entries: Iterable[Entry], query: str) -> list[Entry]:
    """The entries of which each word of `query` begins a word; those with it in the name first."""
    words = query.casefold().split()
    found = []
    for entry in entries:
        name = entry.name.casefold()
        begins = f"{name} {entry.detail} {' '.join(entry.tags)}".casefold().replace("-", " ").split()
        if all(any(each.startswith(word) for each in begins) or word in name for word in words):
            found.append(entry)
    return sorted(found, key=lambda entry: not all(word in entry.name.casefold() for word in words))


def _programs() -> tuple[Entry, ...]:
    return tuple(
        Entry(
            Kind.INSTRUMENT, f"program:{program}", name, FAMILIES[program // 8], (FAMILIES[program // 8], "SoundFont")
        )
        for program, name in enumerate(INSTRUMENTS)
    )


def _plugins() -> tuple[Entry, ...]:
    from cocomposer.studio.plugins import known_plugins

    return tuple(
        Entry(
            Kind.PLUGIN,
            str(each.path),
            each.name,
            f"{each.kind}, {'instrument' if each.is_instrument else 'effect'}",
            ("instrument" if each.is_instrument else "effect", each.kind),
        )
        for each in known_plugins().plugins()
        if not each.problem
    )


def _sketches() -> tuple[Entry, ...]:
    suffixes = {suffix for each in formats.FORMATS for suffix in each.suffixes}
    found = sorted(path for path in (assets_folder() / "sketches").iterdir() if path.suffix in suffixes)
    return tuple(
        Entry(Kind.SKETCH, str(path), _title(path), path.suffix[1:], ("sketch", path.suffix[1:])) for path in found
    )


def _title(path: Path) -> str:
    return path.stem.replace("_", " ").title()
