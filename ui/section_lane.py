"""The sections over the arrangement: named, dragged into another order, repeated, taken away."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QMimeData, QPoint, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
)
from PyQt6.QtWidgets import QApplication, QMenu, QWidget

from cocomposer.errors import CocomposerError
from cocomposer.music import Song
from cocomposer.studio import editing

from .canvas import TimeCanvas
from .name_field import NameField
from .out import excerpt, midi_mime
from .session import Region, Session
from .theme import RADIUS, SMALL, colour, font
from .timeline import Timeline

MIME = "application/x-cocomposer-section"
HEIGHT = 28


class SectionLane(TimeCanvas):
    """A click chooses a section's bars in all parts, a double click renames it, a drag moves it, also out as MIDI."""

    def __init__(self, session: Session, timeline: Timeline, parent: QWidget | None = None) -> None:
        super().__init__(session, timeline, parent)
        self.current = 0
        self._pressed: QPoint | None = None
        self._drop_at: int | None = None
        self.field = NameField(self.tr("Name of the section"), self)
        self.field.named.connect(self._rename)
        self.field.closed.connect(self.setFocus)
        self.setFixedHeight(HEIGHT)
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Sections"))
        self.setAccessibleDescription(
            self.tr("Left and right go from section to section, F2 renames, with Shift they move the section.")
        )
        session.changed.connect(self.update)
        session.document_changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(900, HEIGHT)

    # --- drawing ---------------------------------------------------------------------------------

    def paint(self, painter: QPainter, area: QRect) -> None:
        painter.fillRect(area, colour("background"))
        for index in range(len(self.session.song.sections)):
            box = self.box(index)
            if box.right() > area.left() and box.left() < area.right() + 1:
                self._paint_section(painter, index, box)
        if self._drop_at is not None:
            x = self.box(self._drop_at).left() if self._drop_at < len(self.session.song.sections) else self._end()
            painter.fillRect(QRectF(x - 1.5, 0, 3, HEIGHT), colour("accent"))

    def _paint_section(self, painter: QPainter, index: int, box: QRectF) -> None:
        chosen = index == self.current and self.hasFocus()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("focus" if chosen else "border"), 1.5 if chosen else 1.0))
        painter.setBrush(colour("hover" if chosen else "raised"))
        painter.drawRoundedRect(box.adjusted(0.75, 2.75, -0.75, -2.75), RADIUS, RADIUS)
        room = box.adjusted(8, 0, -4, 0)
        room.setLeft(max(room.left(), 8.0))
        if room.width() > 12:
            painter.setFont(font(SMALL, bold=True))
            painter.setPen(colour("text"))
            name = self.session.song.sections[index].name
            shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)

    def box(self, index: int) -> QRectF:
        """Where a section is drawn."""
        sections = self.session.song.sections
        end = sections[index + 1].tick if index + 1 < len(sections) else self.session.song.length
        left, right = self.timeline.x(sections[index].tick), self.timeline.x(end)
        return QRectF(left + 0.5, 0, max(2.0, right - left - 1), HEIGHT)

    def _end(self) -> float:
        return self.timeline.x(self.session.song.length)

    def section_at(self, x: float) -> int | None:
        places = range(len(self.session.song.sections))
        return next((index for index in places if self.box(index).left() <= x <= self.box(index).right()), None)

    # --- the mouse -------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is None:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        index = self.section_at(event.position().x())
        if index is not None:
            self._pressed = event.position().toPoint()
            self._go_to(index)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is None or self._pressed is None:
            return
        way = (event.position().toPoint() - self._pressed).manhattanLength()
        if way >= QApplication.startDragDistance():
            self._pressed = None
            self._drag()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        index = self.section_at(event.position().x()) if event is not None else None
        if index is not None:
            self.rename(index)
        elif event is not None:
            self._add(self.timeline.tick(event.position().x()))

    def _drag(self) -> None:
        drag = QDrag(self)
        data = self.mime(self.current)
        if data is not None:
            drag.setMimeData(data)
            drag.setPixmap(self.grab(self.box(self.current).toRect().intersected(self.rect())))
            drag.exec(Qt.DropAction.MoveAction | Qt.DropAction.CopyAction)

    def mime(self, index: int) -> QMimeData | None:
        """What a drag of a section carries: its place for this lane, and a MIDI file for everybody else."""
        song = self.session.song
        try:
            data = midi_mime(excerpt(song, bars=editing.section_bars(song, index)), song.sections[index].name)
        except CocomposerError as error:
            self.session.problem.emit(str(error))
            return None
        data.setData(MIME, str(index).encode())
        return data

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:  # noqa: N802
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None and data.hasFormat(MIME) and event.source() is self:
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent | None) -> None:  # noqa: N802
        if event is not None:
            self._drop_at = self._gap(event.position().x())
            event.acceptProposedAction()
            self.update()

    def dragLeaveEvent(self, event: QDragLeaveEvent | None) -> None:  # noqa: N802
        self._drop_at = None
        self.update()

    def dropEvent(self, event: QDropEvent | None) -> None:  # noqa: N802
        self._drop_at = None
        if event is not None:
            gap = self._gap(event.position().x())
            self.move_section(gap - (gap > self.current))
            event.acceptProposedAction()

    def _gap(self, x: float) -> int:
        """Before which section something dropped there comes."""
        places = range(len(self.session.song.sections))
        return next((index for index in places if x < self.box(index).center().x()), len(places))

    # --- edits -----------------------------------------------------------------------------------

    def rename(self, index: int) -> None:
        """Open the field over a section's name."""
        self.current = index
        box = self.box(index).toRect().intersected(self.rect())
        self.field.setGeometry(box.adjusted(0, 1, max(0, 96 - box.width()), -1))
        self.field.open(self.session.song.sections[index].name)

    def _rename(self, name: str) -> None:
        self._edit(self.tr("Rename section"), lambda song: editing.rename_section(song, self.current, name))

    def move_section(self, to: int) -> None:
        """Put the chosen section at another place of the order."""
        self._edit(self.tr("Move section"), lambda song: editing.move_section(song, self.current, to))
        self._go_to(max(0, min(to, len(self.session.song.sections) - 1)))

    def _add(self, tick: int) -> None:
        """Begin a section at the bar of a tick, and name it."""
        song = self.session.song
        bar = song.meters.bar_at(tick)
        if bar < len(song.bars):
            self._edit(self.tr("Add section"), lambda song: editing.add_section(song, bar, self.tr("Section")))
            start = song.bars[bar].start
            ticks = [section.tick for section in self.session.song.sections]
            if start in ticks:
                self.rename(ticks.index(start))

    def menu(self, tick: int) -> QMenu:
        """What can be done with the section at a tick."""
        menu = QMenu(self)
        index = self.section_at(self.timeline.x(tick) + 1)
        entries: list[tuple[str, str, Callable[[], object], bool]] = [
            (self.tr("Begin a section here"), "", lambda: self._add(tick), True)
        ]
        if index is not None:
            sections = len(self.session.song.sections)
            entries += [
                (self.tr("Rename…"), "F2", lambda: self.rename(index), True),
                (self.tr("Repeat"), "Ctrl+D", lambda: self._repeat(index), True),
                (self.tr("Join to the one before"), "", lambda: self._join(index), index > 0),
                (self.tr("Delete with its bars"), "Del", lambda: self._delete(index), sections > 1),
            ]
        for text, keys, does, enabled in entries:
            action = menu.addAction(text + (f"\t{keys}" if keys else ""))
            assert action is not None
            action.setEnabled(enabled)
            action.triggered.connect(lambda _=False, does=does: does())
        return menu

    def _repeat(self, index: int) -> None:
        self._edit(self.tr("Repeat section"), lambda song: editing.repeat_section(song, index))

    def _join(self, index: int) -> None:
        self._edit(self.tr("Join sections"), lambda song: editing.remove_section(song, index))

    def _delete(self, index: int) -> None:
        self._edit(self.tr("Delete section"), lambda song: editing.delete_section(song, index))

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:  # noqa: N802
        if event is not None:
            self.menu(self.timeline.tick(event.pos().x())).popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        if event is None or not self.session.song.sections:
            return
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        place = max(0, min(self.current + by, len(self.session.song.sections) - 1))
        if by and shift:
            self.move_section(place)
        elif by and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._go_to(place)
        elif event.key() in (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.rename(self.current)
        elif event.key() == Qt.Key.Key_D and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._repeat(self.current)
        elif event.key() == Qt.Key.Key_Delete and len(self.session.song.sections) > 1:
            self._delete(self.current)
        else:
            super().keyPressEvent(event)

    def _go_to(self, index: int) -> None:
        """Choose a section: its bars, in all parts."""
        self.current = index
        song = self.session.song
        if index < len(song.sections):
            self.session.region = Region(*editing.section_bars(song, index))
            self.timeline.show(song.sections[index].tick)
        self.update()

    def _edit(self, label: str, change: Callable[[Song], Song]) -> None:
        try:
            song = change(self.session.song)
        except CocomposerError as error:
            self.session.problem.emit(str(error))
            return
        self.session.edit(label, song)
        self.update()
