"""What lines put on cells that are not meant, slot by slot and cell by cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from crossbars import ONE, array_of
from hardware_sim.arrays.access import (
    ACCESSES,
    Access,
    Firings,
    HalfVoltage,
    ThirdVoltage,
    Transistor,
)
from hardware_sim.devices.presets import IDEAL
from hardware_sim.energy.ledger import Ledger
from hardware_sim.updates.engine import TRAINING, charge_pulses
from laws import LAW

ROWS, COLUMNS, SLOTS = 3, 4, 5
trains = st.tuples(
    *(arrays(bool, (lines, SLOTS), elements=st.booleans()) for lines in (ROWS, COLUMNS))
)


def voltages(access: Access, rows: NDArray, columns: NDArray) -> tuple[NDArray, NDArray]:
    """Return the voltage on every moving cell and on every fixed one in a slot, in that of a pulse.

    The fixed cells of the pairs are on the same rows, and their columns never fire.
    """
    if not (rows.any() or columns.any()):
        return np.zeros((ROWS, COLUMNS)), np.zeros((ROWS, COLUMNS))
    if isinstance(access, HalfVoltage):
        on_rows, on_columns, quiet = rows / 2, columns / -2, 0.0
    else:
        on_rows, on_columns = np.where(rows, 1, 1 / 3), np.where(columns, 0, 2 / 3)
        quiet = 2 / 3
    moving = on_rows[:, np.newaxis] - on_columns
    return moving, np.broadcast_to(on_rows[:, np.newaxis] - quiet, moving.shape)


def lines_at_thirds(fired: tuple[NDArray, NDArray]) -> float:
    """Return Σ v² over all lines and slots, each as often as the line has crossings.

    A row crosses both columns of every pair. Of these, one never fires: it stays at two thirds.
    """
    total = 0.0
    for rows, columns in zip(fired[0].T, fired[1].T, strict=True):
        if rows.any() or columns.any():
            total += 2 * COLUMNS * np.sum(np.where(rows, 1, 1 / 3) ** 2)
            total += ROWS * np.sum(np.where(columns, 0, 2 / 3) ** 2) + ROWS * COLUMNS * 4 / 9
    return float(total)


def told(access: Access, fired: tuple[NDArray, NDArray]) -> Any:
    """Return what the access says of some trains."""
    active = int((fired[0].any(axis=0) | fired[1].any(axis=0)).sum())
    firings = Firings(float(fired[0].sum()), float(fired[1].sum()), active)
    pulses = float((fired[0].astype(int) @ fired[1].T.astype(int)).sum())
    return access.stress((ROWS, COLUMNS), firings, pulses), active


@LAW
@given(fired=trains, third=st.booleans())
def test_cells_see_the_voltage_that_their_lines_leave_them(
    fired: tuple[NDArray, NDArray], third: bool
) -> None:
    access: Access = ThirdVoltage() if third else HalfVoltage()
    stress, active = told(access, fired)
    slots = [voltages(access, r, c) for r, c in zip(fired[0].T, fired[1].T, strict=True)]
    moving, fixed = zip(*slots, strict=True)
    pulsed = np.isclose(moving, 1)
    joules = np.sum(np.square(moving)[~pulsed]) + np.sum(np.square(fixed))
    assert stress.halves / 4 + stress.thirds / 9 == pytest.approx(joules, rel=1e-12)
    if third:
        assert stress.crossings == pytest.approx(lines_at_thirds(fired), rel=1e-12)
    on_row, on_column = (f.sum(axis=1).astype(float) for f in fired)
    both = fired[0].astype(float) @ fired[1].T
    part = 1 / 3 if third else 1 / 2
    for number, sign in zip(
        access.partial(on_row[:, np.newaxis], on_column, both, active), (1, -1), strict=True
    ):
        seen = np.isclose(moving, sign * part).sum(axis=0)
        assert np.allclose(np.broadcast_to(number, seen.shape), seen)


def bill(access: Access, firing: float, slots: int = 31) -> dict[str, float]:
    """Return the joules of a write of 784 × 256 pairs of 5 µS, by line of the ledger."""
    array, ledger = array_of(IDEAL, 784, 256, np.random.default_rng(0), ONE), Ledger()
    array.access = access
    array.mean_conductance = lambda: 5e-6  # type: ignore[method-assign]
    lines = 785 * firing * slots, 256 * firing * slots
    pulses = 785 * 256 * firing**2 * slots
    charge_pulses(array, Firings(*lines, slots), pulses, slots, ledger)
    return {entry.price.operation: entry.joules() for entry in ledger.entries}


def test_gate_coincidence_leaves_the_pulses_and_the_lines() -> None:
    # 0.01 · 785 · 256 cells · 31 slots of 0.2 pJ; 0.1 · 256 · 31 bit lines of 785 · 0.2 fF at 2 V;
    # 0.1 · 785 · 31 + 785 lines of 512 · (0.2 + 0.3) fF at 2.5 V; 5 kΩ · 5 µS = 2.5 %.
    found = bill(Transistor(), 0.1)
    opened = 78.5 * 31 + 785
    expected = {
        "write pulse": 12.46e-9,
        "line driver": 25.6 * 31 * 785 * 0.2e-15 * 2**2,
        "gate line": opened * 512 * 0.2e-15 * 2.5**2,
        "transistor gates": opened * 512 * 0.3e-15 * 2.5**2,
        "access transistor": 0.025 * 12.46e-9,
    }
    assert found == pytest.approx(expected, rel=1e-3)


def test_half_selected_cells_cost_what_the_lines_that_fire_cross() -> None:
    # Beside 12.46 nJ of pulses: (0.1 · 2 + 0.1 − 2 · 0.01) of 785 · 256 cells, 31 slots, 0.05 pJ.
    found = bill(HalfVoltage(), 0.1)
    assert found["half-selected cells"] == pytest.approx(0.28 * 785 * 256 * 31 * 0.05e-12, rel=1e-9)


def test_a_third_of_the_voltage_is_cheaper_where_lines_fire_often() -> None:
    # p(1 − p)/2 + p/4 = (2 − p²)/9 of the pulses' energy on all cells: at p = 0.366.
    def other(access: Access, p: float) -> float:
        found = bill(access, p)
        return sum(v for k, v in found.items() if "cells" in k)

    for p, cheaper in ((0.1, False), (0.36, False), (0.375, True), (0.8, True)):
        assert (other(ThirdVoltage(), p) < other(HalfVoltage(), p)) == cheaper


@pytest.mark.parametrize("access", ACCESSES.values(), ids=ACCESSES)
def test_every_line_of_a_write_is_one_of_an_update(access: Access) -> None:
    assert {"write pulse", "line driver"} <= bill(access, 0.1).keys()
    assert bill(access, 0.1).keys() <= {price.operation for price in TRAINING}
