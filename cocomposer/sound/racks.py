"""Effect racks: what presets/racks/*.toml may say, read strictly, and written for reuse.

A rack file holds a strip of the mixer: for a role how loud it stands, where, how wide, on which bus, how much room and
echo it gets, and its inserts in order; `room.toml` and `echo.toml` hold the effects all parts share and `master.toml`
the chain behind the sum.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import json
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cocomposer.errors import MusicError, SoundError
from cocomposer.music import Role
from cocomposer.music.mix import LOUDEST_DB, MAX_INSERTS, SILENT_DB, Effect, Strip
from cocomposer.resources import presets_folder
from cocomposer.whole_files import written_whole

MAX_FILE_BYTES = 1_000_000
MAX_SENDS = 16
MAX_DELAY = 2.0
"""Longest delay, in seconds."""

_FREQUENCY, _GAIN, _Q, _UNIT = (10.0, 20_000.0), (-40.0, 40.0), (0.1, 10.0), (0.0, 1.0)
_FILTER = {"cutoff_frequency_hz": _FREQUENCY, "gain_db": _GAIN, "q": _Q}
EFFECTS: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "HighpassFilter": {"cutoff_frequency_hz": _FREQUENCY},
    "LowpassFilter": {"cutoff_frequency_hz": _FREQUENCY},
    "HighShelfFilter": _FILTER,
    "LowShelfFilter": _FILTER,
    "PeakFilter": _FILTER,
    "Compressor": {"threshold_db": (-60.0, 0.0), "ratio": (1.0, 20.0), "attack_ms": (0.1, 200.0),
                   "release_ms": (5.0, 2000.0)},
    "NoiseGate": {"threshold_db": (-100.0, 0.0), "ratio": (1.0, 20.0), "attack_ms": (0.1, 200.0),
                  "release_ms": (5.0, 2000.0)},
    "Limiter": {"threshold_db": (-30.0, 0.0), "release_ms": (5.0, 2000.0)},
    "Distortion": {"drive_db": (0.0, 48.0)},
    "Gain": {"gain_db": _GAIN},
    "Chorus": {"rate_hz": (0.05, 20.0), "depth": _UNIT, "centre_delay_ms": (1.0, 50.0), "feedback": (0.0, 0.95),
               "mix": _UNIT},
    "Phaser": {"rate_hz": (0.05, 20.0), "depth": _UNIT, "centre_frequency_hz": _FREQUENCY, "feedback": (0.0, 0.95),
               "mix": _UNIT},
    "Delay": {"delay_seconds": (0.0, MAX_DELAY), "delay_beats": (0.0, 8.0), "feedback": (0.0, 0.9),
              "mix": _UNIT},
    "Reverb": {"room_size": _UNIT, "damping": _UNIT, "wet_level": _UNIT, "dry_level": _UNIT, "width": _UNIT},
}  # fmt: skip
"""The effects of pedalboard a rack may use: their parameters, by pedalboard's names, with lowest and highest value.

A delay may instead be given in `delay_beats`, quarter notes, which follow the tempo."""

LINEAR_EFFECTS = frozenset(
    {"HighpassFilter", "LowpassFilter", "HighShelfFilter", "LowShelfFilter", "PeakFilter", "Gain", "Delay", "Reverb"}
)
"""Those a shared room may use: only with them do the parts' own reverbs add up to the reverb of the sum."""


@dataclass(frozen=True)
class Rack:
    """A strip with a name, and a sentence about it."""

    name: str
    strip: Strip
    about: str = ""


@dataclass(frozen=True)
class Racks:
    """A whole desk: a rack for every role, the room, the echo and the master."""

    roles: Mapping[Role, Rack]
    room: Rack
    echo: Rack
    master: Rack

    def of(self, role: Role) -> Rack:
        return self.roles[role]


