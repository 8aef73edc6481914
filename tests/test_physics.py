"""The chip obeys physics: Ohm, Kirchhoff, Tellegen, and the noise that nature asks for.

Every law is checked against branch currents written out from the cells' own conductances. An
absolute tolerance is always a multiple of the signal's scale: NumPy's default is larger than any
current here.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cells import halves
from crossbars import BOTH_KINDS
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.chip.design import EXACT, UNLIMITED, Design, Tolerances
from hardware_sim.chip.layer import AnalogLayer
from hardware_sim.chip.manufacture import manufacture
from hardware_sim.circuits.amplifiers import resistor_noise
from hardware_sim.circuits.converters import Dac
from hardware_sim.circuits.decision import SampleHold
from hardware_sim.circuits.goodness import Squarer
from hardware_sim.constants import BOLTZMANN, CHARGE, READ_TIME, SUPPLY
from hardware_sim.devices.fast_slow import FastSlow
from hardware_sim.devices.pairs import PairCells
from hardware_sim.devices.presets import IDEAL, PRESETS, preset
from hardware_sim.devices.push_pull import PushPullPair
from hardware_sim.devices.referred import Referred
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.learning.mixed_signal import TwoWayCrossbar
from hardware_sim.signals import Voltage
from instruments import read, volts
from laws import EPS, LAW, seeds, sizes

SILENT = ArrayNoise(0.0)
BANDWIDTH = 1 / (2 * READ_TIME.nominal)  # [Hz]
PUSH_PULL = PushPullPair(preset("gokmen-vlasov").device)  # type: ignore[arg-type]
DEVICES = {name: one.device for name, one in PRESETS.items()} | {"push-pull": PUSH_PULL}
names = st.sampled_from(list(DEVICES))


def crossbar(
    name: str,
    shape: tuple[int, int],
    rng: np.random.Generator,
    noise: ArrayNoise = SILENT,
    bias: float = 0.1,
) -> Crossbar:
    """Return an array in which every cell stands anywhere in its range."""
    device = DEVICES[name]
    cells = device.manufacture((shape[0] + 1, shape[1]), rng)
    for half in halves(cells):
        half.set(half.low + (half.high - half.low) * rng.random(half.shape))
    if isinstance(cells, PairCells):
        cells.restore(cells.arrays())  # brings the differences up to date
    return Crossbar(cells, device.cell.unit, device.cell.reference, bias, noise)


def conductances(array: Crossbar) -> tuple[NDArray, NDArray]:
    """Return G⁺ and G⁻ of every crossing [S]."""
    plus = array.cells.conductance()
    return plus, np.broadcast_to(array.cells.counterpart(), plus.shape)


def row_volts(array: Crossbar, voltage: Voltage) -> NDArray:
    """Return what stands on every row, the bias row last, (reads, n_in + 1) [V]."""
    v = read(voltage)
    return np.hstack([v, np.full((len(v), 1), array.bias)])


def some_volts(rng: np.random.Generator, reads: int, lines: int) -> Voltage:
    """Return voltages of both signs, some of them zero."""
    return volts(0.1 * rng.standard_normal((reads, lines)) * (rng.random((reads, lines)) < 0.7))


# Ohm and Kirchhoff


@LAW
@given(name=names, n_in=sizes, n_out=sizes, reads=st.integers(1, 4), seed=seeds)
def test_a_columns_current_is_the_sum_of_its_branch_currents(
    name: str, n_in: int, n_out: int, reads: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    array, voltage = crossbar(name, (n_in, n_out), rng), some_volts(rng, reads, n_in)
    found = read(array.currents(voltage, rng, Ledger()))
    assert found.shape == (reads, n_out)
    (plus, minus), rows = conductances(array), row_volts(array, voltage)
    for r in range(reads):
        for j in range(n_out):
            branches = [V * plus[i, j] for i, V in enumerate(rows[r])]
            branches += [-V * minus[i, j] for i, V in enumerate(rows[r])]
            scale = math.fsum(map(abs, branches))
            assert abs(found[r, j] - math.fsum(branches)) <= 100 * EPS * scale


@LAW
@given(name=names, row=st.integers(0, 4), factor=st.floats(-8, 8, width=16), seed=seeds)
def test_one_driven_row_obeys_ohm(name: str, row: int, factor: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    array = crossbar(name, (5, 4), rng, bias=0.0)
    plus, minus = conductances(array)
    for V in (0.1, 0.1 * factor):
        v = np.zeros((1, 5))
        v[0, row] = V
        found = read(array.currents(volts(v), rng, Ledger()))[0]
        expected = V * (plus[row] - minus[row])
        assert np.abs(found - expected).max() <= 20 * EPS * abs(V) * (plus + minus).max()


@LAW
@given(name=names, a=st.floats(-3, 3, width=16), b=st.floats(-3, 3, width=16), seed=seeds)
def test_currents_superpose(name: str, a: float, b: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    array = crossbar(name, (9, 5), rng, bias=0.0)
    one, other = 0.1 * rng.standard_normal((2, 1, 9))
    single = [read(array.currents(volts(v), rng, Ledger())) for v in (one, other)]
    both = read(array.currents(volts(a * one + b * other), rng, Ledger()))
    scale = (np.abs(a * one) + np.abs(b * other)) @ np.add(*conductances(array))[:-1]
    assert np.all(np.abs(both - (a * single[0] + b * single[1])) <= 100 * EPS * scale)


@LAW
@given(name=names, n_in=sizes, n_out=sizes, seed=seeds)
def test_the_array_is_reciprocal(name: str, n_in: int, n_out: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    array = crossbar(name, (n_in, n_out), rng, bias=0.0)
    rows, columns = 0.1 * rng.standard_normal((1, n_in)), 0.1 * rng.standard_normal((1, n_out))
    down = read(array.currents(volts(rows), rng, Ledger()))
    back = read(TwoWayCrossbar.of(array).transposed_currents(volts(columns), rng, Ledger()))
    assert back.shape == (1, n_in)
    scale = np.abs(rows) @ np.add(*conductances(array))[:-1] @ np.abs(columns.T)
    assert abs(float((down @ columns.T - back @ rows.T)[0, 0])) <= 100 * EPS * float(scale[0, 0])
    one = np.zeros((1, n_out))
    one[0, -1] = 0.1
    alone = read(TwoWayCrossbar.of(array).transposed_currents(volts(one), rng, Ledger()))[0]
    plus, minus = conductances(array)
    bound = 20 * EPS * 0.1 * (plus + minus).max()
    assert np.abs(alone - 0.1 * (plus - minus)[:-1, -1]).max() <= bound


@pytest.mark.parametrize("name", BOTH_KINDS)
def test_a_silent_array_draws_no_noise(name: str) -> None:
    rng = np.random.default_rng(0)
    array, voltage = crossbar(name, (6, 4), rng), volts(rng.random((3, 6)))
    before = rng.bit_generator.state
    one = read(array.currents(voltage, rng, Ledger()))
    assert rng.bit_generator.state == before
    assert np.array_equal(one, read(array.currents(voltage, rng, Ledger())))


# Power


@LAW
@given(name=names, reads=st.integers(1, 3), seed=seeds)
def test_the_array_is_passive(name: str, reads: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    array = crossbar(name, (7, 5), rng, bias=0.0)
    v = 0.1 * rng.standard_normal((reads, 7))
    assert np.all(array.dissipation(volts(v), Ledger()) > 0)
    v[0] = 0
    power = array.dissipation(volts(v), Ledger())
    assert power[0] == 0
    assert np.all(power[1:] > 0)


@LAW
@given(name=names, n_in=sizes, n_out=sizes, reads=st.integers(1, 4), seed=seeds)
def test_tellegen_what_the_rows_deliver_is_what_the_cells_dissipate(
    name: str, n_in: int, n_out: int, reads: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    array, voltage = crossbar(name, (n_in, n_out), rng), some_volts(rng, reads, n_in)
    rows, found = row_volts(array, voltage), array.dissipation(voltage, Ledger())
    assert found.shape == (reads,)
    cells = np.stack(conductances(array))  # of both columns of each pair
    for r in range(reads):
        branch = rows[r][:, np.newaxis] * cells  # the columns are at virtual ground
        delivered = rows[r] @ branch.sum(axis=(0, 2))
        conducting = cells > 0
        dissipated = (branch[conducting] ** 2 / cells[conducting]).sum()
        assert delivered == pytest.approx(dissipated, rel=1e-12, abs=0)
        assert found[r] == pytest.approx(delivered, rel=1e-12, abs=0)


def supply_power(layer: AnalogLayer, voltage: Voltage) -> float:
    """Return the supply voltage times |I| over every branch of a layer's array [W]."""
    rows = row_volts(layer.array, voltage)
    branches = [rows[:, :, np.newaxis] * G for G in conductances(layer.array)]
    return float(sum(SUPPLY.nominal * np.abs(current).sum() for current in branches))


