"""The crossbar: which rows it drives, and one primitive that reads from either side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.circuits.converters import Dac, Probe
from hardware_sim.devices.presets import preset
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.signals import Signal, Voltage

BOTH_KINDS = ["gokmen-vlasov", "pcm"]  # one moving cell against a fixed one; two moving cells
EPS = np.finfo(float).eps


def volts(values: Any) -> Voltage:
    return Dac(Ledger(), volt=1.0).forward(values)[0]


def read(signal: Signal) -> NDArray:
    return Probe(Ledger()).read(signal)


def crossbar(name: str, n_in: int = 5, n_out: int = 4) -> Crossbar:
    device, rng = preset(name).device, np.random.default_rng(0)
    cells = device.manufacture((n_in + 1, n_out), rng)
    cells.set(0.2 * rng.standard_normal((n_in + 1, n_out)))
    return Crossbar(cells, device.cell.unit, device.cell.reference, 0.1, ArrayNoise(0.0))


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
