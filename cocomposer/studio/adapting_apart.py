"""Learning in a process of its own, which keeps PyTorch away from the window and can be ended at any time."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cocomposer.child_process import child_environment, child_options, end
from cocomposer.errors import Cancelled, CocomposerError, FormatError
from cocomposer.formats.strict_json import Fields, parsed
from cocomposer.studio.ownership import OwnershipError

_LONGEST = 1_000_000
"""Characters of a message."""
_GONE = "Learning stopped unexpectedly: try other songs, or fewer of them."
_GLANCE = 0.1
"""Seconds between two questions whether to go on."""


@dataclass(frozen=True)
class Lesson:
    """What to learn from: files and folders, the `name` of the adapter, who wrote the music, and whether the artist
    `confirmed` that all of it may be used; `course` is what differs from the usual `model.course.Course`; `threads` 0
    leaves to PyTorch how many it uses."""

    places: tuple[Path, ...]
    name: str
    artist: str = ""
    confirmed: bool = False
    threads: int = 0
    course: Mapping[str, float] = field(default_factory=dict)

    def line(self) -> str:
        said = {"places": [str(each) for each in self.places], "name": self.name, "artist": self.artist,
                "confirmed": self.confirmed, "course": dict(self.course)}  # fmt: skip
        return json.dumps(said) + "\n"


def adapt_apart(lesson: Lesson, progress: Callable[[float], None], cancelled: Callable[[], bool]) -> str:
    """Learn, and give the name of the adapter that was kept.

    Raises OwnershipError where the artist has to confirm something first, CocomposerError as `adapting.adapt` does,
    and Cancelled, with which the process ends at once and nothing is kept.
    """
    return _apart(lesson.line(), lesson.threads, progress, cancelled)


def take_in_apart(path: Path, cancelled: Callable[[], bool]) -> str:
    """Keep the adapters in a pack or preset file, and give the name of the last.  Raises CocomposerError, Cancelled."""
    return _apart(json.dumps({"take_in": str(path)}) + "\n", 0, lambda share: None, cancelled)


def _apart(line: str, threads: int, progress: Callable[[float], None], cancelled: Callable[[], bool]) -> str:
    environment = child_environment()
    if threads:
        environment["OMP_NUM_THREADS"] = str(threads)
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "cocomposer.studio.adapting_process", str(os.getpid())],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, encoding="ascii", env=environment, **child_options(),
    )  # fmt: skip
    said: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_hear, args=(process, said), name="learning", daemon=True).start()
    try:
        assert process.stdin is not None
        process.stdin.write(line)
        process.stdin.flush()
        while True:
            if cancelled():
                raise Cancelled("Stopped; nothing was learned.")
            try:
                answer = said.get(timeout=_GLANCE)
            except queue.Empty:
                continue
            if name := _told(answer, progress):
                return name
    except OSError as error:
        raise CocomposerError(_GONE) from error
    finally:
        end(process)


def _hear(process: subprocess.Popen[str], said: queue.SimpleQueue[str]) -> None:
    """Take what the process says; an empty line tells that it is gone."""
    assert process.stdout is not None
    while line := process.stdout.readline(_LONGEST):
        said.put(line)
    said.put("")


def _told(line: str, progress: Callable[[float], None]) -> str:
    """The name of the adapter where it is done, else ""; raises what the process tells of."""
    try:
        message = Fields(parsed(line), "A message")
        if message.has("progress"):
            progress(message.number("progress"))
            return ""
        if message.has("done"):
            return message.text("done")
        if message.has("refused"):
            raise OwnershipError(message.text("refused"))
        raise CocomposerError(message.text("error"))
    except FormatError as error:
        raise CocomposerError(_GONE) from error
