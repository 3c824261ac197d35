"""How quick the window is: `python tests/benchmarks/window_bench.py`, under a display or QT_QPA_PLATFORM.

Prints the time from starting Python to a painted window with a song in it, the memory then, and how late the event loop
was while four proposals were composed, the song was played and the project was saved.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from figures import Figure, finish

STARTS = 5
BEAT_MS = 5


def main() -> int:
    times, memory = [], 0.0
    for _ in range(STARTS):
        begun = time.monotonic()
        done = _child("start", str(begun))
        seconds, memory = (float(word) for word in done.split()[-2:])
        times.append(seconds)
    print(f"start: {sorted(times)[len(times) // 2]:.2f} s to a painted window (median of {STARTS}), {memory:.0f} MB")
    told = _child("latency")
    print(told, end="")
    late = [
        Figure(f"the window late while: {name}", float(worst), "ms", 16)
        for name, worst in re.findall(r"^(.+): 99 % .* ms, all by up to (\d+) ms$", told, re.MULTILINE)
    ]
    start = Figure("from starting Python to a painted window", sorted(times)[len(times) // 2], "s", 2)
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
    from PyQt6.QtCore import QElapsedTimer, QTimer

    from cocomposer.composer.request import Terms

    app, window = _window()
    session = window.session  # type: ignore[attr-defined]
    late: list[float] = []
    watch = QElapsedTimer()

    def beat() -> None:
        late.append(max(0.0, watch.nsecsElapsed() / 1e6 - BEAT_MS))
        watch.start()

    timer = QTimer()
    timer.timeout.connect(beat)

    def measured(name: str, begin: Callable[[], object], ended: Callable[[], bool], least: float = 1.0) -> None:
        late.clear()
        watch.start()
        timer.start(BEAT_MS)
        begin()
        until = time.monotonic() + 60
        least_until = time.monotonic() + least
        while (not ended() or time.monotonic() < least_until) and time.monotonic() < until:
            app.processEvents()
            time.sleep(0.0005)
        timer.stop()
        ranked = sorted(late)
        print(
            f"{name}: 99 % of {len(ranked)} beats late by up to {ranked[int(len(ranked) * 0.99)]:.0f} ms, "
            f"all by up to {ranked[-1]:.0f} ms"
        )

    measured("at rest", lambda: None, lambda: True)
    measured("sound is set up", lambda: start_playing(session), lambda: session.player is not None)
    proposals = session.proposals
    measured("proposing", lambda: proposals.propose(Terms(seed=3), "style"), lambda: not proposals.under_way)
    proposals.keep(session.document.project.generations[-1].answers[0].id)
    measured("playing", session.play, lambda: True, 5.0)
    session.stop()
    path = Path(os.environ["COCOMPOSER_DATA"]) / "bench.cocomposer"
    measured("saving", lambda: window.files.save_to(path), path.exists)  # type: ignore[attr-defined]
    window.files.discard()  # type: ignore[attr-defined]
    window.close()  # type: ignore[attr-defined]
    os._exit(0)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    elif sys.argv[1] == "start":
        start(float(sys.argv[2]))
    else:
        latency()
