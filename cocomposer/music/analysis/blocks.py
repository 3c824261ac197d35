"""Naming a chord from the notes struck together, as one reads a block chord on a page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from cocomposer.music.chord import Chord
from cocomposer.music.key import Key

# Interval sets that have a name, each with what it costs to choose it where the same notes have another name too.
_NAMES: dict[tuple[int, ...], float] = {
    (0, 4, 7): 0.0, (0, 3, 7): 0.0, (0, 4, 7, 10): 0.1, (0, 3, 7, 10): 0.1, (0, 4, 7, 11): 0.1, (0, 3, 6): 0.2,
    (0, 3, 6, 9): 0.3, (0, 3, 6, 10): 0.3, (0, 4, 8): 0.3, (0, 5, 7): 0.2, (0, 2, 7): 0.3, (0, 5, 7, 10): 0.3,
    (0, 4, 7, 9): 0.4, (0, 3, 7, 9): 0.5, (0, 3, 7, 11): 0.4, (0, 4, 8, 10): 0.5, (0, 4, 8, 11): 0.6,
    (0, 4, 7, 14): 0.4, (0, 3, 7, 14): 0.4, (0, 4, 7, 10, 14): 0.4, (0, 3, 7, 10, 14): 0.4, (0, 4, 7, 11, 14): 0.4,
    (0, 4, 7, 9, 14): 0.6, (0, 3, 7, 9, 14): 0.7, (0, 5, 7, 10, 14): 0.5, (0, 4, 7, 10, 13): 0.4,
    (0, 4, 7, 10, 15): 0.4, (0, 4, 7, 10, 18): 0.6, (0, 4, 7, 10, 20): 0.6, (0, 4, 7, 10, 21): 0.6,
    (0, 4, 7, 11, 18): 0.5, (0, 4, 7, 10, 14, 21): 0.5, (0, 4, 7, 10, 14, 18): 0.6, (0, 4, 7, 11, 14, 18): 0.6,
    (0, 3, 7, 10, 17): 0.5, (0, 3, 7, 10, 14, 17): 0.5, (0, 4, 7, 10, 13, 20): 0.6, (0, 4, 8, 10, 15): 0.7,
    (0, 4, 8, 10, 13): 0.7, (0, 4, 6, 10): 0.7, (0, 4, 7, 17): 0.7, (0, 3, 7, 17): 0.7, (0, 2, 5, 7): 0.8,
    (0, 4, 7, 11, 21): 0.8, (0, 4, 7, 11, 14, 21): 0.8, (0, 4, 6): 0.9, (0, 3, 6, 10, 14): 0.6, (0, 5, 7, 11): 0.9,
    (0, 4, 7, 9, 18): 0.9, (0, 3, 7, 20): 0.9, (0, 3, 8, 10): 0.9, (0, 5, 7, 10, 13): 0.7, (0, 5, 7, 10, 14, 21): 0.6,
}  # fmt: skip
# What is meant when the fifth, or more, is left out.
_SHORT: dict[tuple[int, ...], tuple[tuple[int, ...], float]] = {
    (0, 4): ((0, 4, 7), 0.3), (0, 3): ((0, 3, 7), 0.4), (0, 7): ((0, 7), 0.3), (0, 4, 10): ((0, 4, 7, 10), 0.4),
    (0, 3, 10): ((0, 3, 7, 10), 0.4), (0, 4, 11): ((0, 4, 7, 11), 0.4), (0, 10): ((0, 4, 7, 10), 0.8),
    (0, 4, 9): ((0, 4, 7, 9), 0.9), (0, 2, 4): ((0, 4, 7, 14), 0.8), (0, 2, 3): ((0, 3, 7, 14), 0.8),
    (0, 2, 4, 10): ((0, 4, 7, 10, 14), 0.5), (0, 2, 3, 10): ((0, 3, 7, 10, 14), 0.5),
    (0, 2, 4, 11): ((0, 4, 7, 11, 14), 0.5), (0, 4, 9, 10): ((0, 4, 7, 10, 21), 0.6),
    (0, 2, 4, 9, 10): ((0, 4, 7, 10, 14, 21), 0.6), (0, 3, 11): ((0, 3, 7, 11), 0.8),
}  # fmt: skip
_SHAPES = {tuple(sorted(step % 12 for step in steps)): (steps, cost) for steps, cost in _NAMES.items()} | _SHORT


def chord_of(pitch_classes: Collection[int], bass: int | None = None, key: Key | None = None) -> Chord | None:
    """The chord whose notes are exactly `pitch_classes`, or None where the notes have no usual name.

    `bass` is the pitch class at the bottom where it means something: C E G over E is then C/E, and A C E G is Am7
    over A but C6 over C.  Without a bass the commonest name is taken, with roots of `key` preferred.
    """
    return _chord_of(frozenset(each % 12 for each in pitch_classes), bass, key)


@lru_cache(maxsize=4096)
def _chord_of(notes: frozenset[int], bass: int | None, key: Key | None) -> Chord | None:
    found = list(_candidates(sorted(notes), bass, key))
    if bass is not None and len(notes) >= 4:  # a chord over a foreign bass, such as F/G
        upper = sorted(notes - {bass})
        found += [(cost + 0.75, Chord(chord.root, chord.intervals, bass))
                  for cost, chord in _candidates(upper, None, key) if len(chord.intervals) == len(upper)]  # fmt: skip
    if not found:
        return None
    return min(found, key=lambda each: (each[0], each[1].root))[1]


def _candidates(notes: Sequence[int], bass: int | None, key: Key | None) -> list[tuple[float, Chord]]:
    found = []
    for root in notes:
        shape = _SHAPES.get(tuple(sorted((each - root) % 12 for each in notes)))
        if shape is None:
            continue
        intervals, cost = shape
        if bass is not None and bass != root:
            cost += 0.35 if len(intervals) == len(notes) else 0.6
            cost += 0.3 * ((bass - root) % 12 not in intervals)  # D under Cadd9 reads better as C/D
        if key is not None and root not in key.scale:
            cost += 0.15
        found.append((cost, Chord(root, intervals, None if bass == root else bass)))
    return found
