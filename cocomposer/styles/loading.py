"""Reading style files.

A style is one TOML file; a file from a stranger is checked like any other: its size, every key, every
number and every step, and each complaint names the file and says what to write instead.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from cocomposer.errors import MusicError, StyleError
from cocomposer.music import Meter, Role
from cocomposer.music.general_midi import playable_range, program_named
from cocomposer.resources import presets_folder
from cocomposer.styles.drum_names import DRUMS, KITS
from cocomposer.styles.pattern import Pattern, merge, parse_line
from cocomposer.styles.style import LEVELS, Feel, Line, PartStyle, Style, Voicing

MAX_BYTES = 100_000
_STYLE_KEYS = {"schema", "name", "genre", "description", "meter", "tempo", "energy", "brightness", "versatility",
               "feel", "parts", "tags", "author", "licence"}  # fmt: skip
_PART_KEYS = {"role", "instrument", "kit", "name", "register", "volume", "pan", "voicing", "voices", "line", "push",
              "strum", "loudness", "ring", "whole", "listens", "crash", "legato", "enters", "plugin"}  # fmt: skip
PLACES = (*LEVELS, "intro", "fill", "ending")
"""Where a pattern may stand: the three intensities and the three special places of the form."""

_ALPHABETS = {Role.DRUMS: "xofr", Role.BASS: "12345678awm"}
_CHORD_ALPHABET = "chlodukp123456789"
_DEFAULT_REGISTER = {
    Role.BASS: (28, 52), Role.KEYS: (48, 76), Role.GUITAR: (40, 76), Role.PAD: (50, 79), Role.ARPEGGIO: (48, 84),
    Role.COUNTER: (48, 76), Role.DRUMS: (35, 81),
}  # fmt: skip


@lru_cache(maxsize=1)
def load_styles() -> Mapping[str, Style]:
    """Every style shipped with the program, by its id (the file's name without .toml), sorted."""
    folder = presets_folder() / "styles"
    return {path.stem: read_style(path) for path in sorted(folder.glob("*.toml"))}


def load_style(name: str, styles: Mapping[str, Style] | None = None) -> Style:
    """One of `styles` by id or name, or the style file at that path; of those shipped where no others are given.

    Raises StyleError with near matches where there is none.
    """
    if name.casefold().endswith(".toml"):
        return read_style(Path(name))
    wanted = name.casefold().replace(" ", "-").replace("_", "-")
    shipped = presets_folder() / "styles" / f"{wanted}.toml"
    if styles is None and re.fullmatch(r"[a-z0-9-]+", wanted) and shipped.is_file():
        return read_style(shipped)
    styles = load_styles() if styles is None else styles
    for style in styles.values():
        if wanted in (style.id.casefold(), style.name.casefold().replace(" ", "-")):
            return style
    near = difflib.get_close_matches(wanted, styles, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]}?" if near else "."
    raise StyleError(f"There is no style {name!r}{hint} `cocomposer styles` lists all {len(styles)}.")


