"""Weights side by side are one matrix on label and image, with the biases of the image's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ffnumpy.cases import Labelled, OneHot, TwoTowers
from ffnumpy.optimisers import Smoothed
from ffnumpy.weights import Dense, Outer, normal
from ffnumpy.weights.beside import Beside

CLASSES, PIXELS, WIDTH = 3, 7, 5
ENCODINGS = [TwoTowers(CLASSES, 2.0), OneHot(CLASSES, overwrite=False)]


def drawn(seed: int = 0) -> tuple[Beside, Dense]:
    """Return weights side by side, and the same as one matrix."""
    rng = np.random.default_rng(seed)
    whole = normal(CLASSES + PIXELS, WIDTH, rng, float)
    whole[-1] = rng.standard_normal(WIDTH)

    def dense(values: NDArray) -> Dense:
        return Dense(values.copy(), 0.1, Smoothed(), 0.05)

    label = dense(np.vstack([whole[:CLASSES], np.ones((1, WIDTH))]))
    return Beside(label, dense(whole[CLASSES:])), dense(whole)


def batch(encoding: Any, *labels: int) -> Any:
    rows = np.random.default_rng(1).integers(1, 256, (4, PIXELS), np.uint8)
    return encoding.labelled(encoding.features(rows), *(np.full(4, k) for k in labels))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("labels", [(1,), (0, 2), (0, 1, 2)])
@pytest.mark.parametrize("verb", ["update", "add"])
def test_they_answer_and_move_as_one_matrix_on_both(
    encoding: Any, labels: tuple[int, ...], verb: str
) -> None:
    apart, whole = drawn()
    x = batch(encoding, *labels)
    post = np.random.default_rng(2).standard_normal((len(labels) * 4, WIDTH))
    for _ in range(3):
        assert np.allclose(apart.forward(x), whole.forward(x.toarray()), rtol=1e-5)
        getattr(apart, verb)(Outer(x, post))
        getattr(whole, verb)(Outer(x.toarray(), post))
    moved = np.vstack([apart.label.matrix, apart.image.values])
    assert np.allclose(moved, whole.values, rtol=1e-5, atol=1e-7)
    assert not apart.label.bias.any()


def test_restored_ones_answer_the_same() -> None:
    (one, _), (other, _), x = drawn(), drawn(1), batch(ENCODINGS[0], 0, 1)
    other.restore(one.arrays())
    assert np.array_equal(one.forward(x), other.forward(x))


def test_other_widths_are_refused() -> None:
    with pytest.raises(ValueError, match="one width for label and image; got 4 and 5"):
        Beside(Dense(np.ones((3, 4))), Dense(np.ones((6, 5))))


def test_codes_that_scale_an_image_differently_are_refused() -> None:
    features = OneHot(CLASSES, overwrite=False).features(np.ones((1, PIXELS), np.uint8))
    with pytest.raises(ValueError, match="expected label codes of one length"):
        drawn()[0].forward(Labelled(features, np.array([[1.0, 0, 0], [2.0, 0, 0]])))
