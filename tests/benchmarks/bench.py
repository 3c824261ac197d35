"""Everything that is measured, each benchmark in a process of its own: `python3 start.py bench [NAME ...]`.

Prints one table in the end, and writes the figures as JSON (out/bench.json, or the file named with --out).  Names are
those of the files beside this one, without `_bench`.  `--quick` makes fewer rounds; what needs a display, a compiler or
a model that is not there is left out, and said so.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from figures import COLLECTED, Figure, show

from cocomposer.composer.model_composer import why_unavailable

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def model_figures(found: dict[str, Any]) -> list[Figure]:
    """What model_bench.py prints."""
    curve = {int(bars): cost for bars, cost in found["curve"].items()}
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


def mix_figures(found: dict[str, Any]) -> list[Figure]:
    """What mix_bench.py prints."""
    against = found["against_bare"]
    return [
        Figure("rendering, of the speed of bare calls, one core", against["ours, one core"], "times", 0.9, True),
        Figure("rendering, of the speed of bare calls, two cores", against["ours, two cores"], "times", 1.6, True),
    ]


@dataclass(frozen=True)
class Benchmark:
    """A file beside this one; `quick` are its words for fewer rounds, `read` makes figures of the JSON it prints."""

    quick: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    read: Callable[[dict[str, Any]], list[Figure]] | None = None
    needs: str = ""

    def missing(self) -> str:
        """Why it cannot run here, "" where it can."""
        if self.needs == "gcc" and (sys.platform != "linux" or not shutil.which("gcc")):
            return "it needs Linux and gcc"
        return why_unavailable() if self.needs == "model" else ""


BENCHMARKS = {
    "command": Benchmark(),
    "model": Benchmark(read=model_figures, needs="model"),
    "mix": Benchmark(("--rounds", "1"), read=mix_figures),
    "bounce": Benchmark(("--quick",)),
    "playback": Benchmark(("--times", "2")),
    "soak": Benchmark(("0.5",), ("4",)),
    "crash": Benchmark(("30",), ("200",), needs="gcc"),
    "window": Benchmark(),
    "paint": Benchmark(),
    "project": Benchmark(),
    "kill": Benchmark(("5",), ("50",)),
    "library": Benchmark(("--presets", "2000")),
    "shelf": Benchmark(("--packs", "200")),
    "taste": Benchmark(),
}


def run(name: str, quick: bool) -> list[Figure] | None:
    """The figures of one benchmark; None where it failed, which has been said."""
    benchmark = BENCHMARKS[name]
    words = benchmark.quick if quick and benchmark.quick else benchmark.words
    paths = [str(ROOT / "tests"), str(ROOT / "tests" / "sound"), os.environ.get("PYTHONPATH", "")]
    with tempfile.TemporaryDirectory() as folder:
        collected = Path(folder, "figures.json")
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths)), COLLECTED: str(collected)}
        if not environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY"):
            environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, str(HERE / f"{name}_bench.py"), *words], env=environment, cwd=ROOT, text=True,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        if benchmark.read is None:
            print(done.stdout, end="")
        print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)
        try:
            if benchmark.read is not None:
                return benchmark.read(json.loads(done.stdout))
            return [Figure(**row) for row in json.loads(collected.read_text(encoding="utf-8"))]
        except (OSError, ValueError, KeyError, TypeError):
            print(f"{name} failed, with exit code {done.returncode}.")
            return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all without a name")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench.json", help="where the figures go")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]}: it is one of {', '.join(BENCHMARKS)}")
    figures: list[Figure] = []
    failed = 0
    for name in asked.names or BENCHMARKS:
        if reason := BENCHMARKS[name].missing():
            print(f"{name} is left out: {reason}.")
            continue
        found = run(name, asked.quick)
        failed += found is None
        figures += [replace(figure, name=f"{name}: {figure.name}") for figure in found or ()]
    show(figures)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    machine = {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()}
    rows = [{**asdict(figure), "reached": figure.reached} for figure in figures]
    asked.out.write_text(json.dumps({"machine": machine, "figures": rows}, indent=2) + "\n", encoding="utf-8")
    print(f"The figures are in {asked.out}")
    return 0 if not failed and all(figure.reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
