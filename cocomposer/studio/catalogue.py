"""Everything there is to use, to be searched: styles, progressions, instruments, racks, plugins, sketches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cocomposer import formats
from cocomposer.music.general_midi import FAMILIES, INSTRUMENTS
from cocomposer.resources import assets_folder
from cocomposer.studio.progressions import load_progressions

__all__ = ["Entry", "Kind", "catalogue", "matching"]


class Kind(StrEnum):
    STYLE = "style"
    PROGRESSION = "progression"
    INSTRUMENT = "instrument"
    RACK = "rack"
    PLUGIN = "plugin"
    SKETCH = "sketch"


@dataclass(frozen=True)
class Entry:
    """One thing to use.

    `id` names it within its kind: a style's id, the name of a progression, "program:NUMBER" or "built-in:ID" for an
    instrument, a role for a rack, the path of a plugin or sketch.  `detail` is a line about it; `tags` are words to
    search by, the first of them the group it belongs to.
    """

    kind: Kind
    id: str
    name: str
    detail: str = ""
    tags: tuple[str, ...] = ()


def catalogue(kind: Kind) -> tuple[Entry, ...]:
    """Everything of that kind.  Reads files: not for the thread of a window.  Raises CocomposerError."""
    return {
        Kind.STYLE: _styles,
        Kind.PROGRESSION: _progressions,
        Kind.INSTRUMENT: _instruments,
        Kind.RACK: _racks,
        Kind.PLUGIN: _plugins,
        Kind.SKETCH: _sketches,
    }[kind]()


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


def _styles() -> tuple[Entry, ...]:
    from cocomposer.styles.loading import load_styles

    styles = sorted(load_styles().items(), key=lambda pair: (pair[1].genre, pair[1].name))
    return tuple(
        Entry(Kind.STYLE, id, style.name, style.description, (style.genre, str(style.meter), *style.tags))
        for id, style in styles
    )


def _progressions() -> tuple[Entry, ...]:
    return tuple(
        Entry(
            Kind.PROGRESSION,
            each.name,
            each.name,
            each.bars.strip("| ").replace(" | ", " · "),
            (*each.tags, str(each.mode)),
        )
        for each in load_progressions()
    )


def _instruments() -> tuple[Entry, ...]:
    from cocomposer.sound.built_in import built_in_instruments

    own = (
        Entry(
            Kind.INSTRUMENT,
            f"built-in:{each.id}",
            each.name,
            each.description,
            ("built-in", *(str(role) for role in each.roles)),
        )
        for each in built_in_instruments()
    )
    programs = (
        Entry(
            Kind.INSTRUMENT, f"program:{program}", name, FAMILIES[program // 8], (FAMILIES[program // 8], "SoundFont")
        )
        for program, name in enumerate(INSTRUMENTS)
    )
    return (*own, *programs)


def _racks() -> tuple[Entry, ...]:
    from cocomposer.music import Role
    from cocomposer.sound.racks import load_racks

    racks = load_racks()
    return tuple(
        Entry(Kind.RACK, str(role), rack.name, rack.about, (str(role),)) for role in Role for rack in (racks.of(role),)
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
