"""Both ways of naming a class, each against running every label by itself."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ffnumpy import experiments, inference
from ffnumpy.cases.encoding import OneHot
from ffnumpy.inference import (
    EveryLabel,
    OnePass,
    all_but_first,
    all_layers,
    answers,
    confusion_matrix,
    first_counted,
    goodness_by_label,
    neutral_activities,
    predict,
    votes,
)
from ffnumpy.layers.layer import Layer
from ffnumpy.layers.readout import Readout
from ffnumpy.weights.dense import Dense, normal

CLASSES, COLUMNS, WIDTHS = 4, 15, (15, 30, 25, 20)
ENCODING = OneHot(CLASSES, strength=0.5)
LAYERS = [
    Layer(Dense(normal(a, b, np.random.default_rng(n), float))) for n, (a, b) in
    enumerate(pairwise(WIDTHS))
]  # fmt: skip
READOUT = Readout(Dense(np.random.default_rng(9).standard_normal((46, CLASSES))))
RNG = np.random.default_rng(5)
ROWS = RNG.integers(0, 256, (2 * inference.IMAGES_AT_ONCE + 17, COLUMNS), np.uint8)
LABELS = RNG.integers(0, CLASSES, len(ROWS))


def separately(rows: NDArray) -> NDArray:
    """Return every layer's goodness for every label, each label run by itself on a plain array."""
    found = np.empty((len(LAYERS), len(rows), CLASSES))
    for label in range(CLASSES):
        features = ENCODING.features(rows)
        x: Any = ENCODING.labelled(features, np.full(len(rows), label)).toarray()
        for number, layer in enumerate(LAYERS):
            x, found[number, :, label] = layer.forward(x)
    return found


GOODNESS = separately(ROWS)


def test_goodness_by_label_is_that_of_each_label_by_itself() -> None:
    found = goodness_by_label(LAYERS, ENCODING, ENCODING.features(ROWS))
    assert found.shape == (3, len(ROWS), CLASSES)
    assert np.allclose(found, GOODNESS, rtol=1e-5, atol=1e-5 * GOODNESS.max())  # float32 input


def test_goodness_by_label_leaves_the_layers_as_they_were() -> None:
    before = [layer.weights.values.copy() for layer in LAYERS]  # type: ignore[attr-defined]
    goodness_by_label(LAYERS, ENCODING, ENCODING.features(ROWS))
    for layer, values in zip(LAYERS, before, strict=True):
        assert np.array_equal(layer.weights.values, values)  # type: ignore[attr-defined]


@pytest.mark.parametrize("counted", [None, (0,), (2,), (0, 2), [0, 1, 2]])
@pytest.mark.parametrize("pick", [np.argmax, np.argmin])
def test_predict_picks_from_the_counted_layers_goodness(counted: Any, pick: Any) -> None:
    voting = [1, 2] if counted is None else list(counted)
    expected = pick(GOODNESS[voting].sum(axis=0), axis=1)
    found = predict(LAYERS, ENCODING, ROWS, counted, pick)
    assert np.array_equal(found, expected)
    assert len(set(found)) > 1


def test_pick_is_handed_goodness_by_class() -> None:
    def pick(goodness: NDArray, axis: int) -> NDArray:
        assert goodness.shape[1] == CLASSES
        assert axis == 1
        return np.full(len(goodness), 2)

    assert predict(LAYERS, ENCODING, ROWS, pick=pick).tolist() == [2] * len(ROWS)


@pytest.mark.parametrize("n", [1, 2, inference.IMAGES_AT_ONCE, inference.IMAGES_AT_ONCE + 1])
def test_a_rows_prediction_does_not_depend_on_its_company(n: int) -> None:
    assert np.array_equal(predict(LAYERS, ENCODING, ROWS[:n]), predict(LAYERS, ENCODING, ROWS)[:n])


def test_all_but_the_first_layer_count_unless_it_is_the_only_one() -> None:
    assert [first_counted(n) for n in (1, 2, 3, 4)] == [0, 1, 1, 1]
    assert np.array_equal(predict(LAYERS[:1], ENCODING, ROWS), predict(LAYERS, ENCODING, ROWS, [0]))


