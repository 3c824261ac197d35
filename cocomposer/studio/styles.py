"""The styles there are to choose from: those shipped, the artist's own, and those of installed packs."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer.errors import CocomposerError, PresetError, StyleError
from cocomposer.styles import Style, load_style, load_styles

if TYPE_CHECKING:
    from cocomposer.library.index import Entry
    from cocomposer.studio.presets import Presets

__all__ = ["style_id", "style_named", "styles_at_hand"]

MOST = 300
"""Most styles beside the shipped ones that are offered at once; those used last come first."""
_PLACES = ("mine", "pack")

_log = logging.getLogger(__name__)


def styles_at_hand(presets: Presets | None = None) -> Mapping[str, Style]:
    """Every style by its id, those shipped first; of `presets`, by default those of this computer as last found.

    A style that cannot be read is left out, and where the presets cannot be read at all there are those shipped.
    """
    from cocomposer.studio.presets import Presets

    try:
        found = presets or Presets()
    except (CocomposerError, OSError, sqlite3.Error) as error:
        _log.warning("styles of packs are not offered: %s", error)
        return load_styles()
    try:
        entries = [each for place in _PLACES for each in found.search(kind="style", place=place, order="recent")]
    except CocomposerError as error:
        _log.warning("styles of packs are not offered: %s", error)
        entries = []
    finally:
        if presets is None:
            found.close()
    styles = dict(load_styles())
    for entry in entries[:MOST]:
        try:
            style = _read(entry.path, entry.position, entry.hash, style_id(entry))
        except CocomposerError as error:
            _log.warning("a style is left out: %s", error)
        else:
            styles.setdefault(style.id, style)
    return styles


def style_id(entry: Entry) -> str:
    """What a style preset is called in requests: by its name, marked where a shipped one has that."""
    from cocomposer.library.pack import file_stem

    if entry.place == "factory":
        return entry.path.stem
    stem = file_stem(entry.name)
    return f"{stem}-{entry.hash[:4]}" if stem in load_styles() else stem


def style_named(name: str, presets: Presets | None = None) -> Style:
    """The style of that id or name, or in the file at that path: a style file, or a preset of one.

    Raises StyleError with near matches where there is none.
    """
    if not name.casefold().endswith(".toml"):
        return load_style(name, styles_at_hand(presets))
    from cocomposer.library.pack import file_stem
    from cocomposer.library.preset import StylePreset
    from cocomposer.library.reading import read_preset, read_table

    path = Path(name)
    try:
        preset = read_preset(path) if read_table(path).get("schema") != 1 else None
    except CocomposerError:
        preset = None  # the reader of style files says what is wrong
    if preset is None:
        return load_style(name)
    if not isinstance(preset, StylePreset):
        raise StyleError(f"{path.name} is a preset of another kind ({preset.kind_name}), not a style.")
    style: Style = preset.value()
    return replace(style, id=file_stem(preset.name))


@lru_cache(maxsize=2 * MOST)
def _read(path: Path, position: int, hash: str, id: str) -> Style:
    """The style at that place of a file, as it was when it had that content."""
    from cocomposer.library.reading import read_presets

    presets = read_presets(path)
    if position >= len(presets) or presets[position].hash != hash:
        raise PresetError(f"{path} has changed since it was found.")
    style: Style = presets[position].value()
    return replace(style, id=id)
