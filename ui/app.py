"""Where the window begins: `run` is what `cocomposer` without a command does."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from pathlib import Path
from types import TracebackType

from PyQt6 import sip
from PyQt6.QtCore import QDir, QTimer
from PyQt6.QtWidgets import QApplication

from cocomposer.resources import assets_folder
from cocomposer.studio.document import Document
from cocomposer.studio.places import settings_folder
from cocomposer.studio.project import Project
from cocomposer.studio.settings import Settings, load_settings

from . import theme, translation
from .blank import blank_song
from .focus import KeyboardFocus
from .log_window import begin_log
from .memory import Memory
from .recording import Keyboards
from .session import Session
from .sounding import start_playing
from .window import Window

DEMO = "first_light.mid"

log = logging.getLogger(__name__)


def run(files: list[str]) -> int:
    """Open the window, with the first of `files` in it, and stay until it is closed.  Returns the exit code."""
    begin_log()
    settings, problems = load_settings()
    os.environ.setdefault("QT_SCALE_FACTOR", f"{settings.scale:g}")
    sys.excepthook = _unexpected
    app = dressed(QApplication(["cocomposer"]), settings)
    window = open_window(Path(files[0]) if files else None, settings)
    window.show()
    gc.freeze()  # all that stands by now stays: to look through it for garbage would hold up the window each time
    for problem in problems:
        window.session.problem.emit(problem)
    signal.signal(signal.SIGINT, lambda *_: window.close())
    awake = QTimer(window)  # Python sees a Ctrl-C only while it is running
    awake.timeout.connect(lambda: None)
    awake.start(200)
    keyboards = Keyboards(window.session)
    QTimer.singleShot(0, lambda: start_playing(window.session))
    QTimer.singleShot(0, keyboards.open)
    QTimer.singleShot(0, window.session.room.watch)
    code = app.exec()
    keyboards.close()
    sip.delete(window)  # with all it has, in an order of our choosing
    return code


def _unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody foresaw goes into the log and one line of the window, which goes on; Qt would end the program."""
    log.critical("Something unexpected went wrong", exc_info=(kind, error, trace))
    for window in QApplication.topLevelWidgets():
        if isinstance(window, Window):
            window.status.say_problem(window.tr("Something unexpected went wrong; Help > Log has the details."))


def dressed(app: QApplication, settings: Settings) -> QApplication:
    """The application in its colours, language and manners."""
    app.setApplicationName("Cocomposer")
    app.setDesktopFileName("cocomposer")
    QDir.setSearchPaths("icons", [str(Path(__file__).with_name("icons"))])
    app.installEventFilter(KeyboardFocus(app))
    translation.install(app, settings.language)
    theme.apply(app, settings.theme)
    return app


def open_window(path: Path | None, settings: Settings, memory: Memory | None = None) -> Window:
    """A window with a session of its own: with that file, rescued work, at the very first start the demo, or none."""
    memory = memory or Memory(settings_folder() / "window.ini")
    session = Session(Document(Project(blank_song())), settings=settings)
    window = Window(session, memory)
    if path is not None:
        window.files.open(path)
    elif not window.files.offer_recovery() and not memory.flag("welcome/seen", False):
        window.files.open(assets_folder() / "sketches" / DEMO, then=window.show_welcome)
    memory.keep("welcome/seen", True)
    return window
