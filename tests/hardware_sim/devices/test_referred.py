"""A cell against its own reference, which pulses have brought to the symmetry point."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cells import ALIKE, RANGE, SILENT
from hardware_sim.devices.device import Device
from hardware_sim.devices.presets import preset
from hardware_sim.devices.referred import Referred
from hardware_sim.devices.rules import SoftBounds
from hardware_sim.devices.several import Several
from hardware_sim.devices.variation import Spread
from hardware_sim.studies.training import cancellation

STEP = 0.01
# Up steps are Δ (1 − w/high), down steps Δ (1 − w/low): alike at w = 0, if their gains are.
EVEN = Device(SoftBounds(-0.8, 1.2, STEP), ALIKE, SILENT, RANGE)
UNEVEN = replace(EVEN, spread=Spread(asymmetry=0.2))


def test_references_are_where_pulses_up_and_down_are_alike() -> None:
    # w* = (Δ₊ − Δ₋)/(Δ₊/w_max − Δ₋/w_min) is where a pulse up and one down cancel. A cell ends
    # within a step of it, and its reference within a step of the cell.
    cells = Referred(UNEVEN, 3000).manufacture((20, 20), np.random.default_rng(0))
    up, down = cells.cell.up, cells.cell.down
    point = (up - down) / (up / cells.cell.high - down / cells.cell.low)
    assert np.std(point) > 0.05
    assert np.abs(cells.reference.seen - point).max() <= 2.5 * 1.6 * STEP
    assert np.abs(cells.w).max() <= 1.6 * STEP


def test_what_is_forgotten_is_forgotten_towards_zero() -> None:
    rng, drift = np.random.default_rng(1), {}
    for name, device in (("fixed", UNEVEN), ("referred", Referred(UNEVEN, 3000))):
        cells = device.manufacture((20, 20), rng)
        cells.set(np.zeros((20, 20)))
        for _ in range(500):
            for up in (True, False):
                cells.pulses(np.arange(20), np.ones((20, 20)), up, rng)
        drift[name] = np.std(cells.w)
    assert drift["referred"] < 0.15 * drift["fixed"]


def test_an_update_moves_the_cell_alone_and_both_conduct() -> None:
    rng = np.random.default_rng(2)
    cells = Referred(EVEN, 100).manufacture((6, 5), rng)
    cells.set(rng.uniform(-0.3, 0.3, (6, 5)))
    w, reference = cells.w.copy(), cells.reference.w.copy()
    assert cells.pulses(np.arange(6), np.ones((6, 5)), True, rng) == 30
    assert np.all(cells.w > w)
    assert np.array_equal(cells.reference.w, reference)
    difference = cells.conductance() - cells.counterpart()
    assert difference == pytest.approx(EVEN.unit * cells.w, rel=1e-9, abs=1e-18)
    assert cells.conductance() == pytest.approx(cells.cell.conductance(), rel=1e-9)
    assert cells.counterpart() == pytest.approx(cells.reference.conductance(), rel=1e-9)


def test_its_references_are_paid_for_with_the_first_weights() -> None:
    cells = Referred(EVEN, 100).manufacture((6, 5), np.random.default_rng(3))
    assert cells.first_pulses >= 2 * 100 * 30
    again = Referred(EVEN, 100).manufacture((6, 5), np.random.default_rng(4))
    again.restore(cells.arrays())
    assert again.first_pulses == cells.first_pulses
    assert np.array_equal(again.w, cells.w)


def test_the_references_of_several_cells_are_paid_for_too() -> None:
    cells = Several.of(Referred(EVEN, 100), 4).manufacture((6, 5), np.random.default_rng(3))
    assert cells.first_pulses >= 4 * 2 * 100 * 30


def test_what_found_the_references_is_no_learning() -> None:
    rng = np.random.default_rng(5)
    cells = Referred(EVEN, 50).manufacture((6, 5), rng)
    cells.pulses(np.arange(6), np.full((6, 5), 2.0), True, rng)
    assert cancellation(cells) == 1


def test_a_stuck_cell_is_stuck_whatever_its_reference_does() -> None:
    device = replace(EVEN, spread=Spread(stuck=0.3))
    cells = Referred(device, 50).manufacture((30, 30), np.random.default_rng(5))
    assert np.array_equal(cells.stuck, cells.cell.stuck)
    assert 0.2 < cells.stuck.mean() < 0.4


def test_cells_without_a_symmetry_point_are_refused() -> None:
    with pytest.raises(ValueError, match="which has no symmetry point"):
        Referred(preset("pcm").device.cell)
    with pytest.raises(ValueError, match="cycles: expected a number above 0"):
        Referred(EVEN, 0)