@pytest.mark.parametrize("name", ["gokmen-vlasov", "reram-soft-bounds", "ecram-li", "pcm"])
def test_the_ledgers_read_energy_is_the_supplys_current_for_as_long_as_rows_are_on(
    name: str,
) -> None:
    rng, ledger = np.random.default_rng(1), Ledger()
    design = Design((10, 8, 6), dtype=np.float64)
    layers = manufacture(design, DEVICES[name], rng, ledger, 0.3)
    dac, expected, on = Dac(ledger, design.scale.volt), 0.0, prices.READ.duration()
    assert on == pytest.approx(READ_TIME.nominal + 20e-9, rel=1e-12)  # amplifiers and rectifiers
    for n in range(40):
        voltage = dac.forward(rng.random((1, 10)))[0]
        for layer in layers:
            expected += supply_power(layer, voltage) * on
            voltage = layer.learn(voltage, 1.0 if n % 2 else -1.0)
        labels = dac.forward(rng.random((3, 10)))[0]
        expected += supply_power(layers[0], labels) * on
        layers[0].forward(labels)
    assert ledger.blocks()["array"] == pytest.approx(expected, rel=1e-9, abs=0)
    (line,) = (e for e in ledger.entries if e.price is prices.READ)
    assert line.operations == line.uses == 40 * (2 + 3)


