"""Presets of plugins: their own programs, and the files .fxp, .fxb and .vstpreset, which other programs read as well.

A preset becomes the plugin's state in the song: `replace(plugin, state=..., parameters=())`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer.errors import SoundError
from cocomposer.music import Effect, Instrument
from cocomposer.sound.host import InstrumentError
from cocomposer.sound.plugins import kind_of
from cocomposer.sound.preset_files import SUFFIXES, read_preset
from cocomposer.whole_files import written_whole

if TYPE_CHECKING:
    from cocomposer.sound.supervisor import Hosts


def preset_suffixes(plugin: Instrument | Effect) -> tuple[str, ...]:
    """The suffixes of files that `state_from_file` takes; the first is what `save_preset` writes."""
    return tuple(suffix for suffix, kind in SUFFIXES.items() if kind == kind_of(_path(plugin)))


def state_from_file(hosts: Hosts, plugin: Instrument | Effect, path: Path) -> bytes:
    """The state that a preset file brings a plugin to.

    Raises SoundError for a file that is no preset, or one of another plugin, and for a plugin that fails.
    """
    data = read_preset(path, kind_of(_path(plugin)))
    with _named(plugin):
        return hosts.state(replace(plugin, state=data, parameters=()))


def save_preset(hosts: Hosts, plugin: Instrument | Effect, path: Path) -> None:
    """Write a plugin, as its state and parameters have it, to a preset file.  Raises SoundError."""
    suffixes = preset_suffixes(plugin)
    if path.suffix.lower() not in suffixes[:1]:
        wanted = f"end the name in {suffixes[0]}" if suffixes else "this kind of plugin has no preset files"
        raise SoundError(f"The preset cannot be saved as {path.name}: {wanted}.")
    with _named(plugin):
        data = hosts.preset(plugin)
    try:
        with written_whole(path) as part:
            part.write_bytes(data)
    except OSError as error:
        raise SoundError(f"The preset cannot be saved as {path}: {error.strerror or error}.") from error


def programs(hosts: Hosts, plugin: Instrument | Effect) -> tuple[str, ...]:
    """The names of a plugin's programs; those that VST3 plugins have are among their parameters.  Raises SoundError."""
    with _named(plugin):
        return hosts.programs(plugin)


def state_of_program(hosts: Hosts, plugin: Instrument | Effect, program: int) -> bytes:
    """The state of a plugin in one of its programs, counted from 0.  Raises SoundError."""
    with _named(plugin):
        return hosts.preset(plugin, program)


def _path(plugin: Instrument | Effect) -> Path:
    return Path(plugin.plugin if isinstance(plugin, Effect) else plugin.name)


@contextmanager
def _named(plugin: Instrument | Effect) -> Iterator[None]:
    """Failures get the plugin's name, so that they are sentences."""
    try:
        yield
    except InstrumentError as error:
        raise SoundError(f"The plugin {_path(plugin).stem} {error}.") from error
