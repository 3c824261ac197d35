"""What does not play: a sentence each above the strips, with a button that asks the plugin once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cocomposer.music.mix import InstrumentKind

from .. import theme
from ..session import Session
from .channels import Channel, channels_of

if TYPE_CHECKING:
    from cocomposer.music import Song
    from cocomposer.sound.trouble import Trouble

LOOK_MS = 250
"""Between two looks at what is in trouble."""
MOST = 3
"""Rows that are in sight; the others wait until one of these is solved."""


def plugins_of(song: Song, channel: Channel) -> frozenset[str]:
    """Names or paths of the instrument and of the effects that a strip needs from outside."""
    found = {effect.plugin for effect in channel.strip(song).inserts if effect.plugin}
    instrument = song.parts[channel.index].instrument if channel.kind == "part" else None
    if instrument is not None and instrument.kind is not InstrumentKind.BUILT_IN and instrument.name:
        found.add(instrument.name)
    return frozenset(found)


class Troubles(QWidget):
    """Hidden while all plays; `found` tells the plugins that do not, whenever they become others."""

    found = pyqtSignal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: tuple[Trouble, ...] = ()
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(theme.GRID)
        self._looking = QTimer(self)
        self._looking.setInterval(LOOK_MS)
        self._looking.timeout.connect(self.refresh)
        self.hide()

    def watch(self, on: bool) -> None:
        """Look again and again, or stop looking."""
        if on:
            self.refresh()
            self._looking.start()
        else:
            self._looking.stop()

    def refresh(self) -> None:
        """Show what the player has to tell now, of what the song needs."""
        player, song = self._session.player, self._session.song
        told: tuple[Trouble, ...] = player.troubles() if player is not None else ()
        needed = {name for channel in channels_of(song) for name in plugins_of(song, channel)} if told else set()
        troubles = tuple(trouble for trouble in told if not trouble.plugin or trouble.plugin in needed)
        if troubles == self._shown:
            return
        self._shown = troubles
        while (item := self._rows.takeAt(0)) is not None:
            row = item.widget()
            if row is not None:
                row.hide()
                row.deleteLater()
        for trouble in troubles[:MOST]:
            self._rows.addWidget(self._row(trouble))
        self.setVisible(bool(troubles))
        self.found.emit(frozenset(trouble.plugin for trouble in troubles))

    def _row(self, trouble: Trouble) -> QFrame:
        row = QFrame()
        theme.set_kind(row, "trouble")
        line = QHBoxLayout(row)
        line.setContentsMargins(2 * theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        words = QLabel(trouble.sentence)
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        again = QPushButton(self.tr("Try again"))
        again.setAccessibleName(f"{self.tr('Try again')}: {trouble.sentence}")
        again.clicked.connect(lambda: self._try_again(trouble))
        line.addWidget(words, 1)
        line.addWidget(again)
        return row

    def _try_again(self, trouble: Trouble) -> None:
        """Let the plugin out of quarantine and have it asked anew, in a process of its own."""
        player, hosts = self._session.player, self._session.hosts

        def lift() -> None:
            if hosts is not None and trouble.plugin:
                hosts.lift(trouble.plugin)
            player.retry()

        self._session.jobs.run(lambda *_: lift(), lambda _: self.refresh(), self._session.problem.emit)
