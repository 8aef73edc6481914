"""The crossbar: which rows it drives, and that its columns alone are read."""

from __future__ import annotations

from typing import get_type_hints

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbars import BOTH_KINDS, array_of
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.constants import SUPPLY
from hardware_sim.devices.presets import preset
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from hardware_sim.signals import Current
from instruments import read, volts
from laws import EPS, LAW, seeds


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
    array, rng, ledger = crossbar(name), np.random.default_rng(1), Ledger()
    v = rng.standard_normal((3, 5)) * [1, 0, 1, 1, 0]
    found = read(array.currents(volts(v), rng, ledger))
    every = np.hstack([v, np.full((3, 1), array.bias)])
    plus, minus = array.cells.conductance(), array.cells.counterpart()
    scale = np.abs(v).sum(axis=1, keepdims=True) * plus.max()
    assert np.all(np.abs(found - every @ (plus - minus)) <= 40 * EPS * scale)
    (entry,) = ledger.entries
    assert entry.price is prices.READ
    assert (entry.operations, entry.uses) == (3, 3)
    supplied = np.abs(every) @ (plus + minus)
    assert entry.amount == pytest.approx(supplied.sum(), rel=1e-12, abs=0)


@pytest.mark.parametrize("name", BOTH_KINDS)
def test_tiles_whose_rows_stay_as_they_are_are_read_once(name: str) -> None:
    array, rng, ledger = crossbar(name, n_in=9), np.random.default_rng(2), Ledger()
    array.tile = 4  # rows 0 … 3, 4 … 7, and 8 with the bias
    v = np.repeat(rng.random((1, 9)), 3, axis=0)
    v[1, 1], v[2, 1], v[2, 8] = 0.7, 0.7, 0.0
    on = array.awake(volts(v))
    assert on.tolist() == [[True, True, True], [True, False, False], [False, False, True]]
    found = read(array.currents(volts(v), rng, ledger))
    each = [read(array.currents(volts(row[np.newaxis]), rng, Ledger())) for row in v]
    assert found == pytest.approx(np.vstack(each), rel=1e-12, abs=0), "a held sum is another sum"
    every = np.hstack([v, np.full((3, 1), array.bias)])
    by_row = every * sum(array.cell_conductances()).sum(axis=1)
    expected = by_row[0].sum() + by_row[1, :4].sum() + by_row[2, 8:].sum()
    (entry,) = ledger.entries
    assert entry.amount == pytest.approx(expected, rel=1e-12, abs=0)


@LAW
@given(name=st.sampled_from(BOTH_KINDS), seed=seeds)
def test_cells_turn_no_more_into_heat_than_the_supply_gives(name: str, seed: int) -> None:
    array, rng, ledger = crossbar(name), np.random.default_rng(seed), Ledger()
    voltage = volts(rng.uniform(-1, 1, (3, 5)) * SUPPLY.nominal)
    array.currents(voltage, rng, ledger)
    (entry,) = ledger.entries
    heat = array.dissipation(voltage, Ledger()).sum()
    assert 0 < heat <= entry.amount * SUPPLY.nominal


@pytest.mark.parametrize("name", BOTH_KINDS)
def test_an_imbalance_subtracts_too_much_of_the_current_of_the_second_cell(name: str) -> None:
    array, rng = crossbar(name), np.random.default_rng(1)
    v = rng.standard_normal((3, 5))
    exact = read(array.currents(volts(v), rng, Ledger()))
    columns = array.shape[1]
    array.imbalance = np.linspace(-0.1, 0.1, columns)[np.newaxis]
    found = read(array.currents(volts(v), rng, Ledger()))
    every = np.hstack([v, np.full((3, 1), array.bias)])
    second = every @ np.broadcast_to(array.cells.counterpart(), array.cells.shape)
    assert found == pytest.approx(exact - array.imbalance * second, rel=1e-9, abs=1e-18)


def test_a_crossbar_is_read_from_its_columns_alone() -> None:
    public = [value for name, value in vars(Crossbar).items() if not name.startswith("_")]
    reads = [f for f in public if callable(f) and get_type_hints(f).get("return") is Current]
    assert reads == [Crossbar.currents]
    array = crossbar("gokmen-vlasov", 5, 4)
    with pytest.raises(ValueError, match="expected 5 lines; got 4"):
        array.currents(volts(np.ones((1, 4))), np.random.default_rng(0), Ledger())
