"""All update engines: what they write, what they must not touch, what they refuse."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossbars import ONE, USUAL, array_of, drive, mean_conductance
from hardware_sim.devices.presets import IDEAL, PRESETS, preset
from hardware_sim.devices.push_pull import PushPullPair
from hardware_sim.devices.several import Several
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.timeline import Timeline
from hardware_sim.scale import Scale
from hardware_sim.updates.coincidence import Coincidence
from hardware_sim.updates.engine import Engine, charge_first_weights
from hardware_sim.updates.shaped_pulse import WidthTimesAmplitude
from hardware_sim.updates.single_pulse import SinglePulse
from instruments import entry_of
from laws import seeds


def every_engine(scale: Scale) -> list[Engine]:
    return [
        Coincidence(scale),
        Coincidence(scale, at_once=True),
        WidthTimesAmplitude(scale),
        WidthTimesAmplitude(scale, 16),
        SinglePulse(scale, 0.2, 0.1),
    ]


ENGINES = ["trains", "trains at once", "width × amplitude", "16 widths", "single pulses"]
every = pytest.mark.parametrize("number", range(len(ENGINES)), ids=ENGINES)


@every
def test_inputs_and_activities_are_held_for_as_long_as_cells_are_pulsed(number: int) -> None:
    timeline, rng = Timeline(), np.random.default_rng(0)
    array = array_of(preset("ecram-li").device, 7, 6, rng, USUAL)
    x, y = rng.random((1, 7)) + 0.5, rng.random((1, 6)) + 0.5
    rate = 5 * array.cells.mean_step
    every_engine(USUAL)[number].write(array, drive(x, y, 1.0, True, USUAL), rate, rng, timeline)
    on = {event.price: (event.start, event.stop) for event in timeline.events}
    pulses = on[prices.GATED]
    assert pulses[0] < pulses[1]
    assert on[prices.WAITING] == pytest.approx(pulses, rel=1e-12, abs=1e-15)
    assert on[prices.MULTIPLIER] == pytest.approx(pulses, rel=1e-12, abs=1e-15)


# The mean change


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


# What it costs


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
    waiting = prices.WAITING, prices.MULTIPLIER
    for price in (prices.WRITE, prices.DRIVER, *(() if number else (prices.HALF_SELECTED,))):
        single, double = entry_of(one, price), entry_of(two, price)
        assert (double.operations, double.uses) == (2 * single.operations, 2 * single.uses)
    for price in waiting:  # lines are held, and products formed, as long as pulses are written
        held = entry_of(two, price)
        assert (held.uses, held.amount) == (
            2 * entry_of(one, price).uses,
            2 * entry_of(one, price).amount,
        )
    assert [e.price for e in one.entries] == [e.price for e in two.entries]


@pytest.mark.parametrize("number", [1, 3])
def test_several_pairs_fire_as_often_as_one_and_see_no_less_than_no_half_voltage(
    number: int,
) -> None:
    rng, ledger = np.random.default_rng(6), Ledger()
    pair = PushPullPair(preset("gokmen-vlasov").device)
    array = array_of(Several.of(pair, number), 30, 20, rng, ONE)
    assert (array.cells.moving, array.cells.on_row) == (2, 2)
    case = drive(np.ones((1, 30)), np.ones((1, 20)), 1.0, True, ONE)
    Coincidence(ONE).write(array, case, 8 * array.cells.mean_step, rng, ledger)
    pulses, half = entry_of(ledger, prices.WRITE), entry_of(ledger, prices.HALF_SELECTED)
    every = 31 * 20 * 8  # all cells, both of every pair, in each of eight slots
    assert pulses.operations == 2 * every
    crossings = 2 * 8 * (31 * 2 * 20 + 20 * 31)
    assert half.operations == crossings - 2 * 2 * every


@pytest.mark.parametrize("name", ["capacitor", "ecram-mo", "gokmen-vlasov"])
def test_first_weights_pay_for_currents_only_where_currents_write(name: str) -> None:
    rng, ledger, device = np.random.default_rng(6), Ledger(), preset(name).device
    array = array_of(device, 30, 20, rng, ONE)
    charge_first_weights(array, ledger)
    operations = {entry.price.operation for entry in ledger.entries}
    by_current = {"write pulse", "half-selected cells"}
    assert operations & by_current == (set() if device.cell.by == "gate" else by_current)
    assert "line driver" in operations


def test_both_cells_of_a_pair_are_written_for_the_first_weights() -> None:
    found = {}
    for device in (IDEAL, PushPullPair(IDEAL)):
        rng, ledger = np.random.default_rng(6), Ledger()
        array = array_of(device, 30, 20, rng, ONE)
        charge_first_weights(array, ledger)
        (pulses,) = (e for e in ledger.entries if e.price.operation == "write pulse")
        each = np.abs(array.cells.w).sum() / array.cells.mean_step
        found[array.cells.moving] = pulses.operations / each
    assert found[1] == pytest.approx(1, rel=1e-3)
    assert found[2] == pytest.approx(2, rel=1e-3)


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