def load_racks(folder: Path | None = None) -> Racks:
    """Read the racks of `folder`, by default the program's own.

    A folder of the artist's may hold some of the files; the others are the program's.  Raises SoundError,
    naming file and fault, for anything a rack cannot be.
    """
    own = presets_folder() / "racks"
    if folder is not None and not folder.is_dir():
        raise SoundError(f"The folder of racks {folder} does not exist.")

    def find(name: str) -> Path:
        if folder is not None and (folder / name).is_file():
            return folder / name
        return own / name

    roles = {role: read_rack(find(f"{role}.toml")) for role in Role}
    room, echo = (read_rack(find(name), allowed=LINEAR_EFFECTS) for name in ("room.toml", "echo.toml"))
    return Racks(roles, room, echo, read_rack(find("master.toml")))


def read_rack(path: Path, allowed: Iterable[str] = (*EFFECTS, "plugin")) -> Rack:
    """Read one rack file.  Raises SoundError with the file's name and what to change."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise SoundError(f"{path.name}: a rack file may have up to {MAX_FILE_BYTES:,} bytes.")
        table = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise SoundError(f"The rack {path} cannot be read: {error.strerror or error}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SoundError(f"{path.name} is not TOML: {error}.") from error
    try:
        return parse_rack(table, path.stem, allowed)
    except (SoundError, MusicError) as error:
        raise SoundError(f"{path.name}: {error}") from error


def save_rack(rack: Rack, path: Path) -> Path:
    """Write `rack` as a file that `read_rack` reads.  Raises SoundError where `path` cannot be written."""
    data = rack_text(rack)
    if len(data.encode()) > MAX_FILE_BYTES:
        raise SoundError(f"{path.name} was not written: what its plugins remember takes over {MAX_FILE_BYTES:,} bytes.")
    try:
        with written_whole(path) as part:
            part.write_text(data, encoding="utf-8")
    except OSError as error:
        raise SoundError(f"The rack {path} cannot be written: {error.strerror or error}.") from error
    return path


def rack_text(rack: Rack) -> str:
    """The rack as TOML; mute, solo and automation belong to a song and are left out."""
    strip = rack.strip
    lines = [f"name = {_text(rack.name)}", f"about = {_text(rack.about)}", f"gain = {strip.gain_db!r}"]
    lines += [f"trim = {strip.trim_db!r}"] if strip.trim_db is not None else []
    lines += [f"pan = {strip.pan!r}", f"width = {strip.width!r}", f"bus = {_text(strip.output)}"]
    lines += ["", "[sends]", *_assignments(strip.sends)]
    for effect in strip.inserts:
        lines += ["", "[[effect]]", f"type = {_text(effect.kind)}", f"wet = {effect.wet!r}"]
        lines += ["bypassed = true"] if effect.bypassed else []
        if effect.kind == "plugin":
            lines += [f"plugin = {_text(effect.plugin)}", f"state = {_text(base64.b64encode(effect.state).decode())}"]
            lines += ["[effect.parameters]"]
        lines += _assignments(effect.parameters)
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """`text` in quotation marks; JSON's escapes are TOML's but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _assignments(pairs: Iterable[tuple[str, float]]) -> list[str]:
    return [f"{_text(name)} = {float(value)!r}" for name, value in pairs]


def rack_from_strip(strip: Strip, name: str, about: str = "") -> Rack:
    """What of `strip` can be used again in another song."""
    return Rack(name, replace(strip, muted=False, soloed=False, lanes=()), about)


