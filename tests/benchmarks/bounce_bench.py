"""How soon a bounce that is cancelled has stopped, and what it leaves.

    python tests/benchmarks/bounce_bench.py [--times 30 | --quick]

Mix and stems of a song of six parts and 64 bars are bounced to 24 bit and cancelled at moments spread over all of it;
measured is the time until the call has returned, and what it left behind.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path

from figures import Figure, finish
from material import six_parts

from cocomposer.errors import Cancelled
from cocomposer.music import Song
from cocomposer.sound.bounce import bounce
from cocomposer.sound.render import RenderSettings
from cocomposer.sound.supervisor import Hosts


class Stopping:
    """Turns true `seconds` after it was made, and knows when."""

    def __init__(self, seconds: float) -> None:
        self.at = 0.0
        self._event = threading.Event()
        self._timer = threading.Timer(seconds, self._stop)
        self._timer.start()

    def _stop(self) -> None:
        self.at = time.perf_counter()
        self._event.set()

    def __call__(self) -> bool:
        return self._event.is_set()

    def close(self) -> None:
        self._timer.cancel()


def bounced(hosts: Hosts, song: Song, folder: Path, rate: int, seconds: float) -> tuple[float, float]:
    """Seconds that a bounce took, and those from being cancelled until it ended (0: it was not)."""
    stopping = Stopping(seconds)
    begun = time.perf_counter()
    try:
        bounce(
            song, folder / "mix.wav", RenderSettings(sample_rate=rate, stems=True), hosts=hosts, cancelled=stopping,
            stem_path=lambda number, name: folder / f"{number} {name}.wav",
        )  # fmt: skip
    except Cancelled:
        return time.perf_counter() - begun, time.perf_counter() - stopping.at
    finally:
        stopping.close()
    return time.perf_counter() - begun, 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=30, help="how often a bounce is cancelled")
    parser.add_argument("--quick", action="store_true", help="five times, at one rate")
    asked = parser.parse_args()
    song, times = six_parts(), 5 if asked.quick else asked.times
    figures: list[Figure] = []
    with Hosts() as hosts:
        for rate in (44100,) if asked.quick else (44100, 96000):
            with tempfile.TemporaryDirectory() as name:
                whole, _ = bounced(hosts, song, Path(name), rate, 1e6)
            late, partial = [], 0
            for number in range(times):
                with tempfile.TemporaryDirectory() as name:
                    late.append((bounced(hosts, song, Path(name), rate, whole * (number + 0.5) / times)[1], number))
                    partial += len(list(Path(name).glob(".*")))
            worst, number = max(late)
            print(f"{rate} Hz: {whole:.1f} s for {song.seconds:.0f} s; slowest to stop at {(number + 0.5) / times:.0%}")
            figures += [
                Figure(f"cancelling a bounce at {rate} Hz (worst of {times})", 1000 * worst, "ms", 200),
                Figure(f"files left half-written at {rate} Hz", partial, "", 0),
            ]
    return finish(figures)


if __name__ == "__main__":
    sys.exit(main())
