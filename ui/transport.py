"""The bar along the top: playing, recording, where we are, how fast, in which key, and how loud it comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from . import theme
from .drag_button import SongDrag
from .master_meter import MasterMeter
from .session import Session
from .song_display import SongDisplay
from .timeline import shared_timeline

if TYPE_CHECKING:
    from .actions import Actions

LOAD_MS = 250


class Transport(QWidget):
    """The transport bar of a session."""

    metronome: bool
    counting_in: bool
    display: SongDisplay

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.metronome, self.counting_in = False, False
        self._timeline = shared_timeline(session)
        self._loop_of_bars: tuple[int, int] | None = None
        """The loop that was made of the selected bars, and moves with them; one dragged by hand stays."""
        self.setObjectName("transport")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 6, 8, 6)
        self._row.setSpacing(2)
        self.display = SongDisplay(session)
        self.load = QLabel()
        self.levels = MasterMeter(session)
        self.drag = SongDrag(session)
        session.playing_changed.connect(lambda _: self._watch())
        session.selection_changed.connect(self._region_moved)
        session.player_changed.connect(self._tell_player)
        self._watching = QTimer(self)
        self._watching.setInterval(LOAD_MS)
        self._watching.timeout.connect(self._show_load)

    def fill(self, actions: Actions) -> None:
        """Put the buttons and fields in, once there are actions."""
        for name in ("edit.undo", "edit.redo"):
            self._row.addWidget(actions.button(name))
        self._rule()
        for name in ("play.start", "play.toggle", "play.stop", "play.record"):
            self._row.addWidget(actions.button(name))
        for name in ("play.loop", "play.metronome", "play.count-in"):
            self._row.addWidget(actions.button(name))
        self._row.addSpacing(8)
        self._row.addWidget(self.display)
        self._row.addStretch(1)
        self._row.addWidget(self.load)
        self._row.addSpacing(8)
        self._row.addWidget(self.levels)
        self._rule()
        self.drag.clicked.connect(actions["file.export-midi"].trigger)
        self._row.addWidget(self.drag)
        for name in ("view.browser", "view.mixer", "view.proposals"):
            self._row.addWidget(actions.button(name))
        self._show_load()

    def _rule(self) -> None:
        line = QFrame()
        theme.set_kind(line, "rule")
        self._row.addSpacing(6)
        self._row.addWidget(line)
        self._row.addSpacing(6)

    def button(self, name: str) -> QToolButton:
        """The button of that action, which must be one of those along the bar."""
        return next(each for each in self.findChildren(QToolButton) if _does(each) == name)

    # --- What the actions do ----------------------------------------------------------------------------------------

    @property
    def looping(self) -> bool:
        return self._timeline.loop is not None

    def toggle_loop(self) -> None:
        """Loop the selected bars, or the whole song where none are."""
        self._loop_of_bars = None if self.looping else self._selected_bars()
        self._timeline.set_loop(self._loop_of_bars)

    def toggle_metronome(self) -> None:
        self.metronome = not self.metronome
        self._tell_player()

    def toggle_count_in(self) -> None:
        self.counting_in = not self.counting_in
        self._tell_player()

    @property
    def recording(self) -> bool:
        return self._session.recording

    def toggle_record(self) -> None:
        """Record and play, or end the recording while playing goes on."""
        if self._session.player is None:
            self._session.play()  # which says why not
            return
        self._session.recording = not self._session.recording
        if self._session.recording and not self._session.playing:
            self._session.play()

    def stop(self) -> None:
        self._session.recording = False
        self._session.stop()

    def step(self, bars: int) -> None:
        """Go that many bars on, to a bar line."""
        meters = self._session.song.meters
        bar = meters.bar_at(self._session.position)
        here = meters.bar_start(bar)
        backwards_inside = bars < 0 and self._session.position > here
        self._session.seek(here if backwards_inside else meters.bar_start(max(0, bar + bars)))

    # --- Showing ----------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        if self._session.playing:
            self._watching.start()
        else:
            self._watching.stop()
        self._show_load()

    def _show_load(self) -> None:
        player = self._session.player
        load, lost = (player.load, player.underruns) if player is not None else (0.0, 0)
        text = f"{load:.0%}" + (f" · {lost}" if lost else "")
        if self.load.text() != text:
            self.load.setText(text)
            theme.set_kind(self.load, "danger" if lost else "small")
            said = self.tr("Load of the sound engine: {load}").format(load=f"{load:.0%}")
            if lost:
                said += "\n" + self.tr("Interruptions so far: {lost}. A larger buffer in the settings helps.").format(
                    lost=lost
                )
            self.load.setToolTip(said)
            self.load.setAccessibleName(said)

    def _region_moved(self) -> None:
        if self._loop_of_bars is not None and self._timeline.loop == self._loop_of_bars:
            self._loop_of_bars = self._selected_bars()
            self._timeline.set_loop(self._loop_of_bars)

    def _selected_bars(self) -> tuple[int, int]:
        song, region = self._session.song, self._session.region
        if region is None:
            return 0, max(1, song.length)
        return song.meters.bar_start(region.first_bar), song.meters.bar_start(region.last_bar + 1)

    def _tell_player(self) -> None:
        player = self._session.player
        if player is not None:
            player.metronome = self.metronome
            player.count_in = 1 if self.counting_in else 0


def _does(button: QToolButton) -> str:
    action = button.defaultAction()
    return action.objectName() if action is not None else ""
