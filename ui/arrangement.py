"""The arrangement: sections along the top, parts down the side, miniatures of their notes between."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollBar, QToolButton, QWidget

from .canvas import GUTTER, SCROLL_BAR, gutter
from .drawings import icon
from .lane_rows import LaneRows
from .part_heads import PartHeads
from .part_lanes import PartLanes
from .part_menu import add_part_menu
from .ruler import HEIGHT as RULER_HEIGHT
from .ruler import Ruler
from .section_lane import HEIGHT as SECTION_HEIGHT
from .section_lane import SectionLane
from .session import Session
from .theme import set_kind
from .timeline import Timeline, shared_timeline

FOOT = 32
FEW, ROOM, PAD = 2, 44, 16
"""Up to so many parts it is said what comes under them, where so many pixels are free there; left and right of it."""


class ArrangementView(QWidget):
    """Shows the whole song and sets `session.region` and `session.current_part`.

    `opened` asks for the current part to be shown in the piano roll.
    """

    opened = pyqtSignal()

    def __init__(self, session: Session, timeline: Timeline | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.timeline = timeline = timeline or shared_timeline(session)
        self.rows = LaneRows(self)
        self.rows.set_count(len(session.song.parts))
        self.ruler = Ruler(session, timeline)
        self.sections = SectionLane(session, timeline)
        self.heads = PartHeads(session, self.rows)
        self.lanes = PartLanes(session, timeline, self.rows)
        self.empty = QLabel(self.lanes)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        set_kind(self.empty, "muted")
        self._down = QScrollBar(Qt.Orientation.Vertical)
        self._down.setFixedWidth(SCROLL_BAR)
        self._lay_out()
        self._down.valueChanged.connect(self.rows.scroll_to)
        self.rows.moved.connect(self._follow)
        self.lanes.opened.connect(self.opened)
        session.changed.connect(self._say_what_to_do)
        session.document_changed.connect(self._say_what_to_do)
        self._follow()

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(gutter(RULER_HEIGHT, self.tr("Bars")), 0, 0)
        layout.addWidget(self.ruler, 0, 1)
        layout.addWidget(gutter(SECTION_HEIGHT, self.tr("Form")), 1, 0)
        layout.addWidget(self.sections, 1, 1)
        layout.addWidget(self.heads, 2, 0)
        layout.addWidget(self.lanes, 2, 1)
        layout.addWidget(self._down, 2, 2)
        layout.addWidget(self._foot(), 3, 0, 1, 3)
        layout.setColumnStretch(1, 1)
        layout.setColumnMinimumWidth(2, SCROLL_BAR)
        layout.setRowStretch(2, 1)

    def _foot(self) -> QFrame:
        """The row under the parts: add one, see the whole song."""
        foot = QFrame()
        set_kind(foot, "panel")
        foot.setFixedHeight(FOOT)
        row = QHBoxLayout(foot)
        row.setContentsMargins(8, 0, 8, 0)
        self.add = QToolButton()
        self.add.setText(self.tr("Add part"))
        self.add.setIcon(icon("add"))
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add.setMenu(add_part_menu(self.session, self.add))
        self.add.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.add.setMaximumWidth(GUTTER)
        row.addWidget(self.add)
        row.addStretch(1)
        self.whole = QToolButton()
        self.whole.setText(self.tr("Whole song"))
        self.whole.setToolTip(self.tr("Zoom so that the whole song is seen"))
        self.whole.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.whole.clicked.connect(lambda: self.timeline.fit(0, max(1, self.session.song.length)))
        row.addWidget(self.whole)
        return foot

    def _follow(self) -> None:
        self._down.blockSignals(True)
        self._down.setRange(0, max(0, int(self.rows.count * self.rows.height - self.rows.view)))
        self._down.setPageStep(self.rows.view)
        self._down.setSingleStep(int(self.rows.height))
        self._down.setValue(int(self.rows.offset))
        self._down.blockSignals(False)
        self._say_what_to_do()

    def _say_what_to_do(self, _: object = None) -> None:
        """In the room under a part or two: what comes here."""
        song = self.session.song
        if not self.rows.count:
            words = self.tr("No parts yet: add one below, or drop a MIDI file here.")
        elif song.chords or any(part.notes for part in song.parts):
            words = self.tr("Propose writes a band around this; the parts you keep stand here.")
        else:
            words = self.tr("Draw notes or type chords below; Propose then writes a band around them.")
        room = self.lanes.rect().adjusted(PAD, int(self.rows.y(self.rows.count)), -PAD, 0)
        self.empty.setText(words)
        self.empty.setGeometry(room)
        self.empty.setVisible(self.rows.count <= FEW and room.height() >= ROOM)
