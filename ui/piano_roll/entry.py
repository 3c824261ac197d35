"""Playing notes in: the letter keys as a keyboard, and step input from those or from a MIDI keyboard."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication, Qt
from PyQt6.QtGui import QKeyEvent

from cocomposer.music import Note

from .state import RollState

_LETTERS = "AWSEDFTGYHUJKOLP"
"""From C up, white keys on the home row and black ones above it, as every sequencer has it."""
_OFFSETS = {Qt.Key(ord(letter)): offset for offset, letter in enumerate(_LETTERS)}
STEP_CHORD_MS = 60
"""Keys struck within this time are one chord."""


def press(state: RollState, event: QKeyEvent) -> bool:
    """Sound the key that a letter stands for, and write it where step input is on; Z and X shift by an octave."""
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
        played(state, pitch, 112 if loud else state.velocity)
    return True


def release(state: RollState, event: QKeyEvent) -> bool:
    key = Qt.Key(event.key())
    if not state.typing or key not in _OFFSETS:
        return False
    player = state.session.player
    if not event.isAutoRepeat():
        pitch = state.held.pop(key, None)
        if player is not None and pitch is not None:
            player.note_off(state.part_index, pitch)
    return True


def played(state: RollState, pitch: int, velocity: int) -> None:
    """A key was struck, on the letters or on a MIDI keyboard: sound it, and write it where step input is on."""
    player = state.session.player
    if player is not None:
        player.note_on(state.part_index, pitch, velocity)
    write_step(state, pitch, velocity)


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
