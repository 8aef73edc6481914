"""A curve has every chip at every value, comes out again, and says no more than chance allows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ffnumpy.cases import OneHot
from hardware_sim.chip.design import Design
from hardware_sim.devices.presets import preset
from hardware_sim.energy import prices
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import Bench, error_rate, single_run, train_all_passes
from hardware_sim.studies.degradation import Point, chips_record, curve, mean_and_deviation, twins
from hardware_sim.studies.nonidealities import QUANTITIES
from hardware_sim.studies.trials import Trial

INPUTS = 20
BASE = Trial(Plan((6, 5), passes=1), Design((INPUTS, 6, 5)), preset("gokmen-vlasov").device)


def few(images: int = 3) -> Bench:
    rng = np.random.default_rng(7)
    rows = rng.integers(0, 255, (2 * images, INPUTS), dtype=np.uint8)
    rows[:, :10] = 0
    labels = np.arange(2 * images) % 10
    return Bench(rows[:images], labels[:images], rows[images:], labels[images:], OneHot())


def test_a_curve_has_a_point_for_each_value_and_a_chip_for_each_seed() -> None:
    quantity = replace(QUANTITIES["bits"], values=(8, 3))
    points = list(curve(quantity, replace(BASE, plan=replace(BASE.plan, seed=4)), few(), 2))
    assert [point.value for point in points] == [8, 3]
    for point in points:
        assert [chip.seed for chip in point.chips] == [4, 5]
        assert all(0 <= error <= 1 for error in point.errors)
        assert point.joules[0] > 0
        # Per image: two cases, and 3 wrong labels to choose the negative from, through 6 lines.
        assert point.conversions == (5 * 6, 0)
    assert points[0].joules[0] > points[1].joules[0]


def test_the_same_curve_comes_out_again_and_points_depend_on_no_other() -> None:
    quantity = replace(QUANTITIES["stuck"], values=(0, 0.3))
    once, again = list(curve(quantity, BASE, few(), 2)), list(curve(quantity, BASE, few(), 2))
    assert once == again
    record = [{"value": 0, **chips_record(once[0].chips)}]
    assert list(curve(quantity, BASE, few(), 2, record=record)) == once[1:]
    assert [entry["value"] for entry in record] == [0, 0.3]
    assert [Point.of(entry) for entry in record] == once


def test_the_energy_is_that_of_the_training_for_one_image() -> None:
    base, bench = replace(BASE, plan=replace(BASE.plan, passes=2)), few()
    (point,) = curve(replace(QUANTITIES["stuck"], values=(0.3,)), base, bench, 2)
    for chip in point.chips:
        trial = QUANTITIES["stuck"].at(base.seeded(chip.seed), 0.3)
        learner = trial.learner(3, OneHot())
        train_all_passes(single_run(learner, bench.rows, bench.labels, trial.plan))
        spent = learner.ledger.without(prices.FIRST)
        assert chip.joules == pytest.approx(spent.joules() / (2 * 3), rel=1e-12, abs=0)
        assert chip.error == error_rate(learner, bench.unseen, bench.truth)


def test_without_converters_nothing_is_converted() -> None:
    quantity = replace(QUANTITIES["train"], values=(7,))
    (point,) = curve(quantity, BASE, few(), 2)
    assert point.conversions == (0, 0)


def test_the_progress_sees_every_step() -> None:
    seen: list[int] = []

    def progress(steps: Any) -> Any:
        for step in steps:
            seen.append(step)
            yield step

    list(curve(replace(QUANTITIES["step"], values=(0.01,)), BASE, few(), 2, progress))
    assert len(seen) == 2 * 3  # chips, images
    twins(BASE, few(), 2, progress)
    assert len(seen) == 2 * 2 * 3


def test_the_deviation_is_that_of_a_sample() -> None:
    assert mean_and_deviation([0.1, 0.2, 0.6]) == pytest.approx((0.3, np.sqrt(0.07)))


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(ValueError, match=r"chips: expected 2 or more.*got 1"):
        next(curve(QUANTITIES["step"], BASE, few(), 1))
    with pytest.raises(ValueError, match="expected two or more values"):
        mean_and_deviation([0.1])
