"""Single pulses: at most one step, where both thresholds are passed."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crossbars import ONE, STEP, array_of, drive, mean_conductance, paid_by_the_siemens
from hardware_sim.devices.presets import IDEAL
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.updates.single_pulse import SinglePulse
from instruments import entry_of
from laws import LAW, seeds


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
    assert entry_of(ledger, prices.WRITE).operations == fires.sum()
    assert paid_by_the_siemens(
        entry_of(ledger, prices.WRITE), fires.sum(), G, mean_conductance(array)
    )
    assert entry_of(ledger, prices.SAMPLING).operations == 8 + 1 + 6
