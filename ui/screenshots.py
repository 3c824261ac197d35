"""Pictures of the window in its main states: `python -m cocomposer.ui.screenshots FOLDER`.

Each scene is set in a process of its own, in a window that really works: proposals are composed, files are read.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .window import Window

SIZE = (1440, 900)
PATIENCE_MS = 60_000
MODULE = "cocomposer.ui.screenshots"


@dataclass(frozen=True)
class Scene:
    """A state of the window: what is done in it, and what is set before."""

    name: str
    play: Callable[[Window], None]
    settings: dict[str, Any] = field(default_factory=dict)


def main(words: list[str]) -> int:
    """Take every picture into the folder named, or the one scene named after it."""
    folder = Path(words[0] if words else "screenshots").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    if len(words) > 1:
        return _take(next(scene for scene in SCENES if scene.name == words[1]), folder)
    failed = 0
    for scene in SCENES:
        with tempfile.TemporaryDirectory(prefix="cocomposer-screenshots-") as own:
            environment = os.environ | {f"COCOMPOSER_{kind}": own for kind in ("DATA", "CACHE", "SETTINGS", "RECOVERY")}
            if not environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY") and sys.platform == "linux":
                environment["QT_QPA_PLATFORM"] = "offscreen"
            environment["QT_SCALE_FACTOR"] = str(scene.settings.get("scale", 1))
            done = subprocess.run([sys.executable, "-m", MODULE, str(folder), scene.name], env=environment)
        print(f"{scene.name}: {folder / scene.name}.png" if done.returncode == 0 else f"{scene.name}: failed")
        failed += done.returncode != 0
    return 1 if failed else 0


def _take(scene: Scene, folder: Path) -> int:
    from PyQt6 import sip
    from PyQt6.QtWidgets import QApplication

    from cocomposer.resources import assets_folder
    from cocomposer.studio.settings import Settings

    from .app import DEMO, dressed, open_window

    wanted: dict[str, Any] = {"language": "en"} | scene.settings
    settings = Settings(**wanted)
    app = dressed(QApplication(["cocomposer"]), settings)
    window = open_window(assets_folder() / "sketches" / DEMO, settings)
    window.resize(SIZE[0], SIZE[1])
    window.show()
    _until(lambda: bool(window.session.song.parts and window.session.song.parts[0].notes))
    scene.play(window)
    _pause(400)
    saved = window.grab().save(str(folder / f"{scene.name}.png"))
    window.files.discard()
    window.close()
    sip.delete(window)
    app.processEvents()
    return 0 if saved else 1


def _until(reached: Callable[[], bool]) -> None:
    """Let the window live until something is so."""
    from PyQt6.QtCore import QDeadlineTimer, QThread

    deadline = QDeadlineTimer(PATIENCE_MS)
    while not reached():
        if deadline.hasExpired():
            raise TimeoutError("the scene was not reached")
        _events()
        QThread.msleep(5)


def _pause(milliseconds: int) -> None:
    from PyQt6.QtCore import QDeadlineTimer

    deadline = QDeadlineTimer(milliseconds)
    _until(deadline.hasExpired)


def _events() -> None:
    from PyQt6.QtCore import QCoreApplication

    QCoreApplication.processEvents()


# --- Scenes ---------------------------------------------------------------------------------------------------------


def _demo(window: Window) -> None:
    window.show_welcome()


def _empty(window: Window) -> None:
    window.files.new()


def _answers(window: Window) -> int:
    return sum(len(each.answers) for each in window.session.document.project.generations)


def _propose(window: Window) -> None:
    """Ask the style composer, which needs no weights and is the same everywhere."""
    from PyQt6.QtWidgets import QTabBar

    from cocomposer.composer.request import Terms

    window.session.proposals.propose(Terms(seed=3), "style")
    for tabs in window.proposals.findChildren(QTabBar):
        tabs.setCurrentIndex(1)


def _streaming(window: Window) -> None:
    _propose(window)
    _until(lambda: _answers(window) >= 2 or not window.session.proposals.under_way)


def _arranged(window: Window) -> None:
    _propose(window)
    _until(lambda: not window.session.proposals.under_way)
    window.session.proposals.keep(window.session.document.project.generations[-1].answers[0].id)
    window.session.current_part = min(2, len(window.session.song.parts) - 1)


def _mixer(window: Window) -> None:
    _arranged(window)
    window.toggle("mixer")


def _browser(window: Window) -> None:
    from cocomposer.studio.catalogue import Kind

    window.browser.show_kind(Kind.PROGRESSION)
    _until(lambda: window.browser.model.rowCount() > 8)
    window.browser.list.setCurrentIndex(window.browser.model.index(4))
    window.browser.list.setFocus()


SCENES = (
    Scene("demo", _demo),
    Scene("empty", _empty),
    Scene("proposals", _streaming),
    Scene("arranged", _arranged),
    Scene("mixer", _mixer),
    Scene("browser", _browser),
    Scene("light", _arranged, {"theme": "light"}),
    Scene("high-contrast", _arranged, {"theme": "high-contrast"}),
    Scene("scale-200", _arranged, {"scale": 2.0}),
    Scene("scale-250", _arranged, {"scale": 2.5}),
    Scene("german", _arranged, {"language": "de"}),
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
