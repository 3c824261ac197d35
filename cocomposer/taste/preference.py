"""A Bayesian logistic regression: how likely an artist keeps a proposal, given its traits.

The weights have a Gaussian posterior.  Every answer moves it by Laplace's approximation in the one direction that the
answer tells about (assumed-density filtering; Chapelle and Li, "An Empirical Evaluation of Thompson Sampling", 2011).
Between answers the weights drift back to the prior, an Ornstein-Uhlenbeck process, so that what was said long ago
fades and a taste that moves is followed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BIAS = "bias"
"""The trait that every proposal has: how readily anything is kept."""
MEMORY = 150.0
"""Answers after which a weight has fallen to 1/e."""
_NEWTON_STEPS = 12


class Preference:
    """The weights of `names`, which may hold BIAS: mean and covariance, shape (n,) and (n, n), in nats for each unit
    of a trait."""

    def __init__(self, names: Sequence[str], mean: FloatArray, deviation: FloatArray, memory: float = MEMORY) -> None:
        """`mean` and `deviation` (standard deviation, > 0), shape (n,), are the prior."""
        self._place = {name: index for index, name in enumerate(names)}
        self._prior_mean, self._prior_variance = np.array(mean, float), np.square(np.array(deviation, float))
        self._fade = math.exp(-1.0 / memory)
        self._mean, self._covariance = self._prior_mean.copy(), np.diag(self._prior_variance)

    def row(self, traits: Mapping[str, float], bias: float = 1.0) -> FloatArray:
        """The traits in the order of the names, shape (n,); those without a name are left out."""
        row = np.zeros(len(self._place))
        for name, value in traits.items():
            if name in self._place:
                row[self._place[name]] = value
        if BIAS in self._place:
            row[self._place[BIAS]] = bias
        return row

    def hear(self, row: FloatArray, liked: bool, weight: float = 1.0) -> None:
        """Learn from one answer, that counts `weight` times (> 0)."""
        self._drift()
        toward = self._covariance @ row
        variance = float(row @ toward)
        if variance <= 0:
            return
        before = float(row @ self._mean)
        score, sign = before, 1.0 if liked else -1.0
        for _ in range(_NEWTON_STEPS):  # the mode of Gaussian times logistic along the row
            wrong = _logistic(-sign * score)
            slope = (score - before) / variance - weight * sign * wrong
            score -= slope / (1 / variance + weight * wrong * (1 - wrong))
        chance = _logistic(score)
        information = weight * chance * (1 - chance)
        self._mean += toward * (score - before) / variance
        self._covariance -= np.outer(toward, toward) * information / (1 + information * variance)

    def weight(self, name: str) -> tuple[float, float]:
        """Mean and standard deviation of one weight."""
        place = self._place[name]
        return float(self._mean[place]), math.sqrt(max(0.0, float(self._covariance[place, place])))

    def chance(self, row: FloatArray) -> float:
        """The probability that it is kept, 0..1, the doubt about the weights taken into account (MacKay, 1992)."""
        variance = float(row @ self._covariance @ row)
        return _logistic(float(row @ self._mean) / math.sqrt(1 + math.pi * variance / 8))

    def sample(self, random: np.random.Generator, exploration: float) -> FloatArray:
        """Weights as they may be, shape (n,): the mean at `exploration` 0, the whole doubt at 1 (Thompson, 1933)."""
        if exploration <= 0:
            return self._mean.copy()
        root = np.linalg.cholesky(self._covariance + 1e-9 * np.eye(len(self._mean)))
        drawn: FloatArray = self._mean + exploration * (root @ random.standard_normal(len(self._mean)))
        return drawn

    def _drift(self) -> None:
        self._mean = self._prior_mean + self._fade * (self._mean - self._prior_mean)
        self._covariance *= self._fade**2
        self._covariance[np.diag_indices_from(self._covariance)] += (1 - self._fade**2) * self._prior_variance


def _logistic(score: float) -> float:
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, score))))
