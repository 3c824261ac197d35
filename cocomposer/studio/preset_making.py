"""Presets made of what an artist has in hand: a part's instrument, its strip, a song, controls."""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

from cocomposer.composer import Controls
from cocomposer.errors import MusicError, PresetError
from cocomposer.formats import chord_text
from cocomposer.library.preset import Preset, parse
from cocomposer.music import ChordChange, Effect, Instrument, Key, MeterChange, MeterMap, Part, Song, Strip
from cocomposer.music.chord_symbols import parse_chord
from cocomposer.music.key import Mode
from cocomposer.music.mix import InstrumentKind
from cocomposer.music.roman import roman
from cocomposer.sound.house_mix import strip_of
from cocomposer.sound.racks import rack_from_strip, rack_text

__all__ = ["control_preset", "instrument_preset", "mood_preset", "progression_preset", "rack_preset", "template_preset"]

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


def progression_preset(song: Song, first: int, last: int, head: Head) -> Preset:
    """The chords of bars `first` to `last`, from 0 and both included, as numerals in the song's key there.

    A chord that has no numeral, such as one over another bass, stands by its letters in C.  Raises PresetError where
    there are no chords.
    """
    bars = song.bars[first : last + 1]
    spans = [each for each in song.chord_spans if bars and each.start < bars[-1].end and each.end > bars[0].start]
    if not any(not each.chord.is_silent for each in spans):
        raise PresetError("There are no chords in these bars: choose others, or write some first.")
    key = song.key_at(bars[0].start) or Key()
    home = Key(0, Mode.MINOR if key.mode.is_minor else Mode.MAJOR)
    changes = tuple(ChordChange(max(0, each.start - bars[0].start), each.chord.transpose(-key.tonic)) for each in spans)
    chart = Song(
        length=bars[-1].end - bars[0].start,
        meters=MeterMap((MeterChange(0, song.meters.meter_at(bars[0].start)),)),
        chords=changes,
    )
    lines = [line for line in chord_text.write(chart).decode().splitlines() if line.startswith("|")]
    words = [_numeral(word, home) for word in " ".join(lines).replace("| |", "|").split()]
    return _made("progression", head, {"mode": str(home.mode), "bars": " ".join(words)})


def _numeral(word: str, key: Key) -> str:
    """A word of a chord chart as a numeral, where it is a chord that has one."""
    try:
        return roman(parse_chord(word), key)
    except MusicError:
        return word


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
