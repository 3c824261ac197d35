"""Watches the event loop of a window: how late each of its beats came, and how much of that was its own work."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from PyQt6.QtCore import QElapsedTimer, QTimer
from PyQt6.QtWidgets import QApplication

BEAT_MS = 5


@dataclass
class Watched:
    """Milliseconds, one figure a beat: `late`, how late it came; `worked`, what the thread computed until it came."""

    seconds: float = 0.0
    late: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    stood: Counter[str] = field(default_factory=Counter)
    """Where the thread was seen while it was late, with how often."""

    def __str__(self) -> str:
        late, worked = sorted(self.late), sorted(self.worked)
        place = int(len(late) * 0.99)
        return (
            f"{self.seconds:.1f} s, {len(late)} beats: late 99 % {late[place]:.0f} ms, at most {late[-1]:.0f} ms; "
            f"worked at a time 99 % {worked[place]:.0f} ms, at most {worked[-1]:.0f} ms"
        )


def watch(
    begin: Callable[[], object], ended: Callable[[], object], *, least: float = 0.0, beats: int = 1, most: float = 60.0,
    stacks: bool = False,
) -> Watched:  # fmt: skip
    """Run the event loop from `begin` until `ended`, for `least` seconds and `beats` at least.

    With `stacks` note where it stands when it is late.
    """
    watched, clock = Watched(), QElapsedTimer()
    beaten = [time.monotonic(), time.thread_time()]
    done = threading.Event()

    def beat() -> None:
        watched.late.append(max(0.0, clock.nsecsElapsed() / 1e6 - BEAT_MS))
        clock.start()
        now = time.thread_time()
        watched.worked.append((now - beaten[1]) * 1000)
        beaten[:] = time.monotonic(), now

    def look() -> None:
        while not done.wait(0.008):
            if time.monotonic() - beaten[0] > 0.02:
                frames = traceback.extract_stack(sys._current_frames()[main])
                own = [frame for frame in frames if "/ui/" in frame.filename or "cocomposer" in frame.filename]
                watched.stood[" < ".join(f"{each.name}:{each.lineno}" for each in reversed(own[-4:]))] += 1

    main = threading.get_ident()
    looking = threading.Thread(target=look)
    if stacks:
        looking.start()
    timer = QTimer()
    timer.timeout.connect(beat)
    timer.start(BEAT_MS)
    clock.start()
    began = time.monotonic()
    begin()
    while time.monotonic() < began + most and not (
        time.monotonic() >= began + least and len(watched.late) >= beats and ended()
    ):
        QApplication.processEvents()
        time.sleep(0.0005)
    watched.seconds = time.monotonic() - began
    timer.stop()
    done.set()
    if stacks:
        looking.join()
    return watched
