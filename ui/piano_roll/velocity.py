"""The lane of the velocities under the notes: drag one, or draw over many, with Shift in a straight line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PyQt6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PyQt6.QtWidgets import QWidget

from cocomposer.music import Note, Role

from ..canvas import TimeCanvas
from ..note_table import NoteTable, Places, draw_rectangles, table_of
from ..theme import colour, role_colour
from .state import NOTHING, Preview, RollState

HEIGHT, MARGIN = 72, 8
REACH = 5.0
"""Pixels beside a stem within which it is meant."""
STEP = 5
MANY = 2_000
"""From this many stems in sight on those that hide each other are drawn once."""


class VelocityLane(TimeCanvas):
    """A stem for each note, as high as it is loud."""

    def __init__(self, state: RollState, parent: QWidget | None = None) -> None:
        super().__init__(state.session, state.timeline, parent)
        self.state = state
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._painted: dict[Note, int] = {}
        self._line = False
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(self.tr("Velocities"))
        self.setAccessibleDescription(
            self.tr("Drag over the stems to make notes louder or softer. Up and down arrow change the selected ones.")
        )
        state.changed.connect(self.update)
        state.session.changed.connect(self.update)
        state.session.selection_changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(900, HEIGHT)

    # --- drawing ---------------------------------------------------------------------------------

    def paint(self, painter: QPainter, area: QRect) -> None:
        painter.fillRect(area, colour("well"))
        self.draw_lines(painter, area, 0, HEIGHT)
        painter.fillRect(QRectF(area.left(), 0, area.width(), 1), colour("line"))
        painter.fillRect(QRectF(area.left(), self._y(64), area.width(), 1), colour("beat"))
        state, part = self.state, self.state.part
        base = role_colour(part.role if part is not None else Role.OTHER)
        table = table_of(state.notes)
        places = table.sounding(self.timeline.tick(area.left() - REACH), self.timeline.tick(area.right() + REACH))
        hidden, selected = state.preview.removed, state.selected
        faint = table.marked(hidden)[places]
        bright = table.marked(selected)[places] & ~faint
        self._stems(painter, table, places[~faint & ~bright], base)
        self._stems(painter, table, places[bright], colour("text"))
        if state.preview.added:
            changed = NoteTable(tuple(sorted(state.preview.added)))
            self._stems(painter, changed, np.arange(len(changed.notes)), colour("accent"))
        if self._pressed is not None and self._line:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colour("accent"), 1.5))
            painter.drawLine(self._pressed, self._last)

    def _stems(self, painter: QPainter, table: NoteTable, places: Places, tint: QColor) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        left = np.floor((table.starts[places] - self.timeline.first) * self.timeline.scale)
        high = table.velocities[places] / 127 * (HEIGHT - 2 * MARGIN)
        if len(left) > MANY:  # of those in one column of pixels only the highest is seen
            columns, where = np.unique(left, return_inverse=True)
            highest = np.zeros(len(columns))
            np.maximum.at(highest, where, high)
            left, high = columns, highest
        top = HEIGHT - MARGIN - high
        draw_rectangles(painter, left, top, np.full(len(left), 2.0), high)
        draw_rectangles(painter, left - 1.5, top - 2, np.full(len(left), 5.0), 4.0)

    def _y(self, velocity: int) -> float:
        return HEIGHT - MARGIN - velocity / 127 * (HEIGHT - 2 * MARGIN)

    def _velocity(self, y: float) -> int:
        return max(1, min(127, round((HEIGHT - MARGIN - y) / (HEIGHT - 2 * MARGIN) * 127)))

    # --- under the hand --------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is None or event.button() != Qt.MouseButton.LeftButton or self.state.part is None:
            return
        self._pressed = self._last = event.position()
        self._painted = {}
        self._line = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._paint_over(event.position(), event.position())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is None or self._pressed is None:
            return
        if self._line:
            self._painted = {}
            self._paint_over(self._pressed, event.position())
        else:
            self._paint_over(self._last, event.position())
        self._last = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if self._pressed is not None:
            self._pressed = None
            preview = self.state.preview
            kept = self.state.selected
            changed = dict(zip(sorted(preview.removed), preview.added, strict=True))
            self.state.commit(self.tr("Change velocity"), preview.removed, preview.added, select=False)
            self.state.session.selected_notes = frozenset(changed.get(note, note) for note in kept)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        if event is None:
            return
        by = {Qt.Key.Key_Up: STEP, Qt.Key.Key_Down: -STEP}.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self._pressed is not None:
            self._pressed = None
            self.state.set(preview=NOTHING)
        elif by is None or not self.state.selected:
            super().keyPressEvent(event)
        else:
            notes = sorted(self.state.selected)
            louder = [replace(note, velocity=max(1, min(127, note.velocity + by))) for note in notes]
            self.state.commit(self.tr("Change velocity"), notes, louder, merge=f"velocity {self.state.part_index}")

    def _paint_over(self, one: QPointF, other: QPointF) -> None:
        """Give the stems between two points the height of the line between them.

        Where notes are selected only those are touched; of a chord so all its notes, or the selected ones.
        """
        left, right = (one, other) if one.x() <= other.x() else (other, one)
        first, last = self.timeline.tick(left.x() - REACH), self.timeline.tick(right.x() + REACH)
        table, selected = table_of(self.state.notes), self.state.selected
        for note in table.within(first, last + 1, 0, 127):
            if not first <= note.start <= last or (selected and note not in selected):
                continue
            x = self.timeline.x(note.start)
            share = (x - left.x()) / (right.x() - left.x()) if right.x() > left.x() else 1.0
            y = left.y() + max(0.0, min(1.0, share)) * (right.y() - left.y())
            self._painted[note] = self._velocity(y)
        ordered = sorted(self._painted)
        added = tuple(replace(note, velocity=self._painted[note]) for note in ordered)
        self.state.set(preview=Preview(frozenset(ordered), added))
