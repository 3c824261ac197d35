"""Kills a real window at work, and tells what it had kept aside: `python tests/killing.py` is the window.

It edits at random through its session, keeps its work aside often, and says the number of each edit that is kept.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

EVERY_SECONDS = 0.2
"""How often the window keeps its work aside here, instead of every 20 seconds."""


@dataclass(frozen=True)
class Killed:
    """`kept` is the last edit that was said to be on the disk when the window was killed, `edited` the last made."""

    kept: int
    edited: int


def kill_at_random(folder: Path, rng: random.Random) -> Killed:
    """Start a window whose data lie in `folder`, and end it without warning at a random moment of its work."""
    environment = os.environ | {f"COCOMPOSER_{kind}": str(folder) for kind in ("DATA", "CACHE", "SETTINGS", "RECOVERY")}
    environment |= {"QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, __file__, str(rng.random())]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout is not None
        said = [window.stdout.readline()]  # it works
        time.sleep(rng.uniform(0.1, 1.5))
        window.send_signal(signal.SIGKILL)
        said += window.stdout.read().splitlines()
    numbers = {word: [0] for word in ("edited", "kept")}
    for line in said:
        word, _, number = line.strip().partition(" ")
        if number.isdecimal():
            numbers[word].append(int(number))
    return Killed(max(numbers["kept"]), max(numbers["edited"]))


def say(word: str, number: object) -> None:
    """One line, whole, from whichever thread."""
    os.write(sys.stdout.fileno(), f"{word} {number}\n".encode())


def main() -> None:
    from cocomposer.ui import app as shell
    from PyQt6.QtCore import QTimer
    from PyQt6.QtWidgets import QApplication

    from cocomposer.music import Note
    from cocomposer.studio import editing, recovery
    from cocomposer.studio.project import Project
    from cocomposer.studio.settings import Settings

    rng = random.Random(sys.argv[1])
    write = recovery.write_project

    def told(project: Project, path: Path, beside: dict[str, bytes]) -> None:
        write(project, path, beside)
        say("kept", project.song.title)

    recovery.write_project = told
    defaults = recovery.Recovery.__init__.__kwdefaults__
    assert defaults is not None
    defaults["seconds"] = EVERY_SECONDS
    app = shell.dressed(QApplication(["cocomposer"]), Settings(language="en"))
    window = shell.open_window(None, Settings(language="en"))
    window.show()
    session, number = window.session, 0

    def edit() -> None:
        nonlocal number
        number += 1
        song = editing.rename_song(session.song, str(number))
        note = Note(rng.randrange(0, 7680, 120), rng.randrange(40, 90), 120, 90)
        if song.parts and note not in song.parts[0].notes:
            song = editing.add_note(song, 0, note)
        session.edit("Edit", song)
        if rng.random() < 0.2:
            session.undo()
            session.redo()
        say("edited", number)

    timer = QTimer()
    timer.timeout.connect(edit)
    timer.start(7)
    app.exec()


if __name__ == "__main__":
    main()
