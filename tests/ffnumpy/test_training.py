"""The loop, and which layers learn in which epoch."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from ffnumpy.cases.batches import LabelledCases
from ffnumpy.cases.encoding import OneHot
from ffnumpy.cases.negatives import UniformWrong
from ffnumpy.layers.layer import Frozen, Layer
from ffnumpy.supervised import Setting, setting
from ffnumpy.supervised.names import NAMES, changed
from ffnumpy.supervised.setting import WrongLabels
from ffnumpy.training import Order, one_after_another, together, train
from ffnumpy.weights.dense import Dense, normal

CLASSES = 3


def make(n: int, batch: int) -> LabelledCases:
    rng = np.random.default_rng(n)
    rows, labels = rng.integers(0, 256, (n, 8), np.uint8), rng.integers(0, CLASSES, n)
    rows[:, :CLASSES] = 0
    return LabelledCases(rows, labels, OneHot(CLASSES), UniformWrong(CLASSES, rng), batch)


class Telling:
    """A layer that notes what it was shown and hands on one more."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def forward(self, x: Any) -> tuple[Any, Any]:
        raise AssertionError("train never evaluates")

    def learn(self, x: Any, sign: Any) -> Any:
        self.seen.append((x, sign))
        return x + 1


def test_train_hands_each_layers_output_to_the_next_and_the_second_part_on_unread() -> None:
    layers, second = [Telling(), Telling(), Telling()], object()
    assert list(train(layers, [(0, second), (10, None)])) == [1, 2]
    assert [layer.seen for layer in layers] == [
        [(0, second), (10, None)],
        [(1, second), (11, None)],
        [(2, second), (12, None)],
    ]


def test_leaving_the_for_loop_stops_the_training() -> None:
    layer = Telling()
    for shown in train([layer], ((n, None) for n in range(100))):
        if shown == 3:
            break
    assert len(layer.seen) == 3


@pytest.mark.parametrize("stage", [0, 1, 2])
def test_one_after_another_changes_the_last_layer_alone(stage: int) -> None:
    rng = np.random.default_rng(0)
    layers = [Layer(Dense(normal(8, 8, rng), 0.1)) for _ in range(3)]
    before = [layer.weights.values.copy() for layer in layers]  # type: ignore[attr-defined]
    order = one_after_another(layers, 2)
    learners = order(2 * stage + 1)
    assert order(2 * stage) is learners
    assert len(learners) == stage + 1
    assert all(isinstance(layer, Frozen) for layer in learners[:-1])
    list(train(learners, make(10, 4)))
    changed = [
        not np.array_equal(layer.weights.values, values)  # type: ignore[attr-defined]
        for layer, values in zip(layers, before, strict=True)
    ]
    assert changed == [number == stage for number in range(3)]


def test_together_all_layers_learn_in_every_epoch() -> None:
    layers = [Layer(Dense(normal(8, 8, np.random.default_rng(0)), 0.1)) for _ in range(3)]
    assert all(together(layers, 5)(epoch) is layers for epoch in (0, 4, 9))


def test_an_order_knows_its_stages_whatever_it_is_called() -> None:
    assert (together.stages(3), one_after_another.stages(3)) == (1, 3)
    mine = Order(lambda layers, epochs: lambda epoch: layers[::-1], in_stages=False)
    assert changed(Setting(), order=mine).stages == 1
    with pytest.raises(ValueError, match="order: expected one of together, one-after-another"):
        changed(Setting(), order=lambda layers, epochs: None)


def test_a_setting_has_a_readout_if_its_wrong_labels_say_so() -> None:
    assert [choice.has_readout for choice in NAMES["negatives"].values()] == [True, True, False]
    for choice in (WrongLabels(setting.fixed.negatives, has_readout=has) for has in (True, False)):
        assert changed(Setting(), negatives=choice).has_readout == choice.has_readout


def test_a_setting_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(Setting())) == Setting()
