"""The program's own instruments: what assets/instruments/*.toml may say, read strictly.

An instrument is a Faust program, `<id>.dsp`, and a description of the same name.  How a host process plays one stands
in `voices`; the manual for people who write their own is assets/instruments/README.md.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cocomposer.errors import SoundError
from cocomposer.music import Role
from cocomposer.resources import assets_folder

SCHEMA = 1
MAX_FILE_BYTES = 100_000
MAX_VOICES, MAX_PARAMETERS, MAX_MACROS, MAX_PRESETS, MAX_TEXT = 64, 40, 8, 40, 200
LARGEST = 1e6
"""Largest number a parameter may reach."""
RESERVED = frozenset({"freq", "gain", "gate", "bend", "modulation"})
"""Controls of every voice, set by the notes and wheels: no parameter may take their names."""
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One knob: `low` to `high`, in `unit` ("" where it is a share or a count), by default at `default`."""

    name: str
    low: float
    high: float
    default: float
    unit: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Macro:
    """A knob that turns several: at 0 each parameter of `moves` has its first value, at 1 its second."""

    name: str
    moves: tuple[tuple[str, float, float], ...]
    about: str = ""

    def values(self, amount: float) -> dict[str, float]:
        """What the parameters are when this knob stands at `amount`, 0..1."""
        return {name: first + (second - first) * amount for name, first, second in self.moves}


@dataclass(frozen=True, slots=True)
class Preset:
    """Parameters that differ from their defaults."""

    name: str
    values: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """An instrument of the program.

    `roles` are those it suits, the best first; `voices` how many notes sound at once; `chokes` groups of keys of a drum
    kit that end one another.  A kit plays each note out, however short it is written.
    """

    id: str
    name: str
    description: str
    roles: tuple[Role, ...]
    voices: int
    parameters: tuple[Parameter, ...]
    macros: tuple[Macro, ...]
    presets: tuple[Preset, ...]
    chokes: tuple[tuple[int, ...], ...]
    path: Path

    @property
    def is_kit(self) -> bool:
        return Role.DRUMS in self.roles

    def settings(self, chosen: Iterable[tuple[str, float]] = ()) -> dict[str, float]:
        """Every parameter's value: its default, moved by the macros of `chosen`, over them what `chosen` sets itself.

        Values beyond a range are taken to its end.  Raises SoundError for a name that is neither parameter nor macro.
        """
        given = dict(chosen)
        macros = {macro.name: macro for macro in self.macros}
        ranges = {parameter.name: parameter for parameter in self.parameters}
        values = {parameter.name: parameter.default for parameter in self.parameters}
        for name, value in given.items():
            _check_known(name, (*ranges, *macros), f"parameter of {self.name}")
            if name in macros:
                values |= macros[name].values(min(1.0, max(0.0, value)))
        values |= {name: value for name, value in given.items() if name in ranges}
        return {name: min(ranges[name].high, max(ranges[name].low, value)) for name, value in values.items()}


@lru_cache(maxsize=1)
def built_in_instruments() -> tuple[BuiltIn, ...]:
    """Every instrument shipped with the program, by id.  Raises SoundError where one of them is damaged."""
    return tuple(read_built_in(path) for path in sorted((assets_folder() / "instruments").glob("*.toml")))


def built_in(name: str) -> BuiltIn:
    """The instrument with the id `name`.  Raises SoundError with a near match where there is none."""
    instruments = {instrument.id: instrument for instrument in built_in_instruments()}
    _check_known(name, tuple(instruments), "built-in instrument")
    return instruments[name]


def built_in_for(role: Role) -> BuiltIn:
    """The instrument that suits `role` best: it names it earliest among its roles; of several the first by id."""
    suited = [instrument for instrument in built_in_instruments() if role in instrument.roles]
    return min(suited, key=lambda instrument: (instrument.roles.index(role), instrument.id))


