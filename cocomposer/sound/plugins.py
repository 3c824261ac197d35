"""What is known of a plugin, and where plugins lie."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cocomposer.music import Effect, Instrument, InstrumentKind

MAX_PARAMETERS = 4096
"""Parameters of a plugin that are read at most."""
MAX_TEXT = 200
"""Characters of a name or value that are kept at most."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a plugin: its name, unit, number of steps (0: without steps) and value at first, 0..1."""

    name: str
    unit: str
    steps: int
    default: float


@dataclass(frozen=True)
class PluginInfo:
    """What a plugin says of itself.  Where it could not be asked, `problem` finishes the sentence "The plugin X ..."
    and the rest is empty.

    `inputs` and `outputs` are audio channels, `latency` is in samples at 44.1 kHz, `seconds` the time it took to load.
    `is_instrument`: it makes sound of notes alone.
    """

    path: Path
    name: str
    kind: str
    problem: str = ""
    is_instrument: bool = False
    inputs: int = 0
    outputs: int = 0
    latency: int = 0
    seconds: float = 0.0
    parameters: tuple[Parameter, ...] = ()

    def plugin(self) -> Instrument | Effect:
        """It as an instrument, or as an effect, as it is at first."""
        if self.is_instrument:
            return Instrument(InstrumentKind.PLUGIN, str(self.path))
        return Effect("plugin", plugin=str(self.path))

    def to_data(self) -> dict[str, Any]:
        """The same as plain JSON data."""
        return {**asdict(self), "path": str(self.path)}

    @classmethod
    def from_data(cls, data: Any) -> PluginInfo:
        """Read what `to_data` gave, which may have come from anywhere.  Raises ValueError for anything else."""
        if not isinstance(data, Mapping):
            raise ValueError("no description of a plugin")
        try:
            parameters = data["parameters"]
            if not isinstance(parameters, list) or len(parameters) > MAX_PARAMETERS:
                raise ValueError("no list of parameters")
            return cls(
                Path(_text(data["path"], 4096)), _text(data["name"]), _text(data["kind"]), _text(data["problem"], 1000),
                bool(data["is_instrument"]), int(data["inputs"]), int(data["outputs"]), int(data["latency"]),
                float(data["seconds"]), tuple(_parameter(each) for each in parameters),
            )  # fmt: skip
        except (KeyError, TypeError, OverflowError) as error:
            raise ValueError("no description of a plugin") from error


def _parameter(data: Mapping[str, Any]) -> Parameter:
    default = float(data["default"])
    if not 0 <= default <= 1:
        raise ValueError("a value outside 0..1")
    return Parameter(_text(data["name"]), _text(data["unit"]), int(data["steps"]), default)


def _text(value: Any, most: int = MAX_TEXT) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value[:most]


def parameter_names(names: Iterable[str]) -> tuple[str, ...]:
    """The names that the parameters of a plugin go by, in their order: trimmed, numbered where one comes again."""
    taken: dict[str, None] = {}
    for name in itertools.islice(names, MAX_PARAMETERS):
        plain = name.strip()[:MAX_TEXT]
        numbered = (f"{plain} {number}" for number in itertools.count(2))
        taken[next(each for each in itertools.chain([plain], numbered) if each not in taken)] = None
    return tuple(taken)


def kind_of(path: Path) -> str:
    """ "VST3", "VST2" or "AU" by the name of a file or bundle, "" for anything else."""
    suffix = path.suffix.lower()
    if suffix in (".vst3", ".component"):
        return "VST3" if suffix == ".vst3" else "AU"
    native = {"win32": ".dll", "darwin": ".vst"}.get(sys.platform, ".so")
    return "VST2" if suffix == native else ""


def stamp(path: Path) -> list[float]:
    """Time of change and size; of a bundle those of what lies in it."""
    try:
        files = [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else [path]
        stats = [each.stat() for each in files]
    except OSError:
        return []
    return [max((each.st_mtime for each in stats), default=0.0), float(sum(each.st_size for each in stats))]


def usual_folders() -> tuple[Path, ...]:
    """The folders where plugins lie on this system, those named in VST_PATH, LXVST_PATH and VST3_PATH first."""
    named = [
        Path(folder).expanduser()
        for variable in ("VST_PATH", "LXVST_PATH", "VST3_PATH")
        for folder in os.environ.get(variable, "").split(os.pathsep)
        if folder
    ]
    home = Path.home()
    if sys.platform == "win32":
        programs = Path(os.environ.get("PROGRAMFILES", "C:\\Program Files"))
        shared = Path(os.environ.get("COMMONPROGRAMFILES", str(programs / "Common Files")))
        usual = [shared / "VST3", shared / "VST2", programs / "VSTPlugins", programs / "Steinberg" / "VSTPlugins",
                 programs / "Common Files" / "Steinberg" / "VST2"]  # fmt: skip
    elif sys.platform == "darwin":
        roots = [home / "Library" / "Audio" / "Plug-Ins", Path("/Library/Audio/Plug-Ins")]
        usual = [root / kind for root in roots for kind in ("VST3", "VST", "Components")]
    else:
        roots = [home, Path("/usr/local/lib"), Path("/usr/lib")]
        usual = [root / (f".{kind}" if root == home else kind) for root in roots for kind in ("vst3", "vst", "lxvst")]
    return tuple(dict.fromkeys(folder for folder in (*named, *usual) if folder.is_dir()))


def find_plugins(folders: Iterable[Path], most: int = 10_000) -> tuple[Path, ...]:
    """The plugins in folders and the folders in them, each file once, bundles as one, in order of their names."""
    found: dict[Path, Path] = {}
    for top in folders:
        for folder, names, files in os.walk(top, followlinks=False):
            bundles = [name for name in names if kind_of(Path(name))]
            names[:] = sorted(set(names) - set(bundles))
            for name in (*bundles, *files):
                path = Path(folder, name)
                if kind_of(path) and len(found) < most:
                    found.setdefault(path.resolve(), path)
    return tuple(sorted(found.values(), key=lambda path: (path.name.casefold(), str(path))))
