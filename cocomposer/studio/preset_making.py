"""Presets made of what an artist has in hand: a part's instrument, its strip, a song, controls."""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

from cocomposer.composer import Controls
from cocomposer.errors import PresetError
from cocomposer.formats import chord_text
from cocomposer.library.preset import Preset, parse
from cocomposer.music import Effect, Instrument, Part, Song, Strip
from cocomposer.music.mix import InstrumentKind
from cocomposer.sound.house_mix import strip_of
from cocomposer.sound.racks import rack_from_strip, rack_text

__all__ = ["control_preset", "instrument_preset", "mood_preset", "rack_preset", "template_preset"]

Head = Mapping[str, Any]
"""`name`, and where there is something to say `author`, `licence`, `description` and `tags`."""


def instrument_preset(part: Part, head: Head) -> Preset:
    """The instrument that plays `part`, with its settings.  Raises PresetError where it has none of its own."""
    if part.instrument is None or not part.instrument.name:
        raise PresetError(f"{part.name} has no instrument of its own: it plays with the SoundFont at hand.")
    player = _player(part.instrument, part)
    return _made("instrument", head, player, needs=_needs([part.instrument]))


def rack_preset(part: Part, song: Song, head: Head) -> Preset:
    """The strip of `part`: its level, place, sends and inserts."""
    strip = strip_of(part, song)
    return _made("rack", head, _rack(strip), needs=_needs(strip.inserts))


def template_preset(song: Song, head: Head, style: str = "", controls: Controls | None = None) -> Preset:
    """The song without its notes: form, chords, key, tempo, and the band with its instruments and strips."""
    parts, needed = [], list[Instrument | Effect]()
    for part in song.parts:
        row: dict[str, Any] = {"name": part.name or str(part.role), "role": str(part.role), "program": part.program}
        if part.instrument is not None and part.instrument.name:
            row["instrument"] = _player(part.instrument, part)
            needed.append(part.instrument)
        if part.strip is not None:
            row["rack"] = _rack(part.strip)
            needed += part.strip.inserts
        parts.append(row)
    body: dict[str, Any] = {"chart": chord_text.write(song).decode(), "style": style, "parts": parts}
    if controls is not None and controls.asked():
        body["controls"] = {"everybody": controls.asked()}
    return _made("template", head, body, needs=_needs(needed))


def control_preset(everybody: Controls, parts: Mapping[str, Controls], head: Head) -> Preset:
    """Controls as they are turned."""
    by_part = {name: each.asked() for name, each in parts.items()}
    return _made("control", head, {"everybody": everybody.asked(), "parts": by_part})


def mood_preset(valence: float, arousal: float, head: Head) -> Preset:
    """A point on the mood pad, both -1..1."""
    return _made("mood", head, {"valence": valence, "arousal": arousal})


def _made(kind: str, head: Head, body: Mapping[str, Any], needs: Mapping[str, Any] | None = None) -> Preset:
    table = {"schema": 2, "kind": kind, **head, kind: body}
    return parse(table | ({"needs": needs} if needs else {}), str(head.get("name", "The preset")))


def _player(instrument: Instrument, part: Part) -> dict[str, Any]:
    """An instrument as it travels: its file by name alone."""
    row: dict[str, Any] = {
        "kind": str(instrument.kind),
        "name": _file_name(instrument.name),
        "role": str(part.role),
        "program": part.program,
        "parameters": dict(instrument.parameters),
    }
    return row | ({"state": base64.b64encode(instrument.state).decode()} if instrument.state else {})


def _rack(strip: Strip) -> dict[str, Any]:
    table = tomllib.loads(rack_text(rack_from_strip(strip, "")))
    for effect in table.get("effect", []):
        if "plugin" in effect:
            effect["plugin"] = _file_name(effect["plugin"])
    return {name: value for name, value in table.items() if name not in ("name", "about")}


def _needs(users: Iterable[Instrument | Effect]) -> dict[str, list[str]]:
    needs: dict[str, list[str]] = {}
    for user in users:
        if isinstance(user, Effect):
            kind, name = "plugins", user.plugin
        else:
            kind = "plugins" if user.kind is InstrumentKind.PLUGIN else "soundfonts"
            name = "" if user.kind is InstrumentKind.BUILT_IN else user.name
        if name and _file_name(name) not in needs.setdefault(kind, []):
            needs[kind].append(_file_name(name))
    return {kind: names for kind, names in needs.items() if names}


def _file_name(path: str) -> str:
    return PurePath(path.replace("\\", "/")).name
