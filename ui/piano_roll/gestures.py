"""What a drag in the roll does to the notes, apart from how it is drawn: each gesture turns moves into a Preview.

A gesture begins where the button goes down, follows the pointer with `move`, and is made an edit by `finish`; until
then the song is untouched, so a drag is one undo step and Escape forgets it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from cocomposer.music import Note

from ..note_table import table_of
from .state import NOTHING, Preview, RollState

CONTEXT = "PianoRoll"
_DUPLICATE, _MOVE = QT_TRANSLATE_NOOP(CONTEXT, "Duplicate notes"), QT_TRANSLATE_NOOP(CONTEXT, "Move notes")
SHORTEST = 15
"""Ticks that a note keeps when its end is dragged: a 1/128."""


class Gesture:
    """A drag under way.  `free` in `move` is Ctrl or Alt held: without the grid."""

    label = ""

    def __init__(self, state: RollState) -> None:
        self.state = state

    def move(self, tick: int, pitch: int, *, free: bool = False) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        """Make the edit."""
        preview = self.state.preview
        self.state.commit(QCoreApplication.translate(CONTEXT, self.label), preview.removed, preview.added)

    def cancel(self) -> None:
        self.state.set(preview=NOTHING)

    def snapped(self, tick: int, free: bool) -> int:
        return max(0, tick) if free else self.state.timeline.snap(max(0, tick))


class Draw(Gesture):
    """A new note: it begins on the grid, and dragging makes it longer."""

    label = QT_TRANSLATE_NOOP(CONTEXT, "Draw note")

    def __init__(self, state: RollState, tick: int, pitch: int) -> None:
        super().__init__(state)
        start = state.timeline.floor(tick)
        self.note = Note(start, state.in_scale(pitch), state.note_length(start), state.velocity)
        self.pressed = tick
        self.dragged = False
        state.set(preview=Preview(frozenset(), (self.note,)))
        state.hear(self.note)

    def move(self, tick: int, pitch: int, *, free: bool = False) -> None:
        step = self.state.timeline.step(self.note.start)
        self.dragged = self.dragged or abs(tick - self.pressed) > step // 2
        if self.dragged:
            end = self.snapped(tick, free)
            least = SHORTEST if free else max(SHORTEST, step)
            self.note = replace(self.note, duration=max(least, end - self.note.start))
        in_scale = self.state.in_scale(pitch)
        if in_scale != self.note.pitch:
            self.note = replace(self.note, pitch=in_scale)
            self.state.hear(self.note)
        self.state.set(preview=Preview(frozenset(), (self.note,)))

    def finish(self) -> None:
        self.state.length = self.note.duration
        super().finish()


class Move(Gesture):
    """The selected notes, or copies of them, go where the one that was taken hold of is dragged."""

    def __init__(self, state: RollState, tick: int, held: Note, notes: Iterable[Note], copy: bool = False) -> None:
        super().__init__(state)
        self.label = _DUPLICATE if copy else _MOVE
        self.held, self.notes, self.copy = held, tuple(sorted(notes)), copy
        self.grip = tick - held.start
        self.moved = False
        self.sounding = held.pitch

    def move(self, tick: int, pitch: int, *, free: bool = False) -> None:
        start = self.snapped(tick - self.grip, free) if abs(tick - self.grip - self.held.start) > 4 else self.held.start
        ahead = max(start - self.held.start, -self.notes[0].start)
        up = pitch - self.held.pitch
        highest, lowest = max(each.pitch for each in self.notes), min(each.pitch for each in self.notes)
        up = max(-lowest, min(up, 127 - highest))
        self.moved = self.moved or bool(ahead or up)
        if not self.moved:
            return
        settle = self.state.in_scale if up else lambda same: same
        added = tuple(replace(each, start=each.start + ahead, pitch=settle(each.pitch + up)) for each in self.notes)
        self.state.set(preview=Preview(frozenset() if self.copy else frozenset(self.notes), added))
        if self.held.pitch + up != self.sounding:
            self.sounding = self.held.pitch + up
            self.state.hear(replace(self.held, pitch=self.sounding))

    def finish(self) -> None:
        if self.moved:
            super().finish()
        else:
            self.cancel()


class Resize(Gesture):
    """The starts or the ends of the selected notes follow the edge that is dragged."""

    label = QT_TRANSLATE_NOOP(CONTEXT, "Resize notes")

    def __init__(self, state: RollState, held: Note, notes: Iterable[Note], at_start: bool) -> None:
        super().__init__(state)
        self.held, self.notes, self.at_start = held, tuple(notes), at_start

    def move(self, tick: int, pitch: int, *, free: bool = False) -> None:
        target = self.snapped(tick, free)
        if self.at_start:
            by = target - self.held.start
            added = tuple(self._from(each, each.start + by) for each in self.notes)
        else:
            by = target - self.held.end
            added = tuple(replace(each, duration=max(SHORTEST, each.duration + by)) for each in self.notes)
        self.state.set(preview=Preview(frozenset(self.notes), added))

    def finish(self) -> None:
        added = self.state.preview.added
        if added:
            self.state.length = added[0].duration if len(added) == 1 else self.state.length
            super().finish()

    @staticmethod
    def _from(note: Note, start: int) -> Note:
        start = max(0, min(start, note.end - SHORTEST)) if note.duration > SHORTEST else note.start
        return replace(note, start=start, duration=note.end - start)


class Erase(Gesture):
    """Every note that the pointer passes over goes."""

    label = QT_TRANSLATE_NOOP(CONTEXT, "Erase notes")

    def move(self, tick: int, pitch: int, *, free: bool = False) -> None:
        note = table_of(self.state.notes).at(tick, pitch)
        if note is not None:
            self.state.set(preview=Preview(self.state.preview.removed | {note}))


class RubberBand(Gesture):
    """A rectangle that selects what it touches, in addition to what was selected where `more` is wanted."""

    def __init__(self, state: RollState, tick: int, pitch: int, more: bool) -> None:
        super().__init__(state)
        self.corner = self.other = (tick, pitch)
        self.before = state.selected if more else frozenset()
        state.session.selected_notes = self.before

    @property
    def box(self) -> tuple[int, int, int, int]:
        """First and last tick, lowest and highest pitch."""
        (tick, pitch), (other_tick, other_pitch) = self.corner, self.other
        return min(tick, other_tick), max(tick, other_tick), min(pitch, other_pitch), max(pitch, other_pitch)

    def move(self, tick: int, pitch: int, *, free: bool = False) -> None:
        self.other = (tick, pitch)
        inside = frozenset(table_of(self.state.notes).within(*self.box))
        self.state.session.selected_notes = self.before | inside
        self.state.changed.emit()

    def finish(self) -> None:
        self.state.changed.emit()

    def cancel(self) -> None:
        self.state.session.selected_notes = self.before
        self.state.changed.emit()
