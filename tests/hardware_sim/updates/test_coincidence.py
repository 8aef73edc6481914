"""Stochastic trains: they write the outer product on average and pay for every firing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbars import ONE, STEP, USUAL, array_of, drive, mean_conductance, paid_by_the_siemens
from hardware_sim.arrays.access import ACCESSES, Access, HalfVoltage, ThirdVoltage
from hardware_sim.devices.one_sided import OneSidedPair
from hardware_sim.devices.presets import IDEAL, preset
from hardware_sim.devices.push_pull import PushPullPair
from hardware_sim.devices.rules import ConstantStep
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.updates.coincidence import Coincidence, coincidences
from instruments import entry_of
from laws import LAW, seeds

# The mean change


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


# What must stay


def test_disturbed_cells_move_by_a_part_of_a_step_for_every_lonely_firing() -> None:
    # x = d = 1 and 4 pulses: the lines with a signal fire in all 4 slots, the others never.
    rng, part = np.random.default_rng(5), 0.01
    array = array_of(IDEAL, 4, 3, rng, ONE)
    before = array.cells.w.copy()
    x, y = np.array([[1.0, 0.0, 1.0, 0.0]]), np.array([[1.0, 0.0, 1.0]])
    array.access = HalfVoltage(part)
    Coincidence(ONE).write(array, drive(x, y, 1.0, True, ONE), 4 * STEP, rng, Ledger())
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
    array.access = HalfVoltage(part)
    rate = n * array.cells.mean_step
    Coincidence(ONE).write(array, drive(x, y, 1.0, up, ONE), rate, rng, Ledger())
    rows, columns = np.array([[1], [0], [1]]), np.array([[1, 0]])
    own = np.where(rows * columns > 0, 1.0, part * (rows + columns))
    shared = part * rows + 0 * columns
    first, second = (own, shared) if up else (shared, own)
    plus, minus = (own - shared, shared - own) if push_pull else (first, second)
    if push_pull and not up:
        plus, minus = minus, plus
    assert np.abs((array.cells.plus.w - 0.5) / STEP - n * plus).max() <= 1e-9
    assert np.abs((array.cells.minus.w - 0.5) / STEP - n * minus).max() <= 1e-9


@pytest.mark.parametrize("access", ACCESSES.values(), ids=ACCESSES)
def test_without_a_disturbance_access_changes_no_cell(access: Access) -> None:
    moved = []
    for way in (HalfVoltage(), access):
        rng = np.random.default_rng(5)
        array = array_of(preset("gokmen-vlasov").device, 4, 3, rng, ONE)
        array.access = way
        case = drive(np.array([[1.0, 0.5, 0.0, 0.2]]), np.array([[1.0, 0.3, 0.0]]), 1.0, True, ONE)
        Coincidence(ONE).write(array, case, 9 * array.cells.mean_step, rng, Ledger())
        moved.append(array.cells.w)
    assert np.array_equal(*moved)


def test_a_third_of_the_voltage_moves_cells_of_silent_lines_backwards() -> None:
    # As above: 4 slots; along the pulse where one line fires, against it where none does.
    rng, part = np.random.default_rng(5), 0.01
    array = array_of(IDEAL, 4, 3, rng, ONE)
    array.access, before = ThirdVoltage(part), array.cells.w.copy()
    x, y = np.array([[1.0, 0.0, 1.0, 0.0]]), np.array([[1.0, 0.0, 1.0]])
    Coincidence(ONE).write(array, drive(x, y, 1.0, True, ONE), 4 * STEP, rng, Ledger())
    fire = np.append(x, 1.0)[:, np.newaxis] + y
    expected = 4 * np.choose(fire.astype(int), [-part, part, 1.0])
    assert np.abs((array.cells.w - before) / STEP - expected).max() <= 1e-9


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
    assert entry_of(ledger, prices.WRITE).operations == slots * r * c
    assert paid_by_the_siemens(entry_of(ledger, prices.WRITE), slots * r * c, before, after)
    assert entry_of(ledger, prices.WRITE).uses == slots
    assert entry_of(ledger, prices.HALF_SELECTED).operations == halves
    assert paid_by_the_siemens(entry_of(ledger, prices.HALF_SELECTED), halves / 4, before, after)
    assert entry_of(ledger, prices.DRIVER).operations == slots * (r + c)
    lines = n_in + 1 + n_out
    assert entry_of(ledger, prices.SAMPLING).operations == slots * (lines + 1)  # and the ramp's
    assert entry_of(ledger, prices.SAMPLING).uses == slots
    assert entry_of(ledger, prices.PEAK).operations == 2
    assert ledger.count("adc") == ledger.count("probe") == 0
    V, t, C = (
        constant.nominal
        for constant in (prices.WRITE_VOLTAGE, prices.WRITE_TIME, prices.LINE_CAPACITANCE)
    )
    G = entry_of(ledger, prices.WRITE).amount / (slots * r * c)
    joules = V**2 * G * t * slots * r * c + (V / 2) ** 2 * G * t * halves
    joules += C * V**2 * slots * (r * 2 * n_out + c * (n_in + 1))  # of every crossing on the way
    paid = (prices.WRITE, prices.HALF_SELECTED, prices.DRIVER)
    assert sum(entry_of(ledger, p).joules() for p in paid) == pytest.approx(joules, rel=1e-9, abs=0)


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


@LAW
@given(pulses=st.floats(0.1, 60), seed=seeds)
def test_trains_pay_for_the_pulses_that_moved_the_cells(pulses: float, seed: int) -> None:
    rng, ledger = np.random.default_rng(seed), Ledger()
    array = array_of(IDEAL, 6, 5, rng, ONE)
    before, G = array.cells.w.copy(), mean_conductance(array)
    x, y = rng.random((1, 6)), rng.random((1, 5))
    Coincidence(ONE).write(array, drive(x, y, 1.0, True, ONE), pulses * STEP, rng, ledger)
    moved = np.rint((array.cells.w - before) / STEP).sum()
    assert entry_of(ledger, prices.WRITE).operations == moved
    assert paid_by_the_siemens(entry_of(ledger, prices.WRITE), moved, G, mean_conductance(array))
    assert entry_of(ledger, prices.HALF_SELECTED).amount >= 0
