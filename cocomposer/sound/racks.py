"""Effect racks: what presets/racks/*.toml may say, read strictly, and made into pedalboard effects.

A rack file holds, for a role, how loud it stands, where, how wide, how much room it gets, and its inserts in
order; `room.toml` holds the reverb all parts share and `master.toml` the chain behind the sum.
"""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cocomposer.errors import SoundError
from cocomposer.music import Role
from cocomposer.resources import presets_folder

if TYPE_CHECKING:
    from pedalboard import Pedalboard  # type: ignore[attr-defined]  # public, but not re-exported by its rule

MAX_FILE_BYTES = 100_000
MAX_EFFECTS = 16

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
    "Delay": {"delay_seconds": (0.0, 2.0), "feedback": (0.0, 0.9), "mix": _UNIT},
    "Reverb": {"room_size": _UNIT, "damping": _UNIT, "wet_level": _UNIT, "dry_level": _UNIT, "width": _UNIT},
}  # fmt: skip
"""The effects of pedalboard a rack may use: their parameters, by pedalboard's names, with lowest and highest value."""

LINEAR_EFFECTS = frozenset(
    {"HighpassFilter", "LowpassFilter", "HighShelfFilter", "LowShelfFilter", "PeakFilter", "Gain", "Delay", "Reverb"}
)
"""Those a shared room may use: only with them do the parts' own reverbs add up to the reverb of the sum."""


@dataclass(frozen=True)
class Effect:
    """An effect of pedalboard by its class name, with the parameters that differ from its defaults."""

    kind: str
    parameters: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Rack:
    """One channel strip.

    `loudness` is LU relative to the melody, `pan` -1..1, `width` 0 (mono) to 1.5, `send` dB to the room
    (None: none at all).
    """

    name: str
    loudness: float = 0.0
    pan: float = 0.0
    width: float = 1.0
    send: float | None = None
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Racks:
    """A whole desk: a rack for every role, the room's chain and the master's."""

    roles: Mapping[Role, Rack]
    room: tuple[Effect, ...]
    master: tuple[Effect, ...]

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
    room = read_rack(find("room.toml"), allowed=LINEAR_EFFECTS).effects
    return Racks(roles, room, read_rack(find("master.toml")).effects)


def read_rack(path: Path, allowed: Iterable[str] = EFFECTS) -> Rack:
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
        return _rack(table, path.stem, frozenset(allowed))
    except SoundError as error:
        raise SoundError(f"{path.name}: {error}") from error


def _rack(table: Mapping[str, Any], stem: str, allowed: frozenset[str]) -> Rack:
    _reject_unknown(table, ("name", "about", "loudness", "pan", "width", "send", "effect"), "setting")
    for text in ("name", "about"):
        if not isinstance(table.get(text, ""), str):
            raise SoundError(f"{text!r} must be text in quotation marks.")
    effects = table.get("effect", [])
    if not isinstance(effects, list) or not all(isinstance(each, dict) for each in effects):
        raise SoundError("effects are written as [[effect]] tables.")
    if len(effects) > MAX_EFFECTS:
        raise SoundError(f"a rack has up to {MAX_EFFECTS} effects, not {len(effects)}.")
    return Rack(
        name=table.get("name", stem),
        loudness=_number(table, "loudness", (-40.0, 20.0), 0.0),
        pan=_number(table, "pan", (-1.0, 1.0), 0.0),
        width=_number(table, "width", (0.0, 1.5), 1.0),
        send=_number(table, "send", (-60.0, 12.0), 0.0) if "send" in table else None,
        effects=tuple(_effect(each, allowed) for each in effects),
    )


def _effect(table: Mapping[str, Any], allowed: frozenset[str]) -> Effect:
    kind = table.get("type")
    if not isinstance(kind, str):
        raise SoundError(f"an effect needs a type, one of {', '.join(sorted(allowed))}.")
    _reject_unknown([kind], tuple(EFFECTS), "effect")
    if kind not in allowed:
        raise SoundError(f"the room is shared by all parts and cannot use {kind}: use {', '.join(sorted(allowed))}.")
    ranges = EFFECTS[kind]
    _reject_unknown(table, ("type", *ranges), f"parameter of {kind}")
    return Effect(kind, tuple((name, _number(table, name, ranges[name], 0.0)) for name in table if name != "type"))


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


def build_chain(effects: Iterable[Effect], sample_rate: int) -> Pedalboard:
    """The effects as a pedalboard chain; each call makes new ones, since an effect remembers what it played.

    A filter is kept below 0.45 of the sample rate, since above half of it it would be unstable.
    """
    import pedalboard

    highest = 0.45 * sample_rate

    def made(effect: Effect) -> Any:
        settings = {
            name: min(value, highest) if name.endswith("frequency_hz") else value for name, value in effect.parameters
        }
        return getattr(pedalboard, effect.kind)(**settings)

    return pedalboard.Pedalboard([made(effect) for effect in effects])  # type: ignore[attr-defined]
