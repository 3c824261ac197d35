"""Drawing one lane of automation over the song: points are added, dragged and taken out."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget

from cocomposer.music.mix import Point

from .. import theme
from ..scales import Scale

_REACH = 8.0
"""Pixels within which a point is taken."""
_MARGIN = 6.0
_GRID_TICKS = 120


class LaneEditor(QWidget):
    """A line from point to point.

    A press in the open makes a point, a drag moves it, a double click or Delete takes the chosen one out (the last one
    stays).  Arrows move the chosen point.  `drawn` tells new points with the number of the gesture.
    """

    drawn = pyqtSignal(tuple, int)

    def __init__(self, name: str, scale: Scale, length: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale, self._length = scale, max(1, length)
        self.points: tuple[Point, ...] = ()
        self._chosen: int | None = None
        self._gesture = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(72)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.setToolTip(self.tr("Press to add a point, drag to move it, double click to take it out"))

    def show_points(self, points: tuple[Point, ...]) -> None:
        """Show these, sorted by tick."""
        self.points = points
        if self._chosen is not None and self._chosen >= len(points):
            self._chosen = None
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(240, 72)

    def _place(self, point: Point) -> QPointF:
        inner = self._inner()
        return QPointF(inner.left() + point.tick / self._length * inner.width(),
                       inner.bottom() - self._scale.position(point.value) * inner.height())  # fmt: skip

    def _point_at(self, place: QPointF) -> Point:
        inner = self._inner()
        tick = (place.x() - inner.left()) / inner.width() * self._length
        tick = min(self._length, max(0, round(tick / _GRID_TICKS) * _GRID_TICKS))
        return Point(tick, self._scale.value((inner.bottom() - place.y()) / inner.height()))

    def _inner(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)

    def _near(self, place: QPointF) -> int | None:
        for index, point in enumerate(self.points):
            if (self._place(point) - place).manhattanLength() <= _REACH:
                return index
        return None

    def _take(self, points: dict[int, Point], chosen: int) -> None:
        """Tell these points, by tick; the one at tick `chosen` is the chosen one."""
        ordered = tuple(points[tick] for tick in sorted(points))
        self._chosen = next((index for index, point in enumerate(ordered) if point.tick == chosen), None)
        if ordered != self.points:
            self.points = ordered
            self.drawn.emit(ordered, self._gesture)
        self.update()

    def _remove(self, index: int) -> None:
        if len(self.points) > 1:
            self._gesture += 1
            left = {point.tick: point for place, point in enumerate(self.points) if place != index}
            self._take(left, -1)

    def _move(self, index: int, to: Point) -> None:
        others = {point.tick: point for place, point in enumerate(self.points) if place != index}
        if to.tick not in others:
            self._take({**others, to.tick: to}, to.tick)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        self._gesture += 1
        self._chosen = self._near(event.position())
        if self._chosen is None:
            made = self._point_at(event.position())
            self._take({**{point.tick: point for point in self.points}, made.tick: made}, made.tick)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is not None and self._chosen is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._move(self._chosen, self._point_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        found = self._near(event.position()) if event is not None else None
        if found is not None:
            self._remove(found)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        moves = {
            Qt.Key.Key_Left: (-1, 0.0),
            Qt.Key.Key_Right: (1, 0.0),
            Qt.Key.Key_Up: (0, 0.02),
            Qt.Key.Key_Down: (0, -0.02),
        }
        if event is None or self._chosen is None:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove(self._chosen)
        elif Qt.Key(event.key()) in moves:
            across, up = moves[Qt.Key(event.key())]
            self._gesture += 1
            old = self.points[self._chosen]
            tick = min(self._length, max(0, old.tick + across * _GRID_TICKS))
            self._move(self._chosen, Point(tick, self._scale.value(self._scale.position(old.value) + up)))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("focus" if self.hasFocus() else "line")))
        painter.setBrush(theme.colour("well"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        if not self.points:
            return
        inner = self._inner()
        line = QPolygonF([QPointF(inner.left(), self._place(self.points[0]).y())])
        for point in self.points:
            line.append(self._place(point))
        line.append(QPointF(inner.right(), self._place(self.points[-1]).y()))
        below = QPolygonF(line)
        below.append(inner.bottomRight())
        below.append(inner.bottomLeft())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent", 0.14))
        painter.drawPolygon(below)
        painter.setPen(QPen(theme.colour("accent"), 1.5))
        painter.drawPolyline(line)
        painter.setPen(QPen(theme.colour("well"), 1))
        for index, point in enumerate(self.points):
            painter.setBrush(theme.colour("text" if index == self._chosen else "accent"))
            painter.drawEllipse(self._place(point), 4, 4)
        if self._chosen is not None:
            point = self.points[self._chosen]
            painter.setFont(theme.font(10, digits=True))
            painter.setPen(theme.colour("text"))
            painter.drawText(
                inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, self._scale.text(point.value)
            )
