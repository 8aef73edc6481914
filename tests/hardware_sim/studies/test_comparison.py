"""The comparison: five ways on the same images, in order, each with its own bill."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from chips import ideal_design
from ffnumpy.cases import OneHot
from hardware_sim.chip.design import Design, Tolerances
from hardware_sim.chip.manufacture import first_weights
from hardware_sim.devices.presets import IDEAL, preset
from hardware_sim.learning.converted import ConvertedLearner
from hardware_sim.learning.learners import ChipLearner
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.programming import program
from hardware_sim.learning.run import Bench, single_run, train_all_passes
from hardware_sim.studies.comparison import CHIP, CONVERTED, PROGRAMMED, WAYS, compare
from hardware_sim.studies.trials import Trial

MANY_BITS = 50  # a code is 1e-15 of the full scale
SMALL = Plan((8, 6), rate=0.01, passes=1, seed=3)


def images(n: int, seed: int = 0) -> tuple[NDArray, NDArray]:
    rng = np.random.default_rng(seed)
    rows = (rng.random((n, 30)) * 255).astype(np.uint8)
    rows[:, :10] = 0
    return rows, rng.integers(0, 10, n)


def bench() -> Bench:
    return Bench(*images(12), *images(7, 1), OneHot())


def trained(learner: Any, plan: Plan) -> Any:
    train_all_passes(single_run(learner, *images(12), plan))
    return learner


def test_converters_of_many_bits_change_nothing_but_the_bill() -> None:
    design, plan = ideal_design((30, 8, 6)), replace(SMALL, seed=0)  # 3: two wrong labels tie
    plain = trained(ChipLearner(plan, design, IDEAL, 12), plan)
    converted = trained(ConvertedLearner(plan, design, IDEAL, 12, MANY_BITS), plan)
    for one, other in zip(plain.chip, converted.chip, strict=True):
        gap = np.abs(one.array.cells.seen - other.array.cells.seen).max()
        assert gap < 1e-9 * np.abs(one.array.cells.seen).max()
    assert plain.ledger.count("adc") == 0
    reads = SMALL.candidates + 2
    assert converted.ledger.count("adc") == 12 * reads * 8


@pytest.fixture(scope="module")
def results() -> list[Any]:
    device = preset("gokmen-vlasov").device
    return list(compare(Trial(SMALL, Design((30, 8, 6)), device), bench()))


def test_all_ways_are_compared_in_order(results: list[Any]) -> None:
    assert [r.way for r in results] == list(WAYS)
    assert all(0 <= r.error <= 1 for r in results)


def test_only_those_with_converters_convert(results: list[Any]) -> None:
    a, b, c, d, e = results
    assert [r.training.ledger.count("adc") > 0 for r in (a, b, c, d)] == [False, False, True, True]
    assert [r.inference.ledger.count("adc") > 0 for r in results] == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert c.inference.ledger.count("adc") == 7 * 10 * 8
    assert e.training is None
    assert e.programming.of == 31 * 8 + 9 * 6


def test_energies_lie_between_their_bounds_and_blocks_add_up(results: list[Any]) -> None:
    costs = [c for r in results for c in (r.training, r.inference, r.programming) if c]
    assert len(costs) == 10
    for cost in costs:
        low, middle, high = cost.joules
        assert 0 < low < middle < high
        assert cost.seconds[0] <= cost.seconds[1] <= cost.seconds[2]
        for n, total in enumerate(cost.joules):
            assert sum(v[n] for v in cost.blocks().values()) == pytest.approx(
                total, rel=1e-9, abs=0
            )
        for constant, at_low, at_high in cost.ledger.sensitivity():
            assert low * cost.of <= at_low * (1 + 1e-12), constant.name
            assert at_high <= high * cost.of * (1 + 1e-12), constant.name


def test_the_same_seed_gives_the_same_comparison(results: list[Any]) -> None:
    device = preset("gokmen-vlasov").device
    again = compare(Trial(SMALL, Design((30, 8, 6)), device), bench())
    for one, other in zip(results, again, strict=True):
        assert one.error == other.error
        assert one.inference.joules == other.inference.joules


@pytest.mark.parametrize("way", [CHIP, CONVERTED, PROGRAMMED], ids=WAYS.get)
def test_every_chip_decides_by_its_own_parts(way: str) -> None:
    # A winner-take-all whose offsets are far larger than any goodness always gives one answer.
    design = Design((30, 8), tolerances=Tolerances(comparator=1e9))
    device, plan = preset("gokmen-vlasov").device, Plan((8,))
    learner: Any
    if way == CHIP:
        learner = ChipLearner(plan, design, device, 1)
    elif way == CONVERTED:
        learner = ConvertedLearner(plan, design, device, 1)
    else:
        weights = first_weights((30, 8), np.random.default_rng(0))
        learner, _ = program(weights, design, device, np.random.default_rng(1), rounds=5)
    (rows, _), encoding = images(3), OneHot()
    favoured = int(np.argmax(learner.decision.winner.offset))
    for row in rows:
        x = encoding.every_label(encoding.features(row[np.newaxis]))
        assert learner.strongest(x) == favoured
