"""Plugins as their host processes show them: their own windows, and their own words for their parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QGuiApplication

from cocomposer.music.mix import Effect, Instrument

from ..session import Session
from .channels import channels_of
from .desk import StripDesk

if TYPE_CHECKING:
    from cocomposer.sound.editor import Editor
    from cocomposer.sound.protocol import ParameterValue

_WITHOUT_DISPLAY = frozenset({"offscreen", "minimal", "vnc"})
LOOK_MS = 500
"""Between two looks at the windows that are open."""


class Place(NamedTuple):
    """Where a plugin stands: an insert of that index, or (None) the instrument of a part."""

    desk: StripDesk
    insert: int | None

    @property
    def key(self) -> str:
        return f"{self.desk.channel.key}/{self.insert}"

    @property
    def plugin(self) -> Effect | Instrument | None:
        """What stands there now."""
        if self.desk.channel not in channels_of(self.desk.session.song):
            return None
        if self.insert is None:
            return self.desk.part.instrument if self.desk.part is not None else None
        inserts = self.desk.strip.inserts
        return inserts[self.insert] if self.insert < len(inserts) else None

    def holds(self, path: str) -> bool:
        """Whether it is that plugin still."""
        plugin = self.plugin
        return plugin is not None and path == (plugin.plugin if isinstance(plugin, Effect) else plugin.name)


class _Open(NamedTuple):
    editor: Editor
    place: Place
    path: str


class Plugins(QObject):
    """Asks the hosts of the session; of each plugin at most one window is open, as long as it stands where it stood."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._open: dict[str, _Open] = {}
        self._looking = QTimer(self)
        self._looking.setInterval(LOOK_MS)
        self._looking.timeout.connect(self._look)
        session.document_changed.connect(self._close_all)

    @property
    def possible(self) -> bool:
        """Is there a display, and a host process to show a window?"""
        return QGuiApplication.platformName() not in _WITHOUT_DISPLAY and self._session.hosts is not None

    def open(self, plugin: Effect | Instrument, desk: StripDesk, insert: int | None) -> None:
        """Show the window of an insert, or (None) of the instrument of a part."""
        place, hosts = Place(desk, insert), self._session.hosts
        path = plugin.plugin if isinstance(plugin, Effect) else plugin.name
        if hosts is None:
            return

        def changed(state: bytes) -> None:
            self._session.deliver(lambda: turn(state))

        def turn(state: bytes) -> None:
            if place.holds(path):  # all of one visit is one undo step
                self.take(place, state, self.tr("Turn plugin of {name}"), f"window {place.insert}")

        def show(progress: object, cancelled: object) -> Editor:
            return hosts.show_editor(plugin, changed)

        def shown(editor: Editor) -> None:
            self._open[place.key] = _Open(editor, place, path)
            self._looking.start()

        self._close(place.key)
        self._session.jobs.run(show, shown, self._session.problem.emit)

    def ask(self, plugin: Effect | Instrument, told: Callable[[tuple[ParameterValue, ...]], None]) -> None:
        """Have `told` the `ParameterValue`s of a plugin, where there is a host that can ask it."""
        hosts = self._session.hosts
        if hosts is not None:
            self._session.jobs.run(lambda *_: hosts.parameters(plugin), told, self._session.problem.emit)

    def take(self, place: Place, state: bytes, what: str, gesture: str = "") -> None:
        """Put what a plugin saved of itself into the song: an undo step called `what`, or one for a whole `gesture`."""
        plugin = place.plugin
        if place.insert is not None:
            place.desk.change_insert(place.insert, what, gesture, state=state, parameters=())
        elif isinstance(plugin, Instrument):
            place.desk.turn_instrument(what, replace(plugin, state=state, parameters=()), gesture)

    def _look(self) -> None:
        """Close the windows of plugins that went, and tell of those that closed against the artist's will."""
        for key, (editor, place, path) in list(self._open.items()):
            if not editor.is_open:
                del self._open[key]
                if editor.problem:
                    self._session.problem.emit(editor.problem)
            elif not place.holds(path):
                self._close(key)
        if not self._open:
            self._looking.stop()

    def _close(self, key: str) -> None:
        left = self._open.pop(key, None)
        if left is not None:
            self._session.jobs.run(lambda *_: left.editor.close())

    def _close_all(self) -> None:
        for key in list(self._open):
            self._close(key)
