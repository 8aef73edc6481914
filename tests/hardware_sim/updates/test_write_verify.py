"""Programming reaches its targets; a refresh keeps what pairs store; both are paid for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from crossbars import ONE, STEP, USUAL, array_of, mean_conductance, paid_by_the_siemens
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.devices.device import Device
from hardware_sim.devices.noise import Noise
from hardware_sim.devices.one_sided import OneSidedCells
from hardware_sim.devices.presets import IDEAL, preset
from hardware_sim.devices.push_pull import PushPullPair
from hardware_sim.devices.rules import ConstantStep
from hardware_sim.devices.variation import Spread
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from hardware_sim.updates.write_verify import refresh, write_verify
from instruments import entry_of

GOKMEN_VLASOV = preset("gokmen-vlasov").device


def widened(one: float, other: float) -> tuple[float, float]:
    """Return a range around two means, for many rounds between them."""
    half = abs(one - other)
    return min(one, other) - half, max(one, other) + half


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
    assert entry_of(ledger, prices.REFRESH).operations == pulses
    assert paid_by_the_siemens(
        entry_of(ledger, prices.REFRESH), float(pulses), *widened(G, mean_conductance(array))
    )
    # a cell that takes p pulses is compared from both sides before each of them
    assert entry_of(ledger, prices.VERIFY).operations == 2 * pulses
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
    assert entry_of(ledger, prices.REFRESH).operations == rows
    assert entry_of(ledger, prices.REFRESH_HALF_SELECTED).operations == rows * one_row
    assert entry_of(ledger, prices.REFRESH_DRIVER).operations == 2 * rows


@pytest.mark.reports
@pytest.mark.parametrize("steps", [1, 3])
def test_programming_takes_the_time_of_its_comparators_and_pulses(steps: int) -> None:
    # In each round every row is compared from above, then from below, and gets a slot for the
    # pulses up and one for those down; all columns at once.
    rng, ledger, n_in = np.random.default_rng(6), Ledger(), 6
    array = array_of(IDEAL, n_in, 5, rng, ONE)
    wanted = array.cells.w.copy()
    wanted[0, 2] += steps * STEP
    assert write_verify(array, wanted, ONE, rng, ledger) == 0
    comparisons, pulses = (entry_of(ledger, p) for p in (prices.VERIFY, prices.REFRESH))
    assert comparisons.operations == 2 * steps
    assert comparisons.uses == pulses.uses == steps * 2 * (n_in + 1)
    slot = prices.VERIFY.seconds() + prices.REFRESH.seconds()
    assert ledger.seconds() == pytest.approx(comparisons.uses * slot, rel=1e-12, abs=0)


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
    assert entry_of(ledger, prices.REFRESH_RESET).operations >= 2 * changed.sum()
    for price in (prices.REFRESH_RESET, prices.REFRESH_SET):
        entry = entry_of(ledger, price)
        assert entry.amount == entry.operations, "heat costs the same whatever a cell conducts"
    assert entry_of(ledger, prices.VERIFY).operations > 2 * cells.w.size
    assert ledger.count("adc") == 0


@pytest.mark.reports
def test_a_refresh_pays_for_its_lines_and_for_the_cells_that_see_half_the_voltage() -> None:
    # Every pulse and every reset drives one row, on which both cells of every pair are, and one
    # column: the cell between them sees the whole voltage, all others on both lines half of it.
    rng, ledger, n_in, n_out = np.random.default_rng(14), Ledger(), 9, 8
    array = array_of(preset("pcm").device, n_in, n_out, rng, USUAL)
    for half in (array.cells.plus, array.cells.minus):
        half.set(half.high * rng.uniform(0.5, 1.0, half.shape))
    array.cells.restore(array.cells.arrays())
    array.changed()
    before = mean_conductance(array)
    refresh(array, rng, ledger)
    sets, resets, half, line, comparisons = (
        entry_of(ledger, price)
        for price in (
            prices.REFRESH_SET,
            prices.REFRESH_RESET,
            prices.REFRESH_HALF_SELECTED,
            prices.REFRESH_DRIVER,
            prices.VERIFY,
        )
    )
    pulses = sets.operations + resets.operations
    assert pulses > 10
    assert half.operations == pulses * ((2 * n_out - 1) + (n_in + 1 - 1))
    assert line.operations == 2 * pulses
    assert line.amount == pulses * (2 * n_out + n_in + 1)  # crossings
    assert paid_by_the_siemens(half, half.operations / 4, before, mean_conductance(array))
    assert sets.uses + resets.uses == pulses  # cell by cell
    # A row is read and its columns are compared at once: at first all rows, then those not done.
    reads = entry_of(ledger, prices.ROW_READ)
    assert comparisons.uses == reads.uses
    assert n_in + 1 < reads.uses < comparisons.operations
    ends = array.cells.technology.load
    assert reads.amount == pytest.approx(reads.uses * n_out * array.tile * ends, rel=1e-12)


@pytest.mark.parametrize("device", [GOKMEN_VLASOV, PushPullPair(GOKMEN_VLASOV.cell)], ids=type)
def test_a_refresh_leaves_cells_alone_that_move_both_ways(device: Any) -> None:
    rng, ledger = np.random.default_rng(15), Ledger()
    array = array_of(device, 5, 4, rng, USUAL)
    before = array.cells.w.copy()
    refresh(array, rng, ledger)
    assert np.array_equal(array.cells.w, before)
    assert ledger.entries == ()


# Errors


def test_write_verify_names_the_shape_it_expects() -> None:
    rng = np.random.default_rng(13)
    array = array_of(IDEAL, 4, 3, rng, USUAL)
    with pytest.raises(ValueError, match=r"expected shape \(5, 3\); got \(4, 3\)"):
        write_verify(array, np.zeros((4, 3)), USUAL, rng, Ledger())
