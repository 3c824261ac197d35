"""The preference model finds hidden weights, doubts what it has not seen, and forgets what is long ago."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cocomposer.taste.preference import BIAS, Preference

NAMES = (BIAS, "a", "b", "c")


def _fresh(memory: float = 1e9) -> Preference:
    return Preference(NAMES, np.zeros(4), np.full(4, 1.5), memory)


def _trained(weights: dict[str, float], count: int, seed: int, preference: Preference) -> Preference:
    random = np.random.default_rng(seed)
    for _ in range(count):
        traits = {name: float(random.uniform(-1, 1)) for name in weights}
        score = sum(weights[name] * value for name, value in traits.items())
        preference.hear(preference.row(traits), bool(random.random() < 1 / (1 + math.exp(-score))))
    return preference


def test_hidden_weights_are_found_within_the_doubt() -> None:
    hidden = {"a": 2.0, "b": -1.0, "c": 0.0}
    learned = _trained(hidden, 800, 1, _fresh())
    for name, true in hidden.items():
        mean, deviation = learned.weight(name)
        assert abs(mean - true) < 3 * deviation
        assert deviation < 0.3


def test_the_filter_agrees_with_the_exact_posterior_of_one_answer() -> None:
    preference = Preference(("a",), np.zeros(1), np.ones(1), 1e9)
    preference.hear(preference.row({"a": 1.0}), True)
    grid = np.linspace(-8, 8, 4001)
    density = np.exp(-(grid**2) / 2) / (1 + np.exp(-grid))
    mode = grid[int(np.argmax(density))]
    assert preference.weight("a")[0] == pytest.approx(mode, abs=0.005)


def test_a_trait_that_never_varied_stays_as_doubtful_as_it_was() -> None:
    preference = _fresh()
    for _ in range(50):
        preference.hear(preference.row({"a": 1.0}), True)
    assert preference.weight("b") == (0.0, pytest.approx(1.5))
    assert preference.weight("a")[1] < 1.4


def test_what_is_long_ago_fades_and_a_new_taste_is_followed() -> None:
    preference = _trained({"a": 3.0}, 150, 2, _fresh(memory=60))
    assert preference.weight("a")[0] > 1.0
    _trained({"a": -3.0}, 150, 3, preference)
    assert preference.weight("a")[0] < -1.0


def test_without_exploration_the_mean_is_drawn_and_with_it_the_doubt() -> None:
    preference, random = _trained({"a": 2.0}, 100, 4, _fresh()), np.random.default_rng(0)
    assert preference.sample(random, 0) == pytest.approx([preference.weight(name)[0] for name in NAMES])
    drawn = np.array([preference.sample(random, 1.0) for _ in range(4_000)])
    expected = [preference.weight(name)[1] for name in NAMES]
    assert drawn.std(axis=0) == pytest.approx(expected, rel=0.08)
