"""Folders watched: a thread that looks at them now and then, so that what a person drops there turns up."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from cocomposer.errors import CocomposerError
from cocomposer.library.index import Changes, Index

_log = logging.getLogger(__name__)


class Watcher:
    """Refreshes `index` at once and then every few seconds, and tells `changed` when anything is new or gone.

    A look takes longer the more there is; the pause is at least twenty times as long, so that it never weighs.
    """

    def __init__(self, index: Index, changed: Callable[[Changes], None], seconds: float = 3.0) -> None:
        self._index, self._changed, self._seconds = index, changed, seconds
        self._stop = threading.Event()
        self._now = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="presets", daemon=True)
        self._thread.start()

    def look(self) -> None:
        """Look now, without waiting for it."""
        self._now.set()

    def close(self) -> None:
        self._stop.set()
        self._now.set()
        self._thread.join()

    def _watch(self) -> None:
        from time import monotonic

        while not self._stop.is_set():
            begin = monotonic()
            try:
                if changes := self._index.refresh(cancelled=self._stop.is_set):
                    self._changed(changes)
            except CocomposerError as error:
                if not self._stop.is_set():
                    _log.warning("looking for presets: %s", error)
            self._now.wait(max(self._seconds, 20 * (monotonic() - begin)))
            self._now.clear()
