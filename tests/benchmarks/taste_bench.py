"""How fast a taste is learned: `python tests/benchmarks/taste_bench.py [FOLDER] [ARTISTS]`.

Simulated artists (`tests/taste/artists.py`) are shown sixty real proposals each, fifteen questions of four, with and
without learning, as the window shows those of the style composer: the best four of `SHOWN * WIDE` that lean to the
taste.  Those for development are told apart from those for the test, which nothing was tuned on.  Every artist has
`SEEDS` sessions; a share is of answers that were really given, its interval 95 % over artists (bootstrap).  The figures
go to the standard output, the curves to FOLDER/taste.png where matplotlib is there.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from figures import Figure, finish

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "taste"))

from artists import FIRST_TEST, ROUNDS, SHOWN, Artist, Floats, Pool, Session, drawn, session

from cocomposer.styles import load_styles
from cocomposer.taste import WIDE, Remark, Taste, Verdict, best

SEEDS = 3
SKETCHES = (
    "corner_table.mid", "first_light.mid", "harbour_light.musicxml", "long_shadow.mid", "market_day.mid",
    "salt_road.mid",
)  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """Shares kept, means over an artist's sessions: one row an artist, one column a proposal."""

    learned: Floats
    plain: Floats
    regret: Floats
    drifts: Floats

    @property
    def first(self) -> Floats:
        return self.learned[:, :20].mean(axis=1)

    @property
    def last(self) -> Floats:
        return self.learned[:, 40:].mean(axis=1)


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.gettempdir())
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 24
    began = perf_counter()
    pool = Pool.composed(SKETCHES, Path(tempfile.gettempdir()) / "cocomposer-taste-pool.json")
    print(
        f"{len(pool.everything)} proposals; {SHOWN} of {SHOWN * WIDE} shown, {ROUNDS} questions, {SEEDS} sessions each"
    )
    measured = {}
    for name, start in (("development", 0), ("test", FIRST_TEST)):
        measured[name] = _measure([drawn(number) for number in range(start, start + count)], pool)
        _report(name, measured[name])
    _at_random([drawn(number) for number in range(FIRST_TEST, FIRST_TEST + count)], pool)
    _speed(pool)
    print(f"{perf_counter() - began:.0f} s")
    _draw(measured, folder / "taste.png")
    test = measured["test"]
    last, first = float(test.last.mean()), float(test.first.mean())
    return finish([
        Figure("kept of the last twenty proposals, to the first twenty", last / first, "times", 2, True),
        Figure("kept of the last twenty, to those without learning", last / float(test.plain.mean()), "times"),
    ])  # fmt: skip


def _measure(artists: Sequence[Artist], pool: Pool) -> Measured:
    runs = [[session(each, pool, seed, learning=True) for seed in range(SEEDS)] for each in artists]
    without = [[session(each, pool, seed, learning=False) for seed in range(SEEDS)] for each in artists]
    return Measured(
        _means(runs, "kept"),
        _means(without, "kept"),
        _means(runs, "regret"),
        np.array([a.drifts for a in artists], float),
    )


def _means(runs: Sequence[Sequence[Session]], what: str) -> Floats:
    return np.array([np.mean([getattr(each, what) for each in sessions], axis=0) for sessions in runs])


def _report(name: str, found: Measured) -> None:
    first, last = found.first, found.last
    ratio, low, high = _interval(lambda rows: last[rows].mean() / first[rows].mean(), len(first))
    without = found.plain.mean(axis=1)
    more, more_low, more_high = _interval(lambda rows: last[rows].mean() / without[rows].mean(), len(first))
    regret = found.regret.reshape(len(first), 3, 20).mean(axis=2)
    steady = found.drifts == 0
    print(f"{name}: {len(first)} artists, {int(found.drifts.sum())} of whom drift")
    print(f"  kept of 1-20 {first.mean():.3f}, of 41-60 {last.mean():.3f}, without learning {without.mean():.3f}")
    print(f"  41-60 against 1-20: {ratio:.2f}x [{low:.2f}, {high:.2f}]; each alone: mean {(last / first).mean():.2f}x, "
          f"twice or more {(last >= 2 * first).mean():.0%}")  # fmt: skip
    print(f"  those who do not drift {last[steady].mean() / first[steady].mean():.2f}x, "
          f"those who do {last[~steady].mean() / first[~steady].mean():.2f}x")  # fmt: skip
    print(f"  41-60 against no learning: {more:.2f}x [{more_low:.2f}, {more_high:.2f}], twice or more "
          f"{(last >= 2 * without).mean():.0%}; all sixty {found.learned.mean() / without.mean():.2f}x")  # fmt: skip
    print(f"  regret {' > '.join(f'{value:.3f}' for value in regret.mean(axis=0))}; falls for "
          f"{(regret[:, 2] < regret[:, 0]).mean():.0%}")  # fmt: skip


