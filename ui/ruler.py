"""The ruler over the lanes: bar numbers, the loop, and a click to play from there."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPolygonF
from PyQt6.QtWidgets import QWidget

from .canvas import TimeCanvas
from .session import Session
from .theme import SMALL, colour, font
from .timeline import Timeline

HEIGHT = 24
LOOP_HEIGHT = 8
NEAR = 5.0
"""Pixels within which an edge is taken hold of."""
NUMBERS_APART = 44.0


class Ruler(TimeCanvas):
    """Bars to read; below to click or drag the place that is heard, above to drag the loop (a double click ends it)."""

    def __init__(self, session: Session, timeline: Timeline, parent: QWidget | None = None) -> None:
        super().__init__(session, timeline, parent)
        self._held: int | None = None
        """The other end of the loop while one is dragged."""
        self._seeking = False
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Ruler"))
        self.setAccessibleDescription(
            self.tr("Click to play from there. Drag along the upper edge to loop a stretch. Arrow keys move by a bar.")
        )

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(400, HEIGHT)

    def paint(self, painter: QPainter, area: QRect) -> None:
        painter.fillRect(area, colour("surface"))
        painter.fillRect(QRectF(area.left(), HEIGHT - 1, area.width(), 1), colour("line"))
        if self.timeline.loop is not None:
            first, last = (self.timeline.x(tick) for tick in self.timeline.loop)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent"))
            painter.drawRoundedRect(QRectF(first, 2, max(2.0, last - first), 4), 2, 2)
        self._paint_numbers(painter, area)
        self._paint_handle(painter)

    def _paint_numbers(self, painter: QPainter, area: QRect) -> None:
        first, last = self.ticks_in(area.adjusted(-60, 0, 0, 0))
        painter.setFont(font(SMALL, digits=True))
        meters, song = self.timeline.song.meters, self.timeline.song
        free_from = -1e9
        for tick, level in self.timeline.lines(first, last):
            x = self.timeline.x(tick)
            if level > 0:
                if level == 1:
                    painter.fillRect(QRectF(x, HEIGHT - 5, 1, 4), colour("border"))
                continue
            bar = meters.bar_at(tick)
            numbered = x >= free_from
            painter.fillRect(QRectF(x, HEIGHT - (14 if numbered else 8), 1, 13 if numbered else 7), colour("border"))
            if numbered:
                painter.setPen(colour("text" if tick < song.length else "muted"))
                painter.drawText(QPointF(x + 4, HEIGHT - 7), str(bar + 1))
                free_from = self._next_number(x, bar)

    def _next_number(self, x: float, bar: int) -> float:
        """From where on there is room for another number; in between they come every 2, 4, 8 ... bars."""
        meters = self.timeline.song.meters
        apart = meters.meter_at(meters.bar_start(bar)).ticks_per_bar * self.timeline.scale
        every = 1
        while apart * every < NUMBERS_APART:
            every *= 2
        return self.timeline.x(meters.bar_start((bar // every + 1) * every)) - 0.5

    def _paint_handle(self, painter: QPainter) -> None:
        x = self.timeline.x(self._playhead) + 0.5
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("playhead"))
        top = float(HEIGHT - 12)
        painter.drawPolygon(QPolygonF([QPointF(x - 5, top), QPointF(x + 5, top), QPointF(x, top + 7)]))

    # --- under the hand --------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        x, y = event.position().x(), event.position().y()
        if y >= LOOP_HEIGHT:
            self._seeking = True
            self._seek(x)
            return
        loop = self.timeline.loop
        tick = self.timeline.snap(self.timeline.tick(x))
        self._held = tick
        if loop is not None:
            if abs(self.timeline.x(loop[0]) - x) < NEAR:
                self._held = loop[1]
            elif abs(self.timeline.x(loop[1]) - x) < NEAR:
                self._held = loop[0]

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is None:
            return
        x, y = event.position().x(), event.position().y()
        if self._seeking:
            self._seek(x)
        elif self._held is not None:
            tick = self.timeline.snap(self.timeline.tick(x))
            if tick != self._held:
                self.timeline.set_loop((min(tick, self._held), max(tick, self._held)))
        self.setCursor(Qt.CursorShape.SizeHorCursor if y < LOOP_HEIGHT else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        self._held, self._seeking = None, False

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is not None and event.position().y() < LOOP_HEIGHT:
            self.timeline.set_loop(None)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        if event is None:
            return
        meters = self.timeline.song.meters
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._seek_tick(meters.bar_start(max(0, meters.bar_at(self._playhead) + step)))

    def _seek(self, x: float) -> None:
        tick = self.timeline.tick(x)
        self._seek_tick(self.timeline.snap(tick))

    def _seek_tick(self, tick: int) -> None:
        self.session.seek(min(tick, self.timeline.song.length))
