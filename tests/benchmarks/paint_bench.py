"""How long the lanes take to paint: `python tests/benchmarks/paint_bench.py`, without a display.

Ten thousand notes in eight parts, in a window of 1600 x 900.  Each figure is one whole frame of a widget, everything in
it painted anew, while scrolling and zooming through the song; the aim is less than 8 ms, half a frame at 60 a second.
They are processor time, so that what else the machine does is left out; `--hidpi` paints at twice the density.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
from time import thread_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from cocomposer.ui import theme
from cocomposer.ui.arrangement import ArrangementView
from cocomposer.ui.chord_lane import ChordLane
from cocomposer.ui.piano_roll import PianoRoll
from cocomposer.ui.session import Session
from cocomposer.ui.timeline import Timeline, shared_timeline
from figures import Figure, finish
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QApplication, QWidget

from cocomposer.music import ChordChange, Key, KeyChange, Note, Part, Role, Section, Song
from cocomposer.music.chord_symbols import parse_chord
from cocomposer.studio.document import Document
from cocomposer.studio.project import Project

NOTES, BARS, FRAMES = 10_000, 200, 60
BAR = 1920


def song(in_one_part: bool) -> Song:
    """All notes in the melody, or an eighth of them in each of eight parts."""
    rng = random.Random(5)
    roles = [Role.MELODY, Role.BASS, Role.DRUMS, Role.KEYS, Role.GUITAR, Role.PAD, Role.ARPEGGIO, Role.COUNTER]
    counts = [NOTES] + [0] * 7 if in_one_part else [NOTES // 8] * 8
    parts = []
    for role, count in zip(roles, counts, strict=True):
        notes = {
            Note(
                rng.randrange(BARS * 16) * 120,
                rng.randrange(36, 96),
                rng.choice((110, 230, 470)),
                rng.randrange(30, 127),
            )
            for _ in range(count)
        }
        parts.append(Part(role.capitalize(), role, 0, tuple(notes)))
    chords = tuple(ChordChange(bar * BAR, parse_chord(("C", "Am7", "F", "G7")[bar % 4])) for bar in range(BARS))
    sections = tuple(Section(bar * BAR, f"Section {bar // 8 + 1}") for bar in range(0, BARS, 8))
    return Song(length=BARS * BAR, keys=(KeyChange(0, Key()),), chords=chords, sections=sections, parts=tuple(parts))


def frames(widget: QWidget, timeline: Timeline, seen: int) -> list[float]:
    """Milliseconds a frame, while `seen` bars scroll by and the zoom breathes."""
    ratio = 2 if "--hidpi" in sys.argv else 1
    image = QImage(widget.width() * ratio, widget.height() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    timeline.fit(0, seen * BAR)
    times = []
    for frame in range(FRAMES):
        timeline.scroll_to((BARS - seen) * BAR * frame / FRAMES)
        timeline.zoom(1.02 if frame % 2 else 1 / 1.02, 400)
        painter = QPainter(image)
        began = thread_time()
        widget.render(painter)
        times.append((thread_time() - began) * 1000)
        painter.end()
    return times


def measure(name: str, widget: QWidget, timeline: Timeline) -> Figure:
    found = []
    for seen in (4, 16, 64, BARS):
        times = sorted(frames(widget, timeline, seen))
        worst = times[int(len(times) * 0.99)]
        found.append(worst)
        print(f"{name:34} {seen:4} bars in sight: median {statistics.median(times):5.2f} ms, 99 % {worst:5.2f} ms")
    return Figure(f"a frame of the {name} (99 %)", max(found), "ms", 8)


def main() -> int:
    app = QApplication(sys.argv)
    theme.apply(app)
    figures: list[Figure] = []
    for in_one_part in (True, False):
        session = Session(Document(Project(song(in_one_part))))
        arrangement, chords, roll = ArrangementView(session), ChordLane(session), PianoRoll(session)
        for view, height in ((arrangement, 420), (chords, 36), (roll, 900)):
            view.resize(1600, height)
            view.show()
        app.processEvents()
        timeline = shared_timeline(session)
        where = "10,000 in one part" if in_one_part else "10,000 in eight"
        figures.append(measure(f"roll, {where}", roll.grid, timeline))
        session.selected_notes = frozenset(roll.state.notes)
        figures.append(measure(f"roll, {where}, all of them selected", roll.grid, timeline))
        figures.append(measure(f"velocities, {where}", roll.velocities, timeline))
        figures.append(measure(f"arrangement, {where}", arrangement.lanes, timeline))
        figures.append(measure(f"chords, {where}", chords.strip, timeline))
        session.close()
    return finish(figures)


if __name__ == "__main__":
    sys.exit(main())