def _interval(statistic: object, count: int) -> tuple[float, float, float]:
    assert callable(statistic)
    random = np.random.default_rng(0)
    drawn_again = [statistic(random.integers(0, count, count)) for _ in range(2_000)]
    return float(statistic(np.arange(count))), *map(float, np.quantile(drawn_again, [0.025, 0.975]))


def _at_random(artists: Sequence[Artist], pool: Pool) -> None:
    """Answers like a coin: what was kept, what the others would have kept of it, and what the composer thinks of it."""
    runs = {
        learning: [
            session(each, pool, seed, learning=learning, blind=True) for each in artists for seed in range(SEEDS)
        ]
        for learning in (True, False)
    }
    print(f"answers at random, {len(runs[True])} sessions with and without learning:")
    for words, what in (("kept", "kept"), ("would please the artist", "chance"), ("the composer's score", "score")):
        with_, without = (
            np.array([getattr(each, what).mean() for each in runs[learning]]) for learning in (True, False)
        )
        ratio, low, high = _interval(lambda rows, a=with_, b=without: a[rows].mean() / b[rows].mean(), len(with_))
        print(f"  {words}: {with_.mean():.3f} against {without.mean():.3f}, {ratio:.3f}x [{low:.3f}, {high:.3f}]")


def _speed(pool: Pool) -> None:
    """How long ranking takes when sixty and a thousand remarks were heard."""
    entries = pool.everything
    for count in (60, 1_000):
        remarks = tuple(
            Remark((Verdict.REJECTED, Verdict.KEPT)[place % 3 == 0], entries[place % len(entries)].traits, str(place),
                   number=place + 1)
            for place in range(count)
        )  # fmt: skip
        taste, random = Taste(remarks), np.random.default_rng(0)
        began = perf_counter()
        _ = taste.preference
        learned = perf_counter()
        times = []
        for _ in range(5):
            start = perf_counter()
            best([each.traits for each in entries[: SHOWN * WIDE]], taste.picks(SHOWN, random))
            times.append(perf_counter() - start)
        styles = load_styles()
        print(f"{count} remarks: learned anew in {1000 * (learned - began):.0f} ms (in the background), "
              f"{SHOWN * WIDE} of {len(styles)} styles ranked in {1000 * min(times):.1f} ms")  # fmt: skip


def _draw(measured: dict[str, Measured], path: Path) -> None:
    try:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot
    except ImportError:
        print("no curves: matplotlib is not installed here")
        return
    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
    questions = np.arange(1, ROUNDS + 1)
    for (name, found), colour in zip(measured.items(), ("#8A93A0", "#D98A1E"), strict=True):
        by_question = found.learned.reshape(len(found.learned), ROUNDS, SHOWN).mean(axis=2)
        spread = 1.96 * by_question.std(axis=0) / len(by_question) ** 0.5
        axes[0].plot(questions, by_question.mean(axis=0), color=colour, label=f"{name} artists")
        axes[0].fill_between(questions, by_question.mean(axis=0) - spread, by_question.mean(axis=0) + spread,
                             color=colour, alpha=0.2)  # fmt: skip
        axes[1].plot(questions, found.regret.reshape(-1, ROUNDS, SHOWN).mean(axis=(0, 2)), color=colour, label=name)
    plain = measured["test"].plain.reshape(-1, ROUNDS, SHOWN).mean(axis=(0, 2))
    axes[0].plot(questions, plain, "--", color="#3A424F", label="without learning (test)")
    axes[0].set(xlabel="question (four proposals each)", ylabel="share kept", ylim=(0, 1))
    axes[1].set(xlabel="question", ylabel="regret: best four there are, less those shown", ylim=(0, None))
    for each in axes:
        each.legend(frameon=False)
    figure.savefig(path, dpi=110)
    print(f"curves: {path}")


if __name__ == "__main__":
    sys.exit(main())
