"""The window: the transport on top, the browser left, the song in the middle, the proposals right, one line below.

It only puts the views together; what they show and do is theirs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QFrame, QMainWindow, QSplitter, QTabWidget, QVBoxLayout, QWidget

from cocomposer.studio.catalogue import Entry, Kind
from cocomposer.studio.jobs import Job
from cocomposer.studio.plugins import scan_plugins

from . import theme
from .actions import Actions
from .arrangement import ArrangementView
from .authors import SharesDialog
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
SMALLEST = (960, 600)

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
        self.setMinimumSize(*SMALLEST)
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
        self.roll.setFocus()

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
        self.centre.setSizes([280, 420])
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
                self.resize(1440, 900)
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

    # --- Work in the background -------------------------------------------------------------------------------------

    def run(self, text: str, work: Callable[..., T], done: Callable[[T], None]) -> None:
        """Do `work(progress, cancelled)` in the background, shown in the line below as `text`, then `done` here."""
        running: list[Job[T]] = []

        def cancel() -> None:
            for job in running:
                job.cancel()

        shown = self.status.begin(text, cancel)

        def finished(result: T) -> None:
            self.status.end(shown)
            done(result)

        def failed(sentence: str) -> None:
            self.status.end(shown)
            self.session.problem.emit(sentence)

        running.append(
            self.session.jobs.run(
                work,
                on_done=finished,
                on_error=failed,
                on_progress=lambda share: self.status.advance(shown, share),
                on_cancelled=lambda: self.status.end(shown),
            )
        )

    # --- What actions ask for ---------------------------------------------------------------------------------------

    def propose(self) -> None:
        """Ask for proposals, with what is set beside them."""
        self._part("proposals").show()
        self.proposals.propose()

    def scan_plugins(self) -> None:
        """Look for plugins in the background; those that are found stand in the browser then."""
        folders = tuple(Path(each) for each in self.session.settings.plugin_folders)

        def work(progress: Callable[[float], None], cancelled: Callable[[], bool]) -> tuple[int, int]:
            count, found = scan_plugins(folders, cancelled=cancelled)
            fit = 0
            for number, info in enumerate(found, 1):
                fit += not info.problem
                progress(number / max(1, count))
            return count, fit

        def done(counts: tuple[int, int]) -> None:
            self.browser.look_up()
            told = self.tr("{fit} of {count} plugins can be used.") if counts[0] else self.tr("No plugins were found.")
            self.status.say(told.format(count=counts[0], fit=counts[1]))

        self.run(self.tr("Looking for plugins"), work, done)

    def _use(self, entry: Entry) -> None:
        """Use what is no edit of the song: a sketch is opened, a style proposed in."""
        if entry.kind is Kind.SKETCH:
            self.files.open(Path(entry.id))
        elif entry.kind is Kind.STYLE:
            self.proposals.show()
            self.proposals.use_style(entry.id)
        else:
            self.sharing.use(entry)

    def _show_notes(self) -> None:
        """Bring the piano roll to the front, with the keys."""
        self.tabs.setCurrentIndex(0)
        self.roll.setFocus()

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


def _column(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column