def parse_rack(table: Mapping[str, Any], name: str, allowed: Iterable[str] = (*EFFECTS, "plugin")) -> Rack:
    """Make a rack of the parsed TOML, called `name` where it does not say.  Raises SoundError and MusicError."""
    allowed = frozenset(allowed)
    _reject_unknown(table, ("name", "about", "gain", "trim", "pan", "width", "bus", "sends", "effect"), "setting")
    effects = table.get("effect", [])
    if not isinstance(effects, list) or not all(isinstance(each, dict) for each in effects):
        raise SoundError("effects are written as [[effect]] tables.")
    if len(effects) > MAX_INSERTS:
        raise SoundError(f"a rack has up to {MAX_INSERTS} effects, not {len(effects)}.")
    sends = table.get("sends", {})
    if not isinstance(sends, dict) or len(sends) > MAX_SENDS:
        raise SoundError(f"sends are a table of up to {MAX_SENDS} levels in dB, by the names of send buses.")
    decibels = (SILENT_DB, LOUDEST_DB)
    strip = Strip(
        gain_db=_number(table, "gain", decibels, 0.0),
        trim_db=_number(table, "trim", decibels, 0.0) if "trim" in table else None,
        pan=_number(table, "pan", (-1.0, 1.0), 0.0),
        width=_number(table, "width", (0.0, 1.5), 1.0),
        inserts=tuple(_effect(each, allowed) for each in effects),
        sends=tuple((name, _number(sends, name, decibels, 0.0)) for name in sends),
        output=_words(table, "bus"),
    )
    return Rack(_words(table, "name", name), strip, _words(table, "about"))


def _effect(table: Mapping[str, Any], allowed: frozenset[str]) -> Effect:
    kind = table.get("type")
    if not isinstance(kind, str):
        raise SoundError(f"an effect needs a type, one of {', '.join(sorted(allowed))}.")
    _reject_unknown([kind], (*EFFECTS, "plugin"), "effect")
    if kind not in allowed:
        raise SoundError(f"what all parts share cannot use {kind}: use {', '.join(sorted(allowed))}.")
    wet, bypassed = _number(table, "wet", _UNIT, 1.0), table.get("bypassed", False)
    if not isinstance(bypassed, bool):
        raise SoundError("'bypassed' must be true or false.")
    if kind == "plugin":
        return _plugin(table, wet, bypassed)
    ranges = EFFECTS[kind]
    _reject_unknown(table, ("type", "wet", "bypassed", *ranges), f"parameter of {kind}")
    parameters = tuple((name, _number(table, name, ranges[name], 0.0)) for name in table if name in ranges)
    return Effect(kind, parameters, wet=wet, bypassed=bypassed)


def _plugin(table: Mapping[str, Any], wet: float, bypassed: bool) -> Effect:
    _reject_unknown(table, ("type", "wet", "bypassed", "plugin", "state", "parameters"), "setting of a plugin")
    parameters = table.get("parameters", {})
    if not isinstance(parameters, dict):
        raise SoundError("the parameters of a plugin are a table of numbers from 0 to 1.")
    settings = tuple((name, _number(parameters, name, _UNIT, 0.0)) for name in parameters)
    try:
        state = base64.b64decode(_words(table, "state"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SoundError("the state of a plugin is written in base 64.") from error
    return Effect("plugin", settings, _words(table, "plugin"), state, bypassed, wet)


def _words(table: Mapping[str, Any], name: str, default: str = "") -> str:
    value = table.get(name, default)
    if not isinstance(value, str):
        raise SoundError(f"{name!r} must be text in quotation marks.")
    return value


def _reject_unknown(names: Iterable[str], known: tuple[str, ...], what: str) -> None:
    for name in names:
        if name not in known:
            lowered = {each.lower(): each for each in known}
            near = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.4)
            hint = f"did you mean {lowered[near[0]]!r}?" if near else f"there are {', '.join(known)}."
            raise SoundError(f"there is no {what} called {name!r}; {hint}")


def _number(table: Mapping[str, Any], name: str, bounds: tuple[float, float], default: float) -> float:
    value = table.get(name, default)
    low, high = bounds
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise SoundError(f"{name!r} must be a number from {low:g} to {high:g}, not {value!r}.")
    if not low <= value <= high:
        raise SoundError(f"{name!r} must lie between {low:g} and {high:g}, not {value:g}.")
    return float(value)


def delay_seconds(beats: float, bpm: float) -> float:
    """A delay of so many quarter notes, halved until it is no longer than MAX_DELAY."""
    seconds = beats * 60 / bpm
    return seconds / 2 ** max(0, math.ceil(math.log2(seconds / MAX_DELAY))) if seconds > 0 else 0.0
