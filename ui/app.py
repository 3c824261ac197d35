"""Where the window begins: `run` is what `cocomposer` without a command does."""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication

    from .session import Session
    from .window import Window

RESTART = 64
"""Exit code of a window that is to be opened anew, as after another scale was chosen."""
DEMO = "first_light.mid"

log = logging.getLogger(__name__)


def run(files: list[str]) -> int:
    """Open the window, with the first of `files` in it, and stay until it is closed.  Returns the exit code."""
    from .preferences import preferences

    chosen = preferences()
    os.environ.setdefault("QT_SCALE_FACTOR", f"{chosen.scale:g}")
    app = application()
    from . import theme, translation

    theme.apply(app, chosen.theme)
    translation.install(app, chosen.language)
    window = open_window(Path(files[0]) if files else None)
    signal.signal(signal.SIGINT, lambda *_: window.close())
    code = app.exec()
    if code == RESTART:
        os.environ.pop("QT_SCALE_FACTOR", None)
        os.execv(sys.executable, [sys.executable, "-m", "cocomposer", *files])
    return code


def application() -> QApplication:
    """The one application object."""
    from PyQt6.QtWidgets import QApplication

    from .focus import KeyboardFocus
    from .log_window import begin_log

    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    app = QApplication(["cocomposer"])
    app.setApplicationName("Cocomposer")
    app.setOrganizationName("cocomposer")
    app.setDesktopFileName("cocomposer")
    app.setEffectEnabled(app.effect(), False) if False else None
    app.installEventFilter(KeyboardFocus(app))
    begin_log()
    return app


def open_window(path: Path | None) -> Window:
    """A window with a session of its own: with that file, else with what was rescued, else with the demo or a new song."""
    ...
