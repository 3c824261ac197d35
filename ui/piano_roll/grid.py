"""The lane of the notes: draws them and turns mouse and keys into gestures."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QRect, QSize, Qt
from PyQt6.QtGui import QCursor, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PyQt6.QtWidgets import QMenu, QWidget

from cocomposer.music import TICKS_PER_QUARTER, Key, Note, Role

from ..auditioned import auditioned_part
from ..canvas import TimeCanvas
from ..note_table import table_of
from ..theme import role_colour
from . import keys
from .gestures import Draw, Erase, Gesture, Move, Resize, RubberBand
from .painting import RollPainter
from .state import RollState, Tool

EDGE = 6.0
"""Pixels at either end of a note by which it is made longer or shorter."""


class NoteGrid(TimeCanvas):
    """The notes of the current part over their rows."""

    def __init__(self, state: RollState, parent: QWidget | None = None) -> None:
        super().__init__(state.session, state.timeline, parent)
        self.state = state
        self.gesture: Gesture | None = None
        self.setMouseTracking(True)
        self.setMinimumSize(200, 120)
        self.setAccessibleName(self.tr("Notes"))
        self._describe()
        state.changed.connect(self._follow)
        state.rows.moved.connect(self.update)
        state.session.changed.connect(self.update)
        state.session.selection_changed.connect(self._follow)
        state.session.proposals.heard_changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(900, 320)

    # --- drawing ---------------------------------------------------------------------------------

    def paint(self, painter: QPainter, area: QRect) -> None:
        state, part = self.state, self.state.part
        drawing = RollPainter(painter, self.timeline, state.rows, area)
        drawing.ground(state.key)
        self.draw_lines(painter, area, area.top(), area.bottom() + 1)
        self.draw_loop(painter)
        role = part.role if part is not None else Role.OTHER
        if state.ghosts and not state.rows.drums:
            for index, other in enumerate(self.session.song.parts):
                if index != state.part_index and not other.is_drums and other.notes:
                    drawing.ghosts(other.notes, other.role)
        coming, going = self._proposed(drawing.first, drawing.last)
        tint, hidden = role_colour(role), state.preview.removed
        hidden = hidden | going if going else hidden
        if state.by_author:
            drawing.notes_by_author(table_of(state.notes), hidden, state.selected)
        else:
            drawing.notes(table_of(state.notes), tint, hidden, state.selected)
        drawing.faded(sorted(going), tint)
        drawing.boxes(state.preview.added, tint, selected=True)
        drawing.outlines(coming)
        if isinstance(self.gesture, RubberBand):
            drawing.band(*self.gesture.box)
        elif self.hasFocus() and not state.selected and self.gesture is None:
            tick, pitch = state.cursor
            drawing.cursor(tick, state.note_length(tick), pitch)

    def _proposed(self, first: int, last: int) -> tuple[list[Note], frozenset[Note]]:
        """What the auditioned proposal would have this part play between two ticks and does not, and the reverse."""
        part = self.state.part
        theirs = auditioned_part(self.session, part) if part is not None else None
        if part is None or theirs is None:
            return [], frozenset()
        present = {_sound(note): note for note in table_of(part.notes).within(first, last, 0, 127)}
        proposed = {_sound(note): note for note in table_of(theirs.notes).within(first, last, 0, 127)}
        coming = [note for sound, note in proposed.items() if sound not in present]
        return coming, frozenset(note for sound, note in present.items() if sound not in proposed)

    def _describe(self) -> None:
        """Say what is selected, for those who hear the window rather than see it; else how it is worked."""
        chosen = self.state.selected
        if len(chosen) == 1:
            note = next(iter(chosen))
            meters = self.timeline.song.meters
            bar = meters.bar_at(note.start)
            beat = (note.start - meters.bar_start(bar)) / TICKS_PER_QUARTER + 1
            name = (self.state.key or Key()).name_of(note.pitch) + str(note.pitch // 12 - 1)
            where = self.tr("{name}, bar {bar}, beat {beat}, velocity {velocity}")
            told = where.format(name=name, bar=bar + 1, beat=f"{beat:g}", velocity=note.velocity)
        elif chosen:
            told = self.tr("{count} notes are selected").format(count=len(chosen))
        else:
            told = self.tr(
                "Arrow keys move the cursor, Enter makes a note, Delete removes the selected ones. "
                "With notes selected, left and right go to the next note, up and down transpose."
            )
        self.setAccessibleDescription(told)

    def _follow(self) -> None:
        self._describe()
        self._show_cursor(self.mapFromGlobal(QCursor.pos()))
        self.update()

    # --- the mouse -------------------------------------------------------------------------------

    def place(self, at: QPoint) -> tuple[int, int]:
        """Tick and pitch under a point."""
        return self.timeline.tick(at.x()), self.state.rows.pitch(at.y())

    def note_at(self, at: QPoint) -> Note | None:
        return table_of(self.state.notes).at(*self.place(at))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is None or self.gesture is not None or self.state.part is None:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        at = event.position().toPoint()
        if event.button() == Qt.MouseButton.RightButton:
            self._press_right(at, event.globalPosition().toPoint())
        elif event.button() == Qt.MouseButton.LeftButton:
            self._press(at, event.modifiers())
        self.update()

    def _press(self, at: QPoint, held: Qt.KeyboardModifier) -> None:
        state, (tick, pitch) = self.state, self.place(at)
        note = self.note_at(at)
        state.cursor = (self.timeline.floor(tick), pitch)
        shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
        if state.tool is Tool.ERASE:
            self.gesture = Erase(state)
            self.gesture.move(tick, pitch)
        elif note is None:
            band = state.tool is not Tool.DRAW or held & Qt.KeyboardModifier.ControlModifier or shift
            if state.tool is Tool.SPLIT:
                return
            if not band:
                state.session.selected_notes = frozenset()
            self.gesture = RubberBand(state, tick, pitch, more=shift) if band else Draw(state, tick, pitch)
        elif state.tool is Tool.SPLIT:
            keys.split(state, note, self.timeline.snap(tick))
        elif shift:
            state.session.selected_notes = state.selected ^ {note}
        else:
            self._take_hold(note, at, copy=bool(held & Qt.KeyboardModifier.AltModifier))

    def _take_hold(self, note: Note, at: QPoint, copy: bool) -> None:
        state = self.state
        if note not in state.selected:
            state.session.selected_notes = frozenset({note})
        edge = self._edge(note, at.x())
        if edge and not copy:
            self.gesture = Resize(state, note, state.selected, at_start=edge < 0)
        else:
            state.hear(note)
            self.gesture = Move(state, self.timeline.tick(at.x()), note, state.selected, copy)

    def _edge(self, note: Note, x: float) -> int:
        """-1 at the start of a note, 1 at its end, 0 between; a narrow note is all middle but for its end."""
        left, right = self.timeline.x(note.start), self.timeline.x(note.end)
        grip = min(EDGE, (right - left) / 4)
        return 1 if x >= right - grip else -1 if x <= left + grip and right - left > 3 * EDGE else 0

    def _press_right(self, at: QPoint, globally: QPoint) -> None:
        note = self.note_at(at)
        if note is not None and self.state.tool is Tool.DRAW and note not in self.state.selected:
            self.state.commit(self.tr("Erase note"), (note,), ())
            return
        menu = QMenu(self)
        for action in keys.menu_actions(self.state, menu):
            menu.addAction(action)
        menu.popup(globally)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is None:
            return
        at = event.position().toPoint()
        if self.gesture is None:
            self._show_cursor(at)
            return
        self._scroll_at_edge(at)
        free = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        self.gesture.move(*self.place(at), free=free)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if self.gesture is not None:
            gesture, self.gesture = self.gesture, None
            gesture.finish()
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position().toPoint()
        note = self.note_at(at)
        if note is not None and self.state.tool in (Tool.SELECT, Tool.DRAW):
            self.gesture = None
            self.state.commit(self.tr("Erase note"), (note,), ())
        elif self.state.tool is Tool.SELECT and self.state.part is not None:
            self.gesture = Draw(self.state, *self.place(at))

    def _scroll_at_edge(self, at: QPoint) -> None:
        """Go on scrolling while a drag is at the border."""
        beyond_x = min(0, at.x()) + max(0, at.x() - self.width())
        beyond_y = min(0, at.y()) + max(0, at.y() - self.height())
        if beyond_x:
            self.timeline.scroll_by(beyond_x / 2)
        if beyond_y:
            self.scroll_down(beyond_y / 2)

    def _show_cursor(self, at: QPoint) -> None:
        """The pointer says what a press would do."""
        shapes = Qt.CursorShape
        note = self.note_at(at) if self.rect().contains(at) else None
        if self.state.tool is Tool.SPLIT:
            shape = shapes.SplitHCursor if note is not None else shapes.ArrowCursor
        elif self.state.tool is Tool.ERASE or note is None:
            shape = shapes.CrossCursor if self.state.tool is Tool.DRAW else shapes.ArrowCursor
        else:
            shape = shapes.SizeHorCursor if self._edge(note, at.x()) else shapes.OpenHandCursor
        self.setCursor(shape)

    # --- the rest --------------------------------------------------------------------------------

    def scroll_down(self, pixels: float) -> None:
        self.state.rows.scroll_to(self.state.rows.offset + pixels)

    def zoom_rows(self, factor: float, y: float) -> None:
        self.state.rows.zoom(factor, y)

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.state.rows.set_view(self.height())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        if event is None:
            return
        if event.key() == Qt.Key.Key_Escape and self.gesture is not None:
            gesture, self.gesture = self.gesture, None
            gesture.cancel()
        elif not keys.press(self.state, event):
            super().keyPressEvent(event)
        self.update()

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        if event is not None and not keys.release(self.state, event):
            super().keyReleaseEvent(event)


def _sound(note: Note) -> tuple[int, int, int]:
    """What makes a note another one; how loud it is does not."""
    return note.start, note.pitch, note.duration
