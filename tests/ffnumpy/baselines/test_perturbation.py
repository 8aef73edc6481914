"""Weight perturbation: right on average, and the worse in each step the more weights there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from ffnumpy.baselines import Backprop
from ffnumpy.baselines.perturbation import WeightPerturbation
from ffnumpy.data import load
from ffnumpy.experiments import black_box
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


@pytest.mark.parametrize("sigma", [1e-3, 1e-2])
def test_noise_of_the_network_adds_to_an_estimate_as_one_over_sigma(sigma: float) -> None:
    # Logits that are but noise of standard deviation s give the mean log p of n cases a standard
    # deviation of s √(1 − 1/k)/√n, the difference of two √2 of it, and the slope that over 2σ.
    # A standard deviation of 2,000 values is known to 1/√4000 = 1.6 %; five times that is 8 %.
    n, k, s, rng = 40, 3, 0.01, np.random.default_rng(3)

    def noisy(values: Sequence[NDArray], x: NDArray) -> NDArray:
        return s * rng.standard_normal((len(x), k))

    drawn, again = np.random.default_rng(4), np.random.default_rng(4)
    learner = WeightPerturbation([np.zeros((2, k))], noisy, 0.1, sigma, drawn)
    labels, x = rng.integers(0, k, n), np.zeros((n, 1))
    slopes = [
        learner.gradient(x, labels)[0][0, 0] / again.standard_normal((2, k))[0, 0]
        for _ in range(2000)
    ]
    expected = s * np.sqrt((1 - 1 / k) / n) * np.sqrt(2) / (2 * sigma)
    assert np.std(slopes) == pytest.approx(expected, rel=0.08)


def test_the_black_box_is_perturbed_by_more_than_its_own_noise() -> None:
    # The same direction twice, with fresh noise: the two slopes agree if the noise is the smaller.
    # Their correlation is signal/(signal + noise) in variances: about a half at σ = 0.001, and with
    # 60 pairs known to 0.03 where it is near 0.95.
    setting = replace(black_box.QUICK, method="perturbation", width=10)
    run = black_box.start(setting, load("strokes"), 0)
    learner = run.parts["weights"]
    x, labels = next(iter(run.cases))
    pairs = []
    for _ in range(60):
        state = learner.rng.bit_generator.state
        first = learner.gradient(x, labels)[0][0, 0]
        learner.rng.bit_generator.state = state
        pairs.append((first, learner.gradient(x, labels)[0][0, 0]))
    assert np.corrcoef(np.transpose(pairs))[0, 1] > 0.85
