"""A group of layers: slopes cross layers inside it, and none leaves it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from ffnumpy.baselines.backprop import Backprop
from ffnumpy.contrastive import ClassMeans, CosineContrast
from ffnumpy.layers.group import Group, chained
from ffnumpy.layers.readout import Readout
from ffnumpy.weights import Dense, normal

CLASSES, PAIRS, SIZES = 3, 6, (5, 8, 8, 4)
RNG = np.random.default_rng(0)
X = RNG.standard_normal((2 * PAIRS, SIZES[0]))
TRUE = RNG.integers(0, CLASSES, PAIRS)
CLAIMS = np.concatenate([TRUE, (TRUE + 1) % CLASSES])


def group(sizes: tuple[int, ...] = SIZES, seed: int = 1, rate: float = 0.05) -> Group:
    rng = np.random.default_rng(seed)
    weights = [Dense(normal(a, b, rng, float), rate) for a, b in pairwise(sizes)]
    means = ClassMeans(CLASSES, sizes[-1])
    means.take(np.abs(rng.standard_normal((CLASSES, sizes[-1]))), np.arange(CLASSES))
    return Group(weights, means)


def values(learner: Group) -> list[NDArray]:
    return [dense.values.copy() for dense in learner.weights]


def test_forward_changes_nothing_and_learn_returns_the_output_from_before() -> None:
    learner = group()
    before, memory = values(learner), learner.means.sums.copy()
    output, likeness = learner.forward(X)
    assert all(map(np.array_equal, before, values(learner)))
    assert np.array_equal(memory, learner.means.sums)
    assert output.shape == (2 * PAIRS, SIZES[-1])
    assert likeness.shape == (2 * PAIRS, CLASSES)
    assert np.array_equal(learner.learn(X, CLAIMS), output)


def test_learning_raises_the_log_probability_of_the_pairs() -> None:
    learner = group(rate=0.01)
    means = learner.means.sums.copy()

    def log_p() -> float:
        return float(CosineContrast().value(learner.forward(X)[0], means[CLAIMS]).sum())

    before = log_p()
    learner.learn(X, CLAIMS)
    assert log_p() > before


def test_a_group_above_does_not_change_what_the_group_below_learns() -> None:
    moved = []
    for seed in (2, 3):
        lower, upper = group(), group((4, 6), seed)
        upper.learn(lower.learn(X, CLAIMS), CLAIMS)
        moved.append(values(lower))
    assert all(map(np.array_equal, *moved))


def test_a_layer_above_in_the_group_does_change_what_the_layer_below_learns() -> None:
    one, other = group(), group()
    other.weights[1].values *= 2 * (np.arange(SIZES[2]) % 2)
    before = [one.weights[0].values.copy(), other.weights[0].values.copy()]
    for learner in (one, other):
        learner.learn(X, CLAIMS)
    assert np.array_equal(*before)
    assert not np.allclose(one.weights[0].values, other.weights[0].values, atol=1e-6)


def test_under_a_softmax_the_chain_is_the_baselines_own() -> None:
    weights = [Dense(normal(a, b, np.random.default_rng(4), float)) for a, b in pairwise(SIZES)]
    totals = Backprop(weights).layer_inputs(X)[1]
    labels = np.arange(2 * PAIRS) % SIZES[-1]
    delta = Readout.delta(totals[-1], labels)
    expected = (delta @ weights[2].matrix.T) * (totals[1] > 0)
    assert np.allclose(chained(weights, totals, delta)[1], expected, rtol=1e-12)


def test_the_memory_takes_positives_only_and_after_the_step() -> None:
    learner = group()
    memory, output = learner.means.sums.copy(), learner.forward(X)[0]
    learner.learn(X, CLAIMS)
    alone = ClassMeans(CLASSES, SIZES[-1])
    alone.sums[...] = memory
    alone.take(output[:PAIRS], TRUE)
    assert np.allclose(learner.means.sums, alone.sums, rtol=1e-5, atol=1e-6)


def test_a_silent_image_moves_nothing_and_gives_no_nan() -> None:
    learner = group()
    for dense in learner.weights:
        dense.bias[...] = -100
    before = values(learner)
    output = learner.learn(X, CLAIMS)
    assert not output.any()
    assert all(map(np.array_equal, before, values(learner)))


def test_a_saved_group_comes_back() -> None:
    one, other = group(seed=1), group(seed=2)
    one.learn(X, CLAIMS)
    other.restore({name: array.copy() for name, array in one.arrays().items()})
    assert np.array_equal(one.learn(X, CLAIMS), other.learn(X, CLAIMS))
    assert all(map(np.array_equal, values(one), values(other)))


def test_what_makes_no_sense_is_refused() -> None:
    learner = group()
    for x, claims in ((X, CLAIMS[:-1]), (X[:3], CLAIMS[:3])):
        with pytest.raises(ValueError, match="expected pairs, positives first"):
            learner.learn(x, claims)
    with pytest.raises(ValueError, match="means as wide as the last one"):
        Group(learner.weights, ClassMeans(CLASSES, SIZES[-1] + 1))
    with pytest.raises(ValueError, match="expected at least one layer"):
        Group([], ClassMeans(CLASSES, 4))
