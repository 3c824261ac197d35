"""How fast a taste is learned: `python tests/benchmarks/taste_bench.py [FOLDER]`.

Simulated artists (`tests/taste/artists.py`) are shown sixty real proposals each, fifteen questions of four, with and
without learning.  The figures go to the standard output, the curves to FOLDER/taste.svg.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
from figures import Figure, finish

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "taste"))

from artists import ARTISTS, AT_RANDOM, SHOWN, Artist, Pool, session

SEEDS = 20
SKETCHES = (
    "corner_table.mid", "first_light.mid", "harbour_light.musicxml", "long_shadow.mid", "market_day.mid",
    "salt_road.mid",
)  # fmt: skip

_LOOKS = ('stroke="#D98A1E" stroke-width="2"', 'stroke="#5B6675" stroke-dasharray="4 3"')


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.gettempdir())
    cache = Path(tempfile.gettempdir()) / "cocomposer-taste-pool.json"
    began = perf_counter()
    pool = Pool.composed(SKETCHES, cache)
    print(f"{len(pool.everything)} proposals, {perf_counter() - began:.1f} s; {SEEDS} sessions an artist")
    print(f"{'artist':26} {'kept 1-20':>9} {'41-60':>6} {'times':>6} {'unlearned':>10} {'regret':>20} {'score':>12}")
    curves, rows = [], []
    for artist in (*ARTISTS, AT_RANDOM):
        learned, row = _measured(artist, pool)
        curves.append((artist.name, learned))
        rows.append(row)
    first, last, plain = np.mean([row[:3] for row in rows[:-1]], axis=0)
    print(f"{'all but the last':26} {first:9.3f} {last:6.3f} {last / first:6.2f} {plain:10.3f}")
    print(f"answers at random: kept {rows[-1][3]:.3f} with learning, {rows[-1][4]:.3f} without")
    (folder / "taste.svg").write_text(_picture(curves), encoding="utf-8")
    print(f"curves: {folder / 'taste.svg'}")
    return finish([
        Figure("kept of the last twenty proposals, to the first twenty", last / first, "times"),
        Figure("kept of the last twenty, to those without learning", last / plain, "times"),
    ])  # fmt: skip


def _measured(artist: Artist, pool: Pool) -> tuple[np.ndarray, tuple[float, ...]]:
    learned = [session(artist, pool, seed, learning=True) for seed in range(SEEDS)]
    plain = [session(artist, pool, seed, learning=False) for seed in range(SEEDS)]
    kept, unlearned = (np.mean([each.kept for each in runs], axis=0) for runs in (learned, plain))
    regret = np.mean([each.regret for each in learned], axis=0).reshape(3, 20).mean(axis=1)
    scores = [float(np.mean([each.score for each in runs])) for runs in (learned, plain)]
    first, last = float(kept[:20].mean()), float(kept[40:].mean())
    print(
        f"{artist.name:26} {first:9.3f} {last:6.3f} {last / first:6.2f} {unlearned[40:].mean():10.3f} "
        f"{' > '.join(f'{value:.2f}' for value in regret):>20} {scores[0]:5.2f}/{scores[1]:.2f}"
    )
    both = np.array([kept.reshape(-1, SHOWN).mean(axis=1), unlearned.reshape(-1, SHOWN).mean(axis=1)])
    return both, (first, last, float(unlearned[40:].mean()), float(kept.mean()), float(unlearned.mean()))


def _picture(curves: list[tuple[str, np.ndarray]]) -> str:
    """A small graph for each artist: the share kept of each question, with learning and (dashed) without."""
    wide, high, drawn = 220, 130, []
    for place, (name, both) in enumerate(curves):
        x, y = 20 + wide * (place % 4), 30 + high * (place // 4)
        drawn.append(
            f'<text fill="#14171C" x="{x}" y="{y - 8}">{name}</text><path d="M{x} {y}v90h190" stroke="#9AA3AF"/>'
        )
        for values, look in zip(both, _LOOKS, strict=True):
            points = " ".join(
                f"{x + 190 * i / (len(values) - 1):.1f},{y + 90 - 90 * v:.1f}" for i, v in enumerate(values)
            )
            drawn.append(f'<polyline points="{points}" {look}/>')
    rows = -(-len(curves) // 4)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {20 + 4 * wide} {20 + rows * high}" fill="none" '
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>'
        f"<g>{''.join(drawn)}</g></svg>\n"
    )


if __name__ == "__main__":
    sys.exit(main())
