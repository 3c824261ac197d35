"""Kills the window at 50 random moments: `python tests/benchmarks/kill_bench.py [TIMES]`.

Prints how many times the work kept aside could be opened and was no older than the last that was said to be kept.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from figures import Figure, finish
from killing import kill_at_random

from cocomposer.studio.recovery import find_recoveries


def main() -> int:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    rng, whole, early, behind = random.Random(1), 0, 0, []
    for _ in range(times):
        with tempfile.TemporaryDirectory() as own:
            killed = kill_at_random(Path(own), rng)
            left = find_recoveries(Path(own))
            found = int(left[0].open().song.title) if left else 0
            early += not killed.kept
            whole += found >= killed.kept
            behind.append(killed.edited - found)
    print(f"{whole} of {times} kills lost nothing that was kept aside ({early} came before anything was)")
    print(f"edits made after that, and lost: {sum(behind) / times:.0f} on average, {max(behind)} at most")
    return finish([Figure(f"kills of {times} that lost what was kept aside", times - whole, "", 0)])


if __name__ == "__main__":
    sys.exit(main())
