"""The piano roll: toolbar, keyboard, notes and velocities of the current part."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QLabel, QScrollBar, QWidget

from cocomposer.sound.playback.midi_input import Key

from ..canvas import SCROLL_BAR, gutter
from ..ruler import HEIGHT as RULER_HEIGHT
from ..ruler import Ruler
from ..session import Session
from ..theme import set_kind
from ..timeline import Timeline, shared_timeline
from . import entry
from .grid import NoteGrid
from .keyboard import Keyboard
from .state import RollState
from .toolbar import RollToolbar
from .velocity import HEIGHT as VELOCITY_HEIGHT
from .velocity import VelocityLane


class PianoRoll(QWidget):
    """Shows and edits the notes of `session.current_part`; every gesture is one undo step."""

    def __init__(self, session: Session, timeline: Timeline | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.timeline = timeline = timeline or shared_timeline(session)
        self.state = RollState(session, timeline, self)
        self.toolbar = RollToolbar(self.state)
        self.keyboard = Keyboard(self.state)
        self.ruler = Ruler(session, timeline)
        self.grid = NoteGrid(self.state)
        self.velocities = VelocityLane(self.state)
        self.empty = QLabel(self.grid)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        set_kind(self.empty, "muted")
        self._across = QScrollBar(Qt.Orientation.Horizontal)
        self._down = QScrollBar(Qt.Orientation.Vertical)
        self._down.setFixedWidth(SCROLL_BAR)
        self._lay_out()
        for button in (self.toolbar.typing, self.toolbar.step):
            button.clicked.connect(self.grid.setFocus)  # what is typed next is meant for the notes
        self._shown: tuple[int, str, bool] | None = None
        self._across.valueChanged.connect(self._scroll_across)
        self._down.valueChanged.connect(self.state.rows.scroll_to)
        timeline.moved.connect(self._follow)
        self.state.rows.moved.connect(self._follow)
        session.selection_changed.connect(self._show_part)
        session.changed.connect(self._show_part)
        session.document_changed.connect(self._show_part)
        session.key_played.connect(self._write_step)
        self._show_part()

    def _write_step(self, key: Key) -> None:
        """A key was struck or let go; it sounds already, and step input writes it."""
        if key.velocity:
            entry.write_step(self.state, key.pitch, key.velocity)

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.toolbar, 0, 0, 1, 3)
        layout.addWidget(gutter(RULER_HEIGHT), 1, 0)
        layout.addWidget(self.ruler, 1, 1)
        layout.addWidget(self.keyboard, 2, 0)
        layout.addWidget(self.grid, 2, 1)
        layout.addWidget(self._down, 2, 2)
        layout.addWidget(gutter(VELOCITY_HEIGHT, self.tr("Velocity")), 3, 0)
        layout.addWidget(self.velocities, 3, 1)
        layout.addWidget(self._across, 4, 1)
        layout.setColumnStretch(1, 1)
        layout.setColumnMinimumWidth(2, SCROLL_BAR)
        layout.setRowStretch(2, 1)

    def _show_part(self, _: object = None) -> None:
        """Take the rows of the part at hand; scroll to its notes where it is another than before."""
        part = self.state.part
        self.empty.setVisible(part is None or not part.notes)
        self.empty.setText(
            self.tr("Add a part to begin: choose one in the arrangement, or propose a band.")
            if part is None
            else self.tr("Draw a note, play a key or drop a MIDI file.")
        )
        shown = (self.state.part_index, part.name, part.is_drums) if part is not None else None
        if shown != self._shown:
            self._shown = shown
            self.state.length = None
            self.state.rows.show_part(part)
            low, high = (part.pitch_range if part is not None else None) or (60, 72)
            self.state.cursor = (self.timeline.floor(self.session.position), (low + high) // 2)
            self.state.changed.emit()

    def _follow(self) -> None:
        """Bring the scroll bars to where the roll is."""
        rows, timeline = self.state.rows, self.timeline
        self._down.blockSignals(True)
        self._down.setRange(0, max(0, int(len(rows.pitches) * rows.height - rows.view)))
        self._down.setPageStep(rows.view)
        self._down.setSingleStep(int(rows.height))
        self._down.setValue(int(rows.offset))
        self._down.blockSignals(False)
        self._across.blockSignals(True)
        seen = round(timeline.width / timeline.scale)
        self._across.setRange(0, max(0, timeline.end - seen))
        self._across.setPageStep(seen)
        self._across.setSingleStep(480)
        self._across.setValue(round(timeline.first))
        self._across.blockSignals(False)
        self.empty.setGeometry(self.grid.rect())

    def _scroll_across(self, tick: int) -> None:
        self.timeline.scroll_to(tick)
