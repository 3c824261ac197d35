"""Speed and memory of the commands as an artist meets them: `python tests/benchmarks/command_bench.py`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from figures import Figure, finish
from material import SKETCH, six_parts

from cocomposer import formats

COMMAND = [sys.executable, "-m", "cocomposer"]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        return finish([
            Figure("cocomposer --help", _median_seconds(["--help"], 7), "s", 0.3),
            Figure(
                "four proposals of 16 bars, MIDI only",
                _median_seconds(["propose", str(SKETCH), "--composer", "style", "--audio", "none", "--out", folder], 5),
                "s", 1.5,
            ),
            *_rendering(Path(folder)),
        ])  # fmt: skip


def _median_seconds(words: list[str], times: int) -> float:
    """Median wall time of the command, process start included."""
    return statistics.median(_seconds(words) for _ in range(times))


def _rendering(folder: Path) -> list[Figure]:
    """Rendering a song of six parts and 64 bars with racks and master, as times realtime, and the memory it takes."""
    song = six_parts()
    file = folder / "six-parts.mid"
    formats.write(song, file)
    words = ["render", str(file), "--out", str(folder / "six-parts.wav"), "--json"]
    name = f"rendering {len(song.parts)} parts, {len(song.bars)} bars ({song.seconds:.0f} s of music)"
    figures = [Figure(name, song.seconds / _median_seconds(words, 3), "x realtime", 30.0, at_least=True)]
    if sys.platform == "linux":
        figures.append(Figure("peak memory of rendering it", _peak_memory(words) / 1e6, "MB", 1000.0))
    return figures


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


if __name__ == "__main__":
    sys.exit(main())