def read_style(path: Path) -> Style:
    """Read one style file.  Raises StyleError naming the file and the fault."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StyleError(f"The style file {path} cannot be read: {error.strerror}.") from error
    if len(data) > MAX_BYTES:
        raise StyleError(f"The style file {path.name} is larger than {MAX_BYTES // 1000} kB; a style is a short text.")
    try:
        return parse_style(tomllib.loads(data.decode("utf-8")), path.stem)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StyleError(f"The style file {path.name} is not valid TOML: {error}.") from error
    except (StyleError, MusicError) as error:
        raise StyleError(f"Style {path.name}: {error}") from error


def parse_style(table: Mapping[str, Any], style_id: str) -> Style:
    """Make a Style from the parsed TOML.  Raises StyleError."""
    _check_keys(table, _STYLE_KEYS, "a style")
    if table.get("schema") != 1:
        raise StyleError('It must begin with "schema = 1".')
    meter = _meter(_text(table, "meter", "4/4"))
    low, high = _pair(table, "tempo", (60, 180), 20, 400)
    parts = table.get("parts")
    if not isinstance(parts, Mapping) or not 1 <= len(parts) <= 15:
        raise StyleError("It needs 1 to 15 parts, each a table like [parts.bass].")
    read = tuple(_part(part_id, part, meter) for part_id, part in parts.items())
    if len({part.program for part in read if part.role is Role.DRUMS}) > 1:
        raise StyleError("All drum parts share MIDI channel 10 and so one kit: give them the same.")
    return Style(
        id=style_id,
        name=_text(table, "name", style_id),
        genre=_text(table, "genre", "other"),
        description=_text(table, "description", ""),
        meter=meter,
        tempo=(low, high),
        energy=_number(table, "energy", 0.5, 0, 1),
        brightness=_number(table, "brightness", 0.5, 0, 1),
        versatility=_number(table, "versatility", 0.5, 0, 1),
        feel=_feel(table.get("feel", {})),
        parts=read,
        tags=tuple(str(tag) for tag in table.get("tags", ())),
        author=_text(table, "author", ""),
        licence=_text(table, "licence", ""),
    )


def _feel(table: Any) -> Feel:
    if not isinstance(table, Mapping):
        raise StyleError("[feel] must be a table.")
    _check_keys(table, {"swing", "swing_unit", "timing", "velocity", "accent"}, "[feel]")
    unit = int(_number(table, "swing_unit", 8, 8, 16))
    if unit not in (8, 16):
        raise StyleError("swing_unit is 8 or 16.")
    return Feel(_number(table, "swing", 0, 0, 1), unit, _number(table, "timing", 6, 0, 40),
                _number(table, "velocity", 5, 0, 25), _number(table, "accent", 5, 0, 25))  # fmt: skip


def _part(part_id: str, table: Any, meter: Meter) -> PartStyle:
    if not isinstance(table, Mapping):
        raise StyleError(f"[parts.{part_id}] must be a table.")
    where = f"[parts.{part_id}]"
    _check_keys(table, _PART_KEYS | set(PLACES), where)
    role = _choice(Role, table.get("role", part_id), f"role of {where}")
    if role in (Role.MELODY, Role.OTHER):
        raise StyleError(f"A style cannot play the role {role}: the melody is the artist's own.")
    if role is Role.DRUMS:
        kit = _text(table, "kit", "standard")
        if kit not in KITS:
            raise StyleError(f'There is no kit "{kit}" for {where}; use {", ".join(KITS)}.')
        program, playable = KITS[kit], (0, 127)
    else:
        if "instrument" not in table:
            raise StyleError(f'{where} needs an instrument, such as instrument = "Acoustic Bass".')
        program = program_named(_text(table, "instrument", ""))
        playable = playable_range(program)
    low, high = (int(value) for value in _pair(table, "register", _DEFAULT_REGISTER.get(role, (48, 76)), 0, 127))
    low, high = max(low, playable[0]), min(high, playable[1])
    if high - low < 12:
        raise StyleError(f"The register of {where} leaves less than an octave of what the instrument can play.")
    patterns = {place: _patterns(table[place], role, meter, where) for place in PLACES if place in table}
    return PartStyle(
        id=part_id,
        name=_text(table, "name", part_id.replace("_", " ").title()),
        role=role,
        program=program,
        register=(low, high),
        volume=int(_number(table, "volume", 96, 0, 127)),
        pan=int(_number(table, "pan", 64, 0, 127)),
        voicing=_choice(
            Voicing, table.get("voicing", "guitar" if role is Role.GUITAR else "close"), f"voicing of {where}"
        ),
        voices=int(_number(table, "voices", 4, 1, 7)),
        line=_choice(Line, table.get("line", "held"), f"line of {where}"),
        push=_number(table, "push", 0, -60, 60),
        strum=_number(table, "strum", 12 if role is Role.GUITAR else 0, 0, 80),
        loudness=int(_number(table, "loudness", 0, -40, 40)),
        ring=_flag(table, "ring"),
        whole=_flag(table, "whole"),
        listens=_flag(table, "listens", True),
        crash=_flag(table, "crash", table.get("kit") != "orchestra"),
        legato=_flag(table, "legato"),
        enters=int(_number(table, "enters", 0, 0, 8)),
        plugin=_text(table, "plugin", ""),
        patterns=patterns,
    )


def _patterns(value: Any, role: Role, meter: Meter, where: str) -> tuple[Pattern, ...]:
    """The variants written at one place: one, or a list of them."""
    variants = value if isinstance(value, list) else [value]
    if not 1 <= len(variants) <= 16:
        raise StyleError(f"{where} may have 1 to 16 variants at each place.")
    read: list[Pattern] = []
    for variant in variants:
        if role is Role.DRUMS:
            if not isinstance(variant, Mapping) or not variant:
                raise StyleError(f'{where}: a drum groove is a table such as kick = "x... x...".')
            lines = []
            for drum, text in variant.items():
                if drum not in DRUMS:
                    near = difflib.get_close_matches(drum, DRUMS, n=3)
                    raise StyleError(f'{where}: there is no drum "{drum}"; {_suggest(near, DRUMS)}')
                lines.append(parse_line(_line(text, where), meter, _ALPHABETS[role], drum))
            read.append(merge(lines))
        else:
            read.append(parse_line(_line(variant, where), meter, _ALPHABETS.get(role, _CHORD_ALPHABET)))
    return tuple(read)


def _line(value: Any, where: str) -> str:
    if not isinstance(value, str) or len(value) > 2_000:
        raise StyleError(f"{where}: a pattern is a text of steps in quotes.")
    return value


def _meter(text: str) -> Meter:
    numerator, _, denominator = text.partition("/")
    if not (numerator.strip().isdecimal() and denominator.strip().isdecimal()):
        raise StyleError(f'"{text}" is not a metre; write it like "4/4".')
    return Meter(int(numerator), int(denominator))


def _check_keys(table: Mapping[str, Any], known: set[str], where: str) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=2)
            raise StyleError(f'"{key}" is not a setting of {where}; {_suggest(near, sorted(known))}')


def _suggest(near: list[str], known: Iterable[str]) -> str:
    return f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(known)}."


def _choice(kind: Any, value: Any, what: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        known = [str(each) for each in kind]
        near = difflib.get_close_matches(str(value), known, n=2)
        raise StyleError(f'"{value}" is no {what}; {_suggest(near, known)}') from None


def _text(table: Mapping[str, Any], key: str, default: str) -> str:
    value = table.get(key, default)
    if not isinstance(value, str) or len(value) > 500:
        raise StyleError(f"{key} must be a short text.")
    return value


def _number(table: Mapping[str, Any], key: str, default: float, low: float, high: float) -> float:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise StyleError(f"{key} must be a number from {low:g} to {high:g}.")
    return value


def _flag(table: Mapping[str, Any], key: str, default: bool = False) -> bool:
    value = table.get(key, default)
    if not isinstance(value, bool):
        raise StyleError(f"{key} is true or false.")
    return value


def _pair(
    table: Mapping[str, Any], key: str, default: tuple[float, float], low: float, high: float
) -> tuple[float, float]:
    value = table.get(key, default)
    if not (
        isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(each, int | float) for each in value)
    ):
        raise StyleError(f"{key} must be two numbers, such as [{default[0]:g}, {default[1]:g}].")
    first, last = value
    if not low <= first < last <= high:
        raise StyleError(f"{key} must rise, from {low:g} at least to {high:g} at most.")
    return first, last
