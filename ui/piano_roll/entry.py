"""Playing notes in: the letter keys as a keyboard, and step input from those or from a MIDI keyboard."""

from __future__ import annotations

import time

from PyQt6.QtCore import QCoreApplication, Qt
from PyQt6.QtGui import QKeyEvent

from cocomposer.music import Note
from cocomposer.sound.playback.midi_input import Key

from .state import RollState

_LETTERS = "AWSEDFTGYHUJKOLP"
"""From C up, white keys on the home row and black ones above it, as every sequencer has it."""
_OFFSETS = {Qt.Key(ord(letter)): offset for offset, letter in enumerate(_LETTERS)}
STEP_CHORD_MS = 60
"""Keys struck within this time are one chord."""


def press(state: RollState, event: QKeyEvent) -> bool:
    """Play the key that a letter stands for; Z and X shift by an octave."""
    if not state.typing or event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
        return False
    key = Qt.Key(event.key())
    if event.isAutoRepeat():
        return key in _OFFSETS
    tick, at = state.cursor
    if key in (Qt.Key.Key_Z, Qt.Key.Key_X):
        moved = at + (12 if key == Qt.Key.Key_X else -12)
        state.set(cursor=(tick, moved if 0 <= moved <= 127 else at))
        return True
    if key not in _OFFSETS:
        return False
    pitch = at // 12 * 12 + _OFFSETS[key]
    if pitch <= 127:
        state.held[key] = pitch
        loud = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        _play(state, pitch, 112 if loud else state.velocity)
    return True


def release(state: RollState, event: QKeyEvent) -> bool:
    key = Qt.Key(event.key())
    if not state.typing or key not in _OFFSETS:
        return False
    if not event.isAutoRepeat():
        pitch = state.held.pop(key, None)
        if pitch is not None:
            _play(state, pitch, 0)
    return True


def _play(state: RollState, pitch: int, velocity: int) -> None:
    """Strike a key, or let it go (0): it sounds, and who records or writes steps hears of it."""
    player = state.session.player
    if player is not None and velocity:
        player.note_on(state.part_index, pitch, velocity)
    elif player is not None:
        player.note_off(state.part_index, pitch)
    state.session.key_played.emit(Key(time.monotonic(), pitch, velocity))


def write_step(state: RollState, pitch: int, velocity: int) -> None:
    """Where step input is on, a note at the cursor, which goes on by one step; what comes at once makes a chord."""
    if not state.step_input or state.part is None:
        return
    tick, at = state.cursor
    begun = state.step_begun
    chord = begun is not None and begun.elapsed() < STEP_CHORD_MS
    start = state.step_start if chord else tick
    note = Note(start, pitch, state.note_length(start), velocity)
    label = QCoreApplication.translate("PianoRoll", "Step input")
    state.commit(label, (), (note,), merge=f"step {start}" if chord else "", select=False)
    if not chord:
        state.step_start = start
        state.begin_step()
    state.timeline.show(note.end)
    state.set(cursor=(note.end, at))
