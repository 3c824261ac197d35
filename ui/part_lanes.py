"""The lanes of the arrangement: a miniature of every part in every section, and the rectangle that is asked about."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPoint, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent
from PyQt6.QtWidgets import QMenu, QWidget

from cocomposer.composer.sketch import AHEAD
from cocomposer.music import Part

from .auditioned import added_parts, auditioned_part
from .canvas import TimeCanvas
from .lane_rows import LaneRows
from .note_table import blend, draw_notes, table_of
from .region_menu import clear, region_menu
from .session import Region, Session
from .theme import RADIUS, colour, role_colour
from .timeline import Timeline

PAD = 6.0
"""Pixels over and under the notes of a miniature."""
FEWEST_ROWS = 12
"""A miniature spans an octave at least, so that a bass on one note does not fill it."""


class PartLanes(TimeCanvas):
    """Drag over bars and parts to choose them (`session.region`); arrow keys do the same, with Shift they widen it."""

    opened = pyqtSignal()
    """A part is to be seen in the piano roll."""

    def __init__(self, session: Session, timeline: Timeline, rows: LaneRows, parent: QWidget | None = None) -> None:
        super().__init__(session, timeline, parent)
        self.rows = rows
        self._corner: tuple[int, int] | None = None
        """Bar and part where the rectangle began."""
        self._dragging = False
        self.setMinimumSize(200, 88)
        self.setAccessibleName(self.tr("Arrangement"))
        self._tell()
        rows.moved.connect(self.update)
        for signal in (session.changed, session.selection_changed, session.document_changed):
            signal.connect(self._tell)
        session.proposals.heard_changed.connect(self.update)

    @property
    def _count(self) -> int:
        """How many parts there are to choose from; those that a proposal would add are not."""
        return len(self.session.song.parts)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(900, 264)

    # --- drawing ---------------------------------------------------------------------------------

    def paint(self, painter: QPainter, area: QRect) -> None:
        song, rows = self.session.song, self.rows
        painter.fillRect(area, colour("background"))
        bottom = min(float(self.height()), rows.y(rows.count))
        for index in range(rows.count):
            y = rows.y(index)
            if index == self.session.current_part:
                painter.fillRect(QRectF(area.left(), y, area.width(), rows.height), colour("surface"))
            painter.fillRect(QRectF(area.left(), y + rows.height - 1, area.width(), 1), colour("line"))
        self.draw_lines(painter, area, 0, bottom, finest=1)
        own = [auditioned_part(self.session, part) or part for part in song.parts]
        for index, part in enumerate((*own, *added_parts(self.session))):
            if rows.y(index) < area.bottom() + 1 and rows.y(index) + rows.height > area.top():
                proposed = index >= len(own) or part is not song.parts[index]
                self._paint_part(painter, area, part, rows.y(index), proposed)
        self.draw_loop(painter)
        self._paint_region(painter)

    def _paint_part(self, painter: QPainter, area: QRect, part: Part, y: float, proposed: bool) -> None:
        """The miniatures of one part: a cell in its colour for each section that it plays in, and its notes.

        What is only proposed is outlined in the accent.
        """
        first, last = self.ticks_in(area)
        table = table_of(part.notes)
        silenced = part.strip is not None and part.strip.muted
        tint = role_colour(part.role)
        if silenced:
            tint = blend(tint, colour("background"), 0.6)
        ground = blend(colour("background"), tint, 0.2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("accent"), 1.0) if proposed else Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        for start, end in self._sections():
            if end > first and start < last and table.begins(start - AHEAD, end - AHEAD):
                left, right = self.timeline.x(start), self.timeline.x(end)
                painter.drawRoundedRect(
                    QRectF(left + 0.5, y + 2, right - left - 1, self.rows.height - 5), RADIUS, RADIUS
                )
        places = table.sounding(first, last)
        if not len(places) or part.pitch_range is None:
            return
        low, high = part.pitch_range
        spare = max(0, FEWEST_ROWS - (high - low + 1)) / 2
        room = self.rows.height - 3 - 2 * PAD
        row = room / max(FEWEST_ROWS, high - low + 1)
        top = y + PAD + (high + spare - table.pitches[places]) * row
        left_edges = (table.starts[places] - self.timeline.first) * self.timeline.scale
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        draw_notes(painter, table, places, left_edges, np.floor(top), max(2.0, row - 0.5), self.timeline.scale, (tint,))

    def _sections(self) -> list[tuple[int, int]]:
        song = self.session.song
        edges = [section.tick for section in song.sections] or [0]
        if edges[0] > 0:
            edges.insert(0, 0)
        return list(zip(edges, [*edges[1:], song.length], strict=True))

    def _paint_region(self, painter: QPainter) -> None:
        for box in self.region_boxes():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colour("accent"), 1.5))
            painter.setBrush(colour("accent", 0.08))
            painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -1.75), RADIUS, RADIUS)

    def region_boxes(self) -> list[QRectF]:
        """Where the region is drawn: a rectangle for each run of parts beside each other."""
        region, song = self.session.region, self.session.song
        if region is None or not song.bars or region.first_bar >= len(song.bars):
            return []
        start, end = song.bars[region.first_bar].start, song.bars[min(region.last_bar, len(song.bars) - 1)].end
        parts = sorted(index for index in region.parts or range(self._count) if index < self._count)
        boxes: list[QRectF] = []
        left, right = self.timeline.x(start), self.timeline.x(end)
        for index in parts:
            y = self.rows.y(index)
            if boxes and abs(boxes[-1].bottom() - y) < 0.5:
                boxes[-1].setBottom(y + self.rows.height)
            else:
                boxes.append(QRectF(left, y, right - left, self.rows.height))
        return boxes

    def _tell(self, _: object = None) -> None:
        """Say what is chosen, for those who hear the window rather than see it."""
        region, song = self.session.region, self.session.song
        if region is not None:
            names = ", ".join(song.parts[each].name for each in region.parts if each < len(song.parts))
            where = self.tr("Bars {first} to {last}").format(first=region.first_bar + 1, last=region.last_bar + 1)
            self.setAccessibleDescription(f"{where}: {names or self.tr('all parts')}")
        else:
            keys = self.tr("Arrow keys go to other bars and parts, with Shift they choose more. Enter shows the notes.")
            self.setAccessibleDescription(keys)
        self.update()

    # --- choosing --------------------------------------------------------------------------------

    def cell_at(self, at: QPoint) -> tuple[int, int]:
        """Bar and part under a point, or the nearest."""
        song = self.session.song
        bar = song.meters.bar_at(self.timeline.tick(at.x()))
        return max(0, min(bar, len(song.bars) - 1)), min(self.rows.nearest(at.y()), self._count - 1)

    def choose(self, one: tuple[int, int], other: tuple[int, int]) -> None:
        """Make the rectangle between two cells the region."""
        (bar, part), (other_bar, other_part) = one, other
        parts = tuple(range(min(part, other_part), max(part, other_part) + 1))
        self.session.region = Region(min(bar, other_bar), max(bar, other_bar), parts)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is None or event.button() != Qt.MouseButton.LeftButton or not self._count:
            return
        at = event.position().toPoint()
        part = self.rows.at(at.y())
        if part is None or part >= self._count or self.timeline.tick(at.x()) >= self.session.song.length:
            self._corner, self.session.region = None, None
            return
        cell = self.cell_at(at)
        if not (event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._corner is not None):
            self._corner = cell
        self._dragging = True
        self.session.current_part = cell[1]
        self.choose(self._corner, cell)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is not None and self._dragging and self._corner is not None:
            at = event.position().toPoint()
            beyond = min(0, at.x()) + max(0, at.x() - self.width())
            if beyond:
                self.timeline.scroll_by(beyond / 2)
            self.choose(self._corner, self.cell_at(at))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        self._dragging = False

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Choose the whole section of a part, and show its notes."""
        if event is None or not self._count:
            return
        bar, part = self.cell_at(event.position().toPoint())
        song = self.session.song
        tick = song.bars[bar].start
        start, end = next(((start, end) for start, end in self._sections() if start <= tick < end), (tick, tick + 1))
        self._corner = (song.meters.bar_at(start), part)
        self.choose(self._corner, (song.meters.bar_at(end - 1), part))
        self.opened.emit()

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:  # noqa: N802
        if event is None or not self._count:
            return
        where = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            cell = self.cell_at(event.pos())
            if not any(box.contains(event.pos().toPointF()) for box in self.region_boxes()):
                self._corner = cell
                self.session.current_part = cell[1]
                self.choose(cell, cell)
        elif self.region_boxes():
            where = self.mapToGlobal(self.region_boxes()[0].bottomLeft().toPoint())
        self.menu().popup(where)

    def menu(self) -> QMenu:
        return region_menu(self.session, self)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        if event is None:
            return
        steps = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
        }  # fmt: skip
        key, held = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shift = held == Qt.KeyboardModifier.ShiftModifier
        if key in steps and (shift or not held) and self._count:
            self._step(*steps[key], widen=shift)
        elif key == Qt.Key.Key_A and held == Qt.KeyboardModifier.ControlModifier and self._count:
            self._corner = (0, 0)
            self.choose((0, 0), (max(0, len(self.session.song.bars) - 1), self._count - 1))
        elif key == Qt.Key.Key_Escape and self.session.region is not None:
            self.session.region = None
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.session.region is not None:
            clear(self.session)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not held:
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def _step(self, bars: int, parts: int, *, widen: bool) -> None:
        """Go on by a bar or a part; to widen, the corner stays and the opposite one goes."""
        region, current = self.session.region, self.session.current_part
        if region is None:
            here = other = (self.session.song.meters.bar_at(self._playhead), current)
            bars = parts = 0
            self._corner = here
        else:
            chosen = region.parts or tuple(range(self._count))
            if self._corner is None:
                self._corner = (region.first_bar, chosen[0])
            here = self._corner
            other = (
                region.last_bar if here[0] == region.first_bar else region.first_bar,
                chosen[-1] if here[1] == chosen[0] else chosen[0],
            )
        last = max(0, len(self.session.song.bars) - 1)
        moved = (max(0, min(other[0] + bars, last)), max(0, min(other[1] + parts, self._count - 1)))
        if not widen:
            self._corner = here = moved
            self.session.current_part = moved[1]
        self.choose(here, moved)
        self.timeline.show(self.session.song.bars[moved[0]].start)
        self.rows.show(moved[1])

    # --- the rest --------------------------------------------------------------------------------

    def scroll_down(self, pixels: float) -> None:
        self.rows.scroll_to(self.rows.offset + pixels)

    def zoom_rows(self, factor: float, y: float) -> None:
        self.rows.zoom(factor, y)

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.rows.set_view(self.height())
