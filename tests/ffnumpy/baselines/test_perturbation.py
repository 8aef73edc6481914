"""Weight perturbation: right on average, and the worse in each step the more weights there are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from ffnumpy.baselines import Backprop
from ffnumpy.baselines.perturbation import WeightPerturbation
from ffnumpy.weights import Dense, normal


def linear(values: Sequence[NDArray], x: NDArray) -> NDArray:
    return x @ values[0][:-1] + values[0][-1]


def true_gradient(values: NDArray, x: NDArray, labels: NDArray) -> NDArray:
    """Return the mean slope that backpropagation would follow."""
    dense = Dense(values.copy(), 1.0)
    Backprop([dense]).learn(x, labels)
    return dense.values - values


def case(n_in: int) -> tuple[NDArray, NDArray, NDArray]:
    rng = np.random.default_rng(n_in)
    values = normal(n_in, 3, rng, float)
    return values, rng.standard_normal((8, n_in)), rng.integers(0, 3, 8)


def test_the_estimate_is_the_gradient_on_average() -> None:
    # Var of one estimate of a component is at most 2 |g|² (n + 1 of them share it): the mean of
    # 4,000 lies within five standard deviations, 5 √2 |g| / √4000 = 0.112 |g|.
    values, x, labels = case(4)
    learner = WeightPerturbation([values], linear, 0.1, 1e-4, np.random.default_rng(0))
    mean = np.mean([learner.gradient(x, labels)[0] for _ in range(4000)], axis=0)
    expected = true_gradient(values, x, labels)
    assert np.abs(mean - expected).max() < 0.112 * np.linalg.norm(expected)


@pytest.mark.parametrize("n_in", [3, 30, 300])
def test_the_mean_squared_cosine_with_the_gradient_is_one_over_the_number_of_weights(
    n_in: int,
) -> None:
    # cos² of a fixed with a random direction is Beta(½, (n−1)/2): mean 1/n, standard deviation
    # below √2/n. The mean of 500 lies within five of them: 5 √2/√500 = 0.32.
    values, x, labels = case(n_in)
    learner = WeightPerturbation([values], linear, 0.1, 1e-5, np.random.default_rng(1))
    truth = true_gradient(values, x, labels).ravel()
    squares = []
    for _ in range(500):
        estimate = learner.gradient(x, labels)[0].ravel()
        cosine = truth @ estimate / (np.linalg.norm(truth) * np.linalg.norm(estimate))
        squares.append(cosine**2)
    assert np.mean(squares) * truth.size == pytest.approx(1, abs=0.32)


def test_it_learns_what_a_line_can_part() -> None:
    rng = np.random.default_rng(2)
    x = rng.standard_normal((60, 4))
    labels = (x @ rng.standard_normal((4, 3))).argmax(axis=1)
    learner = WeightPerturbation([np.zeros((5, 3))], linear, 0.2, 1e-3, rng)
    for _ in range(1500):
        learner.learn(x, labels)
    assert np.mean(learner.forward(x)[0].argmax(axis=1) != labels) < 0.15
    other = WeightPerturbation([np.zeros((5, 3))], linear, 0.2, 1e-3, rng)
    other.restore(learner.arrays())
    assert np.array_equal(other.forward(x)[0], learner.forward(x)[0])