def test_the_neutral_pass_reads_all_but_the_first_layer() -> None:
    features = ENCODING.features(ROWS[:6])
    x: Any = ENCODING.neutral(features).toarray()
    outputs = []
    for layer in LAYERS:
        x, _ = layer.forward(x)
        outputs.append(x)
    found = neutral_activities(LAYERS, ENCODING, features)
    assert len(found) == 2
    for one, other in zip(found, outputs[1:], strict=True):
        assert np.allclose(one, other, rtol=1e-4, atol=1e-5)
    assert len(neutral_activities(LAYERS[:1], ENCODING, features)) == 1


@pytest.mark.parametrize("counted", [(0,), (1, 2)])
def test_a_pass_for_every_label_answers_as_predict_does(counted: tuple[int, ...]) -> None:
    ask = EveryLabel(LAYERS, ENCODING, counted)
    together, by_layer = answers(ask, ENCODING, ROWS)
    assert np.array_equal(together, predict(LAYERS, ENCODING, ROWS, counted))
    assert np.array_equal(by_layer, GOODNESS.argmax(axis=2))
    for n in range(3):
        assert np.array_equal(by_layer[n], predict(LAYERS, ENCODING, ROWS, [n]))
    summed = votes(ask, ENCODING, ROWS)
    assert summed.shape == (len(ROWS), CLASSES)
    assert np.array_equal(summed.argmax(axis=1), together)


def test_one_pass_answers_as_the_readout_does() -> None:
    together, by_layer = answers(OnePass(LAYERS, ENCODING, READOUT), ENCODING, ROWS)
    read = neutral_activities(LAYERS, ENCODING, ENCODING.features(ROWS))
    assert np.array_equal(together, READOUT.forward(read).argmax(axis=1))
    assert np.array_equal(by_layer, READOUT.by_layer(read).argmax(axis=2))
    assert len(by_layer) == len(LAYERS) - 1


def test_the_layers_that_vote() -> None:
    assert [all_but_first(n) for n in (1, 2, 4)] == [[0], [1], [1, 2, 3]]
    assert [all_layers(n) for n in (1, 3)] == [[0], [0, 1, 2]]


@settings(deadline=None, max_examples=40, derandomize=True)
@given(n=st.integers(1, 200), classes=st.integers(1, 12), seed=st.integers(0, 1000))
def test_the_confusion_matrix_counts_every_row_in_the_row_of_its_class(
    n: int, classes: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    labels, predicted = rng.integers(0, classes, (2, n), np.uint8)
    matrix = confusion_matrix(labels, predicted, classes)
    assert matrix.shape == (classes, classes)
    assert matrix.sum(axis=1).tolist() == np.bincount(labels, minlength=classes).tolist()
    assert matrix.sum(axis=0).tolist() == np.bincount(predicted, minlength=classes).tolist()
    assert matrix.trace() == np.sum(labels == predicted)
    true, named = labels[0], predicted[0]
    assert matrix[true, named] == np.sum((labels == true) & (predicted == named))


@pytest.mark.parametrize("n", [1, inference.ROWS_AT_ONCE, 2 * inference.ROWS_AT_ONCE + 17])
def test_every_row_is_asked_for_once_and_in_order_in_parts_of_bounded_size(n: int) -> None:
    sizes: list[int] = []

    def name(rows: NDArray) -> NDArray:
        sizes.append(len(rows))
        return rows[:, 0]

    rows = np.arange(n).reshape(n, 1)
    assert np.array_equal(inference.by_parts(name, rows), np.arange(n))
    assert max(sizes) <= inference.ROWS_AT_ONCE


@pytest.mark.parametrize("experiment", ["hybrid_images", "backprop"])
def test_no_rows_are_refused_by_every_network(experiment: str) -> None:
    module = experiments.named(experiment)
    network = module.network(module.QUICK, 784, 10, np.random.default_rng(0))
    with pytest.raises(ValueError, match="at least one row; got none"):
        network.predict(np.zeros((0, 784), np.uint8))
