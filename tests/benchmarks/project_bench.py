"""How long saving, opening and editing take: `python tests/benchmarks/project_bench.py`.

The project has 64 bars, six parts, and 40 answers by the style composer, ten questions of four.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from figures import Figure, finish
from songs import band_song

from cocomposer.composer import Request, StyleComposer
from cocomposer.composer.request import Terms
from cocomposer.music import Note, Role
from cocomposer.studio import editing
from cocomposer.studio.document import Document
from cocomposer.studio.project import Answer, Generation, Project, Stretch
from cocomposer.studio.project_file import read_project, write_project


def big_project() -> Project:
    song = band_song()
    for _ in range(2):
        song = editing.repeat_bars(song, 0, len(song.bars) - 1)
    for name, tune in (("Second voice", -12), ("Third voice", -5)):
        song = editing.add_part(song, replace(song.parts[0], name=name, role=Role.COUNTER))
        place = len(song.parts) - 1
        song = editing.transpose(song, place, song.parts[place].notes, tune)
    project = Project(song)
    for number in range(1, 11):
        request = Request(replace(song, parts=(song.parts[0], *song.parts[3:])), count=4, seed=number)
        answers = [Answer.of(each, f"{number}-{place}") for place, each in enumerate(StyleComposer().propose(request))]
        asked = Stretch(0, song.length)
        project = project.with_generation(Generation(number, song, Terms(seed=number), asked, "style", tuple(answers)))
    first = project.generations[0].answers[0]
    return editing.keep_answer(project, first.id)


def measured(name: str, call: Callable[[], object], about: str, times: int = 9) -> Figure:
    took = []
    for _ in range(times):
        began = perf_counter()
        call()
        took.append(1000 * (perf_counter() - began))
    print(f"{name}: {statistics.median(took):.1f} ms (longest {max(took):.1f}), {about}")
    return Figure(f"{name} (median)", statistics.median(took), "ms")


def main() -> int:
    project = big_project()
    answers = [answer for generation in project.generations for answer in generation.answers]
    print(
        f"{len(project.song.bars)} bars, {len(project.song.parts)} parts, {len(answers)} answers, "
        f"{sum(len(part.notes) for answer in answers for part in answer.song.parts):,} notes in answers"
    )
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "big.cocomposer"
        write_project(project, path)
        figures.append(measured("save", lambda: write_project(project, path), f"{path.stat().st_size:,} bytes"))
        figures.append(measured("open", lambda: read_project(path), "the same"))
    document = Document(project)
    place = max(range(len(project.song.parts)), key=lambda index: len(project.song.parts[index].notes))
    note = project.song.parts[place].notes[0]

    def drag() -> None:
        moved = replace(note, pitch=note.pitch + 1)
        document.edit("Move", editing.replace_notes(project.song, place, [note], [moved]), "drag")

    figures.append(measured("drag a note", drag, f"among {len(project.song.parts[place].notes):,}", 99))
    thousands = [Note(tick * 12, 40 + tick % 40, 100) for tick in range(10_000)]
    full = editing.add_notes(project.song, 0, thousands)
    figures.append(measured("drag 10 notes", lambda: editing.move_notes(full, 0, thousands[:10], 5), "among 10,000"))
    figures.append(measured("move a section", lambda: editing.move_section(project.song, 0, 3), "all parts"))
    return finish(figures)


if __name__ == "__main__":
    sys.exit(main())
