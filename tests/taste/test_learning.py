"""Simulated artists keep more and more of real proposals, and one who answers at random loses nothing.

A few of the development artists and few sessions, so that it is quick; `tests/benchmarks/taste_bench.py` measures.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from artists import FIRST_TEST, Artist, Pool, drawn, session

SKETCHES = ("first_light.mid", "long_shadow.mid")
ARTISTS = range(8)


@pytest.fixture(scope="module")
def pool() -> Pool:
    return Pool.composed(SKETCHES)


def test_more_is_kept_the_longer_an_artist_is_heard(pool: Pool) -> None:
    chances, regrets, readiness = [], [], []
    for artist in map(drawn, ARTISTS):
        learned = session(artist, pool, 0, learning=True)
        chances.append(learned.chance.reshape(3, 20).mean(axis=1))
        regrets.append(learned.regret.reshape(3, 20).mean(axis=1))
        readiness.append(artist.readiness)
    first, _, last = np.mean(chances, axis=0)
    assert last > 1.6 * first
    assert last > 2 * np.mean(readiness)
    early, _, late = np.mean(regrets, axis=0)
    assert late < 0.75 * early


def test_artists_are_different_partly_noisy_partly_drifting_and_keep_a_quarter_untaught(pool: Pool) -> None:
    artists = [drawn(number) for number in range(FIRST_TEST, FIRST_TEST + 12)]
    assert 0 < sum(each.drifts for each in artists) < 12
    assert 0 < sum(each.noise > 0 for each in artists) < 12
    for artist in artists[:4]:
        shown = [artist.chances(pool, 7)[each.number] for each in pool.untaught]
        assert np.mean(shown) == pytest.approx(artist.readiness, abs=0.01)
    first, second = (list(artist.chances(pool, 0).values()) for artist in artists[:2])
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.8


def test_an_artist_who_answers_at_random_is_shown_what_suits_the_sketch_all_the_same(pool: Pool) -> None:
    learned, plain = (
        np.concatenate([session(drawn(number), pool, 1, learning=learning, blind=True).score for number in ARTISTS])
        for learning in (True, False)
    )
    assert learned.mean() > 0.88 * plain.mean()


def test_learning_follows_what_is_said_and_not_the_order_of_things(pool: Pool) -> None:
    """The same artist with the opposite wish ends elsewhere: nothing but the answers can have led there."""
    one = Artist(1, drawn(2).wishes[:1])
    other = replace(one, wishes=[lambda traits: -one.wishes[0](traits)], _chances={})
    for artist in (one, other):
        learned = session(artist, pool, 0, learning=True).chance[40:].mean()
        assert learned > 1.5 * session(artist, pool, 0, learning=False).chance.mean()
