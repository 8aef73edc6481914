"""Backpropagation on an array: the gradient of numbers, to the bits of its converters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import hardware_sim
from chips import ideal_design
from ffnumpy.baselines.backprop import Backprop
from ffnumpy.cases import OneHot
from ffnumpy.normalisation import normalise
from ffnumpy.runs import DivergedError
from ffnumpy.weights.dense import Dense
from hardware_sim.chip.design import Design
from hardware_sim.chip.layer import Writing
from hardware_sim.chip.manufacture import first_weights, manufacture
from hardware_sim.circuits.converters import Dac, Probe
from hardware_sim.constants import READ_TIME
from hardware_sim.devices.presets import IDEAL, preset
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.learning.backprop import (
    UPKEEP,
    ArrayBackprop,
    backprop_error,
    backprop_run,
    build,
)
from hardware_sim.learning.mixed_signal import Resolution, TwoWayCrossbar
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import train_all_passes
from hardware_sim.scale import Scale

LINES = (30, 12, 9, 5)
MANY_BITS = 50  # a code is 1e-15 of the full scale


def array_and_numbers(
    bits: int, rate: float = 0.01, seed: int = 0
) -> tuple[ArrayBackprop, Backprop]:
    """Return backpropagation on an ideal array and in numbers, from the same weights."""
    rng = np.random.default_rng(seed)
    resolution = Resolution(bits, activity=64.0, logit=64.0, delta=64.0)  # nothing is clipped
    chip = build(ideal_design(LINES), IDEAL, rng, Ledger(), resolution, lambda updates: rate)
    weights = first_weights(LINES, np.random.default_rng(seed))
    return chip, Backprop([Dense(w, rate) for w in weights])


def weights_of(chip: ArrayBackprop) -> list[NDArray]:
    scale = Scale().weight
    return [layer.array.cells.seen * scale for layer in chip.layers]


def case(seed: int) -> tuple[NDArray, NDArray]:
    rng = np.random.default_rng(seed)
    return normalise(rng.random((1, LINES[0]))), rng.integers(0, LINES[-1], 1)


def largest_error(found: list[NDArray], wanted: list[NDArray]) -> float:
    """Return the largest deviation of any array, relative to its largest element."""
    pairs = zip(found, wanted, strict=True)
    return max(float(np.abs(a - b).max() / np.abs(b).max()) for a, b in pairs)


@pytest.mark.parametrize("seed", range(5))
def test_the_gradient_on_an_ideal_array_is_that_of_numbers(seed: int) -> None:
    chip, numbers = array_and_numbers(MANY_BITS, seed=seed)
    before = [w.copy() for w in weights_of(chip)]
    x, label = case(seed)
    logits = chip.learn(x, label)
    assert np.abs(logits - numbers.learn(x, label)).max() < 1e-10 * np.abs(logits).max()
    moves = [a - b for a, b in zip(weights_of(chip), before, strict=True)]
    wanted = [d.values - b for d, b in zip(numbers.weights, before, strict=True)]
    assert largest_error(moves, wanted) < 1e-10


def test_many_steps_stay_those_of_numbers() -> None:
    chip, numbers = array_and_numbers(MANY_BITS)
    for seed in range(30):
        chip.learn(*case(seed))
        numbers.learn(*case(seed))
    assert largest_error(weights_of(chip), [d.values for d in numbers.weights]) < 1e-8


def test_the_error_of_the_gradient_shrinks_by_half_with_each_bit() -> None:
    errors = []
    for bits in (12, 16, 20):
        found = []
        for seed in range(20):
            (chip, numbers), (x, label) = array_and_numbers(bits, seed=seed), case(seed)
            before = [w.copy() for w in weights_of(chip)]
            chip.learn(x, label)
            numbers.learn(x, label)
            moves = [a - b for a, b in zip(weights_of(chip), before, strict=True)]
            wanted = [d.values - b for d, b in zip(numbers.weights, before, strict=True)]
            found.append(largest_error(moves, wanted))
        errors.append(np.median(found))
    assert 8 < errors[0] / errors[1] < 32
    assert 8 < errors[1] / errors[2] < 32


def test_backpropagation_pays_for_what_it_needs() -> None:
    chip, _ = array_and_numbers(8)
    chip.learn(*case(0))
    hidden, classes = sum(LINES[1:-1]), LINES[-1]
    assert chip.ledger.count("adc") == hidden + classes + hidden  # forward, and transposed
    assert chip.ledger.count("dac") == LINES[0] + hidden + classes + 2 * hidden
    kept = next(e for e in chip.ledger.entries if e.price is prices.MEMORY)
    assert kept.operations == 2 * (hidden + classes + hidden)  # errors, activities; in and out
    assert kept.amount == kept.operations * 8 / 64
    before = chip.ledger.copy()
    chip.predict(case(0)[0])
    assert chip.ledger.since(before).count("adc") == hidden + classes
    assert chip.ledger.since(before).count("pulse") == 0


def test_the_rivals_cells_leak_and_are_refreshed_too() -> None:
    leaking = replace(IDEAL, lifetime=1000.0)
    rng = np.random.default_rng(0)
    chip = build(ideal_design(LINES), leaking, rng, Ledger(), Resolution(8), lambda updates: 1e-12)
    before = [layer.array.cells.w.copy() for layer in chip.layers]
    for seed in range(UPKEEP):
        chip.learn(*case(seed))
    for layer, w in zip(chip.layers, before, strict=True):
        wanted = w * np.exp(-UPKEEP / 1000)
        assert np.abs(layer.array.cells.w - wanted).max() < 1e-6 * np.abs(w).max()


def test_backpropagation_takes_one_image_at_a_time() -> None:
    chip, _ = array_and_numbers(8)
    with pytest.raises(ValueError, match="one case"):
        chip.learn(np.ones((2, LINES[0])), np.array([0, 1]))


def noiseless(name: str) -> tuple[Any, Any, np.random.Generator, Ledger]:
    """Return an array of a real device, and its conductances G⁺ and G⁻."""
    rng, ledger = np.random.default_rng(0), Ledger()
    (layer,) = manufacture(ideal_design((7, 4)), preset(name).device, rng, ledger)
    layer.array.noise = replace(layer.array.noise, temperature=0.0)
    cells = layer.array.cells
    return TwoWayCrossbar.of(layer.array), (cells.conductance(), cells.counterpart()), rng, ledger


@pytest.mark.parametrize("name", ["gokmen-vlasov", "reram-soft-bounds", "pcm"])
def test_the_transposed_read_obeys_ohm_and_kirchhoff(name: str) -> None:
    array, (plus, minus), rng, ledger = noiseless(name)
    v = rng.standard_normal((1, 4))
    current = array.transposed_currents(Dac(ledger, volt=1.0).forward(v)[0], rng, ledger)
    found = Probe(ledger).read(current)
    wanted = v @ (plus - minus)[:-1].T
    assert np.abs(found - wanted).max() < 1e-12 * np.abs(wanted).max()


def test_the_transposed_read_costs_what_the_supply_gives() -> None:
    array, (plus, minus), rng, ledger = noiseless("gokmen-vlasov")
    v = rng.standard_normal((1, 4))
    array.transposed_currents(Dac(ledger, volt=1.0).forward(v)[0], rng, ledger)
    read = next(e for e in ledger.entries if e.price is prices.READ)
    supplied = float((np.abs(v) @ (plus + minus)[:-1].T).sum())
    assert read.amount == pytest.approx(supplied, rel=1e-12, abs=0)


def test_the_transposed_read_is_as_noisy_as_the_physics_says() -> None:
    array, (plus, minus), rng, ledger = noiseless("gokmen-vlasov")
    array.noise = replace(array.noise, temperature=300.0)
    still = Dac(ledger).forward(np.zeros((4000, 4)))[0]
    found = Probe(ledger).read(array.transposed_currents(still, rng, ledger))
    variance = 4 * 1.380649e-23 * 300 * (plus + minus)[:-1].sum(axis=1) / (2 * READ_TIME.nominal)
    # n = 4000: the variance of a variance is 2/n of its square; five standard deviations
    assert np.abs(found.var(axis=0) / variance - 1).max() < 5 * np.sqrt(2 / 4000)


def test_the_transposed_read_subtracts_with_the_error_of_a_tile_too() -> None:
    # 400 rows: 5 sigma of a standard deviation are 5/√800 = 18 %.
    design, device = Design((400, 20)), preset("gokmen-vlasov").device
    whole = replace(design, lines=(*design.lines, 10))
    rng, rate = np.random.default_rng(0), lambda updates: 0.0
    array = build(whole, device, rng, Ledger(), Resolution(), rate).layers[0].array
    shares = np.array(design.tiles(20)) / 20
    expected = design.tolerances.subtraction * float(np.sqrt((shares**2).sum()))
    assert np.std(array.imbalance_of_rows) == pytest.approx(expected, rel=0.18)
    array.noise, probe = replace(array.noise, temperature=0.0), Probe(Ledger())
    voltage = Dac(Ledger()).forward(np.ones((1, 20)))[0]
    exact = TwoWayCrossbar.of(array)
    off, right = (probe.read(a.transposed_currents(voltage, rng, Ledger())) for a in (array, exact))
    counter = float(Probe(Ledger()).read(voltage).sum()) * array.reference
    assert right - off == pytest.approx(counter * array.imbalance_of_rows, rel=1e-4, abs=1e-14)


def test_no_slope_is_carried_from_layer_to_layer_but_by_the_rival() -> None:
    package = Path(hardware_sim.__file__).parent
    found = {p.name for p in package.rglob("*.py") if "backward" in p.read_text().lower()}
    assert found == {"backprop.py"}


def test_a_run_on_arrays_notices_weights_that_are_lost() -> None:
    rows, labels = np.full((2, 6), 100, np.uint8), np.array([0, 1])
    device = preset("gokmen-vlasov").device
    run = backprop_run(Plan((4,)), Design((6, 4)), device, (rows, labels))
    run.check_finite()
    run.network.layers[1].array.cells.w[0, 0] = np.nan
    with pytest.raises(DivergedError, match="weights of layer2"):
        run.check_finite()


def test_backpropagation_on_the_array_learns() -> None:
    rng = np.random.default_rng(0)
    prototypes = (rng.random((10, 30)) < 0.5) * 255
    labels = rng.integers(0, 10, 300)
    rows = prototypes[labels].astype(np.uint8)
    plan = Plan((20,), rate=0.02, passes=2, seed=0)
    run = backprop_run(plan, Design((30, 20)), preset("ecram-li").device, (rows, labels))
    before = backprop_error(run.network, rows[:100], labels[:100], OneHot())
    train_all_passes(run)
    assert backprop_error(run.network, rows[:100], labels[:100], OneHot()) < 0.2 < before


def test_the_rival_is_refreshed_as_often_as_the_chip_for_as_many_images() -> None:
    assert Writing.upkeep_every == UPKEEP * 2, "the chip updates twice for an image"


def test_no_images_have_no_error() -> None:
    chip, _ = array_and_numbers(8)
    with pytest.raises(ValueError, match="at least one row"):
        backprop_error(chip, np.zeros((0, 30), np.uint8), np.zeros(0, int), OneHot(5))
