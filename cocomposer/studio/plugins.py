"""The plugins of this computer: where they lie, what they are, what was wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cocomposer.errors import SoundError
from cocomposer.sound.plugin_check import PluginCheck, check_all
from cocomposer.sound.plugin_scan import PluginCache, probe, scan
from cocomposer.sound.plugins import PluginInfo, find_plugins, kind_of, usual_folders
from cocomposer.sound.quarantine_file import QuarantineFile
from cocomposer.studio.places import cache_folder

if TYPE_CHECKING:
    from cocomposer.sound.supervisor import Hosts


def known_plugins() -> PluginCache:
    """What earlier scans found."""
    return PluginCache(cache_folder() / "plugins.json")


def scan_plugins(
    folders: Sequence[Path] = (), *, again: bool = False, cancelled: Callable[[], bool] = lambda: False
) -> tuple[int, Iterator[PluginInfo]]:
    """How many plugins lie in the usual folders and in `folders`, and each as it has answered.

    What was found is kept, also where the scan is stopped.  `again` asks those that had a problem once more.  Raises
    SoundError for a folder that is not there, and Cancelled.
    """
    for folder in folders:
        if not folder.is_dir():
            raise SoundError(f"There is no folder {folder}: name one that holds plugins.")
    paths = find_plugins((*usual_folders(), *folders))

    def found() -> Iterator[PluginInfo]:
        cache = known_plugins()
        try:
            yield from scan(paths, cache, again=again, cancelled=cancelled)
        finally:
            cache.save()

    return len(paths), found()


def open_hosts(*, plugin_seconds: float = 30.0) -> Hosts:
    """Host processes that know which plugins crashed too often, in this session or before."""
    from cocomposer.sound.supervisor import Hosts

    return Hosts(plugin_seconds=plugin_seconds, quarantine=_quarantine().path)


def quarantined() -> Mapping[str, str]:
    """The plugins that are not asked to play any more, by their paths, with what they did."""
    return _quarantine().reasons()


def lift_plugin(name: str) -> Path:
    """Give a plugin in quarantine, by its path or name, another chance; its path.  Raises SoundError for any other.

    A program that is running keeps to what it knew when it was started; there `Hosts.lift` does it.
    """
    named = Path(name).expanduser()
    names = {str(info.path): info.name.casefold() for info in known_plugins().plugins()}
    for path in map(Path, quarantined()):
        if named == path or name.casefold() in (path.stem.casefold(), names.get(str(path))):
            _quarantine().remove(str(path))
            return path
    raise SoundError(f"No plugin {name!r} is in quarantine: `cocomposer plugins list` shows those that are.")


def _quarantine() -> QuarantineFile:
    return QuarantineFile(cache_folder() / "quarantine.json")


def check_plugins(
    names: Sequence[str] = (), *, seed: int = 0, cancelled: Callable[[], bool] = lambda: False
) -> tuple[int, Generator[PluginCheck]]:
    """How many plugins are checked, those named (see `plugin_named`) or all that are known, and what came of each.

    They come as they are done, one a core at a time.  Raises SoundError for a name that is none, and Cancelled; closing
    the generator ends what is under way.
    """
    plugins = [plugin_named(name) for name in names] if names else list(known_plugins().plugins())
    return len(plugins), check_all(plugins, seed=seed, cancelled=cancelled)


def plugin_named(name: str) -> PluginInfo:
    """The plugin at a path, asked now, or one that is known by that name.  Raises SoundError where there is none."""
    path = Path(name).expanduser()
    if path.exists():
        if not kind_of(path):
            raise SoundError(f"{name} is not a plugin: name a VST file.")
        return probe(path)
    known = known_plugins().plugins()
    for info in known:
        if info.name.casefold() == name.casefold():
            return info
    hint = "list` shows those that are known" if known else "scan` looks for them"
    raise SoundError(f"No plugin is called {name!r}, and there is no such file: `cocomposer plugins {hint}.")
