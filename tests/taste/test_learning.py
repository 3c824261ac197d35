"""Simulated artists keep more and more of real proposals, and one who answers at random loses nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from artists import ARTISTS, AT_RANDOM, Pool, session

SKETCHES = ("first_light.mid", "long_shadow.mid")


@pytest.fixture(scope="module")
def pool() -> Pool:
    return Pool.composed(SKETCHES)


def test_more_is_kept_the_longer_an_artist_is_heard(pool: Pool) -> None:
    first, last, without, regret = [], [], [], []
    for artist in ARTISTS:
        for seed in range(2):
            learned = session(artist, pool, seed, learning=True)
            first.append(learned.kept[:20].mean())
            last.append(learned.kept[40:].mean())
            regret.append(learned.regret.reshape(3, 20).mean(axis=1))
            without.append(session(artist, pool, seed, learning=False).kept[40:].mean())
    assert np.mean(last) > 1.7 * np.mean(first)
    assert np.mean(last) > 2 * np.mean(without)
    early, middle, late = np.mean(regret, axis=0)
    assert early > middle > late


def test_an_artist_who_answers_at_random_loses_nothing(pool: Pool) -> None:
    learned = [session(AT_RANDOM, pool, seed, learning=True) for seed in range(6)]
    plain = [session(AT_RANDOM, pool, seed, learning=False) for seed in range(6)]
    assert np.mean([each.kept for each in learned]) >= 0.95 * np.mean([each.kept for each in plain])


def test_learning_follows_what_is_said_and_not_the_order_of_things(pool: Pool) -> None:
    """The same artist with the opposite wish ends elsewhere: nothing but the answers can have led there."""
    jazz = ARTISTS[0]
    opposite = replace(jazz, likes=lambda traits, progress: -jazz.likes(traits, progress))
    wishes = [
        np.mean([session(artist, pool, seed, learning=True).chance[40:].mean() for seed in range(2)])
        for artist in (jazz, opposite)
    ]
    assert min(wishes) > 1.5 * np.mean(
        [session(artist, pool, 0, learning=False).chance.mean() for artist in (jazz, opposite)]
    )
