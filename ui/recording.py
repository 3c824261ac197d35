"""Playing in: MIDI keyboards that sound the current part, and what is played while recording becomes notes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from cocomposer.errors import SoundError

from .session import Session

if TYPE_CHECKING:
    from cocomposer.sound.playback.midi_input import Key, MidiInput
    from cocomposer.sound.playback.recording import Recorder


class Keyboards(QObject):
    """The MIDI inputs that the settings name (none named: all there are), opened in the background."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._wanted: tuple[str, ...] = ()
        self._inputs: list[MidiInput] = []
        session.settings_changed.connect(self._follow)

    def open(self) -> None:
        """Listen to the inputs; one that is named and cannot be opened is told of and left out."""
        self._wanted = wanted = self._session.settings.midi_inputs
        before, self._inputs = self._inputs, []
        played = self._played

        def work(*_: Callable[..., object]) -> tuple[list[MidiInput], list[str]]:
            from cocomposer.sound.playback.midi_input import MidiInput, midi_inputs

            for each in before:
                each.close()
            opened, problems = [], []
            for name in wanted or midi_inputs():
                try:
                    opened.append(MidiInput(name, played))
                except SoundError as error:
                    problems.append(str(error))
            return opened, problems

        def done(result: tuple[list[MidiInput], list[str]]) -> None:
            self._inputs += result[0]
            if wanted:
                for problem in result[1]:
                    self._session.problem.emit(problem)

        self._session.jobs.run(work, on_done=done)

    def close(self) -> None:
        for each in self._inputs:
            each.close()
        self._inputs = []

    def _follow(self) -> None:
        if self._session.settings.midi_inputs != self._wanted:
            self.open()

    def _played(self, key: Key) -> None:
        """A key moved, on a thread of the driver's: sound it there, and tell of it in the window's own time."""
        player, part = self._session.player, self._session.current_part
        if player is not None:
            if key.velocity:
                player.note_on(part, key.pitch, key.velocity)
            else:
                player.note_off(part, key.pitch)
        self._session.deliver(lambda: self._session.key_played.emit(key))


class Recording(QObject):
    """Writes down what is played while the session records, whoever plays it."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._recorder: Recorder | None = None
        self._began = 0
        self._part = 0
        session.key_played.connect(self._take)
        session.recording_changed.connect(self._record)
        session.playing_changed.connect(lambda playing: None if playing else self._stop())

    def _take(self, key: Key) -> None:
        player = self._session.player
        if self._recorder is None or player is None:
            return
        tick = player.tick_heard(key.at)
        if tick is None:
            return
        if key.velocity:
            self._recorder.strike(tick, key.pitch, key.velocity)
        else:
            self._recorder.release(tick, key.pitch, player.loop)

    def _record(self, on: bool) -> None:
        if not on:
            self._stop()
        elif self._recorder is None:
            from cocomposer.sound.playback.recording import Recorder

            self._began, self._part = self._session.position, self._session.current_part
            self._recorder = Recorder(self._began)

    def _stop(self) -> None:
        """End the recording; what was played becomes notes, as one undo step."""
        recorder, self._recorder = self._recorder, None
        session = self._session
        session.recording = False
        if recorder is None or session.player is None or not session.song.parts:
            return
        from cocomposer.sound.playback.recording import with_recording

        end = max(self._began + 1, session.position)
        notes = recorder.finish(end, session.player.loop)
        if notes:
            parts = list(session.song.parts)
            place = min(self._part, len(parts) - 1)
            parts[place] = with_recording(parts[place], notes, (self._began, end), overdub=True)
            session.edit(self.tr("Record"), replace(session.song, parts=tuple(parts)))
