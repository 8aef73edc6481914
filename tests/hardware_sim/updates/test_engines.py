"""The update engines: what they write, what they must not touch, what they pay for."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.circuits.converters import Dac
from hardware_sim.devices.device import Device
from hardware_sim.devices.noise import Noise
from hardware_sim.devices.one_sided import OneSidedCells, OneSidedPair
from hardware_sim.devices.presets import IDEAL, PRESETS, preset
from hardware_sim.devices.push_pull import PushPullPair
from hardware_sim.devices.rules import ConstantStep, SoftBounds
from hardware_sim.devices.variation import Spread
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Entry, Ledger
from hardware_sim.energy.prices import Price
from hardware_sim.scale import Scale
from hardware_sim.signals import Voltage
from hardware_sim.studies.aggregation import aggregation_bias
from hardware_sim.updates.coincidence import Coincidence, coincidences
from hardware_sim.updates.engine import Drive, Engine
from hardware_sim.updates.shaped_pulse import WidthTimesAmplitude
from hardware_sim.updates.single_pulse import SinglePulse
from hardware_sim.updates.write_verify import refresh, write_verify

LAW = settings(deadline=None, max_examples=40, derandomize=True)
EPS = np.finfo(float).eps
STEP = IDEAL.rule.step
ONE = Scale(volt=1.0, weight=1.0)  # so that rate/STEP is the number of pulses for x = d = 1
USUAL = Scale()
seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 9)


def volts(values: Any, volt: float = 1.0, dtype: type = float) -> Voltage:
    return Dac(Ledger(), volt=volt, dtype=dtype).forward(values)[0]


def array_of(
    device: Device | OneSidedPair, n_in: int, n_out: int, rng: np.random.Generator, scale: Scale
) -> Crossbar:
    cells = device.manufacture((n_in + 1, n_out), rng)
    cells.set(0.2 * rng.standard_normal((n_in + 1, n_out)))
    return Crossbar(cells, device.cell.unit, device.cell.reference, scale.volt, ArrayNoise(0.0))


def drive(x: NDArray, y: NDArray, factor: float, up: bool, scale: Scale) -> Drive:
    rows, columns = volts(x, scale.volt), volts(y, scale.volt)
    return Drive(rows, columns, up, volts(np.full((1, 1), factor)))


def line(ledger: Ledger, price: Price) -> Entry:
    return next((e for e in ledger.entries if e.price is price), Entry(price))


def every_engine(scale: Scale) -> list[Engine]:
    return [
        Coincidence(scale),
        Coincidence(scale, at_once=True),
        WidthTimesAmplitude(scale),
        WidthTimesAmplitude(scale, 16),
        SinglePulse(scale, 0.2, 0.1),
    ]


def mean_conductance(array: Crossbar) -> float:
    """Return the mean conductance of all cells, both of every pair [S]."""
    plus = array.cells.conductance()
    return float((plus + array.cells.counterpart()).mean()) / 2


def paid_by_the_siemens(entry: Entry, units: float, before: float, after: float) -> bool:
    """Return whether so many pulses were paid for at the cells' mean conductance.

    Before or after the write: the energy of its pulses is known no better than that.
    """
    low, high = sorted((units * before, units * after))
    return bool(low * (1 - 1e-9) <= entry.amount <= high * (1 + 1e-9))


def widened(one: float, other: float) -> tuple[float, float]:
    """Return a range around two means, for many rounds between them."""
    half = abs(one - other)
    return min(one, other) - half, max(one, other) + half


ENGINES = ["trains", "trains at once", "width × amplitude", "16 widths", "single pulses"]
every = pytest.mark.parametrize("number", range(len(ENGINES)), ids=ENGINES)


# The mean change


@LAW
@given(
    n_in=sizes,
    n_out=sizes,
    rate=st.floats(1e-4, 1.0),
    factor=st.floats(1e-3, 10.0),
    up=st.booleans(),
    weight=st.floats(0.1, 3),
    seed=seeds,
)
def test_width_times_amplitude_writes_the_outer_product_exactly(
    n_in: int, n_out: int, rate: float, factor: float, up: bool, weight: float, seed: int
) -> None:
    rng, scale = np.random.default_rng(seed), Scale(weight=weight)
    array = array_of(IDEAL, n_in, n_out, rng, scale)
    x, y = rng.exponential(size=(1, n_in)), rng.exponential(size=(1, n_out))
    x[rng.random((1, n_in)) < 0.3] = 0
    before = array.cells.w * weight
    WidthTimesAmplitude(scale).write(array, drive(x, y, factor, up, scale), rate, rng, Ledger())
    expected = (1 if up else -1) * rate * factor * np.outer(np.append(x, 1.0), y)
    moved = array.cells.w * weight - before
    bound = 20 * EPS * (np.abs(expected).max() + np.abs(before).max())
    assert np.abs(moved - expected).max() <= bound


@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("rate", [2e-4, 0.0025])
def test_trains_write_the_outer_product_on_average(up: bool, at_once: bool, rate: float) -> None:
    # n = 500 writes. A count is binomial: its variance is below its mean m, so 5 sigma of the
    # mean change are 5 √(m/n) steps.
    rng, n, factor = np.random.default_rng(1), 500, 0.7
    array = array_of(IDEAL, 4, 3, rng, USUAL)
    x, y = np.array([[1.3, 0.4, 0.0, 2.1]]), np.array([[0.9, 0.0, 2.5]])
    before = array.cells.w.copy()
    engine, what = Coincidence(USUAL, at_once=at_once), drive(x, y, factor, up, USUAL)
    for _ in range(n):
        engine.write(array, what, rate, rng, Ledger())
    wanted = rate * factor * np.outer(np.append(x, 1.0), y)
    step = STEP * USUAL.weight
    assert wanted.max() / step < 31, "trains of this length would be clipped"
    moved = (array.cells.w - before) * USUAL.weight / n
    bound = 5 * step * np.sqrt(wanted / step / n) + 1e-12 * step
    assert np.all(np.abs(moved * (1 if up else -1) - wanted) <= bound)


def test_trains_on_noisy_unequal_cells_write_each_cells_own_step() -> None:
    # n = 1,500 writes of about m pulses; the step of a cell has a relative noise of 0.3 a pulse:
    # a write's variance is below m (1 + 0.3²) own steps, and rounding of the bound is far away.
    rng, n, rate = np.random.default_rng(2), 1500, 4e-5
    device = preset("gokmen-vlasov").device
    array = array_of(device, 4, 3, rng, USUAL)
    array.cells.set(np.zeros((5, 3)))
    x, y = np.array([[1.3, 0.4, 0.9, 2.1]]), np.array([[0.9, 0.6, 2.5]])
    what = drive(x, y, 1.0, True, USUAL)
    for _ in range(n):
        Coincidence(USUAL).write(array, what, rate, rng, Ledger())
    m = rate * np.outer(np.append(x, 1.0), y) / (USUAL.weight * array.cells.mean_step)
    mean = array.cells.w / n / array.cells.up
    free = array.cells.w < 0.9 * array.cells.high
    assert free.sum() >= 12
    assert np.all(np.abs(mean - m)[free] <= 5 * np.sqrt(1.09 * m / n)[free])


@pytest.mark.parametrize("name", PRESETS)
@every
def test_the_polarity_alone_says_where_a_cell_goes(number: int, name: str) -> None:
    # On the mean of all cells: with the write noise of some presets a single cell may look wrong,
    # and the noise of a pulse may exceed it. n = 40 × 25 cells × 20 writes.
    device = preset(name).device
    moves = []
    for up in (True, False):
        rng = np.random.default_rng(3)
        array = array_of(device, 40, 25, rng, USUAL)
        x, y = rng.random((1, 40)) + 0.5, rng.random((1, 25)) + 0.5
        before = array.cells.w.copy()
        for _ in range(20):
            every_engine(USUAL)[number].write(
                array, drive(x, y, 1.0, up, USUAL), array.cells.mean_step, rng, Ledger()
            )
        moves.append((array.cells.w - before).mean() / array.cells.mean_step)
    assert moves[0] > 1
    assert moves[1] < -1


# What must stay


@every
@pytest.mark.parametrize("name", ["gokmen-vlasov", "reram-soft-bounds", "ecram-li", "pcm"])
@settings(deadline=None, max_examples=6, derandomize=True)
@given(up=st.booleans(), seed=seeds)
def test_silent_rows_and_columns_keep_every_bit(
    name: str, number: int, up: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    array = array_of(preset(name).device, 7, 6, rng, USUAL)
    x, y = rng.random((1, 7)) + 0.5, rng.random((1, 6)) + 0.5
    x[0, [1, 4]] = 0
    y[0, [0, 3]] = 0
    before = {key: kept.copy() for key, kept in array.cells.arrays().items()}
    seen = array.cells.seen.copy()
    engine, rate = every_engine(USUAL)[number], 5 * array.cells.mean_step
    for _ in range(3):
        engine.write(array, drive(x, y, 1.0, up, USUAL), rate, rng, Ledger())
    after = array.cells.arrays()
    for key, kept in before.items():
        assert np.array_equal(after[key][[1, 4]], kept[[1, 4]]), key
        assert np.array_equal(after[key][:, [0, 3]], kept[:, [0, 3]]), key
    assert np.array_equal(array.cells.seen[[1, 4]], seen[[1, 4]])
    assert np.array_equal(array.cells.seen[:, [0, 3]], seen[:, [0, 3]])
    assert not np.array_equal(array.cells.seen, seen)


@every
@pytest.mark.parametrize("what", ["rate", "factor", "columns"])
def test_nothing_to_write_writes_nothing(number: int, what: str) -> None:
    rng = np.random.default_rng(4)
    array = array_of(preset("reram-soft-bounds").device, 4, 3, rng, USUAL)
    y = np.zeros((1, 3)) if what == "columns" else np.ones((1, 3))
    w, seen = array.cells.w.copy(), array.cells.seen.copy()
    every_engine(USUAL)[number].write(
        array,
        drive(np.ones((1, 4)), y, 0.0 if what == "factor" else 1.0, True, USUAL),
        0.0 if what == "rate" else 0.1,
        rng,
        Ledger(),
    )
    assert np.array_equal(array.cells.w, w)
    assert np.array_equal(array.cells.seen, seen)


def test_disturbed_cells_move_by_a_part_of_a_step_for_every_lonely_firing() -> None:
    # x = d = 1 and 4 pulses: the lines with a signal fire in all 4 slots, the others never.
    rng, part = np.random.default_rng(5), 0.01
    array = array_of(IDEAL, 4, 3, rng, ONE)
    before = array.cells.w.copy()
    x, y = np.array([[1.0, 0.0, 1.0, 0.0]]), np.array([[1.0, 0.0, 1.0]])
    Coincidence(ONE, disturb=part).write(
        array, drive(x, y, 1.0, True, ONE), 4 * STEP, rng, Ledger()
    )
    moved = (array.cells.w - before) / STEP
    rows, columns = np.append(x, 1.0)[:, np.newaxis], y
    expected = 4 * np.where(rows * columns > 0, 1.0, part * (rows + columns))
    assert np.abs(moved - expected).max() <= 1e-9
    assert np.array_equal(array.cells.w[1, 1], before[1, 1])  # neither line fired


@pytest.mark.parametrize("up", [True, False], ids=["up", "down"])
@pytest.mark.parametrize("push_pull", [True, False], ids=["push-pull", "one-sided"])
def test_a_firing_row_disturbs_both_cells_of_a_pair(push_pull: bool, up: bool) -> None:
    # Cell by cell and phase by phase, in steps: V on a crossing, V/2 on one line. A row's voltage
    # is on both cells of a pair, with the sign of the phase; the columns are one cell's own.
    rng, part, n = np.random.default_rng(5), 0.1, 4
    cell = replace(IDEAL, rule=ConstantStep(-1.0 if push_pull else 0.0, 1.0, STEP))
    device = PushPullPair(cell) if push_pull else OneSidedPair(cell, reset=0.5)
    array = array_of(device, 2, 2, rng, ONE)
    array.cells.plus.set(np.full((3, 2), 0.5))
    array.cells.minus.set(np.full((3, 2), 0.5))
    x, y = np.array([[1.0, 0.0]]), np.array([[1.0, 0.0]])
    engine = Coincidence(ONE, disturb=part)
    rate = n * array.cells.mean_step
    engine.write(array, drive(x, y, 1.0, up, ONE), rate, rng, Ledger())
    rows, columns = np.array([[1], [0], [1]]), np.array([[1, 0]])
    own = np.where(rows * columns > 0, 1.0, part * (rows + columns))
    shared = part * rows + 0 * columns
    first, second = (own, shared) if up else (shared, own)
    plus, minus = (own - shared, shared - own) if push_pull else (first, second)
    if push_pull and not up:
        plus, minus = minus, plus
    assert np.abs((array.cells.plus.w - 0.5) / STEP - n * plus).max() <= 1e-9
    assert np.abs((array.cells.minus.w - 0.5) / STEP - n * minus).max() <= 1e-9


# Single pulses


@LAW
@given(row=st.floats(0.1, 2), column=st.floats(0.1, 2), up=st.booleans(), seed=seeds)
def test_a_single_pulse_is_at_most_one_step_where_both_thresholds_are_passed(
    row: float, column: float, up: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    array = array_of(IDEAL, 8, 6, rng, ONE)
    x, y = rng.exponential(size=(1, 8)), rng.exponential(size=(1, 6))
    before, ledger, G = array.cells.w.copy(), Ledger(), mean_conductance(array)
    SinglePulse(ONE, row, column).write(array, drive(x, y, 1.0, up, ONE), 2 * STEP, rng, ledger)
    moved = (array.cells.w - before) / STEP
    fires = np.outer(np.append(x, 1.0) > row, 2 * row * y[0] > column)
    assert np.abs(moved - (1 if up else -1) * fires).max() <= 1e-9
    assert line(ledger, prices.WRITE).operations == fires.sum()
    assert paid_by_the_siemens(line(ledger, prices.WRITE), fires.sum(), G, mean_conductance(array))
    assert line(ledger, prices.SAMPLING).operations == 8 + 1 + 6


# What it costs


@LAW
@given(
    rows=st.integers(0, 6), columns=st.integers(1, 5), slots=st.integers(1, 31), up=st.booleans()
)
def test_full_trains_pay_for_every_cell_line_and_decision(
    rows: int, columns: int, slots: int, up: bool
) -> None:
    # All active lines fire in every slot, so nothing is random: r rows with the bias, c columns.
    rng, ledger, n_in, n_out = np.random.default_rng(6), Ledger(), 6, 5
    array = array_of(IDEAL, n_in, n_out, rng, ONE)
    x = np.repeat([1.0, 0.0], [rows, n_in - rows])[np.newaxis]
    y = np.repeat([1.0, 0.0], [columns, n_out - columns])[np.newaxis]
    before = mean_conductance(array)
    Coincidence(ONE).write(array, drive(x, y, 1.0, up, ONE), slots * STEP, rng, ledger)
    after = mean_conductance(array)
    r, c = rows + 1, columns
    # both cells of every pair are on a row, one on a column: V/2 on a row, −V/2 on a column
    row = np.repeat([0.5, 0.0], [r, n_in + 1 - r])[:, np.newaxis]
    column = np.repeat([0.5, 0.0], [c, n_out - c])
    written, reference = row + column, row + np.zeros(n_out)
    halves = slots * int((written == 0.5).sum() + (reference == 0.5).sum())
    assert (written == 1).sum() == r * c
    assert line(ledger, prices.WRITE).operations == slots * r * c
    assert paid_by_the_siemens(line(ledger, prices.WRITE), slots * r * c, before, after)
    assert line(ledger, prices.WRITE).uses == slots
    assert line(ledger, prices.HALF_SELECTED).operations == halves
    assert paid_by_the_siemens(line(ledger, prices.HALF_SELECTED), halves / 4, before, after)
    assert line(ledger, prices.DRIVER).operations == slots * (r + c)
    lines = n_in + 1 + n_out
    assert line(ledger, prices.SAMPLING).operations == slots * (lines + 1)  # and the ramp's
    assert line(ledger, prices.SAMPLING).uses == slots
    assert line(ledger, prices.PEAK).operations == 2
    assert ledger.count("adc") == ledger.count("probe") == 0
    V, t, C = (
        constant.nominal
        for constant in (prices.WRITE_VOLTAGE, prices.WRITE_TIME, prices.LINE_CAPACITANCE)
    )
    G = line(ledger, prices.WRITE).amount / (slots * r * c)
    joules = V**2 * G * t * slots * r * c + (V / 2) ** 2 * G * t * halves
    joules += C * V**2 * slots * (r + c)
    paid = (prices.WRITE, prices.HALF_SELECTED, prices.DRIVER)
    assert sum(line(ledger, p).joules() for p in paid) == pytest.approx(joules, rel=1e-9, abs=0)


@LAW
@given(r=st.integers(0, 6), width=st.integers(1, 7), p=st.floats(0, 0.6), seed=seeds)
def test_coincidences_are_counted_at_every_crossing(
    r: int, width: int, p: float, seed: int
) -> None:
    rng, slots = np.random.default_rng(seed), 9
    rows = np.sort(rng.choice(10, r, replace=False))
    fired = (rng.random((r, slots)) < p) * 1.0, (rng.random((width, slots)) < p) * 1.0
    found = np.zeros((10, width))
    index, number = coincidences(rows, fired, width)
    found.reshape(-1)[index] = number
    expected = np.zeros((10, width))
    for i, row in enumerate(rows):
        for column in range(width):
            expected[row, column] = sum(
                fired[0][i, k] and fired[1][column, k] for k in range(slots)
            )
    assert np.array_equal(found, expected)
    assert np.all(number > 0)


@pytest.mark.parametrize("number", [0, 1])
def test_a_push_pull_update_costs_what_two_phases_of_a_cell_cost(number: int) -> None:
    # All lines fire in every slot, so that nothing is random, and cells at w = 0 end as they began
    # in the mean: one goes up where the other goes down.
    n_in, n_out, found = 6, 5, []
    for device in (IDEAL, PushPullPair(IDEAL)):
        rng, ledger = np.random.default_rng(6), Ledger()
        array = array_of(device, n_in, n_out, rng, ONE)
        array.cells.set(np.zeros(array.cells.shape))
        array.changed()
        engine = (Coincidence(ONE), WidthTimesAmplitude(ONE))[number]
        case = drive(np.ones((1, n_in)), np.ones((1, n_out)), 1.0, True, ONE)
        engine.write(array, case, 12 * array.cells.mean_step, rng, ledger)
        found.append((ledger, mean_conductance(array)))
    (one, G), (two, same) = found
    assert same == pytest.approx(IDEAL.reference, rel=1e-9, abs=0) != G
    for price in (prices.WRITE, prices.DRIVER, *([] if number else [prices.HALF_SELECTED])):
        single, double = line(one, price), line(two, price)
        assert (double.operations, double.uses) == (2 * single.operations, 2 * single.uses)
    assert [e.price for e in one.entries] == [e.price for e in two.entries]


@LAW
@given(pulses=st.floats(0.1, 60), seed=seeds)
def test_trains_pay_for_the_pulses_that_moved_the_cells(pulses: float, seed: int) -> None:
    rng, ledger = np.random.default_rng(seed), Ledger()
    array = array_of(IDEAL, 6, 5, rng, ONE)
    before, G = array.cells.w.copy(), mean_conductance(array)
    x, y = rng.random((1, 6)), rng.random((1, 5))
    Coincidence(ONE).write(array, drive(x, y, 1.0, True, ONE), pulses * STEP, rng, ledger)
    moved = np.rint((array.cells.w - before) / STEP).sum()
    assert line(ledger, prices.WRITE).operations == moved
    assert paid_by_the_siemens(line(ledger, prices.WRITE), moved, G, mean_conductance(array))
    assert line(ledger, prices.HALF_SELECTED).amount >= 0


@LAW
@given(pulses=st.floats(0.1, 60), seed=seeds)
def test_shaped_pulses_pay_for_their_charge_and_no_comparator(pulses: float, seed: int) -> None:
    rng, ledger = np.random.default_rng(seed), Ledger()
    array = array_of(IDEAL, 6, 5, rng, ONE)
    before, G = array.cells.w.copy(), mean_conductance(array)
    x, y = rng.random((1, 6)), rng.random((1, 5))
    x[0, 2] = y[0, 1] = 0
    WidthTimesAmplitude(ONE).write(array, drive(x, y, 1.0, True, ONE), pulses * STEP, rng, ledger)
    charge = (array.cells.w - before).sum() / STEP
    assert paid_by_the_siemens(line(ledger, prices.WRITE), charge, G, mean_conductance(array))
    most = np.abs(array.cells.w - before).max() / STEP
    assert line(ledger, prices.WRITE).uses == pytest.approx(most, abs=1 + 1e-6)
    assert line(ledger, prices.DRIVER).operations == 6 + 4  # five rows and the bias, four columns
    assert ledger.count("comparator") == 0


# Programming


def test_write_verify_reaches_its_targets_from_both_sides() -> None:
    rng, ledger = np.random.default_rng(7), Ledger()
    array = array_of(IDEAL, 9, 8, rng, USUAL)
    start, G = array.cells.w * USUAL.weight, mean_conductance(array)
    wanted = start + 20 * STEP * USUAL.weight * rng.uniform(-1, 1, start.shape)
    missed = write_verify(array, wanted, USUAL, rng, ledger)
    off = np.abs(array.cells.seen - wanted / USUAL.weight) / STEP
    assert missed == 0
    assert off.max() <= 0.5 * (1 + 1e-9)
    pulses = np.rint(np.abs(array.cells.w - start / USUAL.weight) / STEP).sum()
    assert line(ledger, prices.REFRESH).operations == pulses
    assert paid_by_the_siemens(
        line(ledger, prices.REFRESH), float(pulses), *widened(G, mean_conductance(array))
    )
    # a cell that takes p pulses is compared from both sides before each of them
    assert line(ledger, prices.VERIFY).operations == 2 * pulses
    assert ledger.count("adc") == 0


def test_write_verify_reaches_its_targets_on_the_idealised_device() -> None:
    # Ten rounds bring a cell near; then its pulses, of 0.3 noise and of 0.1 … 2 steps, jump across
    # a window of one step and hit it with a chance above 0.3 (below two steps: 99.9 % of cells).
    rng = np.random.default_rng(8)
    array = array_of(preset("idealised").device, 9, 8, rng, USUAL)
    wanted = array.cells.w + 10 * array.cells.mean_step * rng.uniform(-1, 1, array.cells.shape)
    missed = write_verify(array, wanted * USUAL.weight, USUAL, rng, Ledger(), rounds=200)
    off = np.abs(array.cells.seen - wanted) / array.cells.mean_step
    assert missed == np.mean(off > 0.5)
    assert missed <= 0.02


def test_write_verify_says_what_part_did_not_get_there() -> None:
    rng = np.random.default_rng(9)
    device = Device(ConstantStep(step=0.01), Spread(), Noise(), IDEAL.conductance)
    cells = device.manufacture((4, 5), rng)
    array = Crossbar(cells, device.cell.unit, device.cell.reference, 0.1, ArrayNoise(0.0))
    wanted = np.full((4, 5), -0.1)
    wanted[0], wanted[1, 0] = 1.5, -1.5  # out of bounds: 6 of 20
    assert write_verify(array, wanted, Scale(weight=1.0), rng, Ledger(), 300) == 6 / 20
    assert np.all(cells.w[0] == 1.0)
    few = write_verify(array, np.full((4, 5), 0.5), Scale(weight=1.0), rng, Ledger(), 10)
    assert few == 1.0


def test_write_verify_of_what_is_there_changes_nothing_and_costs_nothing() -> None:
    rng, ledger = np.random.default_rng(10), Ledger()
    array = array_of(preset("gokmen-vlasov").device, 5, 4, rng, USUAL)
    before = array.cells.w.copy()
    assert write_verify(array, before * USUAL.weight, USUAL, rng, ledger) == 0
    assert np.array_equal(array.cells.w, before)
    assert ledger.entries == ()


def test_write_verify_moves_the_two_cells_of_a_pair_as_the_sign_asks() -> None:
    rng = np.random.default_rng(11)
    array = array_of(preset("pcm").device, 5, 4, rng, USUAL)
    cells = array.cells
    assert isinstance(cells, OneSidedCells)
    plus, minus = cells.plus.w.copy(), cells.minus.w.copy()
    wanted = cells.seen + np.where(rng.random(cells.shape) < 0.5, 0.2, -0.2)
    rising = wanted > cells.seen
    write_verify(array, wanted * USUAL.weight, USUAL, rng, Ledger(), rounds=1)
    assert np.array_equal(cells.minus.w[rising], minus[rising])
    assert np.array_equal(cells.plus.w[~rising], plus[~rising])
    assert (cells.plus.w - plus)[rising].mean() > 0
    assert (cells.minus.w - minus)[~rising].mean() > 0


# Upkeep


def test_a_refresh_keeps_what_worn_pairs_say_and_pays_for_it_without_a_converter() -> None:
    # A pulse moves a cell by its step and its noise: the difference is back when a comparator
    # says so, at most one pulse too far; 5 sigma of a pulse's noise at its worst.
    rng, ledger = np.random.default_rng(14), Ledger()
    device = preset("pcm").device
    array = array_of(device, 9, 8, rng, USUAL)
    cells = array.cells
    assert isinstance(cells, OneSidedCells)
    for half in (cells.plus, cells.minus):
        half.set(half.high * rng.uniform(0.5, 1.0, half.shape))
    cells.restore(cells.arrays())
    array.changed()
    before, G = cells.seen.copy(), array.mean_conductance()
    refresh(array, rng, ledger)
    changed = cells.seen != before
    assert changed.sum() > 10, "nothing was worn"
    cycle = device.cell.noise.cycle
    pulse = cells.mean_step * (1 + cycle.relative + cycle.additive + cycle.slope * 2) * 3
    assert np.abs(cells.seen - before).max() <= 5 * pulse
    highest, plus, minus = device.cell.rule.high, cells.plus.seen, cells.minus.seen
    full = np.maximum(plus, minus) > device.threshold * highest
    worn = full & (np.minimum(plus, minus) > device.floor * highest)
    assert not worn.any()
    assert array.mean_conductance() < G, "the remembered conductances are stale"
    assert line(ledger, prices.REFRESH).operations >= 2 * changed.sum()
    assert line(ledger, prices.VERIFY).operations > 2 * cells.w.size
    assert ledger.count("adc") == 0


def test_a_refresh_leaves_single_cells_alone() -> None:
    rng, ledger = np.random.default_rng(15), Ledger()
    array = array_of(preset("gokmen-vlasov").device, 5, 4, rng, USUAL)
    before = array.cells.w.copy()
    refresh(array, rng, ledger)
    assert np.array_equal(array.cells.w, before)
    assert ledger.entries == ()


# Errors


@every
def test_an_update_takes_one_case_on_the_right_lines(number: int) -> None:
    rng, engine = np.random.default_rng(12), every_engine(USUAL)[number]
    array = array_of(IDEAL, 4, 3, rng, USUAL)
    w = array.cells.w.copy()
    for x, y, message in (
        (np.ones((2, 4)), np.ones((1, 3)), "keeps no batch"),
        (np.ones((1, 4)), np.ones((2, 3)), "keeps no batch"),
        (np.ones((1, 5)), np.ones((1, 3)), "a crossbar: expected 4 lines; got 5"),
        (np.ones((1, 4)), np.ones((1, 4)), "columns of an update: expected 3 lines; got 4"),
    ):
        with pytest.raises(ValueError, match=message):
            engine.write(array, drive(x, y, 1.0, True, USUAL), 0.1, rng, Ledger())
    assert np.array_equal(array.cells.w, w)


def test_engines_name_the_parameter_that_makes_no_sense() -> None:
    with pytest.raises(ValueError, match="longest: expected a train of a whole number of slots"):
        Coincidence(USUAL, longest=0)
    for levels, full_scale in ((0.5, 8.0), (4, 0.0), (4, -1.0), (math.nan, 1.0)):
        with pytest.raises(ValueError, match="at least one level and a full scale above 0"):
            WidthTimesAmplitude(USUAL, levels, full_scale)


def test_write_verify_names_the_shape_it_expects() -> None:
    rng = np.random.default_rng(13)
    array = array_of(IDEAL, 4, 3, rng, USUAL)
    with pytest.raises(ValueError, match=r"expected shape \(5, 3\); got \(4, 3\)"):
        write_verify(array, np.zeros((4, 3)), USUAL, rng, Ledger())


# Pulses at once


@pytest.mark.parametrize("name", PRESETS)
def test_one_pulse_at_once_is_one_pulse(name: str) -> None:
    assert aggregation_bias(preset(name).device, 1) == 0


def test_pulses_at_once_are_exact_for_equal_steps_and_biased_for_soft_bounds() -> None:
    assert aggregation_bias(preset("gokmen-vlasov").device, 31) <= 1e-9
    # Soft bounds from w = −0.9 b: n steps of size 1.9 less b (1 − w/b) (1 − (1 − Δ/b)ⁿ)
    device = replace(preset("reram-soft-bounds").device, rule=SoftBounds(-1.0, 1.0, 0.002))
    expected = 31 * 1.9 - 1.9 * (1 - (1 - 0.002) ** 31) / 0.002
    assert aggregation_bias(device, 31) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("rows", [1, 4])
def test_programming_pays_for_the_cells_that_see_half_the_voltage(rows: int) -> None:
    # One cell in each of the first rows is a step too low: V/2 on its row, −V/2 on its column,
    # one row after another; both cells of every pair are on a row.
    rng, ledger, n_in, n_out = np.random.default_rng(6), Ledger(), 6, 5
    array = array_of(IDEAL, n_in, n_out, rng, ONE)
    wanted = array.cells.w.copy()
    wanted[:rows, 2] += STEP
    assert write_verify(array, wanted, ONE, rng, ledger) == 0
    one_row = (2 * n_out - 1) + (n_in + 1 - 1)
    assert line(ledger, prices.REFRESH).operations == rows
    assert line(ledger, prices.REFRESH_HALF_SELECTED).operations == rows * one_row
    assert line(ledger, prices.REFRESH_DRIVER).operations == 2 * rows
