"""Streams: every learner sees the same images once, and is asked before it is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ffnumpy.cases import OneHot
from ffnumpy.layers.fast import Goals
from hardware_sim.chip.design import Design
from hardware_sim.devices.presets import IDEAL, preset
from hardware_sim.learning.fast import ContinualPlan
from hardware_sim.learning.learners import ChipLearner, TwinLearner
from hardware_sim.learning.run import Bench
from hardware_sim.studies.streams import (
    Fast,
    Rule,
    Slow,
    Stream,
    one_stream,
    points,
    rules,
    running_error,
    stream_record,
    streamed,
)
from hardware_sim.studies.trials import Trial

DEVICE = "gokmen-vlasov"
BASE = Trial(ContinualPlan((8, 6), 0.01), Design((64, 8, 6)), preset(DEVICE).device)


def stream_of(data: Any, window: int = 5) -> Stream:
    shown = data.train_images[:12], data.train_labels[:12]
    bench = Bench(*shown, data.test_images[:9], data.test_labels[:9], OneHot(data.classes))
    return Stream(bench, Goals(1.5, 0.5), window)


def test_every_substrate_learns_by_every_rule(thirteen_classes: Any) -> None:
    wanted = rules((1.0, 0.5), (0.01,))
    results = list(streamed(BASE, DEVICE, wanted, stream_of(thirteen_classes)))
    assert [(r.substrate, r.rule) for r in results] == [
        (substrate, rule) for substrate in points(BASE, DEVICE) for rule in wanted
    ]
    for result in results:
        assert result.wrong.shape == (12,)
        assert 0 <= result.unseen <= 1


def test_the_substrates_differ_by_their_errors_alone() -> None:
    (of_twin, twin), (of_ideal, ideal), (of_chip, chip) = points(BASE, DEVICE).values()
    assert twin == chip == BASE
    made = [make(BASE, 12, OneHot()) for make in (of_twin, of_ideal, of_chip)]
    assert list(map(type, made)) == [TwinLearner, ChipLearner, ChipLearner]
    assert ideal.device == IDEAL
    assert (ideal.plan, ideal.design.lines, ideal.design.scale) == (
        BASE.plan,
        BASE.design.lines,
        BASE.design.scale,
    )


@pytest.mark.parametrize(
    ("rule", "quantity", "text"),
    [(Fast(0.5), "share", "fast, η = 0.5"), (Slow(0.02), "rate", "slow, ε = 0.02")],
    ids=["fast", "slow"],
)
def test_the_same_stream_comes_out_again(
    rule: Rule, quantity: str, text: str, thirteen_classes: Any
) -> None:
    stream = stream_of(thirteen_classes)
    once, again = (
        one_stream(DEVICE, rule, rule.learner(Trial.learner, BASE, stream), BASE.plan, stream)
        for _ in range(2)
    )
    assert np.array_equal(once.wrong, again.wrong)
    assert (once.again, once.unseen) == (again.again, again.unseen)
    record = stream_record(once, 5)
    assert record["last_error"] == once.wrong[-5:].mean()
    assert record["stream_error"] == once.wrong.mean()
    assert record[quantity] == rule.amount
    assert str(rule) == text


def test_a_running_error_is_a_mean_over_the_last_images() -> None:
    wrong = np.random.default_rng(0).random(40) < 0.5
    expected = [wrong[max(n - 7, 0) : n].mean() for n in range(1, 41)]
    np.testing.assert_allclose(running_error(wrong, 7), expected, rtol=1e-12)
