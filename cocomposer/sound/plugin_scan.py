"""Finding out what plugins there are without letting any of them near the program: each is asked in a child process.

What was found is remembered by path, time of change and size, so that a second scan asks only what is new.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from cocomposer.child_process import child_environment, child_options
from cocomposer.errors import Cancelled, SoundError
from cocomposer.sound.plugins import PluginInfo, kind_of, stamp
from cocomposer.whole_files import written_whole

SECONDS = 20.0
"""What a plugin has to load and answer."""
_MAX_CACHE = 64_000_000
_POLL_SECONDS = 0.05
_VERSION = 1


class PluginCache:
    """What earlier scans found, in the JSON file at `path`; a damaged one is an empty one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[str, tuple[list[float], PluginInfo]] = {}
        try:
            with path.open("rb") as file:
                data = json.loads(file.read(_MAX_CACHE))
            if data["version"] == _VERSION:
                for row in data["plugins"]:
                    info = PluginInfo.from_data(row["info"])
                    self._known[str(info.path)] = [float(each) for each in row["stamp"]], info
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            self._known = {}

    def find(self, path: Path) -> PluginInfo | None:
        """What is known of the plugin as it lies there now."""
        then, info = self._known.get(str(path), ([], None))
        return info if then == stamp(path) else None

    def remember(self, info: PluginInfo) -> None:
        self._known[str(info.path)] = stamp(info.path), info

    def plugins(self) -> tuple[PluginInfo, ...]:
        """All that are known and still there, by name."""
        here = [info for then, info in self._known.values() if then == stamp(info.path)]
        return tuple(sorted(here, key=lambda info: (info.name.casefold(), str(info.path))))

    def save(self) -> None:
        """Write the file whole or not at all.  Raises SoundError where that cannot be done."""
        rows = [{"stamp": then, "info": info.to_data()} for then, info in self._known.values()]
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with written_whole(self.path) as part:
                part.write_text(json.dumps({"version": _VERSION, "plugins": rows}), encoding="utf-8")
        except OSError as error:
            raise SoundError(
                f"The list of plugins cannot be kept in {self.path}: {error.strerror or error}."
            ) from error


def scan(
    paths: Sequence[Path],
    cache: PluginCache,
    *,
    again: bool = False,
    workers: int = 0,
    seconds: float = SECONDS,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[PluginInfo]:
    """What each plugin says of itself, as each answers; what the cache knows comes first.

    `again` asks those anew that had a problem as well.  `workers` are asked at a time (0: one a core).  The cache is
    told, not saved.  Raises Cancelled soon after `cancelled()` turns true; no child is left then.
    """
    to_ask = []
    for path in paths:
        known = cache.find(path)
        if known is None or (again and known.problem):
            to_ask.append(path)
        else:
            yield known
    stopped = False

    def stop() -> bool:
        return stopped or cancelled()

    with ThreadPoolExecutor(workers or os.cpu_count() or 2, thread_name_prefix="scan") as pool:
        waiting = {pool.submit(probe, path, seconds, stop) for path in to_ask}
        try:
            while waiting:
                done, waiting = wait(waiting, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
                for each in done:
                    info = each.result()
                    cache.remember(info)
                    yield info
                if cancelled():
                    raise Cancelled("The scan was stopped.")
        finally:
            stopped = True
            pool.shutdown(wait=True, cancel_futures=True)


def probe(path: Path, seconds: float = SECONDS, cancelled: Callable[[], bool] = lambda: False) -> PluginInfo:
    """What a plugin says of itself, asked in a child process; what goes wrong is told as its `problem`.

    Raises Cancelled.
    """

    def broken(problem: str) -> PluginInfo:
        return PluginInfo(path, path.stem, kind_of(path), problem=problem)

    # The child's own limit is for when nobody is left to end it.
    limits = str(os.getpid()), str(path), str(2 * seconds)
    command = [sys.executable, "-P", "-m", "cocomposer.sound.plugin_probe", *limits]
    try:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=child_environment(), **child_options(),
        )  # fmt: skip
    except OSError as error:
        raise SoundError(f"No process can be started to ask {path.name}: {error.strerror or error}.") from error
    answer, until = b"", time.monotonic() + seconds
    try:
        while True:
            try:
                answer, _ = child.communicate(timeout=_POLL_SECONDS)
                break
            except subprocess.TimeoutExpired:
                if cancelled():
                    raise Cancelled("The scan was stopped.") from None
                if time.monotonic() > until:
                    return broken(f"did not answer within {seconds:g} seconds and was stopped")
    finally:
        code = _end(child)
    if not answer:
        return broken(_how_it_ended(code))
    try:
        return PluginInfo.from_data({**_parsed(answer), "path": str(path)})
    except ValueError:
        return broken("answered nonsense")


def _parsed(answer: bytes) -> Mapping[str, Any]:
    try:
        data = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise ValueError("no JSON") from error
    if not isinstance(data, dict):
        raise ValueError("no description")
    return data


def _end(child: subprocess.Popen[bytes]) -> int:
    """End the child and what it started; its exit code, negative for a signal."""
    code = child.poll()
    if sys.platform == "win32":
        child.kill()
    else:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            child.kill()
    child.wait()
    if child.stdout is not None:
        child.stdout.close()
    return child.returncode if code is None else code


def _how_it_ended(code: int) -> str:
    if code < 0:
        try:
            return f"crashed ({signal.Signals(-code).name}) while it was loaded"
        except ValueError:
            return "crashed while it was loaded"
    return f"ended its process (exit code {code}) while it was loaded"
