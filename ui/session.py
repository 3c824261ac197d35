"""What every view is given: the open document, playing and composing, told as Qt signals.

A view reads `session.song`, draws it, and listens to `changed`; it changes the song with `session.edit("Move notes",
new_song)` and nothing else.  Whatever comes from another thread is brought to that of the window here (`deliver`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from cocomposer.music import Song
from cocomposer.sound.metering import Levels
from cocomposer.studio.composing import Composing
from cocomposer.studio.document import Change, Document
from cocomposer.studio.jobs import Jobs
from cocomposer.studio.presets import PREVIEW_RATE
from cocomposer.studio.project import Project
from cocomposer.studio.recovery import Recoverable, Recovery
from cocomposer.studio.settings import Settings, save_settings
from cocomposer.studio.taste import TasteKeeper, profile_named

from .preset_room import PresetRoom
from .proposing import Proposing
from .turns import Turns

if TYPE_CHECKING:
    from cocomposer.sound.loudness import Audio
    from cocomposer.sound.supervisor import Hosts

PLAYHEAD_MS = 33


@dataclass(frozen=True)
class Region:
    """A rectangle of the arrangement: bars from 0, both included, and parts by index (none: all of them)."""

    first_bar: int
    last_bar: int
    parts: tuple[int, ...] = ()


class Session(QObject):
    """One window's work.

    `proposals` asks for proposals and judges them; those that are done stand in `document.project.generations`.
    `room` has the presets; `turns` is for views that make many widgets at once.
    """

    changed = pyqtSignal(object)
    """studio.document.Change: what of the song changed.  Where only its proposals did, `proposals_changed` tells."""
    selection_changed = pyqtSignal()
    """The region, the current part, or the notes that are selected."""
    playhead = pyqtSignal(int)
    """The tick that is heard now, about 30 times a second while playing, and once after a seek."""
    playing_changed = pyqtSignal(bool)
    player_changed = pyqtSignal()
    """The sound is there."""
    proposals_changed = pyqtSignal()
    """A proposal streams in, is done, is auditioned or is judged."""
    problem = pyqtSignal(str)
    """A sentence for the artist."""
    told = pyqtSignal(str)
    """Something that went well, in a few words."""
    document_changed = pyqtSignal()
    """Another document was opened: everything is to be drawn anew."""
    recording_changed = pyqtSignal(bool)
    """Whether what is played is written down."""
    key_played = pyqtSignal(object)
    """A sound.playback.midi_input.Key: one that moved on a MIDI keyboard or among the letters, and sounds already."""
    settings_changed = pyqtSignal()
    """The artist set something."""
    saved_changed = pyqtSignal()
    """The name of the file, or whether everything in it is saved."""

    _delivered = pyqtSignal(object)

    def __init__(
        self,
        document: Document | None = None,
        *,
        player: Any = None,
        composing: Composing | None = None,
        jobs: Jobs | None = None,
        settings: Settings | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._delivered.connect(lambda call: call())
        self.document = document or Document(Project())
        self.player = player
        self.hosts: Hosts | None = None
        self.jobs = jobs or Jobs(self.deliver)
        self.settings = settings or Settings()
        self.composing = composing or Composing(self.settings.threads or None)
        self.turns = Turns(self)
        self.proposals = Proposing(self)
        self.room = PresetRoom(self)
        self.taste = TasteKeeper(problem=self._tell_problem)
        self._recording = False
        self._before_preview: int | None = None
        self._current_part = 0
        self._region: Region | None = None
        self._selected_notes: frozenset[int] = frozenset()
        self._clock = QTimer(self)
        self._clock.setInterval(PLAYHEAD_MS)
        self._clock.timeout.connect(self._tick)
        self._take(self.document)

    def deliver(self, call: Callable[[], None]) -> None:
        """Have `call` made in the window's thread: at once where this is that thread, else soon."""
        self._delivered.emit(call)

    # --- The document -----------------------------------------------------------------------------------------------

    @property
    def song(self) -> Song:
        return self.document.song

    def edit(self, label: str, song: Song, merge: str = "") -> None:
        """Make `song` the song, as one undo step called `label`; consecutive ones with the same `merge` become one."""
        self.document.edit(label, song, merge)

    def undo(self) -> None:
        self.document.undo()

    def redo(self) -> None:
        self.document.redo()

    def open(self, document: Document, rescued: Recoverable | None = None) -> None:
        """Go on with another document; what was under way for the old one ends.

        What it was `rescued` from goes as soon as the document is kept aside anew.
        """
        self.proposals.cancel()
        self.proposals.audition(None)
        self.stop()
        self._let_go()
        self._take(document)
        if rescued is not None:
            self._recovery.take_over(rescued)
        self._region, self._current_part, self._selected_notes = None, 0, frozenset()
        if self.player is not None:
            self.player.set_song(document.song)
        self.document_changed.emit()
        self.selection_changed.emit()
        self.proposals_changed.emit()
        self.saved_changed.emit()

    def _take(self, document: Document) -> None:
        """Listen to a document, and have its unsaved work kept aside in case the program is stopped."""
        self.document = document
        self._stop_listening = document.listen(self._on_change)
        self._set_taste()
        self._stop_tasting = self.taste.follow(document)
        self._recovery = Recovery(document, on_problem=self._tell_problem)
        self._recovery.start()

    def _let_go(self) -> None:
        self._stop_listening()
        self._stop_tasting()
        self._recovery.close()

    def _set_taste(self) -> None:
        settings = self.settings
        profile = profile_named(settings.taste_profile, self.song.title)
        self.taste.use(learning=settings.learn_taste, exploration=settings.exploration, profile=profile)

    def _tell_problem(self, sentence: str) -> None:
        """Tell a problem from any thread."""
        self.deliver(lambda: self.problem.emit(sentence))

    def keep_settings(self, settings: Settings) -> None:
        """Take these settings from now on, and write them in the background."""
        self.settings = settings
        self.composing.threads = settings.threads or None
        self._set_taste()
        self.jobs.run(lambda *_: save_settings(settings), on_error=self.problem.emit)
        self.settings_changed.emit()

    def _on_change(self, change: Change) -> None:
        if change.saved:
            self.saved_changed.emit()
            return
        parts = len(self.song.parts)
        if self._current_part >= parts:
            self._current_part = max(0, parts - 1)
        if change.of_song:
            if self.player is not None:
                self.player.set_song(self.song)
            self.changed.emit(change)
        if change.generations:
            self.proposals_changed.emit()
        self.saved_changed.emit()

    # --- Selection --------------------------------------------------------------------------------------------------

    @property
    def current_part(self) -> int:
        """Index of the part that the piano roll shows and the keyboard plays."""
        return self._current_part

    @current_part.setter
    def current_part(self, index: int) -> None:
        index = min(max(0, index), max(0, len(self.song.parts) - 1))
        if index != self._current_part:
            self._current_part, self._selected_notes = index, frozenset()
            self.selection_changed.emit()

    @property
    def region(self) -> Region | None:
        """What the next proposals are for, None for the whole song."""
        return self._region

    @region.setter
    def region(self, region: Region | None) -> None:
        if region != self._region:
            self._region = region
            self.selection_changed.emit()

    @property
    def selected_notes(self) -> frozenset[Any]:
        """The notes of the current part that are selected (values of `music.Note`)."""
        return self._selected_notes

    @selected_notes.setter
    def selected_notes(self, notes: frozenset[Any]) -> None:
        if notes != self._selected_notes:
            self._selected_notes = frozenset(notes)
            self.selection_changed.emit()

    # --- Playing ----------------------------------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether something is heard: the song, a proposal in its place, or a preview."""
        return self.player is not None and self.player.playing

    @property
    def position(self) -> int:
        """The tick that is heard now, or from which playing goes on."""
        return self.player.position if self.player is not None else 0

    @property
    def recording(self) -> bool:
        """Whether what is played is written into the current part."""
        return self._recording

    @recording.setter
    def recording(self, on: bool) -> None:
        if on != self._recording:
            self._recording = on
            self.recording_changed.emit(on)

    def levels(self) -> Levels:
        """All meters for what is heard now."""
        found: Levels | None = self.player.levels() if self.player is not None else None
        return found or Levels()

    def attach(self, player: Any, hosts: Hosts | None = None) -> None:
        """Give the session the player, and the hosts of instruments and plugins, which come after the window."""
        self.player, self.hosts = player, hosts
        player.set_song(self.song)
        self.player_changed.emit()

    def play(self, tick: int | None = None) -> None:
        if self.player is None:
            self.problem.emit(self.tr("The sound is still being set up: press play again in a moment."))
            return
        self._end_preview()
        self.player.play(tick)
        self._clock.start()
        self.playing_changed.emit(True)

    def pause(self) -> None:
        if self.player is not None:
            self.player.pause()
        self._rest()

    def stop(self) -> None:
        if self.player is not None:
            self.player.stop()
        self._rest()

    def play_or_pause(self) -> None:
        self.pause() if self.playing else self.play()

    def seek(self, tick: int) -> None:
        if self.player is not None:
            self.player.seek(max(0, tick))
        self.playhead.emit(max(0, tick))

    def preview(self, what: Song | Audio | None) -> None:
        """Hear another song from its beginning, or audio at PREVIEW_RATE, then be where one was; None ends it.

        Nothing is heard while the song plays.
        """
        if self.player is None or (self.playing and self._before_preview is None):
            return
        if not isinstance(what, Song):
            if self.playing:
                self.pause()
            self.player.hear(what, PREVIEW_RATE)
            return
        if self._before_preview is None:
            self._before_preview = self.position
        self.player.compare(what)
        self.player.play(0)
        self._clock.start()

    def _end_preview(self) -> None:
        """Go back from what was previewed to the song."""
        if self._before_preview is not None:
            before, self._before_preview = self._before_preview, None
            self.player.compare(self.proposals.heard)
            self.player.seek(before)

    def _tick(self) -> None:
        if not self.playing:
            self._rest()
        elif self._before_preview is None:
            self.playhead.emit(self.position)

    def _rest(self) -> None:
        self._end_preview()
        if self._clock.isActive():
            self._clock.stop()
            self.playing_changed.emit(False)
        self.playhead.emit(self.position)

    def close(self) -> None:
        """End everything that runs."""
        self.proposals.cancel()
        self.turns.close()
        self._clock.stop()
        self._let_go()
        self.taste.close()
        self.composing.close()
        self.jobs.close()
        self.room.close()
        player, hosts = self.player, self.hosts
        self.player = self.hosts = None  # views may look once more
        if player is not None:
            player.close()
        if hosts is not None:
            hosts.close()
