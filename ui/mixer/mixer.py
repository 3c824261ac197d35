"""The mixer: a strip for every part, the buses, the sends, the master, and beside them what is open."""

from __future__ import annotations

from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QHideEvent, QShowEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from cocomposer.sound.console import mix_of
from cocomposer.sound.metering import Level, Levels
from cocomposer.studio.document import Change

from .. import theme
from ..session import Session
from .channels import Channel, channels_of
from .lanes import LanesPanel
from .parameters import ParameterPanel, Subject
from .strip import StripView
from .troubles import Troubles, plugins_of

METER_MS = 33
"""Between two looks at the meters."""


class MixerView(QWidget):
    """The strips of the session's song; they are made anew only where parts, buses or sends come and go.

    That is done one at a time, so that the window lives on between them.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.strips: dict[Channel, StripView] = {}
        self._channels: tuple[Channel, ...] = ()
        """All that have a strip, or will have one soon."""
        self.parameters, self.lanes = ParameterPanel(session), LanesPanel(session)
        self.troubles = Troubles(session)
        self.troubles.found.connect(self._mark_troubled)
        self._troubled: frozenset[str] = frozenset()
        self._build()
        self._meters = QTimer(self)
        self._meters.setInterval(METER_MS)
        self._meters.timeout.connect(self.show_levels)
        session.changed.connect(self._on_change)
        session.document_changed.connect(self._open)
        session.selection_changed.connect(self._mark_current)
        self._open()

    def show_levels(self) -> None:
        """Read the meters of the player once."""
        player = self._session.player
        levels: Levels = (player.levels() if player is not None else None) or Levels()
        names = mix_of(self._session.song)
        silent = Level()
        for channel, strip in self.strips.items():
            level = silent
            if channel.kind == "part" and channel.index < len(levels.parts):
                level = levels.parts[channel.index]
            elif channel.kind == "bus":
                level = levels.buses.get(names.buses[channel.index].name, silent)
            elif channel.kind == "send":
                level = levels.sends.get(names.sends[channel.index].name, silent)
            elif channel.kind == "master":
                level = levels.master
            strip.show_level(level.peak, level.rms)

    def refresh(self) -> None:
        """Show every strip as it is in the song; put off while the mixer is out of sight."""
        if not self.isVisible():
            return
        channels = channels_of(self._session.song)
        if self._channels != channels:
            self._deal(channels)
        elif not self.complete:
            self._session.turns.take(self, self._deal_next)
        for strip in self.strips.values():
            strip.refresh()
        self.parameters.refresh()
        self.lanes.refresh()
        self._empty.setVisible(not self._session.song.parts)
        self._mark_current()
        self._mark_troubled(self._troubled)

    def _open(self) -> None:
        """Another document: nothing of the old one stays open."""
        self.parameters.show_subject(None)
        self.lanes.show_channel(None)
        self.refresh()

    def _on_change(self, change: Change) -> None:
        if change.mix or change.band or len(self._session.song.parts) != self._parts():
            self.refresh()

    def _parts(self) -> int:
        return sum(channel.kind == "part" for channel in self._channels)

    def _deal(self, channels: tuple[Channel, ...]) -> None:
        for strip in self.strips.values():
            strip.hide()
            strip.deleteLater()
        self.strips, self._channels = {}, channels
        self._session.turns.take(self, self._deal_next)

    @property
    def complete(self) -> bool:
        """Whether every strip is there."""
        return len(self.strips) == len(self._channels)

    def _deal_next(self) -> bool:
        """Make the next strip that is missing; False where that was the last, or none is to be seen."""
        if self.complete or not self.isVisible():
            return False
        channel = self._channels[len(self.strips)]
        strip = self.strips[channel] = self._made(channel)
        rows = {"part": self._parts_row, "bus": self._bus_row, "send": self._bus_row}
        rows.get(channel.kind, self._master_row).addWidget(strip)
        strip.set_current(channel == Channel("part", self._session.current_part))
        strip.set_troubled(bool(self._troubled & plugins_of(self._session.song, channel)))
        return not self.complete

    def _made(self, channel: Channel) -> StripView:
        strip = StripView(self._session, channel)
        strip.insert_opened.connect(lambda channel, index: self._show_parameters(Subject(channel, index)))
        strip.instrument_opened.connect(lambda channel: self._show_parameters(Subject(channel)))
        strip.lanes_opened.connect(self._show_lanes)
        strip.chosen.connect(self._choose)
        return strip

    def _show_parameters(self, subject: Subject) -> None:
        self.lanes.show_channel(None)
        self.parameters.show_subject(subject)

    def _show_lanes(self, channel: Channel) -> None:
        self.parameters.show_subject(None)
        self.lanes.show_channel(None if self.lanes.channel == channel else channel)

    def _choose(self, channel: Channel) -> None:
        if channel.kind == "part":
            self._session.current_part = channel.index

    def _mark_current(self) -> None:
        for channel, strip in self.strips.items():
            strip.set_current(channel == Channel("part", self._session.current_part))

    def _mark_troubled(self, plugins: frozenset[str]) -> None:
        self._troubled = plugins
        for channel, strip in self.strips.items():
            strip.set_troubled(bool(plugins & plugins_of(self._session.song, channel)))

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self.refresh()
        self._meters.start()
        self.troubles.watch(True)

    def hideEvent(self, event: QHideEvent | None) -> None:  # noqa: N802
        super().hideEvent(event)
        self._meters.stop()
        self.troubles.watch(False)

    def _build(self) -> None:
        grid = theme.GRID
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * grid, 2 * grid, 2 * grid, 2 * grid)
        column.setSpacing(2 * grid)
        line = QHBoxLayout()
        column.addWidget(self.troubles)
        column.addLayout(line, 1)
        line.setSpacing(2 * grid)
        self._parts_row, self._bus_row, self._master_row = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (self._parts_row, self._bus_row, self._master_row):
            row.setSpacing(grid)
        self._empty = QLabel(self.tr("No parts yet: draw some notes or keep a proposal, and their strips stand here."))
        self._empty.setWordWrap(True)
        self._empty.setMaximumWidth(220)
        theme.set_kind(self._empty, "muted")
        inside = QWidget()
        strips = QHBoxLayout(inside)
        strips.setContentsMargins(0, 0, 0, 0)
        strips.setSpacing(3 * grid)
        strips.addWidget(self._empty)
        strips.addLayout(self._parts_row)
        strips.addLayout(self._bus_row)
        strips.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inside)
        scroll.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        bar = scroll.horizontalScrollBar()
        if bar is not None:  # the master's fader stays in line with the others
            room = bar.sizeHint().height()
            bar.rangeChanged.connect(
                lambda low, high: self._master_row.setContentsMargins(0, 0, 0, room if high > low else 0)
            )
        line.addWidget(scroll, 1)
        line.addLayout(self._master_row)
        line.addWidget(self.parameters)
        line.addWidget(self.lanes)
