"""Work that takes a while: done on other threads, shown in the line below with its progress and a way to stop it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PyQt6.QtCore import QObject

from cocomposer.studio.jobs import Job
from cocomposer.studio.plugins import scan_plugins

from .session import Session
from .status import StatusLine

T = TypeVar("T")


class Background(QObject):
    """What one window has under way."""

    def __init__(self, session: Session, status: StatusLine) -> None:
        super().__init__(status)
        self._session, self._status = session, status

    def run(self, text: str, work: Callable[..., T], done: Callable[[T], None]) -> None:
        """Do `work(progress, cancelled)` on another thread, shown as `text`, then `done` on this one."""
        running: list[Job[T]] = []

        def cancel() -> None:
            for job in running:
                job.cancel()

        shown = self._status.begin(text, cancel)

        def finished(result: T) -> None:
            self._status.end(shown)
            done(result)

        def failed(sentence: str) -> None:
            self._status.end(shown)
            self._session.problem.emit(sentence)

        running.append(
            self._session.jobs.run(
                work,
                on_done=finished,
                on_error=failed,
                on_progress=lambda share: self._status.advance(shown, share),
                on_cancelled=lambda: self._status.end(shown),
            )
        )

    def scan_plugins(self, done: Callable[[], None]) -> None:
        """Look for plugins in the usual folders and those that are set, and tell how many can be used."""
        folders = tuple(Path(each) for each in self._session.settings.plugin_folders)

        def work(progress: Callable[[float], None], cancelled: Callable[[], bool]) -> tuple[int, int]:
            count, found = scan_plugins(folders, cancelled=cancelled)
            fit = 0
            for number, info in enumerate(found, 1):
                fit += not info.problem
                progress(number / max(1, count))
            return count, fit

        def scanned(counts: tuple[int, int]) -> None:
            done()
            told = self.tr("{fit} of {count} plugins can be used.") if counts[0] else self.tr("No plugins were found.")
            self._status.say(told.format(count=counts[0], fit=counts[1]))

        self.run(self.tr("Looking for plugins"), work, scanned)