def test_the_blocks_of_the_ledger_add_up_to_its_total() -> None:
    rng, ledger = np.random.default_rng(2), Ledger()
    layers = manufacture(Design((10, 8, 6)), preset("gokmen-vlasov").device, rng, ledger, 0.3)
    dac = Dac(ledger, dtype=np.float32)
    for n in range(20):
        voltage = dac.forward(rng.random((1, 10)))[0]
        for layer in layers:
            voltage = layer.learn(voltage, 1.0 if n % 2 else -1.0)
    blocks, total = ledger.blocks(), ledger.joules()
    assert {"array", "amplifiers", "goodness", "normaliser", "update", "converters"} <= set(blocks)
    assert all(energy > 0 for energy in blocks.values())
    assert sum(blocks.values()) == pytest.approx(total, rel=1e-12, abs=0)
    assert math.fsum(e.joules() for e in ledger.entries) == pytest.approx(total, rel=1e-12, abs=0)


@LAW
@given(n=st.integers(1, 12), reads=st.integers(1, 3), seed=seeds)
def test_goodness_is_the_power_of_the_activities_in_equal_resistors(
    n: int, reads: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    activity, coefficient = volts(rng.exponential(0.1, (reads, n))), 0.1
    cells = IDEAL.manufacture((n + 1, 1), rng)
    resistors = Crossbar(cells, IDEAL.unit, IDEAL.reference, 0.0, SILENT)
    conductance = 2 * IDEAL.reference  # a pair of cells at w = 0, one behind each half column
    power = resistors.dissipation(activity, Ledger())
    goodness = read(Squarer(coefficient).goodness(activity, Ledger()))[:, 0]
    assert goodness == pytest.approx(coefficient * power / conductance, rel=1e-12, abs=0)


# Conductances


@pytest.mark.parametrize("name", DEVICES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
def test_conductances_stay_in_their_range_while_a_chip_learns(name: str, dtype: type) -> None:
    device, rng = DEVICES[name], np.random.default_rng(3)
    design = Design((10, 8), dtype=dtype)
    (layer,) = manufacture(design, device, rng, Ledger(), 10.0)  # far too fast: cells hit bounds
    dac = Dac(Ledger(), design.scale.volt, dtype=dtype)
    stuck = [half.w[half.stuck].copy() for half in halves(layer.array.cells)]
    reached = 0.0
    for n in range(40):
        layer.learn(dac.forward(rng.random((1, 10)))[0], 1.0 if n % 3 else -1.0)
        for half, kept in zip(halves(layer.array.cells), stuck, strict=True):
            assert np.all((half.low <= half.w) & (half.w <= half.high))
            assert np.array_equal(half.w[half.stuck], kept)
            G, rounding = half.conductance(), 4 * np.finfo(dtype).eps * device.cell.conductance.span
            assert np.all(-rounding <= G)
            if not device.cell.noise.write:
                w = (G - device.cell.reference) / device.cell.unit
                margin = rounding / device.cell.unit
                assert np.all((half.low - margin <= w) & (w <= half.high + margin))
        reached = max(reached, layer.array.cells.at_bounds())
    if name in ("gokmen-vlasov", "push-pull", "capacitor", "pcm"):
        assert reached > 0, "the bounds were not put to the test"


# Noise. Of N independent deviations the mean square has the relative standard deviation √(2/N).


def deviations(array: Crossbar, voltage: Voltage, rng: np.random.Generator) -> NDArray:
    quiet = Crossbar(array.cells, array.unit, array.reference, array.bias, SILENT)
    exact = read(quiet.currents(voltage, rng, Ledger()))
    return read(array.currents(voltage, rng, Ledger())) - exact


def assert_variance(found: NDArray, expected: NDArray) -> None:
    """Assert that deviations (n, columns) have given variances, by 5 standard deviations."""
    n, columns = found.shape
    ratio = np.mean(found**2, axis=0) / expected
    assert np.all(np.abs(ratio - 1) <= 5 * math.sqrt(2 / n)), ratio
    assert abs(ratio.mean() - 1) <= 5 * math.sqrt(2 / (n * columns))
    assert np.all(np.abs(found.mean(axis=0)) <= 5 * np.sqrt(expected / n))


@pytest.mark.parametrize("name", BOTH_KINDS)
@pytest.mark.parametrize("temperature", [77.0, 300.0])
def test_thermal_noise_is_that_of_all_the_cells_of_a_column(name: str, temperature: float) -> None:
    # n = 8,000 reads of 5 columns: 5 sigma of a column are 8 %, of all together 3.5 %.
    rng = np.random.default_rng(4)
    array = crossbar(name, (6, 5), rng, ArrayNoise(temperature))
    v = np.repeat(0.1 * rng.random((1, 6)) * [1, 1, 0, 1, 0, 1], 8000, axis=0)
    total = np.add(*conductances(array)).sum(axis=0)  # rows at 0 V are thermal noise sources too
    expected = 4 * BOLTZMANN * temperature * BANDWIDTH * total
    assert_variance(deviations(array, volts(v), rng), expected)


def test_thermal_noise_follows_the_conductances_after_a_write() -> None:
    # n = 4,000 reads before and after, the conductance of a column doubles: 5 sigma are 11 %.
    rng = np.random.default_rng(5)
    (layer,) = manufacture(Design((6, 5), tolerances=EXACT, dtype=np.float64), IDEAL, rng, Ledger())
    v = np.repeat(0.1 * rng.random((1, 6)), 4000, axis=0)
    layer.writing.rate = lambda updates: 3000.0
    totals = []
    for sign in (1.0, None):
        totals.append(np.add(*conductances(layer.array)).sum(axis=0))
        expected = 4 * BOLTZMANN * 300 * BANDWIDTH * totals[-1]
        assert_variance(deviations(layer.array, volts(v), rng), expected)
        if sign:
            layer.learn(volts(v[:1]), sign)
    assert np.max(totals[1] / totals[0]) > 1.5


@pytest.mark.parametrize("name", BOTH_KINDS)
def test_shot_noise_is_that_of_the_current_through_every_cell(name: str) -> None:
    # n = 8,000 reads of 5 columns, bounds as above; with F = 0 there is none.
    rng = np.random.default_rng(6)
    array = crossbar(name, (6, 5), rng, ArrayNoise(0.0, fano=0.7))
    v = np.repeat(0.1 * rng.random((1, 6)), 8000, axis=0)
    rows, (plus, minus) = row_volts(array, volts(v[:1])), conductances(array)
    absolute = np.abs(rows @ plus)[0] + np.abs(rows @ minus)[0]
    assert_variance(deviations(array, volts(v), rng), 2 * CHARGE * 0.7 * BANDWIDTH * absolute)
    array.noise = ArrayNoise(0.0, fano=0.0)
    assert np.all(deviations(array, volts(v), rng) == 0)


@pytest.mark.parametrize("name", BOTH_KINDS)
def test_the_other_direction_has_the_noise_and_the_price_of_its_own_lines(name: str) -> None:
    # n = 4,000 reads of 6 rows: 5 sigma of a row are 11 %, of all together 4.6 %.
    rng, ledger, n = np.random.default_rng(14), Ledger(), 4000
    array = crossbar(name, (6, 5), rng)
    v = np.repeat(0.1 * rng.standard_normal((1, 5)), n, axis=0)
    exact = read(TwoWayCrossbar.of(array).transposed_currents(volts(v), rng, ledger))
    array.noise = ArrayNoise(300.0)
    found = read(TwoWayCrossbar.of(array).transposed_currents(volts(v), rng, Ledger())) - exact
    both = np.add(*conductances(array))[:-1]  # the bias row is left open
    assert_variance(found, 4 * BOLTZMANN * 300 * BANDWIDTH * both.sum(axis=1))
    energy = n * (both @ np.abs(v[0])).sum() * SUPPLY.nominal * prices.READ.duration()
    assert ledger.joules() == pytest.approx(energy, rel=1e-9, abs=0)


@pytest.mark.parametrize(("name", "moving"), [("gokmen-vlasov", 1), ("pcm", 2)])
def test_white_noise_is_every_driven_moving_cells_own(name: str, moving: int) -> None:
    # n = 8,000 reads of 5 columns, bounds as above.
    rng, sigma = np.random.default_rng(7), 2e-7
    array = crossbar(name, (6, 5), rng, ArrayNoise(0.0, white=sigma))
    v = np.repeat(0.1 * rng.standard_normal((1, 6)), 8000, axis=0)
    squares = (row_volts(array, volts(v[:1])) ** 2).sum()
    expected = np.full(5, moving * squares * sigma**2)
    assert_variance(deviations(array, volts(v), rng), expected)


SLOW = preset("reram-soft-bounds").device
CHANGING = FastSlow.of(SLOW, preset("capacitor").device.cell, chop=1)


@pytest.mark.parametrize(
    ("device", "refreshes", "noisy"),
    [(CHANGING, 0, 1), (CHANGING, 1, 1), (Referred(SLOW, 10), 0, 2)],
    ids=["fast cells", "fast cells that changed sides", "a cell as the reference"],
)
def test_white_noise_of_joined_cells_is_that_of_cells_and_not_of_sides(
    device: FastSlow | Referred, refreshes: int, noisy: int
) -> None:
    # n = 8,000 reads of 5 columns, bounds as above.
    rng, sigma = np.random.default_rng(7), 2e-7
    cells = device.manufacture((7, 5), rng)
    for _ in range(refreshes):
        cells.refresh(rng)
    white = ArrayNoise(0.0, white=sigma)
    array = Crossbar(cells, device.cell.unit, device.cell.reference, 0.1, white)
    v = np.repeat(0.1 * rng.standard_normal((1, 6)), 8000, axis=0)
    squares = (row_volts(array, volts(v[:1])) ** 2).sum()
    assert_variance(deviations(array, volts(v), rng), np.full(5, noisy * squares * sigma**2))


def low_frequency(array: Crossbar, one: NDArray, other: NDArray) -> NDArray:
    """Return Σ V V′ (G⁺² + G⁻²) σ² of every column, for two inputs."""
    plus, minus = conductances(array)
    products = row_volts(array, volts(one))[0] * row_volts(array, volts(other))[0]
    return np.asarray(products @ (plus**2 + minus**2) * array.noise.low_frequency**2)


def test_low_frequency_noise_is_frozen_while_the_labels_are_read() -> None:
    rng = np.random.default_rng(8)
    array = crossbar("gokmen-vlasov", (6, 5), rng, ArrayNoise(0.0, low_frequency=0.05))
    v = np.repeat(0.1 * rng.random((1, 6)), 4, axis=0)
    v[2] *= 2.0
    first, second = (deviations(array, volts(v), rng) for _ in range(2))
    scale = np.abs(first).max()
    for found in (first, second):
        assert np.abs(found[0] - found[1]).max() <= 1e-9 * scale
        assert np.abs(found[0] - found[3]).max() <= 1e-9 * scale
    assert np.abs(first[0] - second[0]).max() > 0.01 * scale


@pytest.mark.parametrize("name", BOTH_KINDS)
def test_low_frequency_noise_varies_from_call_to_call_by_the_cells_conductances(name: str) -> None:
    # n = 4,000 calls of 5 columns: 5 sigma of a column are 11 %, of all together 5 %. The product
    # of two deviations with covariance c has the variance v₁ v₂ + c².
    rng, n = np.random.default_rng(9), 4000
    array = crossbar(name, (6, 5), rng, ArrayNoise(0.0, low_frequency=0.05))
    one, other = 0.1 * rng.random((2, 1, 6))
    both = volts(np.vstack([one, other]))
    found = np.stack([deviations(array, both, rng) for _ in range(n)])
    expected = low_frequency(array, one, one), low_frequency(array, other, other)
    assert_variance(found[:, 0], expected[0])
    assert_variance(found[:, 1], expected[1])
    shared = low_frequency(array, one, other)
    bound = 5 * np.sqrt((expected[0] * expected[1] + shared**2) / n)
    assert np.all(np.abs(np.mean(found[:, 0] * found[:, 1], axis=0) - shared) <= bound)
    alone = np.vstack([deviations(array, volts(one), rng) for _ in range(n)])
    assert_variance(alone, expected[0])  # a single read has its own, quicker way to the same law


def test_noise_of_several_kinds_adds_up_in_variance() -> None:
    # n = 8,000 reads of 5 columns, bounds as above.
    rng = np.random.default_rng(10)
    parts = [ArrayNoise(300.0), ArrayNoise(0.0, fano=1.0), ArrayNoise(0.0, white=5e-8)]
    array = crossbar("gokmen-vlasov", (6, 5), rng)
    v = volts(np.repeat(0.1 * rng.random((1, 6)), 8000, axis=0))
    alone = []
    for noise in parts:
        array.noise = noise
        alone.append(np.mean(deviations(array, v, rng) ** 2, axis=0))
    array.noise = ArrayNoise(300.0, 1.0, 5e-8)
    together = np.mean(deviations(array, v, rng) ** 2, axis=0)
    # the ratio of two estimates, each by √(2/n) of itself: √2 of one
    assert np.all(np.abs(together / sum(alone) - 1) <= 5 * math.sqrt(4 / 8000))


@pytest.mark.parametrize("femto", [1.0, 10.0, 100.0])
def test_a_hold_capacitor_adds_kt_over_c(femto: float) -> None:
    # n = 20,000 samples: 5 sigma of the variance are 5 %.
    rng, part = np.random.default_rng(11), SampleHold(femto * 1e-15, 350.0)
    v = rng.random((20_000, 1))
    found = read(part.hold(volts(v), rng, Ledger())) - v
    assert_variance(found, np.array([BOLTZMANN * 350.0 / (femto * 1e-15)]))


def test_a_chips_amplifiers_have_the_noise_of_its_tolerances() -> None:
    # n = 4,000 reads of 5 columns: 5 sigma of a column are 11 %, of all together 5 %.
    rng = np.random.default_rng(12)
    design = Design(
        (6, 5), tolerances=Tolerances(0.1, 0, 0, 0, 0, 0, 0), limits=UNLIMITED, dtype=np.float64
    )
    (layer,) = manufacture(design, IDEAL, rng, Ledger())
    voltage = volts(np.repeat(0.1 * rng.random((1, 6)), 4000, axis=0))
    current = layer.array.currents(voltage, rng, Ledger())
    exact = read(current) * layer.neurons.amplifier.resistance
    found = read(layer.neurons.amplifier.read(current, rng, Ledger())) - exact
    assert_variance(found, np.full(5, (0.1 * design.scale.output) ** 2))


@pytest.mark.parametrize("resistance", [1e3, 1e5])
@pytest.mark.parametrize("temperature", [77.0, 300.0])
def test_a_resistors_noise_is_that_of_the_capacitor_it_charges(
    resistance: float, temperature: float
) -> None:
    # An RC passes noise of bandwidth 1/(4 R C); equipartition gives its capacitor kT/C, whatever R.
    capacitance = 1 / (4 * resistance * BANDWIDTH)
    held = SampleHold(capacitance, temperature).noise
    assert resistor_noise(resistance, temperature) == pytest.approx(held, rel=1e-12, abs=0)
