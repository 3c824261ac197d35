"""A plugin's own window, which its host process shows; what is turned in it comes back into the song."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QGuiApplication

from cocomposer.music.mix import Effect, Instrument

from ..session import Session
from .desk import StripDesk

_WITHOUT_DISPLAY = frozenset({"offscreen", "minimal", "vnc"})


class PluginWindows(QObject):
    """The open windows; one for each plugin at most."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._open: dict[str, Any] = {}

    @property
    def possible(self) -> bool:
        """Is there a display, and a host process to show a window?"""
        return QGuiApplication.platformName() not in _WITHOUT_DISPLAY and self._hosts() is not None

    def open(self, plugin: Effect | Instrument, desk: StripDesk, insert: int | None) -> None:
        """Show the window of an insert, or (None) of the instrument of a part."""
        key = f"{desk.channel.key}/{insert}"

        def changed(state: bytes) -> None:
            self._session.deliver(lambda: self._take(desk, insert, state))

        def show(progress: object, cancelled: object) -> Any:
            return self._hosts().show_editor(plugin, changed)

        def shown(editor: Any) -> None:
            self._open[key] = editor

        before = self._open.pop(key, None)
        if before is not None:
            before.close()
        self._session.jobs.run(show, shown, self._session.problem.emit)

    def _hosts(self) -> Any:
        return getattr(self._session.player, "hosts", None)

    def _take(self, desk: StripDesk, insert: int | None, state: bytes) -> None:
        """Put what the plugin saved of itself into the song; all of one visit is one undo step."""
        gesture = f"window {insert}"
        if insert is not None:
            desk.change_insert(insert, self.tr("Turn plugin of {name}"), gesture, state=state, parameters=())
        elif desk.part is not None and desk.part.instrument is not None:
            instrument = replace(desk.part.instrument, state=state, parameters=())
            desk.turn_instrument(self.tr("Turn plugin of {name}"), instrument, gesture)
