"""A layer that learns in one step: the rule of `one_step`, and only where that rule holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ffnumpy.activations import student_t
from ffnumpy.goodness import mean_of_squares
from ffnumpy.layers import Goals, Layer, OneStepLayer, one_step
from ffnumpy.normalisation import squared_length
from ffnumpy.weights import Dense, normal


def layer(**kind: Any) -> Layer:
    return Layer(Dense(normal(6, 20, np.random.default_rng(0), float)), **kind)


def case(rows: int = 1) -> Any:
    return np.random.default_rng(1).standard_normal((rows, 6))


@pytest.mark.parametrize(("sign", "per_unit"), [(1.0, 1.5), (-1.0, 0.5)])
def test_all_the_way_is_what_one_step_does(sign: float, per_unit: float) -> None:
    one, other, x = layer(), layer(), case()
    OneStepLayer(one, Goals()).learn(x, np.array([sign]))
    one_step([other], x, per_unit * 20)
    assert np.array_equal(one.weights.arrays()["values"], other.weights.arrays()["values"])
    assert one.forward(x)[1][0] == pytest.approx(per_unit * 20, rel=1e-12)


def test_a_share_of_the_way_is_a_share_of_the_root() -> None:
    mine, x = layer(), case()
    before = np.sqrt(mine.forward(x)[1][0])
    OneStepLayer(mine, Goals(share=0.25)).learn(x, np.array([1.0]))
    expected = before + 0.25 * (np.sqrt(30.0) - before)
    assert np.sqrt(mine.forward(x)[1][0]) == pytest.approx(expected, rel=1e-12)


def test_the_output_has_the_length_that_the_layer_gives_it() -> None:
    mine, x = layer(target=1.0), case()
    fast = OneStepLayer(mine, Goals())
    forward = fast.forward(x)[0]
    learned = fast.learn(x, np.array([1.0]))
    assert squared_length(learned)[0] == pytest.approx(1.0)
    assert np.allclose(learned, forward, rtol=1e-14)


def test_a_batch_and_other_kinds_of_layers_are_refused() -> None:
    mine = layer()
    before = mine.weights.arrays()["values"].copy()
    with pytest.raises(ValueError, match="one case; got 2"):
        OneStepLayer(mine, Goals()).learn(case(2), np.array([1.0, -1.0]))
    assert np.array_equal(mine.weights.arrays()["values"], before)
    with pytest.raises(ValueError, match="needs ReLU; got student-t"):
        OneStepLayer(layer(activation=student_t()), Goals())
    with pytest.raises(ValueError, match="Σ y² to its target; got mean-of-squares"):
        OneStepLayer(layer(goodness=mean_of_squares), Goals())
