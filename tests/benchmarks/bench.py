"""Speed and memory as an artist meets them, each in a process of its own: `python3 start.py bench`.

Prints a table and writes the figures as JSON (out/bench.json, or the file named on the command line).
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from cocomposer import formats
from cocomposer.composer import Request, StyleComposer
from cocomposer.composer.model_composer import why_unavailable
from cocomposer.music import Song

ROOT = Path(__file__).resolve().parents[2]
SKETCH = ROOT / "assets" / "sketches" / "first_light.mid"
COMMAND = [sys.executable, "-m", "cocomposer"]


@dataclass(frozen=True)
class Figure:
    """One measurement: `at_least` says whether the target is a floor or a ceiling."""

    name: str
    value: float
    unit: str
    target: float
    at_least: bool = False

    @property
    def reached(self) -> bool:
        return self.value >= self.target if self.at_least else self.value <= self.target


def main() -> int:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "out" / "bench.json"
    with tempfile.TemporaryDirectory() as folder:
        figures = [
            Figure("cocomposer --help", _median_seconds(["--help"], 7), "s", 0.3),
            Figure(
                "four proposals of 16 bars, MIDI only",
                _median_seconds(["propose", str(SKETCH), "--composer", "style", "--audio", "none", "--out", folder], 5),
                "s", 1.5,
            ),
            *_rendering(Path(folder)),
            *_model(),
        ]  # fmt: skip
    _show(figures)
    target.parent.mkdir(parents=True, exist_ok=True)
    machine = {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()}
    rows = [{**asdict(figure), "reached": figure.reached} for figure in figures]
    target.write_text(json.dumps({"machine": machine, "figures": rows}, indent=2) + "\n", encoding="utf-8")
    print(f"The figures are in {target}")
    return 0 if all(figure.reached for figure in figures) else 1


def _median_seconds(words: list[str], times: int) -> float:
    """Median wall time of the command, process start included."""
    return statistics.median(_seconds(words) for _ in range(times))


def _rendering(folder: Path) -> list[Figure]:
    """Rendering a song of six parts and 64 bars with racks and master, as times realtime, and the memory it takes."""
    song = _six_parts()
    file = folder / "six-parts.mid"
    formats.write(song, file)
    words = ["render", str(file), "--out", str(folder / "six-parts.wav"), "--json"]
    name = f"rendering {len(song.parts)} parts, {len(song.bars)} bars ({song.seconds:.0f} s of music)"
    figures = [Figure(name, song.seconds / _median_seconds(words, 3), "x realtime", 30.0, at_least=True)]
    if sys.platform == "linux":
        figures.append(Figure("peak memory of rendering it", _peak_memory(words) / 1e6, "MB", 1000.0))
    return figures


def _model() -> list[Figure]:
    """The neural composer, where it can play here."""
    if why_unavailable():
        print(f"The neural composer is not measured: {why_unavailable()}.")
        return []
    done = subprocess.run([sys.executable, str(Path(__file__).with_name("model_bench.py"))], capture_output=True)
    if done.returncode != 0:
        raise SystemExit(f"The neural composer failed: {done.stderr.decode(errors='replace')}")
    found = json.loads(done.stdout)
    curve = {int(bars): cost for bars, cost in found["curve"].items()}
    costs = (f"{bars} bars {bar:.3f} s a bar, {note:.2f} ms a note" for bars, (bar, note) in curve.items())
    print("By length of the song: " + "; ".join(costs))
    shortest, longest = min(curve), max(curve)
    return [
        Figure("loading PyTorch and the model", found["importing PyTorch"] + found["loading the model"], "s", 1.5),
        Figure("first bar of the first of four", found["first bar of the first of four proposals"], "s", 1.0),
        Figure("four proposals, 8 bars, 5 parts", found["four proposals of 8 bars, 5 parts"], "s", 4.0),
        Figure("a proposal of 64 bars, 5 parts", 64 * curve[64][0], "s", 20.0),
        Figure(f"a note in {longest} bars to one in {shortest}", curve[longest][1] / curve[shortest][1], "times", 1.25),
        Figure("the grammar's share of writing", found["grammar's share of writing"], "", 0.25),
        Figure("stopping", found["stopping"], "s", 0.2),
        Figure("peak memory of the model", found["peak memory in MB"], "MB", 1500.0),
    ]


def _six_parts() -> Song:
    """An arrangement, with tune, of the sketch played four times over: six parts of the fullest proposal."""
    sketch = formats.read(SKETCH)
    times = range(4)
    part = sketch.parts[0]
    long = replace(
        sketch,
        length=4 * sketch.length,
        keys=sketch.keys[:1],
        chords=tuple(replace(each, tick=each.tick + turn * sketch.length) for turn in times for each in sketch.chords),
        sections=tuple(
            replace(each, tick=each.tick + turn * sketch.length) for turn in times for each in sketch.sections
        ),
        parts=(
            replace(
                part,
                notes=tuple(
                    replace(note, start=note.start + turn * sketch.length) for turn in times for note in part.notes
                ),
            ),
        ),
    )
    proposals = list(StyleComposer().propose(Request(sketch=long, count=4)))
    fullest = max(proposals, key=lambda proposal: len(proposal.song.parts)).song
    if len(fullest.parts) < 6:
        raise SystemExit("No proposal has six parts, so there is nothing to measure.")
    return replace(fullest, parts=fullest.parts[:6])


def _seconds(words: list[str]) -> float:
    """Wall time of one run of the command."""
    began = time.perf_counter()
    done = subprocess.run([*COMMAND, *words], capture_output=True)
    seconds = time.perf_counter() - began
    if done.returncode != 0:
        raise SystemExit(f"cocomposer {' '.join(words)} failed: {done.stderr.decode(errors='replace')}")
    return seconds


def _peak_memory(words: list[str]) -> int:
    """Most bytes that the command and its children held together, looked at ten times a second."""
    process = subprocess.Popen([*COMMAND, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, _memory_of_family(process.pid))
        time.sleep(0.1)
    return peak


def _memory_of_family(root: int) -> int:
    """Proportional memory of a process and all below it, in bytes; shared pages are counted once."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError, ValueError):
                continue
    family, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        family |= more
        grown = bool(more)
    total = 0
    for pid in family:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    return total


def _show(figures: list[Figure]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_column("target", justify="right")
    table.add_column("")
    for figure in figures:
        table.add_row(
            figure.name,
            f"{figure.value:.3g} {figure.unit}",
            f"{'>=' if figure.at_least else '<='} {figure.target:g}",
            "[green]reached[/]" if figure.reached else "[red]missed[/]",
        )
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
