"""Plugins as their host processes show them: their own windows, and their own words for their parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QGuiApplication

from cocomposer.music.mix import Effect, Instrument

from ..session import Session
from .desk import StripDesk

if TYPE_CHECKING:
    from cocomposer.sound.editor import Editor
    from cocomposer.sound.protocol import ParameterValue

_WITHOUT_DISPLAY = frozenset({"offscreen", "minimal", "vnc"})


class Plugins(QObject):
    """Asks the hosts of the session; of each plugin at most one window is open."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._open: dict[str, Editor] = {}

    @property
    def possible(self) -> bool:
        """Is there a display, and a host process to show a window?"""
        return QGuiApplication.platformName() not in _WITHOUT_DISPLAY and self._session.hosts is not None

    def open(self, plugin: Effect | Instrument, desk: StripDesk, insert: int | None) -> None:
        """Show the window of an insert, or (None) of the instrument of a part."""
        key = f"{desk.channel.key}/{insert}"

        def changed(state: bytes) -> None:
            what = self.tr("Turn plugin of {name}")  # all of one visit is one undo step
            self._session.deliver(lambda: self.take(desk, insert, state, what, f"window {insert}"))

        hosts = self._session.hosts
        if hosts is None:
            return

        def show(progress: object, cancelled: object) -> Editor:
            return hosts.show_editor(plugin, changed)

        def shown(editor: Editor) -> None:
            self._open[key] = editor

        before = self._open.pop(key, None)
        if before is not None:
            before.close()
        self._session.jobs.run(show, shown, self._session.problem.emit)

    def ask(self, plugin: Effect | Instrument, told: Callable[[tuple[ParameterValue, ...]], None]) -> None:
        """Have `told` the `ParameterValue`s of a plugin, where there is a host that can ask it."""
        hosts = self._session.hosts
        if hosts is not None:
            self._session.jobs.run(lambda *_: hosts.parameters(plugin), told, self._session.problem.emit)

    def take(self, desk: StripDesk, insert: int | None, state: bytes, what: str, gesture: str = "") -> None:
        """Put what a plugin saved of itself into the song: an undo step called `what`, or one for a whole `gesture`."""
        if insert is not None:
            desk.change_insert(insert, what, gesture, state=state, parameters=())
        elif desk.part is not None and desk.part.instrument is not None:
            desk.turn_instrument(what, replace(desk.part.instrument, state=state, parameters=()), gesture)
