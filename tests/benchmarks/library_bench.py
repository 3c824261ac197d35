"""How fast the library is: 20,000 presets to open, look through and search.

    python tests/benchmarks/library_bench.py [--presets 20000]

Targets: a search in under 50 ms, opening in under 100 ms.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from figures import Figure, finish

from cocomposer.library.index import Index

ADJECTIVES = (
    "warm",
    "dark",
    "glass",
    "wide",
    "dusty",
    "bright",
    "slow",
    "broken",
    "velvet",
    "northern",
    "electric",
    "quiet",
    "golden",
    "hollow",
    "late",
)
NOUNS = (
    "piano",
    "river",
    "choir",
    "tape",
    "engine",
    "garden",
    "signal",
    "winter",
    "lantern",
    "organ",
    "harbour",
    "machine",
    "cathedral",
    "meadow",
)
TAGS = ("ambient", "pop", "jazz", "film", "lofi", "dance", "folk", "soul", "rock", "latin")
QUERIES = ("warm", "dark piano", "w", "lofi ri", "machine cathedral jazz", "mood", "nothing-like-it", "river 77")
OPENING = """
import time; begin = time.perf_counter()
from pathlib import Path
from cocomposer.library.index import Index
imported = time.perf_counter()
index = Index([("mine", Path({folder!r}))], Path({cache!r}), Path({marks!r}))
index.search(limit=50)
print((imported - begin) * 1000, (time.perf_counter() - begin) * 1000)
"""


def make_presets(folder: Path, count: int) -> None:
    """Moods with plausible words, in folders of a thousand."""
    rng = random.Random(1)
    for number in range(count):
        place = folder / f"{number // 1000:02d}"
        place.mkdir(parents=True, exist_ok=True)
        adjective, noun, tags = rng.choice(ADJECTIVES), rng.choice(NOUNS), rng.sample(TAGS, 2)
        (place / f"{number}.toml").write_text(
            f'schema = 2\nkind = "mood"\nname = "{adjective.title()} {noun} {number}"\n'
            f'description = "A {adjective} {noun} for {tags[0]} evenings."\nauthor = "Artist {number % 300}"\n'
            f'licence = "CC0-1.0"\ntags = ["{tags[0]}", "{tags[1]}"]\n[mood]\nvalence = {rng.uniform(-1, 1):.6f}\n'
            f"arousal = {rng.uniform(-1, 1):.6f}\n"
        )


def milliseconds(action: Callable[[], object], times: int = 15) -> tuple[float, float]:
    """Median and worst."""
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        action()
        spent.append((time.perf_counter() - begin) * 1000)
    return statistics.median(spent), max(spent)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=int, default=20_000)
    count = parser.parse_args().presets
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_presets(folder / "mine", count)
        cache, marks = folder / "index.db", folder / "marks.db"
        index = Index([("mine", folder / "mine")], cache, marks)
        begin = time.perf_counter()
        changes = index.refresh()
        print(f"first look: {changes.read:,} files in {time.perf_counter() - begin:.1f} s, {index.count():,} presets")
        for entry in index.search(limit=200)[::3]:
            index.mark(entry, favourite=True, rating=4)
        found: list[float] = []
        for query in QUERIES:
            median, worst = milliseconds(lambda query=query: index.search(query, limit=200))
            found.append(worst)
            print(
                f"search {query!r:30} {len(index.search(query)):4} found, median {median:6.2f} ms, worst {worst:6.2f}"
            )
        for words, options in (("by rating", {"order": "rating"}), ("favourites", {"favourites": True})):
            median, worst = milliseconds(lambda options=options: index.search(**options))
            print(f"list {words:32} median {median:6.2f} ms, worst {worst:6.2f}")
        median, worst = milliseconds(index.refresh, 5)
        print(f"look for changes (in the background): median {median:.0f} ms, worst {worst:.0f}")
        index.close()
        code = OPENING.format(folder=str(folder / "mine"), cache=str(cache), marks=str(marks))
        spent = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
                 for _ in range(7)]  # fmt: skip
        imported, opened = (statistics.median(float(each[place]) for each in spent) for place in (0, 1))
        print(f"start-up, new process: import {imported:.0f} ms, open and list the first 50 {opened - imported:.0f} ms")
    return finish([
        Figure(f"search among {count:,} presets (worst)", max(found), "ms", 50),
        Figure(f"opening {count:,} presets, in a new process", opened - imported, "ms", 100),
    ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
