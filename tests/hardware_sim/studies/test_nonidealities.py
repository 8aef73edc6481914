"""Each quantity changes what it names, as far as it says, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ffnumpy.cases import OneHot
from hardware_sim.chip.design import Design, Limits
from hardware_sim.chip.layer import AnalogLayer
from hardware_sim.circuits.amplifiers import amplifier_noise, feedback_noise, noise_gain
from hardware_sim.constants import BOLTZMANN, ROOM
from hardware_sim.devices.measured import MeasuredStep
from hardware_sim.devices.noise import CycleNoise
from hardware_sim.devices.one_sided import OneSidedPair
from hardware_sim.devices.presets import preset
from hardware_sim.devices.rules import ConstantStep
from hardware_sim.learning.converted import ConvertedLearner
from hardware_sim.learning.plan import Plan
from hardware_sim.studies.nonidealities import QUANTITIES
from hardware_sim.studies.trials import Trial
from hardware_sim.updates.coincidence import Coincidence

INPUTS = 20
BASE = Trial(Plan((6, 5), passes=1), Design((INPUTS, 6, 5)), preset("gokmen-vlasov").device)
WIDE = replace(BASE, design=Design((300, 200, 5)))  # 60,200 cells in the first layer


def made(name: str, value: float, base: Trial = WIDE) -> AnalogLayer:
    """Return the first layer of a chip on which a quantity has a value."""
    return QUANTITIES[name].at(base, value).learner(1, OneHot()).chip[0]


IDEAL: dict[str, Callable[[Trial], bool]] = {
    "step": lambda s: s.device.cell.rule.step == 2e-4,
    "bias": lambda s: s.device.spread.bias == 0,  # type: ignore[union-attr]
    "asymmetry": lambda s: s.device.spread.asymmetry == 0,  # type: ignore[union-attr]
    "cycle": lambda s: s.device.cell.noise.cycle.silent,
    "spread": lambda s: s.device.spread == replace(BASE.device.spread, step=0, low=0, high=0),  # type: ignore[union-attr]
    "read": lambda s: s.device.cell.read_noise == 0,
    "amplifier-noise": lambda s: s.design.tolerances.noise == 0,
    "offset": lambda s: s.design.tolerances.offset == 0,
    "subtraction": lambda s: s.design.tolerances.subtraction == 0,
    "gain-control": lambda s: s.design.tolerances.normaliser == 0,
    "squarer": lambda s: s.design.tolerances.squarer == 0,
    "stuck": lambda s: s.device.spread.stuck == 0,  # type: ignore[union-attr]
    "temperature": lambda s: s.design.limits.temperature == ROOM,
    "bits": lambda s: s.bits == 10,
    "train": lambda s: s.engine == Coincidence(s.design.scale, 63),
}


@pytest.mark.parametrize("name", QUANTITIES)
def test_the_first_value_is_the_ideal_one(name: str) -> None:
    quantity = QUANTITIES[name]
    assert IDEAL[name](quantity.at(BASE, quantity.ideal))


# Values of each quantity that leave the default chip as it is.
USUAL = {"step": 8e-4, "bias": 0, "asymmetry": 0.01, "cycle": 0.3, "spread": 0.3, "read": 0,
    "amplifier-noise": 0.1, "offset": 50, "subtraction": 0.01, "gain-control": 0.02,
    "squarer": 0.05, "stuck": 0, "temperature": ROOM, "bits": 0, "train": 31}  # fmt: skip


@pytest.mark.parametrize("name", QUANTITIES)
def test_nothing_else_changes(name: str) -> None:
    moved = QUANTITIES[name].at(BASE, USUAL[name])
    if name == "train":
        assert moved == replace(BASE, engine=Coincidence(BASE.design.scale))
    else:
        assert moved == BASE
    assert name == "bits" or USUAL[name] in QUANTITIES[name].values


@pytest.mark.parametrize("name", QUANTITIES)
def test_values_go_from_ideal_to_bad_in_one_direction(name: str) -> None:
    values = QUANTITIES[name].values
    assert len(values) >= 5
    assert list(values) in (sorted(values), sorted(values, reverse=True))
    assert QUANTITIES[name].unit.startswith("%") == (max(values) <= 10 and name != "bits")


def test_the_step_of_the_cells_is_the_given_part_of_the_range() -> None:
    cells = made("step", 0.008).array.cells
    assert cells.mean_step == pytest.approx(0.008 * 2, rel=1e-12, abs=0)
    assert np.median(cells.up) == pytest.approx(0.016, rel=0.02)


def test_steps_up_and_down_differ_by_the_asymmetry() -> None:
    # n = 60,200: the deviation of a sample standard deviation is σ/√(2n) = 0.3 %; 5 of them.
    cells = made("asymmetry", 0.2).array.cells
    tilt = (cells.up - cells.down) / (2 * cells.mean_step)
    assert tilt.std() == pytest.approx(0.2, rel=0.015)


def test_the_bias_is_the_mean_asymmetry() -> None:
    # n = 60,200 tilts of σ = 0.01 about 0.1. The median deviates by 1.25 σ/√n, half the distance
    # of the quantiles at ±σ by 1.4 σ/√n; 5 of them. No mean: a step below 0 changes its sign.
    cells = made("bias", 0.1).array.cells
    tilt = (cells.up - cells.down) / (2 * cells.mean_step)
    low, median, high = np.quantile(tilt, [0.1587, 0.5, 0.8413])
    assert median == pytest.approx(0.1, abs=5 * 1.25 * 0.01 / 245)
    assert (high - low) / 2 == pytest.approx(0.01, abs=5 * 1.4 * 0.01 / 245)


def test_cells_spread_as_far_as_asked_in_step_and_bounds() -> None:
    cells = made("spread", 0.15).array.cells
    # Lower bounds end where the conductance is zero, which makes their spread a little smaller.
    assert cells.low.std() / abs(cells.low.mean()) == pytest.approx(0.15, rel=0.03)
    for drawn in (cells.up, cells.down, cells.high):
        assert drawn.std() / abs(drawn.mean()) == pytest.approx(0.15, rel=0.02)


def test_cycle_noise_is_that_of_a_pulse() -> None:
    assert made("cycle", 3.0).array.cells.technology.noise.cycle == CycleNoise(relative=3.0)


def test_the_part_of_stuck_cells_is_the_given_one() -> None:
    # n = 60,200, p = 0.15: one standard deviation is √(p(1 − p)/n) = 0.0015; 5 of them.
    stuck = made("stuck", 0.15).array.cells.stuck
    assert stuck.mean() == pytest.approx(0.15, abs=0.0075)


def test_the_stuck_cells_of_a_better_chip_are_among_those_of_a_worse_one() -> None:
    better, worse = (made("stuck", value).array.cells.stuck for value in (0.05, 0.3))
    assert not (better & ~worse).any()


def test_read_noise_reaches_the_array() -> None:
    array = made("read", 0.03).array
    assert array.noise.white == pytest.approx(
        0.03 * BASE.device.cell.conductance.span, rel=1e-12, abs=0
    )


# n = 200 neurons: the deviation of a sample standard deviation is 1/√(2n) = 5 %; 4 of them.
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("squarer", lambda n: n.squarer.gain),
        ("gain-control", lambda n: n.gain.gain),
    ],
)
def test_the_periphery_comes_out_as_unlike_as_asked(name: str, found: Callable[..., Any]) -> None:
    assert np.std(found(made(name, 0.1).neurons)) == pytest.approx(0.1, rel=0.2)
    assert np.std(found(made(name, 0.0).neurons)) == 0


def test_offsets_are_those_at_the_input_times_the_noise_gain() -> None:
    amplifier = made("offset", 200).neurons.amplifier
    gain = noise_gain(amplifier.loads, amplifier.resistance)
    assert np.std(amplifier.offset) == pytest.approx(200e-6 * gain, rel=0.2)
    assert np.std(made("offset", 0).neurons.amplifier.offset) == 0


def test_the_subtraction_is_off_by_the_mean_of_the_tiles() -> None:
    layer = made("subtraction", 0.1)
    shares = layer.neurons.amplifier.loads / np.sum(layer.neurons.amplifier.loads)
    assert len(shares) > 1
    assert np.std(layer.array.imbalance) == pytest.approx(0.1 * math.hypot(*shares), rel=0.2)
    assert np.std(made("subtraction", 0).array.imbalance) == 0


def test_amplifier_noise_is_in_activities() -> None:
    amplifier = (layer := made("amplifier-noise", 0.3)).neurons.amplifier
    resistance, tiles = amplifier.resistance, amplifier.tiles
    load = sum(amplifier.loads) + (tiles + 1) / resistance
    own = amplifier_noise(load, resistance, ROOM), feedback_noise(resistance, tiles, ROOM)
    held = math.sqrt((tiles + 1) * BOLTZMANN * ROOM / Limits().capacitance)
    expected = math.hypot(0.3 * layer.scale.output, *own, held)
    assert amplifier.noise == pytest.approx(expected, rel=1e-12, abs=0)


def test_bits_put_converters_between_the_layers() -> None:
    learner = QUANTITIES["bits"].at(BASE, 3).learner(1, OneHot())
    assert isinstance(learner, ConvertedLearner)
    assert learner.stack[1].converted.adc.bits == learner.stack[1].converted.dac.bits == 3
    drives = [layer.neurons.gain.drives for layer in learner.chip]
    assert drives == [*["adc"] * (len(drives) - 1), None], (
        "a gain control drives rows that are not there"
    )


def test_the_train_is_no_longer_than_asked() -> None:
    assert made("train", 7).writing.engine == Coincidence(WIDE.design.scale, 7)


def test_both_cells_of_a_pair_get_worse() -> None:
    base = replace(BASE, device=preset("pcm").device)
    for name, value in (("stuck", 0.3), ("step", 0.01), ("read", 0.1)):
        moved = QUANTITIES[name].at(base, value).device
        assert isinstance(moved, OneSidedPair)
        assert isinstance(base.device, OneSidedPair)
        assert moved == replace(base.device, cell=moved.cell)
    step = QUANTITIES["step"].at(base, 0.01).device.cell.rule.step
    assert step == pytest.approx(0.01 * 2, rel=1e-12, abs=0)  # its range is 0 … 2


def test_what_a_device_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="train: expected a device that takes whole pulses"):
        QUANTITIES["train"].at(replace(BASE, device=preset("ecram-li").device), 7)
    for name in ("pcm", "reram-array-om", "reram-exponential"):
        with pytest.raises(ValueError, match="bias: expected cells that go up and down by equal"):
            QUANTITIES["bias"].at(replace(BASE, device=preset(name).device), 0.1)
    with pytest.raises(ValueError, match="Leave the engine out"):
        replace(BASE, engine=Coincidence(BASE.design.scale), bits=8)
    measured = MeasuredStep((0, 1e-6, 2e-6), (2e-6, 1e-6, 0))
    assert isinstance(BASE.device.cell.rule, ConstantStep)
    with pytest.raises(ValueError, match="step: expected a rule whose step can be set"):
        QUANTITIES["step"].at(replace(BASE, device=replace(BASE.device, rule=measured)), 0.01)
