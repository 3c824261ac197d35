"""The window: the transport on top, the browser left, the song in the middle, the proposals right, one line below.

It only puts the views together; what they show and do is theirs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QScreen
from PyQt6.QtWidgets import QFrame, QMainWindow, QSplitter, QTabWidget, QVBoxLayout, QWidget

from cocomposer.studio.catalogue import Entry, Kind

from . import theme
from .actions import Actions
from .arrangement import ArrangementView
from .authors import SharesDialog
from .background import Background
from .browser import Browser, Sharing
from .chord_lane import ChordLane
from .files import Files
from .log_window import LogWindow
from .memory import Memory
from .mixer import MixerView
from .out import Out
from .palette import Palette
from .piano_roll import PianoRoll
from .proposals import ProposalsPanel
from .recording import Recording
from .session import Session
from .settings import SettingsDialog
from .status import StatusLine
from .timeline import shared_timeline
from .transport import Transport
from .welcome import Welcome

LEFT, RIGHT = 248, 336
USUAL = QSize(1440, 900)
SMALLEST = QSize(900, 560)
"""Also what a screen of 1920 x 1080 has room for at 200 %, less its bars."""
TITLE_BAR = 40
"""Height that a window's frame takes of the screen, at most."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class Window(QMainWindow):
    """One session and everything that shows it."""

    session: Session
    files: Files
    out: Out
    transport: Transport
    sharing: Sharing
    roll: PianoRoll

    def __init__(self, session: Session, memory: Memory) -> None:
        super().__init__()
        self.session = session
        self.memory = memory
        self.status = StatusLine()
        self.background = Background(session, self.status)
        self.files = Files(self)
        self.out = Out(self)
        self.sharing = Sharing(self)
        self.transport = Transport(session)
        self.actions_ = Actions(self)
        self.browser = Browser(session, memory)
        self.arrangement = ArrangementView(session)
        self.chords = ChordLane(session)
        self.roll = PianoRoll(session)
        self.mixer = MixerView(session)
        self.proposals = ProposalsPanel(session)
        self.recording = Recording(session)
        self._palette: Palette | None = None
        self._log_window: LogWindow | None = None
        self._welcome: Welcome | None = None
        self.setMinimumSize(SMALLEST)
        self.setAcceptDrops(True)
        self._lay_out()
        bar = self.menuBar()
        assert bar is not None
        self.actions_.fill(bar)
        self.transport.fill(self.actions_)
        self.files.add_recent_menu(bar)
        self._listen()
        self._restore()
        self._name()
        self.actions_.refresh()
        self.roll.grid.setFocus()

    # --- Laying out -------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        sketch = QWidget()
        column = _column(sketch)
        column.addWidget(self.chords)
        column.addWidget(self.roll, 1)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(sketch, self.tr("Notes"))
        self.tabs.addTab(self.mixer, self.tr("Mixer"))
        self.tabs.currentChanged.connect(lambda _: self.actions_.refresh_soon())
        self.centre = QSplitter(Qt.Orientation.Vertical)
        self.centre.addWidget(self.arrangement)
        self.centre.addWidget(self.tabs)
        self.centre.setSizes([270, 430])
        self.centre.setChildrenCollapsible(False)
        self.across = QSplitter(Qt.Orientation.Horizontal)
        for view in (self.browser, self.centre, self.proposals):
            self.across.addWidget(view)
        self.across.setSizes([LEFT, 900, RIGHT])
        self.across.setStretchFactor(0, 0)
        self.across.setStretchFactor(1, 1)
        self.across.setStretchFactor(2, 0)
        self.across.setChildrenCollapsible(False)
        whole = QWidget()
        column = _column(whole)
        top = QFrame()
        theme.set_kind(top, "panel")
        _column(top).addWidget(self.transport)
        column.addWidget(top)
        column.addSpacing(theme.GRID)
        column.addWidget(self.across, 1)
        column.addWidget(self.status)
        self.setCentralWidget(whole)

    def _listen(self) -> None:
        session = self.session
        session.problem.connect(self.status.say_problem)
        session.problem.connect(log.warning)
        session.proposals.refused.connect(self._refused)
        session.told.connect(self.status.say)
        for signal in (session.changed, session.selection_changed, session.playing_changed, session.proposals_changed,
                       session.document_changed, session.saved_changed, session.recording_changed,
                       session.player_changed):  # fmt: skip
            signal.connect(self.actions_.refresh_soon)
        session.saved_changed.connect(self._name)
        session.document_changed.connect(self._name)
        shared_timeline(session).loop_changed.connect(self.actions_.refresh_soon)
        self.arrangement.opened.connect(self._show_notes)
        self.browser.used.connect(self._use)
        self.browser.scan_asked.connect(self.scan_plugins)
        self.browser.code_pasted.connect(self.sharing.look_at)
        self.browser.share_asked.connect(self.sharing.share)
        self.browser.remove_asked.connect(self.sharing.remove)

    def _name(self) -> None:
        document = self.session.document
        name = document.path.stem if document.path else document.song.title or self.tr("Untitled")
        self.setWindowTitle(f"{name}[*] – Cocomposer")
        self.setWindowModified(document.unsaved)

    def _restore(self) -> None:
        """Size and place as they were at the last close."""
        for restore, name in (
            (self.restoreGeometry, "geometry"),
            (self.across.restoreState, "across"),
            (self.centre.restoreState, "centre"),
        ):
            kept = self.memory.state(f"window/{name}")
            if kept is not None:
                restore(kept)
            elif name == "geometry":
                self.resize(first_size(self.screen()))
        for name in ("browser", "proposals"):
            self._part(name).setVisible(self.memory.flag(f"window/{name}", True))

    def _remember(self) -> None:
        for name, value in (
            ("geometry", self.saveGeometry()),
            ("across", self.across.saveState()),
            ("centre", self.centre.saveState()),
        ):
            self.memory.keep(f"window/{name}", value)
        for name in ("browser", "proposals"):
            self.memory.keep(f"window/{name}", not self._part(name).isHidden())

    # --- What actions ask for ---------------------------------------------------------------------------------------

    def run(self, text: str, work: Callable[..., T], done: Callable[[T], None]) -> None:
        """Do `work(progress, cancelled)` in the background, shown in the line below as `text`, then `done` here."""
        self.background.run(text, work, done)

    def scan_plugins(self) -> None:
        """Look for plugins in the background; those that are found stand in the browser then."""
        self.background.scan_plugins(self.browser.look_up)

    def propose(self) -> None:
        """Ask for proposals, with what is set beside them."""
        self._part("proposals").show()
        self.proposals.propose()

    def _refused(self, sentence: str) -> None:
        """What cannot be proposed is told beside the proposals, wherever it was asked."""
        log.warning(sentence)
        self._part("proposals").show()

    def _use(self, entry: Entry) -> None:
        """Use what is no edit of the song: a sketch is opened, a style proposed in."""
        if entry.kind is Kind.SKETCH:
            self.files.open(Path(entry.id))
        elif entry.kind is Kind.STYLE:
            self._part("proposals").show()
            self.proposals.propose_in(entry.id)
        else:
            self.sharing.use(entry)

    def _show_notes(self) -> None:
        """Bring the piano roll to the front, with the keys."""
        self.tabs.setCurrentIndex(0)
        self.roll.grid.setFocus()

    def toggle(self, name: str) -> None:
        """Show or hide the browser, the proposals or the mixer."""
        if name == "mixer":
            self.tabs.setCurrentIndex(1 - self.tabs.currentIndex())
        else:
            part = self._part(name)
            part.setVisible(part.isHidden())

    def shows(self, name: str) -> bool:
        return self.tabs.currentIndex() == 1 if name == "mixer" else not self._part(name).isHidden()

    def _part(self, name: str) -> QWidget:
        return {"browser": self.browser, "proposals": self.proposals}[name]

    def toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def show_palette(self) -> None:
        if self._palette is None:
            self._palette = Palette(self.actions_, self)
        self._palette.open_over(self)

    def show_settings(self) -> None:
        SettingsDialog(self.session, self).exec()

    def show_welcome(self) -> None:
        """Three steps over the window, which get out of the way."""
        if self._welcome is None:
            self._welcome = Welcome(self)
        self._welcome.begin()

    def show_log(self) -> None:
        if self._log_window is None:
            self._log_window = LogWindow(self)
        self._log_window.show()
        self._log_window.raise_()

    def show_authors(self) -> None:
        """How much of the song is by whom."""
        SharesDialog(self.session.song, self).exec()

    def show_about(self) -> None:
        from PyQt6.QtWidgets import QMessageBox

        from cocomposer import __version__

        QMessageBox.about(
            self,
            self.tr("About Cocomposer"),
            f"<h3>Cocomposer {__version__}</h3>"
            + self.tr("The co-composer that sits beside your DAW. Everything stays on this computer.")
            + "<p>GPL-3.0-or-later</p>",
        )

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:  # noqa: N802 - Qt's name
        data = event.mimeData() if event is not None else None
        if event is not None and (self.sharing.can_take(data) or self.files.can_take(data)):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:  # noqa: N802 - Qt's name
        data = event.mimeData() if event is not None else None
        if event is not None and (self.sharing.take(data) or self.files.take(data)):
            event.acceptProposedAction()

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802 - Qt's name
        if event is not None and event.type() == QEvent.Type.PaletteChange and hasattr(self, "actions_"):
            self.actions_.redraw()
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802 - Qt's name
        if event is None:
            return
        if not self.files.may_leave(then=lambda: self.close()):
            event.ignore()
            return
        self._remember()
        self.session.close()
        event.accept()


def first_size(screen: QScreen | None) -> QSize:
    """How large a window is at first: as is usual, or as the screen has room for."""
    room = screen.availableSize() - QSize(0, TITLE_BAR) if screen is not None else USUAL
    return USUAL.boundedTo(room).expandedTo(SMALLEST)


def _column(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column
