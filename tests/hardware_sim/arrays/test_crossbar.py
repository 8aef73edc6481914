"""The crossbar: which rows it drives, and one primitive that reads from either side."""

from __future__ import annotations

import numpy as np
import pytest

from crossbars import BOTH_KINDS, array_of
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.devices.presets import preset
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from instruments import read, volts
from laws import EPS


def crossbar(name: str, n_in: int = 5, n_out: int = 4) -> Crossbar:
    return array_of(preset(name).device, n_in, n_out, np.random.default_rng(0), Scale(volt=0.1))


def test_the_driven_rows_are_those_with_a_voltage_and_the_bias() -> None:
    array, voltage = crossbar("gokmen-vlasov"), volts([[0.0, 0.2, 0.0, 0, 0], [0, 0, 0, 0, -0.3]])
    rows, driven = array.driven(voltage)
    assert rows.tolist() == [1, 4, 5]
    assert np.array_equal(read(driven), [[0.2, 0.0, 0.1], [0.0, -0.3, 0.1]])
    assert array.driven(voltage)[1] is driven, "the same voltage was searched twice"
    assert array.driven(volts(np.ones((1, 5))))[0].tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("name", BOTH_KINDS)
def test_a_read_of_the_driven_rows_is_the_read_of_all_rows(name: str) -> None:
    array, rng, ledger, other = crossbar(name), np.random.default_rng(1), Ledger(), Ledger()
    v = rng.standard_normal((3, 5)) * [1, 0, 1, 1, 0]
    driven = read(array.currents(volts(v), rng, ledger))
    every = volts(np.hstack([v, np.full((3, 1), array.bias)]))
    found = read(array.read(every, array.cells.sides(), rng, other))
    scale = np.abs(v).sum(axis=1, keepdims=True) * array.cells.conductance().max()
    assert np.all(np.abs(found - driven) <= 40 * EPS * scale)
    (one,), (two,) = ledger.entries, other.entries
    assert one.price is two.price is prices.READ
    assert (one.operations, one.uses) == (two.operations, two.uses) == (3, 3)
    assert one.amount == pytest.approx(two.amount, rel=1e-12, abs=0)


@pytest.mark.parametrize("name", BOTH_KINDS)
def test_by_default_the_thermal_noise_is_that_of_the_cells_read(name: str) -> None:
    array = crossbar(name)
    array.noise = ArrayNoise(300.0)
    every = volts(np.full((1, 6), 0.1))
    twins = [np.random.default_rng(2) for _ in range(2)]
    by_default = array.read(every, array.cells.sides(), twins[0], Ledger())
    total = (array.cells.conductance() + array.cells.counterpart()).sum(axis=0)
    by_hand = array.read(every, array.cells.sides(), twins[1], Ledger(), total)
    assert read(by_default) == pytest.approx(read(by_hand), rel=1e-9, abs=0)
