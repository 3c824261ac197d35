"""Reading the words of a command: checks that answer a mistake with one sentence and the likely meaning."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from cocomposer.errors import CocomposerError, SoundError

if TYPE_CHECKING:
    from cocomposer.composer import Controls

AUDIO_FORMATS = ("wav", "flac", "mp3", "ogg")
MAX_COUNT = 16
"""Most proposals in one go; nobody compares more."""
MAX_SEED = 2**63 - 1


class UsageError(CocomposerError):
    """The words on the command line are wrong."""


class CommandParser(argparse.ArgumentParser):
    """An argument parser whose complaints are single sentences with a suggestion, raised as UsageError."""

    def __init__(self, name: str, description: str) -> None:
        super().__init__(
            prog=f"cocomposer {name}",
            description=description,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self.add_argument("--debug", action="store_true", help="show the whole traceback of an error")

    def add_sound_options(self) -> None:
        """--stems, --instrument and --json, for every command that makes audio."""
        self.add_argument("--stems", action="store_true", help="also write the audio of each part")
        self.add_argument(
            "--instrument", action="append", default=[], metavar="ROLE=FILE",
            help="play a role (melody, drums, bass, keys, guitar, pad, ...) or the part of that name with a VST plugin "
            "or SoundFont",
        )  # fmt: skip
        self.add_argument("--json", action="store_true", help="print what was made as JSON and nothing else")

    def read(self, words: list[str]) -> argparse.Namespace:
        """The arguments in `words`; options and file names may come in any order."""
        arguments, unknown = self.parse_known_intermixed_args(words)
        for word in unknown:
            if word.startswith("-"):
                option = word.split("=")[0]
                raise UsageError(
                    f"There is no option {option}{closest(option, self._option_string_actions)} "
                    f"`{self.prog} --help` lists them all."
                )
            raise UsageError(f"There is nothing to do with {word!r} here. `{self.prog} --help` shows how it is used.")
        return arguments

    def error(self, message: str) -> NoReturn:
        message = message.removeprefix("argument ").replace("expected one argument", "a value is missing")
        raise UsageError(f"{message[0].upper()}{message[1:].rstrip('.')}. `{self.prog} --help` shows how it is used.")


def closest(word: str, choices: Iterable[str], cutoff: float = 0.55) -> str:
    """What follows "There is no X": "; did you mean Y?" where something is near, else a full stop.

    `cutoff` is how alike they must be, 0..1 (difflib's ratio).
    """
    by_folded: dict[str, str] = {}
    for choice in choices:
        by_folded.setdefault(choice.casefold(), choice)
    near = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=cutoff)
    return f"; did you mean {by_folded[near[0]]}?" if near else "."


def chosen(value: str, choices: Iterable[str], what: str) -> str:
    """`value` as one of `choices`, whatever its case; raises UsageError with the nearest one and all of them."""
    choices = list(choices)
    for choice in choices:
        if value.casefold() == choice.casefold():
            return choice
    listed = f" There are {', '.join(choices)}." if len(choices) <= 12 else ""
    raise UsageError(f"There is no {what} {value!r}{closest(value, choices)}{listed}")


def number(value: str, option: str, lowest: int, highest: int) -> int:
    """A whole number within limits."""
    if not re.fullmatch(r"[+-]?\d{1,20}", value.strip()) or not lowest <= int(value) <= highest:
        raise UsageError(f"{option} takes a whole number from {lowest} to {highest}, not {value!r}.")
    return int(value)


def decimal(value: str, option: str, lowest: float, highest: float) -> float:
    """A number within limits, with or without a decimal point."""
    if not _DECIMAL.fullmatch(value.strip()) or not lowest <= float(value) <= highest:
        raise UsageError(f"{option} takes a number from {lowest} to {highest}, not {value!r}.")
    return float(value)


_DECIMAL = re.compile(r"[+-]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})", re.ASCII)


def names(value: str, option: str) -> tuple[str, ...]:
    """Names with commas between them: "bass, drums"."""
    found = tuple(name.strip() for name in value.split(","))
    if not all(found):
        raise UsageError(f"{option} takes names with commas between them, like bass,drums, not {value!r}.")
    return found


def controls(values: Iterable[str]) -> tuple[Controls, dict[str, Controls]]:
    """NAME=VALUE and PART.NAME=VALUE words as the controls for everybody, and those for each part by its name.

    Raises UsageError, or RequestError for a value outside a control's range.
    """
    from cocomposer.composer import Controls
    from cocomposer.composer.controls import LIMITS

    wanted: dict[str, dict[str, Any]] = {}
    for word in values:
        left, equals, value = word.rpartition("=")
        part, dot, name = left.rpartition(".")  # the name of a part may have dots of its own
        if not equals or (dot and not part.strip()):
            raise UsageError(
                f"--control takes a name and a value, like density=0.7 or bass.register=0.3, not {word!r}."
            )
        control = chosen(name.strip(), LIMITS, "control")
        if not _DECIMAL.fullmatch(value.strip()):
            lowest, highest = LIMITS[control]
            raise UsageError(f"--control {control} takes a number from {lowest} to {highest}, not {value!r}.")
        of_part = wanted.setdefault(part.strip().casefold(), {})
        if control in of_part:
            raise UsageError(f"--control says {left.strip()} twice: one value is enough.")
        of_part[control] = float(value)
    made = {part: Controls(**each) for part, each in wanted.items()}
    return made.pop("", Controls()), made


def bar_range(value: str) -> tuple[int, int]:
    """Bars as an artist counts them, "5-12" or "5", as 0-based first and last."""
    match = re.fullmatch(r"\s*(\d{1,6})\s*(?:[-–:]\s*(\d{1,6}))?\s*", value)
    if not match:
        raise UsageError(f"--bars takes the first and the last bar, like 5-12, not {value!r}.")
    first, last = int(match[1]), int(match[2] or match[1])
    if first < 1 or last < first:
        raise UsageError(f"--bars counts from 1 and goes forward, like 5-12; {value} does not.")
    return first - 1, last - 1


def existing_file(value: str) -> Path:
    """A file that is there; else the sentence names the nearest one in the same folder."""
    path = Path(value)
    try:
        if path.is_file():
            return path
        if path.is_dir():
            raise UsageError(f"{value} is a folder: name the file in it.")
        if path.exists():
            raise UsageError(f"{value} is not a file that can be read.")
        neighbours = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
    except (OSError, ValueError) as error:
        raise UsageError(f"{value!r} cannot be opened: {getattr(error, 'strerror', None) or error}.") from error
    if path.parent != Path() and not path.parent.is_dir():
        raise UsageError(f"There is no folder {path.parent}, so no {value} either.")
    raise UsageError(f"There is no file {value}{closest(path.name, neighbours, 0.75)}")


def instruments(values: Iterable[str], part_names: Iterable[str] = ()) -> dict[str, str]:
    """ROLE=FILE words as a mapping from role, or name of a part, to plugin or SoundFont file."""
    from cocomposer.music import Role

    found: dict[str, str] = {}
    for value in values:
        role, equals, file = value.partition("=")
        if not equals or not file:
            raise UsageError(
                f"--instrument takes a role and a plugin or SoundFont file, like bass=/usr/lib/vst/amsynth_vst.so, "
                f"not {value!r}."
            )
        name = chosen(role.strip(), [*(str(each) for each in Role), *part_names], "role")
        if name in found:
            raise UsageError(f"--instrument names the {name} twice: one instrument is enough.")
        found[name] = _instrument_file(file)
    return found


def _instrument_file(value: str) -> str:
    """The path of an instrument that is there and of a kind that can be played."""
    from cocomposer.sound.instruments import open_instrument

    path = Path(value).expanduser()
    if not path.exists():  # what is there may be a folder, as .vst3 plugins are
        existing_file(str(path))
    try:
        return str(open_instrument(str(path)).name)
    except SoundError as error:
        raise UsageError(str(error)) from error


def output_folder(value: str) -> Path:
    """A folder that exists or can be made, and can be written to."""
    path = Path(value)
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".cocomposer-probe"
        probe.touch()
        probe.unlink()
    except (FileExistsError, NotADirectoryError) as error:
        raise UsageError(f"--out needs a folder, but {value} is a file or lies below one.") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"Nothing can be written to {value}: {getattr(error, 'strerror', None) or error}.") from error
    return path
