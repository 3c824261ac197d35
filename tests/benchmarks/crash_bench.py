"""200 forced crashes in a row: on Linux, with gcc, from the folder of the repository:

    PYTHONPATH=tests:tests/sound python tests/benchmarks/crash_bench.py [COUNT]

Each time another plugin takes down its process, which for instruments is the one that plays everything: when it is
loaded, while it plays or processes, when it is unloaded; by a crash, by leaving, by hanging, by taking memory without
end.  Measured is the time from the error until another part has been played again, bit for bit as before, by a new
process with its instrument loaded anew; or until an effect sounds in a new process, and its neighbour as before.  At
the end nothing may be left: processes, descriptors, shared memory, threads.
"""

from __future__ import annotations

import contextlib
import resource
import shutil
import statistics
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from faulty_plugins import build_faulty_plugins
from figures import Figure, finish
from test_hosts import CRASHES, EFFECT_CRASHES, MEMORY, play, plugin, what_is_open

from cocomposer.music import Effect
from cocomposer.sound.host import InstrumentError
from cocomposer.sound.supervisor import Hosts


def crash(hosts: Hosts, path: Path, is_effect: bool) -> None:
    """Let the plugin do what it does."""
    if not is_effect:
        play(hosts, plugin(path))
        return
    effect = hosts.effect(Effect("plugin", plugin=str(path)), 44100)
    effect.process(np.full((2, 1024), 0.5, np.float32))
    effect.close()


def main(count: int) -> int:
    before = what_is_open()
    ready: dict[str, list[float]] = {}
    wrong = survived = 0
    block = np.full((2, 1024), 0.5, np.float32)
    with tempfile.TemporaryDirectory() as folder:
        built = build_faulty_plugins(Path(folder), [*CRASHES, *EFFECT_CRASHES, "effect-sound"])
        with Hosts(plugin_seconds=1.5, processes=1, memory=MEMORY) as hosts:
            part = play(hosts)
            neighbour = hosts.effect(Effect("plugin", plugin=str(built["effect-sound"])), 44100)
            heard = neighbour.process(block)
            for number, name in enumerate(islice(cycle([*CRASHES, *EFFECT_CRASHES]), count)):
                fresh = Path(folder, f"{number} {name}.so")  # unknown yet, so that it dies where others play
                shutil.copy(built[name], fresh)
                with contextlib.suppress(InstrumentError):
                    crash(hosts, fresh, name.startswith("effect-"))
                survived += not hosts._quarantine._crashes[str(fresh)]
                began = time.perf_counter()
                if name.startswith("effect-"):
                    shutil.copy(built["effect-sound"], fresh)
                    other = hosts.effect(Effect("plugin", plugin=str(fresh)), 44100)
                    same = all(np.array_equal(each.process(block), heard) for each in (neighbour, other))
                else:
                    same = np.array_equal(play(hosts), part)
                ready.setdefault(name, []).append(time.perf_counter() - began)
                wrong += not same
                if name.startswith("effect-"):
                    other.close()
                fresh.unlink()
    for name, times in sorted(ready.items()):
        print(f"{name:20}{len(times):4} times, ready after {statistics.median(times):.2f} s, at most {max(times):.2f}")
    every = [each for times in ready.values() for each in times]
    print(f"{len(every) - survived} of {len(every)} crashed: ready after {statistics.median(every):.2f} s, at most "
          f"{max(every):.2f} s; {wrong} times the other part was not as before")  # fmt: skip
    kinds = ("processes", "descriptors", "shared memory", "threads")
    both = zip(kinds, before, what_is_open(), strict=True)
    left = [
        f"{kind}: {was}, now {now}"
        for kind, was, now in both
        if (set(now) - set(was) if isinstance(now, list) else now != was)  # what others take away is theirs
    ]
    print("left behind:", "; ".join(left) or "nothing")
    print(f"largest memory of the program: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return finish([
        Figure(f"plugins of {len(every)} that were to crash and did not", survived, "", 0),
        Figure("times that another part was not as before", wrong, "", 0),
        Figure("ready after a crash (median)", statistics.median(every), "s", 1),
        Figure("ready after a crash (longest)", max(every), "s", 1),
        Figure("kinds of things left behind", len(left), "", 0),
    ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
