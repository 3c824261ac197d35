"""For tests of the window: real widgets without a display, work done at once, and nothing of the user's own touched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
pytest.importorskip("PyQt6.QtWidgets", exc_type=ImportError)

from cocomposer.ui import app as shell
from cocomposer.ui.memory import Memory
from cocomposer.ui.session import Session
from cocomposer.ui.window import Window
from PyQt6 import sip
from PyQt6.QtWidgets import QApplication

from cocomposer import formats
from cocomposer.resources import assets_folder
from cocomposer.studio.document import Document
from cocomposer.studio.jobs import Jobs
from cocomposer.studio.presets import Presets
from cocomposer.studio.project import Project
from cocomposer.studio.settings import Settings

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

SKETCH = assets_folder() / "sketches" / "first_light.mid"


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The application as an artist has it: dark, in English."""
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication(["cocomposer"])
    return shell.dressed(app, Settings(language="en"))


@pytest.fixture(scope="session")
def known_presets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the factory presets, made once: each test begins with a copy of it."""
    folder = tmp_path_factory.mktemp("index")
    presets = Presets(folder / "presets", folder)
    presets.index.refresh()
    presets.close()
    return folder / "presets.db"


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known_presets: Path) -> None:
    """Settings, presets, recovered work and dragged files of a test are its own."""
    for name in ("DATA", "CACHE", "SETTINGS", "RECOVERY"):
        monkeypatch.setenv(f"COCOMPOSER_{name}", str(tmp_path / name.casefold()))
    (tmp_path / "cache").mkdir()
    shutil.copyfile(known_presets, tmp_path / "cache" / known_presets.name)


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:
    """A session with a sketch of sixteen bars: a melody and its chords.  It has no player."""
    made = Session(Document(Project(formats.read(SKETCH))), jobs=Jobs(inline=True))
    yield made
    made.close()


@pytest.fixture
def window(session: Session, qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    """A window that shows the session."""
    made = Window(session, Memory(tmp_path / "window.ini"))
    made.resize(1440, 900)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.files.discard()
    made.close()
    sip.delete(made)  # at a moment of our choosing, with all it has, and not when Python collects
