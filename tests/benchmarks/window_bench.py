"""How quick the window is: `python tests/benchmarks/window_bench.py`, under a display or QT_QPA_PLATFORM.

Prints the time from starting Python to a painted window with a song in it, the memory then, and how late the event loop
was, and how long it worked at a time, while proposals were composed, the song was played, plugins were looked for, the
mixer came up and a project was saved and opened.  `--stacks` adds where it stood while it was late. A child
process with folders of its own does each.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from figures import Figure, finish

STARTS = 5
sys.path.insert(0, str(Path(__file__).parents[1]))


def main() -> int:
    times, memory = [], 0.0
    for _ in range(STARTS):
        begun = time.monotonic()
        done = _child("start", str(begun))
        seconds, memory = (float(word) for word in done.split()[-2:])
        times.append(seconds)
    print(f"start: {sorted(times)[len(times) // 2]:.2f} s to a painted window (median of {STARTS}), {memory:.0f} MB")
    told = _child("latency", *sys.argv[1:])
    print(told, end="")
    late = [
        Figure(f"the window late while: {name}", float(worst), "ms", 150)
        for name, worst in re.findall(r"^(.+): [0-9.]+ s, .* at most (\d+) ms; worked", told, re.MULTILINE)
    ]
    start = Figure("from starting Python to a painted window", sorted(times)[len(times) // 2], "s", 1.5)
    return finish([start, Figure("memory of the window", memory, "MB"), *late])


def _child(*words: str) -> str:
    with tempfile.TemporaryDirectory() as own:
        environment = os.environ | {f"COCOMPOSER_{kind}": own for kind in ("DATA", "CACHE", "SETTINGS", "RECOVERY")}
        command = [sys.executable, __file__, *words]
        return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def _window() -> tuple[object, object]:
    from cocomposer.ui import app as shell
    from PyQt6.QtWidgets import QApplication

    from cocomposer.resources import assets_folder
    from cocomposer.studio.settings import Settings

    settings = Settings(language="en")
    app = shell.dressed(QApplication(["cocomposer"]), settings)
    window = shell.open_window(assets_folder() / "sketches" / shell.DEMO, settings)
    window.show()
    while not window.session.song.chords:
        app.processEvents()
    app.processEvents()
    return app, window


def start(begun: float) -> None:
    _, window = _window()
    seconds = time.monotonic() - begun
    kilobytes = next(
        int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")
    )
    print(seconds, kilobytes / 1024)
    window.files.discard()  # type: ignore[attr-defined]
    window.close()  # type: ignore[attr-defined]
    os._exit(0)


def latency() -> None:
    from cocomposer.ui.sounding import start_playing
    from loop_watch import watch

    from cocomposer.composer.model_composer import why_unavailable
    from cocomposer.composer.request import Terms

    _, window = _window()
    session, status = window.session, window.status  # type: ignore[attr-defined]
    stacks = "--stacks" in sys.argv

    def measured(name: str, begin: Callable[[], object], ended: Callable[[], object], least: float = 0.5) -> None:
        watched = watch(begin, ended, least=least, stacks=stacks)
        print(f"{name}: {watched}")
        for place, times in watched.stood.most_common(6):
            print(f"    {times} x {place}")

    measured("at rest", lambda: None, lambda: True, 1.0)
    measured("sound is set up", lambda: start_playing(session), lambda: session.player is not None)
    proposals = session.proposals
    for composer in ("style", *(() if why_unavailable() else ("model",))):
        ask = partial(proposals.propose, Terms(seed=3), composer)
        measured(f"proposing, {composer}", ask, lambda: not proposals.under_way)
    proposals.keep(session.document.project.generations[0].answers[0].id)
    measured("playing", session.play, lambda: True, 5.0)
    session.stop()
    measured("the mixer comes up", lambda: window.toggle("mixer"), lambda: True)  # type: ignore[attr-defined]
    measured("playing before the mixer", session.play, lambda: True, 5.0)
    session.stop()
    measured("looking for plugins", window.scan_plugins, lambda: status.doing.isHidden())  # type: ignore[attr-defined]
    path = Path(os.environ["COCOMPOSER_DATA"]) / "bench.cocomposer"
    files = window.files  # type: ignore[attr-defined]
    measured("saving", lambda: files.save_to(path), path.exists)
    files.new()
    measured("opening", lambda: files.open(path), lambda: session.document.path == path)
    files.discard()
    os._exit(0)


if __name__ == "__main__":
    if "start" in sys.argv:
        start(float(sys.argv[2]))
    elif "latency" in sys.argv:
        latency()
    else:
        sys.exit(main())
