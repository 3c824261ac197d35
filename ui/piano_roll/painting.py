"""How the roll looks: rows, ghosts, notes, the proposal that is auditioned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from cocomposer.music import Key, Note, Role

from ..authors import author_colour
from ..note_table import SHADES, NoteTable, Places, blend, draw_notes, table_of, velocity_shades
from ..theme import SMALL, colour, font, readable_on, role_colour
from ..timeline import Timeline
from .rows import Rows

BLACK_KEYS = frozenset({1, 3, 6, 8, 10})
MANY = 500
"""From this many notes in sight on they are drawn as plain bars: rounded corners would not be seen and cost time."""
FEW = 120
"""Up to this many selected notes have an outline as well."""
NAMED_HEIGHT, NAMED_WIDTH = 12.0, 26.0
"""Least size in pixels of a note that has its name written on it."""


class RollPainter:
    """Draws into the lane; made anew for each frame."""

    def __init__(self, painter: QPainter, timeline: Timeline, rows: Rows, area: QRect) -> None:
        self.painter, self.timeline, self.rows, self.area = painter, timeline, rows, area
        self.first, self.last = timeline.tick(area.left()), timeline.tick(area.right() + 1) + 1

    def ground(self, key: Key | None) -> None:
        """The rows: those outside the key, or without one the black keys, lie darker; the tonic is tinted."""
        painter, rows, area = self.painter, self.rows, self.area
        painter.fillRect(area, colour("surface"))
        dark, tonic, line, octave = (
            colour("background", 0.7),
            colour("accent", 0.07),
            colour("line", 0.5),
            colour("bar"),
        )
        for pitch, y in rows.visible(area.top(), area.bottom()):
            row = QRectF(area.left(), y, area.width(), rows.height)
            if rows.drums:
                outside = pitch % 2 == 1
            else:
                outside = pitch % 12 not in key.scale if key is not None else pitch % 12 in BLACK_KEYS
            if outside:
                painter.fillRect(row, dark)
            elif key is not None and pitch % 12 == key.tonic:
                painter.fillRect(row, tonic)
            if rows.height >= 7 or pitch % 12 == 0:
                base = QRectF(area.left(), y + rows.height - 1, area.width(), 1)
                painter.fillRect(base, octave if pitch % 12 == 0 and not rows.drums else line)

    def ghosts(self, notes: tuple[Note, ...], role: Role) -> None:
        """Notes of another part, faint, in its colour."""
        table = table_of(notes)
        places = self._in_sight(table)
        self._bars(table, places, (role_colour(role, 0.2),), inset=2.0 if self.rows.height > 8 else 0.0)

    def notes(self, table: NoteTable, tint: QColor, hidden: frozenset[Note], selected: frozenset[Note]) -> None:
        """The part's own notes; the selected ones stand out."""
        self._own(table, self._in_sight(table), tint, hidden, selected)

    def notes_by_author(self, table: NoteTable, hidden: frozenset[Note], selected: frozenset[Note]) -> None:
        """The part's own notes in the colours of those who wrote them."""
        places = self._in_sight(table)
        authors = table.authors[places]
        for kind in np.unique(authors):
            self._own(table, places[authors == kind], author_colour(int(kind)), hidden, selected)

    def _own(
        self, table: NoteTable, places: Places, tint: QColor, hidden: frozenset[Note], selected: frozenset[Note]
    ) -> None:
        if hidden:
            places = places[~table.marked(hidden)[places]]
        marked = table.marked(selected)[places]
        plain, bright = places[~marked], places[marked]
        shades = velocity_shades(tint, colour("background"))
        if len(places) > MANY or self.rows.height < 7:
            self._bars(table, plain, shades)
            self._bars(table, bright, (colour("text"),))
            return
        self.boxes([table.notes[int(place)] for place in plain], tint)
        self.boxes([table.notes[int(place)] for place in bright], tint, selected=True)

    def boxes(self, notes: Sequence[Note], tint: QColor, *, selected: bool = False) -> None:
        """Notes with rounded corners and, where there is room, their names."""
        painter, rows = self.painter, self.rows
        shades = velocity_shades(tint, colour("background"))
        if selected:
            shades = tuple(blend(shade, colour("text"), 0.62) for shade in shades)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outlined = selected and len(notes) <= FEW
        painter.setPen(QPen(colour("text"), 1.5) if outlined else Qt.PenStyle.NoPen)
        inset = 0.75 if outlined else 0.0
        boxes: list[tuple[QRectF, Note]] = []
        last = -1
        for note in notes:
            box = self.box(note)
            shade = min(SHADES - 1, note.velocity * SHADES // 128)
            if shade != last:
                painter.setBrush(shades[shade])
                last = shade
            painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), 2.5, 2.5)
            if box.width() >= NAMED_WIDTH:
                boxes.append((box, note))
        if rows.height >= NAMED_HEIGHT and not rows.drums:
            self._name_all(boxes, readable_on(shades[SHADES // 2]))

    def _name_all(self, boxes: Iterable[tuple[QRectF, Note]], ink: QColor) -> None:
        """Write on notes what they are called."""
        painter = self.painter
        painter.setFont(font(min(SMALL, int(self.rows.height) - 3)))
        painter.setPen(ink)
        rise = painter.fontMetrics().capHeight() / 2
        key = self.timeline.song.key_at(self.first) or Key()
        for box, note in boxes:
            painter.drawText(QPointF(max(box.left(), 0.0) + 5, box.center().y() + rise), key.name_of(note.pitch))

    def faded(self, notes: Sequence[Note], tint: QColor) -> None:
        """Notes that would go with a proposal."""
        self.painter.setOpacity(0.35)
        self.boxes(notes, tint)
        self.painter.setOpacity(1.0)

    def outlines(self, notes: Iterable[Note]) -> None:
        """A proposal against what is there: outlines in the accent."""
        painter = self.painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(colour("accent", 0.16))
        painter.setPen(QPen(colour("accent"), 1.5))
        for note in notes:
            painter.drawRoundedRect(self.box(note).adjusted(0.75, 0.75, -0.75, -0.75), 2.5, 2.5)

    def band(self, first: int, last: int, low: int, high: int) -> None:
        """The rectangle that selects."""
        box = QRectF(
            QPointF(self.timeline.x(first), self.rows.y(high)),
            QPointF(self.timeline.x(last), self.rows.y(low) + self.rows.height),
        )
        self.painter.setPen(QPen(colour("focus"), 1))
        self.painter.setBrush(colour("focus", 0.12))
        self.painter.drawRect(box)

    def cursor(self, tick: int, length: int, pitch: int) -> None:
        """Where the keyboard makes the next note."""
        box = self.box(Note(tick, pitch, length)).adjusted(0.5, 0.5, -0.5, -0.5)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.setPen(QPen(colour("focus"), 1.5, Qt.PenStyle.DashLine))
        self.painter.drawRoundedRect(box, 2.5, 2.5)

    def box(self, note: Note) -> QRectF:
        left = self.timeline.x(note.start)
        width = max(3.0, note.duration * self.timeline.scale - 1)
        return QRectF(left + 0.5, self.rows.y(note.pitch), width, self.rows.height - 1)

    def _in_sight(self, table: NoteTable) -> Places:
        places = table.sounding(self.first, self.last)
        tops = self.rows.tops(table.pitches[places])
        return places[(tops < self.area.bottom() + 1) & (tops + self.rows.height > self.area.top())]

    def _bars(self, table: NoteTable, places: Places, shades: tuple[QColor, ...], inset: float = 0.0) -> None:
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        left = (table.starts[places] - self.timeline.first) * self.timeline.scale
        top = self.rows.tops(table.pitches[places]) + inset
        height = max(1.0, self.rows.height - 1 - 2 * inset)
        draw_notes(self.painter, table, places, left, top, height, self.timeline.scale, shades)
