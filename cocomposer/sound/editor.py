"""A plugin's own window, open in a process of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from cocomposer.errors import CocomposerError
from cocomposer.music import Effect, Instrument
from cocomposer.sound.host import HostError, InstrumentError
from cocomposer.sound.host_pool import HostPool

_OPENING_SECONDS = 1.5
"""A plugin that cannot open its window mostly says so within this time."""
_LONGEST = 7 * 24 * 3600.0


class Editor:
    """An open window; the artist closes it, or `close` does.

    `problem` is "" while it is open and when it was closed on purpose, else a sentence that says what happened.
    """

    def __init__(
        self,
        path: str,
        plugin: Instrument | Effect,
        changed: Callable[[bytes], None],
        pool: HostPool,
    ) -> None:
        """Open it; `changed` hears the plugin's state on another thread.  Raises HostError."""
        self.problem = ""
        self._path, self._plugin, self._name = path, plugin, Path(path).name
        self._pool, self._closing = pool, False
        try:
            self._host = pool.lend(f"editor {id(self)}", owner=f"editor {id(self)}")
        except InstrumentError as error:
            raise HostError(f"The window of {self._name} cannot be opened: it {error}.") from error
        self._host.on_changed = changed
        self._thread = threading.Thread(target=self._show, name="editor", daemon=True)
        self._thread.start()
        self._thread.join(_OPENING_SECONDS)
        if self.problem:
            raise HostError(self.problem)

    def _show(self) -> None:
        """Wait, on a thread of its own, until the window is closed."""
        try:
            self._host.call(
                "edit", _LONGEST, "its window was open", path=self._path, parameters=self._plugin.parameters,
                payload=self._host.put(self._plugin.state),
            )  # fmt: skip
        except CocomposerError as error:
            if not self._closing:
                self.problem = f"The window of {self._name} cannot be shown: it {error}."
        self._pool.discard(self._host)

    @property
    def is_open(self) -> bool:
        return self._thread.is_alive()

    def close(self) -> None:
        """Close the window; closing twice does nothing."""
        self._closing = True
        self._host.end()
        self._thread.join()
