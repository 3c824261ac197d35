"""The presets of a session: read and watched in the background, and told of as Qt signals."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from cocomposer.errors import PresetError
from cocomposer.library.watching import Watcher
from cocomposer.studio.presets import Presets
from cocomposer.studio.styles import styles_at_hand
from cocomposer.styles import Style, load_styles

if TYPE_CHECKING:
    from .session import Session


class PresetRoom(QObject):
    """`presets` are opened when they are first asked for, by whichever thread; `styles` are all there are by now."""

    changed = pyqtSignal()
    """What there is, or what the artist marked, is another."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._lock = threading.Lock()
        self._presets: Presets | None = None
        self._watcher: Watcher | None = None
        self._closed = False
        self._styles: Mapping[str, Style] = {}

    @property
    def presets(self) -> Presets:
        """Raises PresetError where their index cannot be kept."""
        with self._lock:
            if self._presets is None:
                try:
                    self._presets = Presets()
                except (OSError, sqlite3.Error) as error:
                    raise PresetError(f"Your presets cannot be read: {error}.") from error
            return self._presets

    @property
    def styles(self) -> Mapping[str, Style]:
        """Every style by its id: those shipped until the others are read."""
        return self._styles or load_styles()

    def refresh(self) -> None:
        """Look at the folders anew, in the background."""
        if self._closed:  # something turned up at the very end
            return

        def look(*_: object) -> Mapping[str, Style]:
            self.presets.index.refresh()
            return styles_at_hand(self.presets)

        self._session.jobs.run(look, on_done=self._take, on_error=self._session.problem.emit)

    def watch(self) -> None:
        """Refresh now, and whenever something turns up in the folders."""

        def begin(*_: object) -> None:
            self._watcher = Watcher(self.presets.index, lambda _: self._session.deliver(self.refresh))

        self._session.jobs.run(begin, on_error=self._session.problem.emit)

    def close(self) -> None:
        """End watching, and let go of the index, once no job of the session asks for it any more."""
        self._closed = True
        if self._watcher is not None:
            self._watcher.close()
        with self._lock:
            if self._presets is not None:
                self._presets.close()

    def _take(self, styles: Mapping[str, Style]) -> None:
        self._styles = styles
        self.changed.emit()
