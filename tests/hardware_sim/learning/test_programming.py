"""A programmed chip holds what was to be written, and pays for the writing apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chips import ideal_design
from ffnumpy.cases import OneHot
from hardware_sim.chip.decision import label_goodness
from hardware_sim.chip.design import Design
from hardware_sim.chip.manufacture import first_weights, manufacture
from hardware_sim.circuits.converters import Dac, Probe
from hardware_sim.devices.fast_slow import FastSlow
from hardware_sim.devices.one_sided import OneSidedCells
from hardware_sim.devices.presets import IDEAL, preset
from hardware_sim.devices.retention import PcmRetention
from hardware_sim.energy.ledger import Ledger
from hardware_sim.learning.learners import TwinLearner
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.programming import age, program
from hardware_sim.learning.run import single_run, train_all_passes
from hardware_sim.scale import Scale
from hardware_sim.updates.write_verify import write_verify

ROWS = np.random.default_rng(0).integers(0, 256, (12, 30), np.uint8)
ROWS[:, :10] = 0
LABELS = np.arange(12) % 10


def test_an_ideal_device_is_programmed_to_half_a_pulse_and_has_the_goodness_of_numbers() -> None:
    plan = Plan((8, 6), rate=0.05, passes=1, seed=3)
    design = ideal_design((30, 8, 6))
    numbers = TwinLearner(plan, design, 12)
    train_all_passes(single_run(numbers, ROWS, LABELS, plan))
    weights = [layer.arrays()["values"] for layer in numbers.twin]
    learner, how = program(weights, design, IDEAL, np.random.default_rng(0), quantile=1.0)
    assert how.clipped == [0.0, 0.0]
    assert how.missed == [0.0, 0.0]
    assert [layer.neurons.gain.drives for layer in learner.chip] == ["rows", None]
    for layer, matrix, scale in zip(learner.chip, weights, how.scales, strict=True):
        assert np.abs(layer.array.cells.seen * scale - matrix).max() <= scale * 2.0**-11 + 1e-12
        matrix[...] = layer.array.cells.seen * scale  # the twin takes over what was written
    dac = Dac(learner.ledger, design.scale.volt)  # of infinitely many bits
    encoding = OneHot()
    x: Any = encoding.every_label(encoding.features(ROWS[:1])).toarray().astype(float)
    goodness = Probe(learner.ledger).read(label_goodness(dac, learner.chip, x))[:, 0]
    activity, _ = numbers.twin[0].forward(x)
    wanted = numbers.twin[1].forward(activity)[1] * design.scale.goodness
    assert np.abs(goodness - wanted).max() < 1e-12 * wanted.max()


def test_cells_that_forget_are_not_programmed() -> None:
    weights = first_weights((30, 8), np.random.default_rng(0))
    device = FastSlow.of(preset("pcm").device, preset("capacitor").device.cell)
    with pytest.raises(ValueError, match="expected cells that keep what is written"):
        program(weights, Design((30, 8)), device, np.random.default_rng(1))


def test_programming_and_use_have_ledgers_of_their_own() -> None:
    weights = first_weights((30, 8), np.random.default_rng(0))
    design, device = Design((30, 8)), preset("gokmen-vlasov").device
    learner, how = program(weights, design, device, np.random.default_rng(1), rounds=50)
    assert how.cost.ledger.count("pulse") > 0
    assert how.cost.ledger.count("dac") == 0
    encoding = OneHot()
    learner.strongest(encoding.every_label(encoding.features(ROWS[:1])))
    assert learner.ledger.count("pulse") == 0
    assert learner.ledger.count("adc") == 0
    assert learner.ledger.count("dac") == 30 + 9 * 2  # the image stays, the label moves on


def test_weights_beyond_the_quantile_are_clipped_to_the_range() -> None:
    weights = first_weights((30, 8), np.random.default_rng(0))
    device = preset("gokmen-vlasov").device
    _, how = program(weights, Design((30, 8)), device, np.random.default_rng(1), 0.9, rounds=1)
    assert how.scales == [pytest.approx(np.quantile(np.abs(weights[0]), 0.9))]
    narrow = preset("ecram-li").device
    _, other = program(weights, Design((30, 8)), narrow, np.random.default_rng(1), 0.9, rounds=1)
    assert other.scales == [pytest.approx(how.scales[0] / 0.8276)]
    assert how.clipped == [pytest.approx(0.1, abs=1 / weights[0].size)]
    with pytest.raises(ValueError, match="quantile"):
        program(weights, Design((30, 8)), device, np.random.default_rng(1), 0.0)


def test_cells_leave_the_factory_at_zero_so_that_zeros_take_no_pulse() -> None:
    _, how = program([np.zeros((31, 8))], ideal_design((30, 8)), IDEAL, np.random.default_rng(0))
    assert how.cost.ledger.count("pulse") == 0


def test_a_written_cell_never_costs_a_conversion() -> None:
    (layer,) = manufacture(ideal_design((5, 3)), IDEAL, np.random.default_rng(0), Ledger())
    ledger = Ledger()
    write_verify(layer.array, np.zeros((6, 3)), Scale(), np.random.default_rng(1), ledger)
    assert ledger.count("adc") == 0


def test_an_aged_chip_conducts_less_and_a_pulsed_cell_is_as_new() -> None:
    device = preset("pcm").device
    weights = first_weights((30, 8), np.random.default_rng(0))
    learner, _ = program(weights, Design((30, 8)), device, np.random.default_rng(1), rounds=20)
    (layer,) = learner.chip
    cells = layer.array.cells
    assert isinstance(cells, OneSidedCells)
    before = [half.conductance() for half in (cells.plus, cells.minus)]
    state, conducted = cells.w.copy(), layer.array.mean_conductance()
    age(learner.chip, PcmRetention(), 3e7, np.random.default_rng(2))
    after = [half.conductance() for half in (cells.plus, cells.minus)]
    # Where g > 0.2 the mean of ν is 0.049 or more and its deviation σ 0.0142 at most; with L =
    # ln(3e7/20) = 14.2 the mean of e^(−νL) is e^(−0.049 L + σ² L²/2) = 0.51 at most.
    for fresh, aged in zip(before, after, strict=True):
        large = fresh > 0.2 * device.cell.conductance.maximum.nominal
        assert large.sum() > 50
        assert np.mean(aged[large] / fresh[large]) < 0.51 * 1.1  # and the noise of the reads
    assert layer.array.mean_conductance() < conducted
    assert np.array_equal(cells.w, state)
    np.testing.assert_allclose(cells.seen, cells.plus.seen - cells.minus.seen)
    cells.pulse(np.array([3]), np.array([1]), True, np.random.default_rng(3))
    assert cells.plus.seen.flat[3] == cells.plus.w.flat[3]
    assert cells.plus.seen.flat[4] != cells.plus.w.flat[4]
