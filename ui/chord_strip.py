"""The chords as blocks: type them in their place, drag their edges, drop a progression."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
)
from PyQt6.QtWidgets import QMenu, QWidget

from cocomposer.errors import CocomposerError
from cocomposer.music import Chord, ChordSpan, Song
from cocomposer.studio import editing

from .auditioned import auditioned_song
from .canvas import TimeCanvas
from .chord_blocks import draw_block, draw_hint, draw_slot
from .chord_drop import can_drop, drop_progression
from .chord_editor import ChordEditor
from .chord_menu import chord_menu
from .chord_sound import hear_chord
from .session import Session
from .theme import colour
from .timeline import Timeline

HEIGHT = 36
EDGE = 5.0


class ChordStrip(TimeCanvas):
    """The blocks.  `place` is the tick where the next chord is written; a chord that begins there is selected."""

    def __init__(self, session: Session, timeline: Timeline, parent: QWidget | None = None) -> None:
        super().__init__(session, timeline, parent)
        self.place = 0
        self._edge: int | None = None
        """Where the chord began whose beginning is dragged."""
        self._edge_at = 0
        self._drop_at: int | None = None
        self.editor = ChordEditor(self)
        self.editor.taken.connect(self._take)
        self.editor.given_up.connect(self.setFocus)
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Chords"))
        self.setAccessibleDescription(
            self.tr("Type a chord such as Am7 and press Enter. Left and right go from chord to chord, Delete removes.")
        )
        session.changed.connect(self.update)
        session.document_changed.connect(self._forget)
        session.proposals.heard_changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(900, HEIGHT)

    @property
    def selected(self) -> ChordSpan | None:
        """The chord that begins at the cursor."""
        return next((span for span in self.session.song.chord_spans if span.start == self.place), None)

    # --- drawing ---------------------------------------------------------------------------------

    def paint(self, painter: QPainter, area: QRect) -> None:
        painter.fillRect(area, colour("background"))
        self.draw_lines(painter, area, 0, HEIGHT, finest=1)
        first, last = self.ticks_in(area)
        proposed = self._proposed()
        for span in self._shown() if proposed is None else proposed:
            if span.end > first and span.start < last:
                chosen = span.start == self.place and self.hasFocus() and proposed is None
                key = self.session.song.key_at(span.start)
                draw_block(painter, self._box(span.start, span.end), span.chord, key, chosen, proposed is not None)
        writing = self.hasFocus() and self.selected is None
        if writing:
            draw_slot(painter, self._box(*self._slot(self.place)))
        if not self.session.song.chords and proposed is None:
            beside = self._box(*self._slot(self.place)).right() if writing else 0.0
            words = self.tr("Type a chord such as Am7, or drop a progression here")
            draw_hint(painter, QRectF(beside + 12, 0, self.width() - beside - 12, HEIGHT), words)
        if self._drop_at is not None:
            painter.fillRect(QRectF(self.timeline.x(self._drop_at) - 1, 0, 3, HEIGHT), colour("accent"))

    def _proposed(self) -> tuple[ChordSpan, ...] | None:
        """The chords of the proposal that is auditioned, where they are others than the song's."""
        song = auditioned_song(self.session)
        return song.chord_spans if song is not None and song.chords != self.session.song.chords else None

    def _shown(self) -> list[ChordSpan]:
        """The chords as they stand, or as they would with the edge that is dragged."""
        spans = list(self.session.song.chord_spans)
        if self._edge is None:
            return spans
        moved = []
        for span in spans:
            start = self._edge_at if span.start == self._edge else span.start
            end = self._edge_at if span.end == self._edge else span.end
            moved.append(ChordSpan(start, end, span.chord))
        return moved

    def _box(self, start: int, end: int) -> QRectF:
        left, right = self.timeline.x(start), self.timeline.x(end)
        return QRectF(left + 1.5, 4.5, max(2.0, right - left - 2), HEIGHT - 9)

    def _slot(self, tick: int) -> tuple[int, int]:
        """The place for a chord at a tick: up to the next chord or bar line."""
        _, bar_end = self.timeline.bar(tick)
        following = [change.tick for change in self.session.song.chords if change.tick > tick]
        return tick, min([bar_end, *following])

    def _forget(self) -> None:
        self.place = 0
        self.update()

    # --- the mouse -------------------------------------------------------------------------------

    def span_at(self, x: float) -> ChordSpan | None:
        tick = self.timeline.tick(x)
        return next((span for span in self.session.song.chord_spans if span.start <= tick < span.end), None)

    def _edge_near(self, x: float) -> int | None:
        """The beginning of a chord (not of the first bar's) that is under the pointer."""
        changes = self.session.song.chords
        return next((each.tick for each in changes if each.tick and abs(self.timeline.x(each.tick) - x) <= EDGE), None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is None or event.button() == Qt.MouseButton.MiddleButton:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        x = event.position().x()
        edge = self._edge_near(x) if event.button() == Qt.MouseButton.LeftButton else None
        if edge is not None:
            self._edge = self._edge_at = edge
            return
        span = self.span_at(x)
        self.place = span.start if span is not None else self._beat(self.timeline.tick(x))
        if span is not None and event.button() == Qt.MouseButton.LeftButton:
            hear_chord(self.session, span.chord)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is None:
            return
        x = event.position().x()
        if self._edge is None:
            near = self._edge_near(x) is not None
            self.setCursor(Qt.CursorShape.SizeHorCursor if near else Qt.CursorShape.ArrowCursor)
            return
        ticks = [change.tick for change in self.session.song.chords]
        index = ticks.index(self._edge)
        least = ticks[index - 1] + 1 if index else 0
        most = (ticks[index + 1] if index + 1 < len(ticks) else self.session.song.length) - 1
        wanted = self.timeline.snap(self.timeline.tick(x))
        if least <= wanted <= most:
            self._edge_at = wanted
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if self._edge is None:
            return
        edge, self._edge = self._edge, None
        if self._edge_at != edge:
            self._edit(self.tr("Move chord"), lambda song: editing.move_chord(song, edge, self._edge_at))
            self.place = self._edge_at
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        span, tick = self.span_at(event.position().x()), self.timeline.tick(event.position().x())
        here = self._beat(tick)
        # A long chord is divided where its later bars are double-clicked; its first bar opens the chord itself.
        same = span is not None and here < self.timeline.bar(span.start)[1]
        self.place = span.start if span is not None and same else here
        self.write()

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:  # noqa: N802
        if event is None:
            return
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            span = self.span_at(event.pos().x())
            self.place = span.start if span is not None else self._beat(self.timeline.tick(event.pos().x()))
        where = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            where = self.mapToGlobal(QPoint(int(self.timeline.x(self.place)), HEIGHT))
        self.menu().popup(where)

    def menu(self) -> QMenu:
        """What can be done at the cursor."""
        return chord_menu(
            self.session,
            self.place,
            write=self.write,
            take=lambda chord: self._put(chord, self.tr("Substitute chord")),
            remove=self.remove if self.selected is not None else None,
            parent=self,
        )

    # --- the keyboard ----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        if event is None:
            return
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right if plain:
                by = 1 if event.key() == Qt.Key.Key_Right else -1
                if shift and self.selected is not None:
                    self._nudge(by)
                else:
                    self._walk(by)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_F2 if plain:
                self.write()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace if plain:
                self.remove()
            case _ if plain and event.text()[:1].upper() in tuple("ABCDEFGHIVN#♭"):
                self.write(event.text())
            case _:
                super().keyPressEvent(event)

    def write(self, text: str | None = None) -> None:
        """Open the field at the cursor, with the chord that begins there or with `text`."""
        span = self.selected
        self.timeline.show(self.place)
        start, end = (span.start, span.end) if span is not None else self._slot(self.place)
        box = self._box(start, end).toRect().adjusted(-1, -1, 1, 1)
        given = str(span.chord) if span is not None and text is None else text or ""
        self.editor.begin(box, given, self.session.song.key_at(self.place), select=text is None)

    def remove(self) -> None:
        """Take the chord at the cursor away: the one before goes on."""
        if self.selected is not None:
            self._edit(self.tr("Remove chord"), lambda song: editing.set_chord(song, self.place, None))

    def _take(self, chord: Chord | None, onward: int) -> None:
        """What the field gave: put it in, and go on to the next place."""
        if chord is not None:
            self._put(chord, self.tr("Write chord"))
        elif self.selected is not None:
            self.remove()
            onward = 0
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if onward and chord is not None:
            self._walk(onward)
            if self.place < self.session.song.length:
                self.write()

    def _put(self, chord: Chord, label: str) -> None:
        song = self.session.song
        if self.place >= song.length:  # behind the end: the song grows to hold it
            bars = song.meters.bar_at(self.place) + 1
            self._edit(label, lambda song: editing.set_chord(editing.with_length(song, bars), self.place, chord))
        else:
            self._edit(label, lambda song: editing.set_chord(song, self.place, chord))
        hear_chord(self.session, chord)

    def _walk(self, by: int) -> None:
        """To the next chord or bar line, whichever comes first, or back."""
        ticks = {change.tick for change in self.session.song.chords}
        _, end = self.timeline.bar(self.place)
        before, _ = self.timeline.bar(max(0, self.place - 1))
        if by > 0:
            self.place = min([end, *(tick for tick in ticks if self.place < tick)])
        else:
            self.place = max([before, *(tick for tick in ticks if tick < self.place)])
        self.timeline.show(self.place)
        if self.selected is not None:
            hear_chord(self.session, self.selected.chord)
        self.update()

    def _nudge(self, by: int) -> None:
        """Begin the selected chord a step of the grid earlier or later."""
        here = self.place
        to = here + by * max(self.timeline.step(here), 15)
        before = self.session.song
        self._edit(self.tr("Move chord"), lambda song: editing.move_chord(song, here, to), merge="move chord")
        if self.session.song is not before:
            self.place = to

    # --- dropping a progression ------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:  # noqa: N802
        if event is not None and can_drop(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent | None) -> None:  # noqa: N802
        if event is not None:
            self._drop_at = self.timeline.bar(self.timeline.tick(event.position().x()))[0]
            event.acceptProposedAction()
            self.update()

    def dragLeaveEvent(self, event: QDragLeaveEvent | None) -> None:  # noqa: N802
        self._drop_at = None
        self.update()

    def dropEvent(self, event: QDropEvent | None) -> None:  # noqa: N802
        data = event.mimeData() if event is not None else None
        if event is None or data is None:
            return
        self._drop_at = None
        tick = self.timeline.bar(self.timeline.tick(event.position().x()))[0]
        drop_progression(self.session, data, tick)
        self.place = tick
        event.acceptProposedAction()
        self.update()

    # --- the rest --------------------------------------------------------------------------------

    def _beat(self, tick: int) -> int:
        """The felt beat at or before a tick."""
        start, _ = self.timeline.bar(tick)
        return max(
            start + offset for offset in self.timeline.song.meters.meter_at(start).beat_starts if start + offset <= tick
        )

    def _edit(self, label: str, change: Callable[[Song], Song], merge: str = "") -> None:
        """Change the song, or say why that cannot be."""
        try:
            song = change(self.session.song)
        except CocomposerError as error:
            self.session.problem.emit(str(error))
            return
        self.session.edit(label, song, merge)
        self.update()
