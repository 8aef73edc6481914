"""Two towers: what a label adds is the same whatever the image is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from ffnumpy.cases import Encoding
from ffnumpy.cases.towers import TwoTowers
from ffnumpy.weights import Dense, normal

CLASSES, PIXELS = 4, 30
ENCODING: Encoding = TwoTowers(CLASSES, strength=3.0)
ROWS = np.random.default_rng(0).integers(1, 256, (7, PIXELS), np.uint8)


def total(labels: NDArray) -> NDArray:
    rng = np.random.default_rng(1)
    dense = Dense(normal(ENCODING.inputs(PIXELS), 9, rng, float))
    return dense.forward(ENCODING.labelled(ENCODING.features(ROWS), labels))


def test_the_outputs_of_the_towers_are_added() -> None:
    rng = np.random.default_rng(1)
    values = normal(CLASSES + PIXELS, 9, rng, float)
    labels = np.arange(7) % CLASSES
    images = ROWS / np.sqrt(np.mean((ROWS / 1.0) ** 2, axis=1, keepdims=True))
    expected = images @ values[CLASSES:-1] + 3.0 * values[labels]
    assert np.allclose(total(labels), expected, rtol=1e-5, atol=1e-5)


def test_another_label_adds_the_same_to_every_image() -> None:
    differences = total(np.full(7, 2)) - total(np.full(7, 1))
    assert np.allclose(differences, differences[:1], atol=1e-5)


def test_no_pixel_is_overwritten() -> None:
    x = ENCODING.neutral(ENCODING.features(ROWS)).toarray()
    assert x.shape == (7, CLASSES + PIXELS)
    assert np.allclose(x[:, :CLASSES], 3.0 / CLASSES)
    assert np.allclose(np.mean(x[:, CLASSES:] ** 2, axis=1), 1, rtol=1e-5)
    ratio = x[:, CLASSES:] / ROWS
    assert np.allclose(ratio, ratio[:, :1], rtol=1e-5)


def test_every_label_is_each_label_in_turn() -> None:
    features = ENCODING.features(ROWS)
    whole = ENCODING.every_label(features).toarray().reshape(CLASSES, 7, -1)
    for label in range(CLASSES):
        alone = ENCODING.labelled(features, np.full(7, label)).toarray()
        assert np.array_equal(whole[label], alone)


@pytest.mark.parametrize("bad", [{"classes": 1}, {"strength": 0.0}, {"gain": -1.0}])
def test_what_makes_no_sense_is_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        TwoTowers(**bad)  # type: ignore[arg-type]