def read_built_in(path: Path) -> BuiltIn:
    """Read the description at `path`, beside which its .dsp lies.  Raises SoundError naming the file and the fault."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise SoundError(f"{path.name}: an instrument may have up to {MAX_FILE_BYTES:,} bytes.")
        table = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise SoundError(f"The instrument {path} cannot be read: {error.strerror or error}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SoundError(f"{path.name} is not TOML: {error}.") from error
    try:
        return _instrument(table, path)
    except SoundError as error:
        raise SoundError(f"{path.name}: {error}") from error


def _instrument(table: Mapping[str, Any], path: Path) -> BuiltIn:
    known = ("schema", "name", "description", "roles", "voices", "chokes", "parameters", "macros", "presets")
    _check_keys(table, known, "setting")
    if table.get("schema") != SCHEMA or isinstance(table["schema"], bool):
        raise SoundError(f'it must begin with "schema = {SCHEMA}".')
    program = path.with_suffix(".dsp")
    if not program.is_file():
        raise SoundError(f"its Faust program {program.name} is missing beside it.")
    parameters = tuple(_parameter(*each) for each in _entries(table, "parameters", MAX_PARAMETERS))
    macros = tuple(_macro(*each, parameters) for each in _entries(table, "macros", MAX_MACROS))
    _check_distinct([*(each.name for each in parameters), *(each.name for each in macros)], "parameter or macro")
    _check_distinct([moved for macro in macros for moved, _, _ in macro.moves], "macro that moves")
    return BuiltIn(
        id=path.stem,
        name=_text(table, "name"),
        description=_text(table, "description"),
        roles=_roles(table.get("roles")),
        voices=_whole(table.get("voices"), "voices", 2, MAX_VOICES),
        parameters=parameters,
        macros=macros,
        presets=tuple(_preset(*each, parameters) for each in _entries(table, "presets", MAX_PRESETS)),
        chokes=_chokes(table.get("chokes", [])),
        path=program,
    )


def _parameter(name: str, table: Mapping[str, Any]) -> Parameter:
    _check_name(name)
    _check_keys(table, ("about", "unit", "low", "high", "default"), "setting of a parameter")
    low, high, default = (_number(table.get(each), f"{each!r} of {name!r}") for each in ("low", "high", "default"))
    if low >= high:
        raise SoundError(f"the parameter {name!r} must have a low below its high.")
    _check_within(default, low, high, f"the default of {name!r}")
    return Parameter(name, low, high, default, _text(table, "unit", ""), _text(table, "about", ""))


def _macro(name: str, table: Mapping[str, Any], parameters: tuple[Parameter, ...]) -> Macro:
    _check_name(name)
    _check_keys(table, ("about", "moves"), "setting of a macro")
    moves = table.get("moves")
    if not isinstance(moves, dict) or len(moves) < 2:
        raise SoundError(f"the macro {name!r} must move two parameters or more: moves = {{ one = [0, 1], ... }}.")
    read = []
    for moved, ends in moves.items():
        if not isinstance(ends, list) or len(ends) != 2:
            raise SoundError(f"the macro {name!r} moves {moved!r} between two numbers, [first, second].")
        read.append((moved, _value(moved, ends[0], parameters), _value(moved, ends[1], parameters)))
    return Macro(name, tuple(read), _text(table, "about", ""))


def _preset(name: str, values: Mapping[str, Any], parameters: tuple[Parameter, ...]) -> Preset:
    if not name.strip() or len(name) > MAX_TEXT:
        raise SoundError(f"the name of a preset has 1 to {MAX_TEXT} characters.")
    return Preset(name, tuple((each, _value(each, value, parameters)) for each, value in values.items()))


def _value(name: str, value: Any, parameters: tuple[Parameter, ...]) -> float:
    """`value`, checked against the range of the parameter `name`."""
    _check_known(name, tuple(parameter.name for parameter in parameters), "parameter")
    parameter = next(parameter for parameter in parameters if parameter.name == name)
    number = _number(value, repr(name))
    _check_within(number, parameter.low, parameter.high, repr(name))
    return number


def _roles(value: Any) -> tuple[Role, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
        raise SoundError('it needs roles = ["keys", ...], the best first.')
    for each in value:
        _check_known(each, tuple(Role), "role")
    _check_distinct(value, "role")
    return tuple(Role(each) for each in value)


def _chokes(value: Any) -> tuple[tuple[int, ...], ...]:
    if not isinstance(value, list) or len(value) > 16 or not all(isinstance(group, list) for group in value):
        raise SoundError("chokes are written as groups of keys, [[42, 44, 46]].")
    groups = tuple(tuple(_whole(key, "a choked key", 0, 127) for key in group[:128]) for group in value)
    _check_distinct([str(key) for group in groups for key in group], "choked key")
    return groups


def _entries(table: Mapping[str, Any], name: str, most: int) -> list[tuple[str, Mapping[str, Any]]]:
    value = table.get(name, {})
    if not isinstance(value, dict) or not all(isinstance(each, dict) for each in value.values()):
        raise SoundError(f"{name} are written as tables below [{name}].")
    if len(value) > most:
        raise SoundError(f"an instrument has up to {most} {name}, not {len(value)}.")
    return list(value.items())


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise SoundError(f"a name has small letters, digits and hyphens, up to 31 of them, unlike {name[:100]!r}.")
    if name in RESERVED:
        raise SoundError(f"no parameter or macro is called {name!r}: the notes and wheels set that.")


def _text(table: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = table.get(name, default)
    if not isinstance(value, str) or (default is None and not value.strip()) or len(value) > MAX_TEXT:
        raise SoundError(f"{name!r} must be text in quotation marks of up to {MAX_TEXT} characters.")
    return value


def _number(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= LARGEST:
        raise SoundError(f"{what} must be a number, not {str(value)[:100]}.")
    return float(value)


def _check_within(value: float, low: float, high: float, what: str) -> None:
    if not low <= value <= high:
        raise SoundError(f"{what} must lie between {low:g} and {high:g}, not {value:g}.")


def _whole(value: Any, what: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise SoundError(f"{what} must be a whole number from {low} to {high}, not {value!r}.")
    return value


def _check_keys(names: Iterable[str], known: tuple[str, ...], what: str) -> None:
    for name in names:
        _check_known(name, known, what)


def _check_known(name: str, known: tuple[str, ...], what: str) -> None:
    if name not in known:
        near = difflib.get_close_matches(name.lower()[:100], known, n=1, cutoff=0.4)
        hint = f"did you mean {str(near[0])!r}?" if near else f"there are {', '.join(known)}."
        raise SoundError(f"there is no {what} called {name[:100]!r}; {hint}")


def _check_distinct(names: list[str], what: str) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SoundError(f"there are two of the {what} {twice!r}.")
