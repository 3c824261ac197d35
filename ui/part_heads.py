"""The parts at the left of the arrangement: name, instrument, mute and solo; dragged into another order or out."""

from __future__ import annotations

from PyQt6.QtCore import QMimeData, QPoint, QRectF, Qt
from PyQt6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QWidget

from cocomposer.errors import CocomposerError
from cocomposer.music import Part
from cocomposer.studio import editing

from .auditioned import added_parts
from .canvas import GUTTER, NOTCH, PIXELS_PER_NOTCH
from .dragging import dragged_entry
from .lane_rows import LaneRows
from .out import excerpt, midi_mime
from .part_head import PartHead
from .part_menu import part_menu
from .session import Session
from .theme import colour, font, role_colour
from .using import use

MIME = "application/x-cocomposer-part"


class PartHeads(QWidget):
    """One head a part, in step with the lanes.  Arrow keys go through them, Alt with them moves the part."""

    def __init__(self, session: Session, rows: LaneRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.rows = rows
        self.heads: list[PartHead] = []
        self._drop_at: int | None = None
        self.setFixedWidth(GUTTER)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Parts"))
        self.setAccessibleDescription(
            self.tr("Up and down go from part to part, M mutes, S soloes, F2 renames, Delete removes, Alt moves.")
        )
        rows.moved.connect(self._place)
        session.changed.connect(self.show_parts)
        session.selection_changed.connect(self.show_parts)
        session.document_changed.connect(self.show_parts)
        session.proposals.heard_changed.connect(self.show_parts)
        self.show_parts()

    def show_parts(self, _: object = None) -> None:
        """Bring the heads up to date with the song."""
        parts = self.session.song.parts
        while len(self.heads) > len(parts):
            gone = self.heads.pop()
            gone.hide()
            gone.deleteLater()
        while len(self.heads) < len(parts):
            head = PartHead(self.session, len(self.heads), self)
            head.dragged.connect(self._drag)
            head.show()
            self.heads.append(head)
        for head in self.heads:
            head.refresh()
        count = len(parts) + len(added_parts(self.session))
        if self.rows.count != count:
            self.rows.set_count(count)
        self._place()

    def _place(self) -> None:
        for index, head in enumerate(self.heads):
            head.setGeometry(0, int(self.rows.y(index)), GUTTER, int(self.rows.height))
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("background"))
        for index, part in enumerate(added_parts(self.session), len(self.heads)):
            self._paint_added(painter, part, self.rows.y(index))
        painter.end()

    def _paint_added(self, painter: QPainter, part: Part, y: float) -> None:
        """The head of a part that the auditioned proposal would add."""
        painter.fillRect(QRectF(0, y, 4, self.rows.height - 1), role_colour(part.role))
        painter.setPen(colour("accent"))
        painter.setFont(font())
        room = QRectF(16, y, GUTTER - 24, self.rows.height)
        name = painter.fontMetrics().elidedText(f"+ {part.name}", Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)

    # --- dragging --------------------------------------------------------------------------------

    def _drag(self, index: int) -> None:
        data = self.mime(index)
        if data is not None:
            drag = QDrag(self)
            drag.setMimeData(data)
            drag.setPixmap(self.heads[index].grab())
            drag.exec(Qt.DropAction.MoveAction | Qt.DropAction.CopyAction)

    def mime(self, index: int) -> QMimeData | None:
        """What a drag of a part carries: its place for this list, and a MIDI file for everybody else."""
        song = self.session.song
        try:
            data = midi_mime(excerpt(song, parts=(index,)), song.parts[index].name)
        except CocomposerError as error:
            self.session.problem.emit(str(error))
            return None
        data.setData(MIME, str(index).encode())
        return data

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:  # noqa: N802
        data = event.mimeData() if event is not None else None
        own = data is not None and data.hasFormat(MIME) and event is not None and event.source() is self
        if event is not None and self.heads and (own or dragged_entry(data) is not None):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent | None) -> None:  # noqa: N802
        if event is not None:
            self._mark(self.rows.nearest(event.position().y()))
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent | None) -> None:  # noqa: N802
        self._mark(None)

    def dropEvent(self, event: QDropEvent | None) -> None:  # noqa: N802
        """A part goes to the place it is dropped on; an instrument or a rack is used on the part there."""
        self._mark(None)
        data = event.mimeData() if event is not None else None
        if event is None or data is None:
            return
        place = min(self.rows.nearest(event.position().y()), len(self.heads) - 1)
        entry = dragged_entry(data)
        if entry is not None:
            use(entry, self.session, part=place)
        elif data.hasFormat(MIME):
            self.move_part(self.session.current_part, place)
        event.acceptProposedAction()

    def _mark(self, place: int | None) -> None:
        for index, head in enumerate(self.heads):
            head.set_target(index == place)

    # --- the keyboard and the rest ---------------------------------------------------------------

    def move_part(self, part: int, to: int) -> None:
        """Put a part at another place of the order."""
        to = max(0, min(to, len(self.session.song.parts) - 1))
        if to != part:
            self.session.edit(self.tr("Move part"), editing.move_part(self.session.song, part, to))
            self.session.current_part = to

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        if event is None or not self.heads:
            return
        current = self.session.current_part
        head = self.heads[current]
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        match event.key():
            case _ if by and event.modifiers() & Qt.KeyboardModifier.AltModifier:
                self.move_part(current, current + by)
            case _ if by:
                self.session.current_part = current + by
                self.rows.show(self.session.current_part)
            case Qt.Key.Key_F2 | Qt.Key.Key_Return | Qt.Key.Key_Enter:
                head.rename()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.session.edit(self.tr("Remove part"), editing.remove_part(self.session.song, current))
            case Qt.Key.Key_M if not event.modifiers():
                head.mute.click()
            case Qt.Key.Key_S if not event.modifiers():
                head.solo.click()
            case _:
                super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:  # noqa: N802
        if event is None:
            return
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        part = self.rows.at(event.pos().y()) if by_mouse else self.session.current_part
        if part is not None and self.heads:
            self.session.current_part = part
        where = event.globalPos()
        if not by_mouse and self.heads:
            where = self.heads[self.session.current_part].mapToGlobal(QPoint(16, int(self.rows.height)))
        rename = self.heads[part].rename if part is not None and part < len(self.heads) else None
        part_menu(self.session, part if rename else None, self, rename).popup(where)

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802
        if event is not None:
            self.rows.scroll_to(self.rows.offset - event.angleDelta().y() / NOTCH * PIXELS_PER_NOTCH)
            event.accept()
