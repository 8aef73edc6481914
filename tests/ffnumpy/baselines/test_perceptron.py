"""The perceptron: it moves only after a mistake, and stops once there is none."""

from __future__ import annotations

import numpy as np

from ffnumpy.baselines.perceptron import Perceptron
from ffnumpy.weights import Dense


def test_a_mistake_adds_the_input_to_the_true_class_and_takes_it_from_the_named() -> None:
    perceptron = Perceptron(Dense(np.zeros((4, 3)), 1.0))
    x = np.array([[1.0, -2.0, 0.5]])
    perceptron.learn(x, np.array([2]))
    expected = np.outer(np.append(x, 1), [-1, 0, 1])
    assert np.array_equal(perceptron.weights.values, expected)
    perceptron.learn(x, np.array([2]))  # named rightly now
    assert np.array_equal(perceptron.weights.values, expected)


def test_what_can_be_parted_is_parted_after_finitely_many_mistakes() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((60, 5))
    sums = x @ rng.standard_normal((5, 3))
    margin = np.sort(sums, axis=1)
    x, labels = x[margin[:, 2] - margin[:, 1] > 0.3], sums.argmax(axis=1)
    labels = labels[margin[:, 2] - margin[:, 1] > 0.3]
    perceptron = Perceptron(Dense(np.zeros((6, 3)), 1.0))
    for _ in range(300):
        for row, label in zip(x, labels, strict=True):
            perceptron.learn(row[np.newaxis], np.array([label]))
    assert np.array_equal(perceptron.forward(x)[0].argmax(axis=1), labels)
