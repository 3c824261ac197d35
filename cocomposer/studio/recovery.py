"""Unsaved work, kept aside every few seconds, and found again after the program was stopped.

Each open document has one file in the recovery folder: a project like any other, with a note of whose it is beside it
in the zip.  While the program lives it holds a lock that the system lets go of when the program ends, however it does;
so what lies there without a lock was left behind.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cocomposer.errors import CocomposerError, FormatError
from cocomposer.formats.strict_json import Fields, parsed
from cocomposer.studio.changes import Change
from cocomposer.studio.document import Document
from cocomposer.studio.places import make_folder, recovery_folder
from cocomposer.studio.project import Project
from cocomposer.studio.project_file import SUFFIX, read_beside, read_project, write_project

SECONDS = 20.0
"""How old unsaved work may become before it is kept aside."""
_NOTE = "recovery.json"
_MAX_NOTE = 100_000
_UNFINISHED_SECONDS = 3600.0
_log = logging.getLogger(__name__)


class Recovery:
    """Keeps the unsaved work of a document aside, from `start` until `close`.

    It writes on a thread of its own: every `seconds` where something changed, and at once when a question was asked,
    an answer came, or one was kept.  When the disk says no `on_problem` is told a sentence, on that thread, and not
    again before it said yes.
    """

    def __init__(
        self,
        document: Document,
        folder: Path | None = None,
        *,
        seconds: float = SECONDS,
        on_problem: Callable[[str], None] = _log.warning,
    ) -> None:
        self._document = document
        self._folder = folder or recovery_folder()
        self._seconds = seconds
        self._on_problem = on_problem
        self._file = self._folder / f"{secrets.token_hex(8)}{SUFFIX}"
        self._kept: Project | None = None
        self._rescued_from: Recoverable | None = None
        self._lock_file: IO[bytes] | None = None
        self._writing = threading.Lock()
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._stop_listening = document.listen(self._hear)
        self._thread = threading.Thread(target=self._run, name="recovery", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def take_over(self, left: Recoverable) -> None:
        """The document was rescued from `left`, which goes as soon as the document is kept aside anew: at once."""
        self._rescued_from = left
        self._wake.set()

    def keep_now(self) -> None:
        """Write what is unsaved, unless that was done already; take away what was written where all is saved.

        Raises CocomposerError when the disk says no.
        """
        with self._writing:
            project, path = self._document.project, self._document.path
            if not self._document.unsaved:
                self._file.unlink(missing_ok=True)
                self._kept = None
            elif project is not self._kept:
                self._hold_lock()
                note = {
                    "pid": os.getpid(),
                    "path": None if path is None else str(path.resolve()),
                    "title": project.song.title,
                    "time": time.time(),
                }
                write_project(project, self._file, {_NOTE: json.dumps(note).encode("ascii")})
                self._kept = project
            self._let_go_of_rescued()

    def close(self) -> None:
        """End a document that needs no recovery: it was saved, or the artist does not want it."""
        self._stop_listening()
        self._closed.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        with self._writing:
            if self._lock_file is not None:
                self._file.unlink(missing_ok=True)  # before the lock: what has none counts as left behind
                self._lock_file.close()
                _lock_of(self._file).unlink(missing_ok=True)
            self._let_go_of_rescued()

    def _let_go_of_rescued(self) -> None:
        if self._rescued_from is not None:
            self._rescued_from.discard()
            self._rescued_from = None

    def _hear(self, change: Change) -> None:
        if change.generations or change.saved:
            self._wake.set()

    def _run(self) -> None:
        told = False
        while not self._closed.is_set():
            self._wake.wait(self._seconds)
            self._wake.clear()
            if not self._closed.is_set():
                try:
                    self.keep_now()
                    told = False
                except (CocomposerError, OSError) as error:
                    if not told:
                        self._on_problem(f"Your work cannot be kept aside in case of a crash: {error}")
                    told = True

    def _hold_lock(self) -> None:
        if self._lock_file is None:
            make_folder(self._folder)
            self._lock_file = _lock_of(self._file).open("ab")
            _taken(self._lock_file)


@dataclass(frozen=True)
class Recoverable:
    """Work that a program left behind: in `file`, of the document saved at `path` (None: never saved).

    `time` is when it was kept aside, in seconds since 1970; `pid` the process that did.
    """

    file: Path
    path: Path | None
    title: str
    time: float
    pid: int

    @property
    def superseded(self) -> bool:
        """Was the document itself saved later than this?"""
        try:
            return self.path is not None and self.path.stat().st_mtime > self.time
        except OSError:
            return False

    def open(self) -> Document:
        """The document as it was, unsaved.  Raises FormatError."""
        return Document.recovered(read_project(self.file), self.path)

    def discard(self) -> None:
        """Remove it, once it is open and kept aside anew, or not wanted."""
        self.file.unlink(missing_ok=True)
        _lock_of(self.file).unlink(missing_ok=True)


def find_recoveries(folder: Path | None = None) -> tuple[Recoverable, ...]:
    """What programs that are no longer running left behind, the latest first."""
    folder = folder or recovery_folder()
    found = []
    for part in folder.glob("*.part"):  # what was being written when a program was killed
        with contextlib.suppress(OSError):
            if time.time() - part.stat().st_mtime > _UNFINISHED_SECONDS:
                part.unlink()
    for file in folder.glob(f"*{SUFFIX}") if folder.is_dir() else ():
        if not _is_held(_lock_of(file)):
            try:
                found.append(_described(file))
            except FormatError:
                _log.exception("a file in the recovery folder cannot be read; it stays where it is")
    return tuple(sorted(found, key=lambda each: -each.time))


def _described(file: Path) -> Recoverable:
    note = Fields(parsed(read_beside(file, _NOTE, _MAX_NOTE)), "The note beside the work")
    return Recoverable(
        file=file,
        path=Path(note.text("path")) if note.has("path") else None,
        title=note.text("title"),
        time=note.number("time"),
        pid=note.integer("pid", 0, sys.maxsize),
    )


def _lock_of(file: Path) -> Path:
    return file.with_suffix(".lock")


def _is_held(lock: Path) -> bool:
    """Does a living program hold this lock?"""
    try:
        with lock.open("r+b") as file:
            return not _taken(file)
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _taken(file: IO[bytes]) -> bool:
    """Take the lock on an open file, until it is closed; False where another program has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
