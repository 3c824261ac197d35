"""What every lane over the timeline has in common: scrolling and zooming under the hand, grid, playhead, focus ring."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QEvent, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QFocusEvent, QNativeGestureEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QFrame, QGestureEvent, QHBoxLayout, QLabel, QPinchGesture, QWidget

from .note_table import draw_high
from .theme import RADIUS, colour, set_kind
from .timeline import Timeline

if TYPE_CHECKING:
    from .session import Session

GUTTER = 200
"""Width of what stands left of every lane: part names, keyboard.  One width, so that bars stand under each other."""
SCROLL_BAR = 10
"""Width of what stands right of every lane: the scroll bar of those that have one."""
NOTCH = 120
"""What a wheel reports for one click, in eighths of a degree."""
PIXELS_PER_NOTCH = 60


def gutter(height: int, text: str = "") -> QFrame:
    """What stands left of a lane that has nothing else there: its name."""
    frame, label = QFrame(), QLabel(text)
    set_kind(frame, "panel")
    set_kind(label, "small")
    frame.setFixedSize(GUTTER, height)
    row = QHBoxLayout(frame)
    row.setContentsMargins(16, 0, 8, 0)
    row.addWidget(label)
    return frame


class TimeCanvas(QWidget):
    """A lane that shows a stretch of time.

    Wheel: up and down (`scroll_down`), with Shift along the time, with Ctrl zoom of the time, with Alt zoom of the rows
    (`zoom_rows`); a trackpad scrolls both ways, and pinching zooms.  Subclasses draw in `paint`.
    """

    def __init__(self, session: Session, timeline: Timeline, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.timeline = timeline
        self._playhead = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.grabGesture(Qt.GestureType.PinchGesture)
        timeline.moved.connect(self.update)
        session.playhead.connect(self._move_playhead)

    def paint(self, painter: QPainter, area: QRect) -> None:
        """Draw what lies in `area`."""
        raise NotImplementedError

    def scroll_down(self, pixels: float) -> None:
        """Scroll the rows; a lane without rows scrolls along the time."""
        self.timeline.scroll_by(pixels)

    def zoom_rows(self, factor: float, y: float) -> None:
        """Zoom the rows, for lanes that have such."""

    # --- what Qt calls ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        area = event.rect() if event is not None else self.rect()
        painter = QPainter(self)
        self.paint(painter, area)
        self._paint_playhead(painter)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colour("focus"), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.end()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.timeline.set_width(self.width())

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802
        if event is None:
            return
        keys, turned, pixels = event.modifiers(), event.angleDelta(), event.pixelDelta()
        along = turned.y() or turned.x()  # Alt turns the wheel sideways on some systems
        where = event.position()
        if keys & Qt.KeyboardModifier.ControlModifier:
            self.timeline.zoom(1.2 ** (along / NOTCH), where.x())
        elif keys & Qt.KeyboardModifier.AltModifier:
            self.zoom_rows(1.2 ** (along / NOTCH), where.y())
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            self.timeline.scroll_by(-along / NOTCH * PIXELS_PER_NOTCH)
        else:
            across = pixels.x() if not pixels.isNull() else turned.x() / NOTCH * PIXELS_PER_NOTCH
            down = pixels.y() if not pixels.isNull() else turned.y() / NOTCH * PIXELS_PER_NOTCH
            if across:
                self.timeline.scroll_by(-across)
            if down:
                self.scroll_down(-down)
        event.accept()

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.timeline.zoom(1.0 + event.value(), event.position().x())
            return True
        if isinstance(event, QGestureEvent):  # a touch screen, where a trackpad sends the other kind
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self.timeline.zoom(pinch.scaleFactor(), self.mapFromGlobal(pinch.centerPoint()).x())
                return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.update()

    # --- drawing that lanes share ----------------------------------------------------------------

    def ticks_in(self, area: QRect) -> tuple[int, int]:
        """First tick that lies in an area and the one after the last."""
        return self.timeline.tick(area.left()), self.timeline.tick(area.right() + 1) + 1

    def draw_lines(self, painter: QPainter, area: QRect, top: float, bottom: float, finest: int = 2) -> None:
        """The vertical lines of the grid, down to the level `finest`, and a veil over what lies behind the song."""
        first, last = self.ticks_in(area)
        lines: tuple[list[float], ...] = ([], [], [])
        for tick, level in self.timeline.lines(first, last):
            if level <= finest:
                lines[level].append(math.floor(self.timeline.x(tick)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        for found, ink in zip(reversed(lines), (colour("beat", 0.6), colour("beat"), colour("bar")), strict=True):
            painter.setBrush(ink)  # a rectangle a pixel wide is filled many times as fast as a line is drawn
            left = np.array(found, dtype=np.float64)
            draw_high(painter, left, np.ones_like(left), top, bottom)
        end = self.timeline.x(self.timeline.song.length)
        if end < area.right():
            self._veil(painter, end, area.right() + 1, top, bottom, colour("background", 0.55))

    def draw_loop(self, painter: QPainter) -> None:
        """A breath of the accent over the loop."""
        if self.timeline.loop is not None:
            first, last = (self.timeline.x(tick) for tick in self.timeline.loop)
            self._veil(painter, first, last, 0, self.height(), colour("accent", 0.06))

    def _paint_playhead(self, painter: QPainter) -> None:
        x = self.timeline.x(self._playhead)
        if 0 <= x <= self.width():
            self._veil(painter, x, x + 1, 0, self.height(), colour("playhead", 0.85))

    @staticmethod
    def _veil(painter: QPainter, left: float, right: float, top: float, bottom: float, ink: QColor) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        draw_high(painter, np.array([left]), np.array([right - left]), top, bottom)

    def _move_playhead(self, tick: int) -> None:
        for each in (self._playhead, tick):
            self.update(int(self.timeline.x(each)) - 8, 0, 17, self.height())
        self._playhead = tick
