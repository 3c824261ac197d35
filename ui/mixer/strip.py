"""One strip of the mixer, from the instrument at the top to the fader at the bottom."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from cocomposer.sound.console import mix_of

from .. import theme
from ..dragging import dragged_entry
from ..drawings import icon
from ..scales import linear, pan_scale
from ..session import Session
from ..using import use
from .channels import Channel
from .desk import StripDesk
from .fader import Fader
from .inserts import InsertList
from .instrument_button import InstrumentButton
from .knob import Knob
from .meter import Meter
from .sends import SendBars

WIDTH = 112
_HEAD = 22
"""Height of what stands below the name: the instrument, or what kind of strip it is."""


class StripView(QFrame):
    """Shows a channel of the session's song and turns it.

    `insert_opened` and `instrument_opened` ask for parameters, `lanes_opened` for the automation.
    """

    insert_opened = pyqtSignal(object, int)
    instrument_opened = pyqtSignal(object)
    lanes_opened = pyqtSignal(object)
    chosen = pyqtSignal(object)

    def __init__(self, session: Session, channel: Channel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.channel, self.desk = channel, StripDesk(session, channel)
        self._session = session
        self._current = self._troubled = False
        self._mark()
        self.setFixedWidth(WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAcceptDrops(True)
        self._build()
        self.refresh()

    def refresh(self) -> None:
        """Show the strip as it is in the song."""
        strip, name = self.desk.strip, self.desk.name
        self._name.setText(self._name.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, WIDTH - 20))
        self._name.setToolTip(name)
        self.setAccessibleName(self.tr("Strip of {name}").format(name=name))
        if self.channel.kind == "part":
            self.instrument.refresh()
        self.inserts.refresh()
        self.sends.refresh()
        self.fader.set_value(strip.gain_db)
        self.pan.set_value(strip.pan)
        self.width_knob.set_value(strip.width)
        self._gain.setText(self.fader.scale.text(strip.gain_db))
        self.mute.setChecked(strip.muted)
        self.solo.setChecked(strip.soloed)
        self._output.setText(strip.output or self.tr("Master"))
        count = len(strip.lanes)
        self._lanes.setText(str(count) if count else "")
        theme.set_kind(self._lanes, "tiny-on" if count else "tiny")

    def show_level(self, peak: float, rms: float) -> None:
        """What the meter shows, as amplitudes."""
        self.meter.show_level(peak, rms)

    def set_current(self, on: bool) -> None:
        """Mark the strip of the part that the piano roll shows."""
        self._current = on
        self._mark()

    def set_troubled(self, on: bool) -> None:
        """Mark a strip that something fails in."""
        self._troubled = on
        self._mark()

    def _mark(self) -> None:
        theme.set_kind(self, "strip-trouble" if self._troubled else "strip-current" if self._current else "strip")

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        self.chosen.emit(self.channel)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:  # noqa: N802
        if event is not None and self.channel.kind == "part" and dragged_entry(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:  # noqa: N802
        entry = dragged_entry(event.mimeData()) if event is not None else None
        if event is not None and entry is not None and use(entry, self._session, self.channel.index):
            event.acceptProposedAction()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        super().paintEvent(event)
        part = self.desk.part
        painter = QPainter(self)
        token = {"bus": "muted", "send": "focus", "master": "accent"}.get(self.channel.kind, "muted")
        ink = theme.role_colour(part.role) if part is not None else theme.colour(token)
        painter.fillRect(1, 1, self.width() - 2, 3, ink)

    # --- How it is built --------------------------------------------------------------------------------------------

    def _build(self) -> None:
        grid, kind = theme.GRID, self.channel.kind
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * grid, 2 * grid + 2, 2 * grid, grid)
        column.setSpacing(grid)
        self._name = QLabel()
        self._name.setFont(theme.font(bold=True))
        self.instrument = InstrumentButton(self.desk, self)
        self.instrument.opened.connect(lambda: self.instrument_opened.emit(self.channel))
        self.inserts = InsertList(self.desk)
        self.inserts.opened.connect(lambda index: self.insert_opened.emit(self.channel, index))
        self.sends = SendBars(self.desk)
        column.addWidget(self._name)
        self.instrument.setFixedHeight(_HEAD)
        column.addWidget(self.instrument if kind == "part" else self._what())
        self.instrument.setVisible(kind == "part")
        column.addWidget(self.inserts)
        column.addWidget(self.sends)
        column.addLayout(self._build_knobs())
        column.addLayout(self._build_switches())
        column.addLayout(self._build_fader(), 1)
        self._output = self._tiny(self.tr("Where it goes to"))
        menu = QMenu(self._output)
        menu.aboutToShow.connect(lambda: self._fill_outputs(menu))
        self._output.setMenu(menu)
        self._output.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._output.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column.addWidget(self._output)
        for widget, wanted in ((self.sends, kind == "part"), (self._output, kind == "part")):
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)  # so that all faders stand in line
            widget.setSizePolicy(policy)
            widget.setVisible(wanted)

    def _what(self) -> QLabel:
        """In the place of an instrument: what kind of strip it is."""
        words = {"bus": self.tr("bus"), "send": self.tr("send"), "master": self.tr("everything")}
        label = QLabel(words.get(self.channel.kind, ""))
        label.setFixedHeight(_HEAD)
        theme.set_kind(label, "small")
        return label

    def _build_knobs(self) -> QHBoxLayout:
        self.pan = Knob(self.tr("Pan of {name}").format(name=self.desk.name), pan_scale(), self.tr("Pan"), size=24)
        self.pan.turned.connect(lambda pan: self.desk.change(self.tr("Pan {name}"), f"pan {self.pan.gesture}", pan=pan))
        self.width_knob = Knob(
            self.tr("Width of {name}").format(name=self.desk.name), linear(0, 1.5, 1.0), self.tr("Width"), size=24
        )
        self.width_knob.turned.connect(
            lambda width: self.desk.change(self.tr("Width of {name}"), f"width {self.width_knob.gesture}", width=width)
        )
        line = QHBoxLayout()
        line.setSpacing(0)
        line.addWidget(self.pan)
        line.addWidget(self.width_knob)
        return line

    def _build_switches(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(2)
        self.mute = self._switch("M", self.tr("Mute {name}"), "mute")
        self.mute.clicked.connect(
            lambda on: self.desk.change(self.tr("Mute {name}") if on else self.tr("Unmute {name}"), muted=on)
        )
        self.solo = self._switch("S", self.tr("Solo {name}"), "solo")
        self.solo.clicked.connect(
            lambda on: self.desk.change(self.tr("Solo {name}") if on else self.tr("Unsolo {name}"), soloed=on)
        )
        self._lanes = self._tiny(self.tr("Automation of {name}").format(name=self.desk.name))
        self._lanes.setIcon(icon("automation"))
        self._lanes.setIconSize(QSize(14, 14))
        self._lanes.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._lanes.clicked.connect(lambda: self.lanes_opened.emit(self.channel))
        line.addWidget(self.mute)
        line.addWidget(self.solo)
        line.addStretch()
        line.addWidget(self._lanes)
        if self.channel.kind == "master":
            self.solo.hide()
        return line

    def _build_fader(self) -> QHBoxLayout:
        self.fader = Fader(self.tr("Fader of {name}").format(name=self.desk.name))
        self.fader.turned.connect(
            lambda gain: self.desk.change(self.tr("Fader of {name}"), f"gain {self.fader.gesture}", gain_db=gain)
        )
        self.meter = Meter(self.tr("Level of {name}").format(name=self.desk.name))
        self._gain = QLabel()
        self._gain.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.set_kind(self._gain, "small")
        beside = QVBoxLayout()
        line = QHBoxLayout()
        line.setSpacing(theme.GRID)
        line.addStretch()
        line.addWidget(self.fader)
        line.addWidget(self.meter)
        line.addStretch()
        beside.setSpacing(0)
        beside.addLayout(line, 1)
        beside.addWidget(self._gain)
        outer = QHBoxLayout()
        outer.addLayout(beside)
        return outer

    def _fill_outputs(self, menu: QMenu) -> None:
        menu.clear()
        for name in ("", *(bus.name for bus in mix_of(self._session.song).buses)):
            entry = menu.addAction(name or self.tr("Master"))
            if entry is not None:
                entry.triggered.connect(lambda _, name=name: self.desk.change(self.tr("Output of {name}"), output=name))

    def _switch(self, letter: str, name: str, kind: str) -> QToolButton:
        made = QToolButton()
        made.setText(letter)
        made.setCheckable(True)
        made.setFixedSize(22, 20)
        spoken = name.format(name=self.desk.name)
        made.setToolTip(spoken)
        made.setAccessibleName(spoken)
        theme.set_kind(made, kind)
        return made

    @staticmethod
    def _tiny(name: str) -> QToolButton:
        made = QToolButton()
        made.setToolTip(name)
        made.setAccessibleName(name)
        theme.set_kind(made, "tiny")
        return made
