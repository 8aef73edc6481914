"""A fast cell that learns and a slow one that keeps: what is taken over, and what that leaves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cells import ALIKE, RANGE, SILENT
from crossbars import USUAL
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.devices.device import Device
from hardware_sim.devices.fast_slow import FastSlow, FastSlowCells
from hardware_sim.devices.presets import IDEAL, preset
from hardware_sim.devices.rules import ConstantStep
from hardware_sim.devices.several import Several
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.studies.training import cancellation
from hardware_sim.updates.write_verify import refresh
from laws import EPS, LAW, seeds

SLOW = Device(ConstantStep(step=2.0**-8), ALIKE, SILENT, RANGE)
FAST = replace(SLOW, rule=ConstantStep(step=2.0**-6), follows_charge=True)


def made(shape: tuple[int, int], seed: int = 0, **more: float) -> FastSlowCells:
    """Return cells that are alike and silent, with random states in both arrays."""
    rng = np.random.default_rng(seed)
    cells = FastSlow.of(SLOW, FAST, **more).manufacture(shape, rng)
    cells.slow.set(rng.uniform(-0.5, 0.5, shape))
    cells.fast.set(rng.uniform(-0.9, 0.9, shape))
    cells.resum()
    return cells


@LAW
@given(gain=st.floats(0.1, 2), burst=st.floats(0.01, 0.2), seed=seeds)
def test_what_is_taken_over_leaves_the_weight_as_it_is(
    gain: float, burst: float, seed: int
) -> None:
    cells = made((6, 5), seed, gain=gain, burst=burst)
    before, slow = cells.w.copy(), cells.slow.w.copy()
    inside = np.abs(cells.fast.w) + burst / gain < 1  # a fast cell may not take it out at its bound
    took = cells.refresh(np.random.default_rng(seed))
    assert np.abs(cells.w - before)[inside].max(initial=0) <= 40 * EPS
    moved = cells.slow.w - slow
    each = cells.device.pulses * SLOW.mean_step
    assert np.abs(np.abs(moved[moved != 0]) - each).max(initial=0) <= 8 * EPS
    assert took.pulses == cells.device.pulses * np.count_nonzero(moved)
    assert (took.decisions, took.rows) == (2 * 30, 6)


def test_a_burst_has_the_sign_of_the_fast_cell_and_a_probability_in_proportion() -> None:
    # 40,000 weights at ±0.3: 5 sigma of their share are 5 √(0.21/40000) = 0.0115.
    cells = made((200, 200))
    v = np.where(np.arange(40_000).reshape(200, 200) % 2, 0.3, -0.3)
    cells.fast.set(v)
    slow = cells.slow.w.copy()
    cells.refresh(np.random.default_rng(1))
    moved = cells.slow.w - slow
    assert np.mean(moved != 0) == pytest.approx(0.3, abs=0.0115)
    assert np.all(moved * v >= 0)


def test_rows_take_turns() -> None:
    cells, rng = made((7, 4), rows=3), np.random.default_rng(2)
    cells.fast.set(np.full((7, 4), 1.0))  # a burst for every weight
    for rows in ([0, 1, 2], [3, 4, 5], [6, 0, 1]):
        slow = cells.slow.w.copy()
        cells.fast.set(np.full((7, 4), 1.0))
        cells.refresh(rng)
        assert sorted(rows) == np.flatnonzero((cells.slow.w != slow).any(axis=1)).tolist()


def test_an_update_moves_the_fast_cell_alone() -> None:
    cells, rng = made((5, 4), gain=0.5), np.random.default_rng(3)
    slow, before = cells.slow.w.copy(), cells.w.copy()
    cells.charge(np.arange(5), np.full((5, 4), 2.5), True, rng)
    assert np.array_equal(cells.slow.w, slow)
    assert cells.mean_step == 0.5 * FAST.mean_step
    room = cells.fast.w < 1
    assert (cells.w - before)[room] == pytest.approx(2.5 * cells.mean_step, rel=1e-12)


@pytest.mark.parametrize("name", ["reram-soft-bounds", "pcm"])
def test_a_take_over_pays_for_reads_decisions_and_pulses_of_single_cells(name: str) -> None:
    rng, ledger, number = np.random.default_rng(4), Ledger(), 4
    slow = preset(name).device
    device = FastSlow.of(Several.of(slow, number), preset("capacitor").device.cell)
    cells = device.manufacture((9, 6), rng)
    cells.fast.set(np.full((9, 6), 0.9))
    cells.resum()
    cell, noise = device.cell, ArrayNoise(0.0)
    array = Crossbar(cells, cell.unit, cell.reference, USUAL.volt, noise, tile=4)
    mean = array.mean_conductance()
    refresh(array, rng, ledger)
    by = {entry.price: entry for entry in ledger.entries}
    looked = 9 * (1 + number) if name == "pcm" else 9  # each pair's two cells are compared, too
    assert by[prices.VERIFY].operations >= 2 * 6 * looked
    assert by[prices.VERIFY].uses == by[prices.ROW_READ].uses == looked
    ends = cell.conductance.minimum.nominal, cell.conductance.maximum.nominal
    assert by[prices.ROW_READ].amount == pytest.approx(looked * 6 * 4 * sum(ends), rel=1e-9)
    pulse = by[prices.REFRESH if name != "pcm" else prices.REFRESH_SET]
    assert pulse.operations > 0
    if name != "pcm":  # one of four cells in parallel, at what cells conduct before or after
        ends = sorted(g - cells.gated_siemens for g in (mean, array.mean_conductance()))
        assert ends[0] * 0.99 <= pulse.amount / pulse.operations * number <= ends[1] * 1.01
    assert ledger.count("adc") == ledger.count("probe") == 0


@LAW
@given(gain=st.floats(0.1, 2), seed=seeds)
@pytest.mark.parametrize("name", ["pcm", "reram-exponential"])
def test_both_cells_conduct_and_no_side_of_a_weight_less_than_nothing(
    name: str, gain: float, seed: int
) -> None:
    slow, fast = preset(name).device, preset("capacitor").device.cell
    device, rng = FastSlow.of(slow, fast, gain), np.random.default_rng(seed)
    cells, unit = device.manufacture((4, 3), rng), device.cell.unit
    cells.fast.set(rng.uniform(-1.3, 1.3, (4, 3)))
    cells.resum()
    beside = gain * unit * (fast.reference / fast.unit + cells.fast.seen)
    assert beside.min() >= -1e-12 * unit
    assert cells.conductance() == pytest.approx(cells.slow.conductance() + beside, rel=1e-9)
    assert np.min(cells.counterpart()) > 0
    assert cells.gated_siemens == pytest.approx(gain * unit * fast.reference / fast.unit, rel=1e-9)


VOLATILE = replace(FAST, lifetime=1e9)


def chopped(shape: tuple[int, int], seed: int, **more: float) -> FastSlowCells:
    """Return cells that change sides with every refresh."""
    device = FastSlow.of(SLOW, VOLATILE, **more, chop=1)
    rng = np.random.default_rng(seed)
    cells = device.manufacture(shape, rng)
    cells.slow.set(rng.uniform(-0.3, 0.3, shape))
    cells.resum()
    return cells


def test_a_change_of_sides_keeps_the_mean_of_the_weights_and_empties_the_fast_cells() -> None:
    # What is left of v, r, is rounded to a burst b or to nothing: a variance of r (b - r) a weight.
    # All are on one side, so that what is lost or added does not cancel.
    cells, rng = chopped((200, 200), 0, burst=0.1), np.random.default_rng(1)
    cells.fast.set(rng.uniform(0, 0.6, (200, 200)))
    cells.resum()
    before, v, one = cells.w.copy(), cells.fast.w.copy(), cells.device.pulses * SLOW.mean_step
    took = cells.refresh(rng)
    assert np.all(cells.fast.w == 0)
    off = cells.w - before
    left = np.abs(v) % one
    assert np.abs(off).max() <= one * (1 + 1e-9)
    assert abs(off.mean()) < 5 * np.sqrt(np.mean(left * (one - left)) / off.size)
    assert took.pulses % cells.device.pulses == 0
    assert took.rows > 200, "full cells take several bursts, each after a read"


@LAW
@given(up=st.booleans(), seed=seeds, changes=st.integers(0, 3))
def test_an_update_moves_the_weight_alike_on_either_side(up: bool, seed: int, changes: int) -> None:
    cells, rng = chopped((4, 3), seed), np.random.default_rng(seed)
    for _ in range(changes):
        cells.refresh(rng)
    before, fast = cells.w.copy(), cells.fast.w.copy()
    assert cells.charge(np.arange(4), np.full((4, 3), 2.5), up, rng) == 2.5 * 12
    sign = 1 if up else -1
    assert cells.w - before == pytest.approx(sign * 2.5 * cells.mean_step, rel=1e-9)
    assert cells.fast.w - fast == pytest.approx(
        sign * (-1) ** changes * 2.5 * VOLATILE.mean_step, rel=1e-9
    )
    plus, minus = cells.conductance(), cells.counterpart()
    assert plus - minus == pytest.approx(cells.device.cell.unit * cells.w, rel=1e-9, abs=1e-18)
    assert min(plus.min(), np.min(minus)) > 0


@pytest.mark.parametrize("chop", [0, 1])
def test_what_cancels_is_counted_in_the_direction_of_the_weight(chop: int) -> None:
    rng = np.random.default_rng(5)
    cells = FastSlow.of(SLOW, VOLATILE, chop=chop).manufacture((6, 5), rng)
    for _ in range(4):  # all up, whatever is emptied meanwhile
        cells.charge(np.arange(6), np.full((6, 5), 3.0), True, rng)
        cells.refresh(rng)
    assert cancellation(cells) == 1
    cells.charge(np.arange(6), np.full((6, 5), 6.0), False, rng)
    assert cancellation(cells) == pytest.approx((12 + 6) / (12 - 6), rel=1e-12)


def test_the_side_of_the_fast_cells_comes_back() -> None:
    cells, other = chopped((4, 3), 0), chopped((4, 3), 0)
    for _ in range(3):
        cells.refresh(np.random.default_rng(1))
    cells.charge(np.arange(4), np.ones((4, 3)), True, np.random.default_rng(2))
    other.restore(cells.arrays())
    assert np.array_equal(other.w, cells.w)
    for each in (cells, other):
        each.charge(np.arange(4), np.ones((4, 3)), True, np.random.default_rng(3))
        each.refresh(np.random.default_rng(4))
    assert np.array_equal(other.w, cells.w)


def test_what_is_uneven_about_a_fast_cell_cancels_when_it_changes_sides() -> None:
    # 32 pairs of pulses up and down in each of two halves; a cell's drift is its asymmetry.
    uneven = replace(VOLATILE, spread=replace(VOLATILE.spread, asymmetry=0.1))
    drift = {}
    for chop in (0, 1):
        rng = np.random.default_rng(3)
        cells = FastSlow.of(SLOW, uneven, burst=0.004, chop=chop).manufacture((100, 100), rng)
        for _ in range(2):
            for up in (True, False):
                cells.charge(np.arange(100), np.full((100, 100), 32.0), up, rng)
            if chop:
                cells.refresh(rng)
        drift[chop] = np.std(cells.w)
    assert drift[0] == pytest.approx(2 * 32 * 2 * 0.1 * VOLATILE.mean_step, rel=0.05)
    assert drift[1] < 0.05 * drift[0]


def test_a_stuck_fast_cell_ends_a_change_of_sides_all_the_same() -> None:
    cells = chopped((5, 4), 0, burst=0.05)
    cells.fast.set(np.full((5, 4), 0.9))
    cells.fast.up[...] = cells.fast.down[...] = 0  # no pulse moves them
    cells.refresh(np.random.default_rng(0))
    assert np.all(np.isfinite(cells.w))


def test_cells_that_keep_what_they_hold_do_not_change_sides() -> None:
    with pytest.raises(ValueError, match="chop: expected a fast device that is shorted"):
        FastSlow.of(SLOW, FAST, chop=1)


def test_a_fast_device_follows_the_charge() -> None:
    with pytest.raises(ValueError, match="fast: expected a device that follows the charge"):
        FastSlow.of(IDEAL, SLOW)
    for name in ("gain", "burst", "rows"):
        with pytest.raises(ValueError, match=f"{name}: expected a number above 0"):
            FastSlow.of(SLOW, FAST, **{name: 0})
