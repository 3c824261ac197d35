"""Having all parts of a song played, two at a time, each to a recording of its own.

A worker waits for the host that plays its part, then does what is to be done with the recording before it has the next
part played.  So there is as much at work as there are workers, in hosts and here, and none waits for another.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from cocomposer.errors import Cancelled
from cocomposer.sound.instruments import PartJob, Players, Recording, name_of
from cocomposer.sound.supervisor import Hosts

PLAIN_PLAYER_WARNING = (
    "The Python package tinysoundfont is not installed: SoundFonts play without pitch bend, controllers and release."
)

_MOST_WORKERS = 2


@dataclass(frozen=True)
class Takes:
    """What was played: a recording for each part of the song, in their order, and what should be known about it.

    `soundfont` is the file name of the SoundFont that played parts for want of another instrument, None where there
    were none.
    """

    recordings: tuple[Recording, ...]
    warnings: tuple[str, ...]
    soundfont: str | None


def workers() -> int:
    """How many parts are played, and strips mixed, at once: no more than there are cores to do it."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(_MOST_WORKERS, cores or 1)


def play_all(
    jobs: tuple[PartJob, ...], hosts: Hosts, folder: Path, tell: Callable[[float, str], None],
    stop: Callable[[], bool],
    then: Callable[[int, Recording, Callable[[], bool]], None] = lambda index, recording, stop: None,
) -> Takes:  # fmt: skip
    """Play `jobs` in `hosts`, to files in `folder`.

    `then` is called with the number of a part and its recording, on the worker that had it played, and asked to stop
    by what it is given.  `tell` is told the share done and a few words; `stop` is asked often.  Raises Cancelled when
    asked to stop.
    """
    ended = threading.Event()
    players = Players(folder, hosts, ended.is_set)
    found: dict[int, tuple[Recording, str]] = {}

    def play(index: int) -> tuple[Recording, str]:
        recording, warning = players.play(jobs[index], index)
        then(index, recording, ended.is_set)
        return recording, warning

    with ThreadPoolExecutor(workers(), "playing") as pool:
        try:
            # The longest work first, so that both cores are busy to the end.
            order = sorted(range(len(jobs)), key=lambda index: -jobs[index].effort)
            tasks = deque((index, pool.submit(play, index)) for index in order)
            while tasks:
                index, task = tasks.popleft()
                while not wait([task], timeout=0.05).done:
                    check(stop)
                check(stop)
                found[index] = task.result()
                tell(len(found) / len(jobs), f"{jobs[index].part.name} is played")
        finally:
            ended.set()
            pool.shutdown(wait=True, cancel_futures=True)
    warnings = [found[index][1] for index in range(len(jobs)) if found[index][1]]
    # Each warning of a part says that the substitute played it.
    soundfont = next((name_of(job.substitute) for job in jobs if warnings or job.instrument == job.substitute), None)
    if find_spec("tinysoundfont") is None:
        warnings.insert(0, PLAIN_PLAYER_WARNING)
    return Takes(tuple(found[index][0] for index in range(len(jobs))), tuple(warnings), soundfont)


def check(stop: Callable[[], bool]) -> None:
    """Raise Cancelled if `stop` says so."""
    if stop():
        raise Cancelled("Rendering was stopped.")
