"""The roll by keyboard alone, and the same things as a menu: walk, make, move, transpose, quantise, copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtCore import QCoreApplication, QObject, Qt
from PyQt6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence

from cocomposer.music import Key, Note
from cocomposer.studio import editing

from . import entry
from .clipboard import notes_from, notes_mime
from .gestures import SHORTEST
from .state import RollState, Tool

_TOOLS = {Qt.Key.Key_1: Tool.DRAW, Qt.Key.Key_2: Tool.SELECT, Qt.Key.Key_3: Tool.SPLIT, Qt.Key.Key_4: Tool.ERASE}
_SEQUENCES = QKeySequence.StandardKey


def translated(text: str) -> str:
    """A text of the roll in the language of the window."""
    return QCoreApplication.translate("PianoRoll", text)


def press(state: RollState, event: QKeyEvent) -> bool:
    """Do what a key stands for; False where it stands for nothing here."""
    if state.part is None:
        return False
    if entry.press(state, event):
        return True
    for sequence, action in _STANDARD.items():
        if event.matches(sequence):
            action(state)
            return True
    keys = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key = Qt.Key(event.key())
    plain = keys == Qt.KeyboardModifier.NoModifier
    if key in _ARROWS:
        across, up = _ARROWS[key]
        return _vertical(state, up, keys) if up else _horizontal(state, across, keys)
    if keys == Qt.KeyboardModifier.ControlModifier and key == Qt.Key.Key_D:
        duplicate(state)
    elif plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        make_note(state)
    elif plain and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        delete(state)
    elif plain and key == Qt.Key.Key_Escape and state.selected:
        state.session.selected_notes = frozenset()
    elif plain and key == Qt.Key.Key_Q:
        quantise(state)
    elif plain and key in _TOOLS:
        state.set(tool=_TOOLS[key])
    else:
        return False
    return True


def release(state: RollState, event: QKeyEvent) -> bool:
    return entry.release(state, event)


_ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1),
}  # fmt: skip


def _vertical(state: RollState, up: int, keys: Qt.KeyboardModifier) -> bool:
    """Transpose what is selected, by a semitone, with Shift an octave, with Alt a degree; else move the cursor."""
    octave, degree = bool(keys & Qt.KeyboardModifier.ShiftModifier), bool(keys & Qt.KeyboardModifier.AltModifier)
    if state.selected:
        if degree:
            transpose_degrees(state, up)
        else:
            transpose(state, up * (12 if octave else 1))
        return True
    tick, pitch = state.cursor
    pitch = state.rows.neighbour(pitch, -up * (12 if octave else 1))
    _put_cursor(state, tick, pitch)
    return True


def _horizontal(state: RollState, across: int, keys: Qt.KeyboardModifier) -> bool:
    """To the next note; with Shift move what is selected by a step, with Alt make it longer or shorter."""
    if state.selected and keys & Qt.KeyboardModifier.ShiftModifier:
        nudge(state, across)
    elif state.selected and keys & Qt.KeyboardModifier.AltModifier:
        lengthen(state, across)
    elif keys & ~Qt.KeyboardModifier.ShiftModifier:
        return False
    elif state.selected:
        walk(state, across)
    else:
        tick, pitch = state.cursor
        step = state.timeline.step(tick) if across > 0 else state.timeline.step(max(0, tick - 1))
        _put_cursor(state, max(0, tick + across * max(step, SHORTEST)), pitch)
    return True


def _put_cursor(state: RollState, tick: int, pitch: int) -> None:
    state.timeline.show(tick)
    state.rows.show_pitch(pitch)
    state.set(cursor=(tick, pitch))


def walk(state: RollState, by: int) -> None:
    """Select the note after (before) the selected ones, and hear it."""
    notes = state.notes
    places = [notes.index(note) for note in state.selected]
    place = max(0, min((max(places) if by > 0 else min(places)) + by, len(notes) - 1))
    _select(state, notes[place])


def _select(state: RollState, note: Note) -> None:
    state.session.selected_notes = frozenset({note})
    state.hear(note)
    _put_cursor(state, note.start, note.pitch)


def make_note(state: RollState) -> None:
    """A note at the cursor, which goes on behind it."""
    tick, pitch = state.cursor
    note = Note(tick, state.in_scale(pitch), state.note_length(tick), state.velocity)
    state.hear(note)
    state.commit(translated("Add note"), (), (note,), select=False)
    state.session.selected_notes = frozenset()
    _put_cursor(state, note.end, pitch)


def delete(state: RollState) -> None:
    state.commit(translated("Delete notes"), _chosen(state), ())


def transpose(state: RollState, semitones: int) -> None:
    """Move the selected notes, as far as all of them stay within the range of MIDI."""
    notes = _chosen(state)
    if notes and all(0 <= note.pitch + semitones <= 127 for note in notes):
        moved = [replace(note, pitch=note.pitch + semitones) for note in notes]
        _change(state, translated("Transpose"), notes, moved, "transpose")
        state.hear(moved[0])


def transpose_degrees(state: RollState, steps: int) -> None:
    """Move the selected notes along the scale of the key."""
    key = state.key or Key()
    notes = _chosen(state)
    moved = [replace(note, pitch=key.step(note.pitch, steps)) for note in notes]
    _change(state, translated("Transpose in the scale"), notes, moved, "transpose in the scale")
    if moved:
        state.hear(moved[0])


def nudge(state: RollState, steps: int) -> None:
    """Move the selected notes by steps of the grid."""
    notes = _chosen(state)
    if notes:
        by = max(steps * max(state.timeline.step(notes[0].start), SHORTEST), -notes[0].start)
        moved = [replace(note, start=note.start + by) for note in notes]
        _change(state, translated("Move notes"), notes, moved, "nudge")


def lengthen(state: RollState, steps: int) -> None:
    """Make the selected notes longer or shorter by steps of the grid."""
    notes = _chosen(state)
    if notes:
        by = steps * max(state.timeline.step(notes[0].start), SHORTEST)
        longer = [replace(note, duration=max(SHORTEST, note.duration + by)) for note in notes]
        _change(state, translated("Resize notes"), notes, longer, "lengthen")


def quantise(state: RollState) -> None:
    """Draw the selected notes, or all of them, to the grid."""
    notes = _chosen(state) or list(state.notes)
    grid = state.timeline.step(notes[0].start) if notes else 1
    if grid > 1 and state.part is not None:
        song = editing.quantise(state.session.song, state.part_index, notes, grid, state.strength)
        before = set(state.notes)
        state.session.edit(translated("Quantise"), song)
        state.session.selected_notes = frozenset(state.notes) - before | state.selected


def split(state: RollState, note: Note, tick: int) -> None:
    """Cut a note in two; beside its middle where the grid has no line inside it."""
    if not note.start < tick < note.end:
        tick = note.start + note.duration // 2
    if note.duration >= 2:
        song = editing.split_notes(state.session.song, state.part_index, (note,), tick)
        state.session.edit(translated("Split note"), song)
        state.session.selected_notes = frozenset(each for each in state.notes if each.start == tick)


def copy(state: RollState) -> None:
    board = QGuiApplication.clipboard()
    if board is not None and state.selected:
        board.setMimeData(notes_mime(_chosen(state)))


def cut(state: RollState) -> None:
    copy(state)
    state.commit(translated("Cut notes"), _chosen(state), ())


def paste(state: RollState) -> None:
    """Put the notes of the clipboard at the cursor, which goes on behind them."""
    board = QGuiApplication.clipboard()
    notes = notes_from(board.mimeData() if board is not None else None, state.cursor[0])
    if notes:
        state.commit(translated("Paste notes"), (), notes)
        end = max(note.end for note in notes)
        state.set(cursor=(_line_after(state, end), state.cursor[1]))


def duplicate(state: RollState) -> None:
    """The selected notes once more right behind themselves, from the next line of the grid."""
    notes = _chosen(state)
    if notes:
        by = _line_after(state, max(note.end for note in notes)) - state.timeline.floor(notes[0].start)
        copies = [replace(note, start=note.start + by) for note in notes]
        state.commit(translated("Duplicate notes"), (), copies)
        state.timeline.show(copies[0].start)


def select_all(state: RollState) -> None:
    state.session.selected_notes = frozenset(state.notes)


def menu_actions(state: RollState, parent: QObject) -> list[QAction]:
    """What can be done with the selected notes, for a menu."""
    has = bool(state.selected)
    rows: tuple[tuple[str, str, Callable[[RollState], None], bool], ...] = (
        (translated("Cut"), "Ctrl+X", cut, has),
        (translated("Copy"), "Ctrl+C", copy, has),
        (translated("Paste"), "Ctrl+V", paste, True),
        (translated("Duplicate"), "Ctrl+D", duplicate, has),
        (translated("Delete"), "Del", delete, has),
        (translated("Select all"), "Ctrl+A", select_all, bool(state.notes)),
        (translated("Quantise"), "Q", quantise, bool(state.notes)),
        (translated("An octave up"), "Shift+Up", lambda each: transpose(each, 12), has),
        (translated("An octave down"), "Shift+Down", lambda each: transpose(each, -12), has),
    )
    actions = []
    for text, keys, does, enabled in rows:
        action = QAction(text, parent)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setEnabled(enabled)
        action.triggered.connect(lambda _=False, does=does: does(state))
        actions.append(action)
    return actions


_STANDARD = {
    _SEQUENCES.Copy: copy,
    _SEQUENCES.Cut: cut,
    _SEQUENCES.Paste: paste,
    _SEQUENCES.SelectAll: select_all,
}


def _chosen(state: RollState) -> list[Note]:
    """The selected notes, sorted."""
    return sorted(state.selected)


def _change(state: RollState, label: str, old: list[Note], new: list[Note], merge: str) -> None:
    """An edit that becomes one undo step with those like it right before."""
    state.commit(label, old, new, merge=f"{merge} {state.part_index}")
    if new:
        state.rows.show_pitch(new[0].pitch)


def _line_after(state: RollState, tick: int) -> int:
    """The grid line at or after a tick."""
    line = state.timeline.floor(tick)
    return line if line == tick else line + state.timeline.step(tick)
