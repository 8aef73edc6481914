"""The ledger adds up, survives a file, and its constants can be moved afterwards."""

from __future__ import annotations

import copy
import io
import json
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_sim.constants import Constant
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.prices import Price
from laws import LAW

A = Constant("a", 2.0, 1.0, 4.0, "J")
B = Constant("b", 3.0, 3.0, 3.0, "")
T = Constant("t", 0.5, 0.25, 1.0, "s")
SIMPLE = Price("one", "simple", (A,), (T,))
PRODUCT = Price("one", "product", (A, B), (T, T))
FREE = Price("two", "free", (), (), "note")
CONVERSION = Price("two", "conversion", (B,), (T,), "adc")
INSTRUMENT = Price("instruments", "look", (A,), (), "probe")
MINE = [SIMPLE, PRODUCT, FREE, CONVERSION, INSTRUMENT]
charges = st.lists(
    st.tuples(
        st.sampled_from(MINE),
        st.integers(0, 100),
        st.one_of(st.none(), st.floats(0, 1e3)),
        st.integers(0, 5),
    ),
    max_size=20,
)
listed = st.lists(
    st.tuples(
        st.sampled_from([*prices.EVERY, prices.adc(6)]),
        st.integers(0, 100),
        st.one_of(st.none(), st.floats(0, 1e3)),
        st.integers(0, 5),
    ),
    max_size=20,
)


def entered(charged: list[tuple[Price, int, float | None, int]]) -> Ledger:
    ledger = Ledger()
    for price, operations, amount, uses in charged:
        ledger.charge(price, operations, amount, uses)
    return ledger


@LAW
@given(charged=charges)
def test_blocks_add_up_to_the_total_without_the_instruments(
    charged: list[tuple[Price, int, float | None, int]],
) -> None:
    ledger = entered(charged)
    amounts = [
        (price, operations if amount is None else amount)
        for price, operations, amount, _ in charged
    ]
    energy = {SIMPLE: 2.0, PRODUCT: 6.0, FREE: 0.0, CONVERSION: 3.0, INSTRUMENT: 0.0}
    expected = math.fsum(energy[price] * amount for price, amount in amounts)
    assert ledger.joules() == pytest.approx(expected, rel=1e-12, abs=0)
    assert math.fsum(ledger.blocks().values()) == pytest.approx(expected, rel=1e-12, abs=0)
    assert "instruments" not in ledger.blocks()
    seconds = {SIMPLE: 0.5, PRODUCT: 1.0, FREE: 0.0, CONVERSION: 0.5, INSTRUMENT: 0.0}
    waited = math.fsum(seconds[price] * uses for price, _, _, uses in charged)
    assert ledger.seconds() == pytest.approx(waited, rel=1e-12, abs=0)
    for kind in ("analog", "note", "adc", "probe"):
        count = sum(operations for price, operations, _, _ in charged if price.kind == kind)
        assert ledger.count(kind) == count  # type: ignore[arg-type]


def test_a_kind_that_does_not_exist_is_not_counted_as_zero() -> None:
    with pytest.raises(ValueError, match=r"kind: expected one of analog, dac, adc, .*; got adcs"):
        Ledger().count("adcs")  # type: ignore[arg-type]


@LAW
@given(before=charges, after=charges)
def test_since_is_what_came_after_and_a_copy_stays(
    before: list[tuple[Price, int, float | None, int]],
    after: list[tuple[Price, int, float | None, int]],
) -> None:
    ledger = entered(before)
    taken = ledger.copy()
    kept = taken.lines()
    for price, operations, amount, uses in after:
        ledger.charge(price, operations, amount, uses)
    assert taken.lines() == kept
    later, alone = ledger.since(taken), entered(after)
    scale = ledger.joules()
    assert abs(later.joules() - alone.joules()) <= 1e-12 * scale
    assert abs(later.seconds() - alone.seconds()) <= 1e-12 * ledger.seconds()
    assert later.count("adc") == alone.count("adc")


def restored_from_lines(ledger: Ledger) -> Ledger:
    again = Ledger()
    again.restore_lines(json.loads(json.dumps(ledger.lines())))
    return again


def restored_from_arrays(ledger: Ledger) -> Ledger:
    """Return a ledger that went through a file without pickles, into one that was not empty."""
    file, again = io.BytesIO(), Ledger()
    np.savez(file, allow_pickle=False, **ledger.arrays())  # type: ignore[arg-type]
    file.seek(0)
    again.charge(prices.HOLD, 1)
    with np.load(file, allow_pickle=False) as arrays:
        again.restore(arrays)
    return again


@pytest.mark.parametrize("through", [restored_from_lines, restored_from_arrays])
@LAW
@given(charged=listed)
def test_a_ledger_survives_a_record_and_a_saved_run(
    through: Callable[[Ledger], Ledger], charged: list[tuple[Price, int, float | None, int]]
) -> None:
    ledger = entered(charged)
    again = through(ledger)
    assert again.lines() == ledger.lines()
    assert [entry.price for entry in again.entries] == [entry.price for entry in ledger.entries]
    assert again.joules() == ledger.joules()
    again.charge(prices.READ, 1)  # and can be continued
    assert again.count("analog") == ledger.count("analog") + 1


@pytest.mark.parametrize("through", [restored_from_lines, restored_from_arrays])
def test_a_line_without_a_price_is_refused(through: Callable[[Ledger], Ledger]) -> None:
    with pytest.raises(ValueError, match=r"expected a block and an operation of.*got one, simple"):
        through(entered([(SIMPLE, 3, None, 1)]))


def test_a_deep_copy_goes_on_under_the_same_prices() -> None:
    ledger = entered([(SIMPLE, 3, None, 1)])
    other = copy.deepcopy(ledger)
    other.charge(SIMPLE, 2)
    assert len(other.entries) == 1
    assert (ledger.count("analog"), other.count("analog")) == (3, 5)


@pytest.mark.reports
def test_the_bounds_are_those_of_all_constants_at_one_end() -> None:
    # a = 2 (1 … 4) and b = 3 (3 … 3): 5 a + 7 a b.
    ledger = Ledger()
    ledger.charge(SIMPLE, 5)
    ledger.charge(PRODUCT, 7)
    assert (ledger.bounds(), ledger.joules()) == ((26.0, 104.0), 52.0)


@LAW
@given(charged=charges)
def test_moving_a_constant_moves_what_it_is_in(
    charged: list[tuple[Price, int, float | None, int]],
) -> None:
    ledger = entered(charged)
    low, high = ledger.bounds()
    assert low <= ledger.joules() <= high
    parts = {e.price: e.joules() for e in ledger.entries}
    with_a = parts.get(SIMPLE, 0.0) + parts.get(PRODUCT, 0.0)
    for constant, at_low, at_high in ledger.sensitivity():
        assert constant is not B, "a constant without a range cannot move"
        if constant is A:  # energy is linear in it: half and twice its nominal value
            scale = 1e-12 * (high + 1e-300)
            assert abs(at_low - (ledger.joules() - with_a / 2)) <= scale
            assert abs(at_high - (ledger.joules() + with_a)) <= scale
        else:
            assert at_low == at_high == ledger.joules()  # a time alone costs no energy
    touched = [c for c, *_ in ledger.sensitivity()]
    assert len(touched) == len(set(touched))


def test_instruments_have_no_part_in_the_sensitivity() -> None:
    assert entered([(INSTRUMENT, 5, None, 1)]).sensitivity() == []


def test_an_amount_is_what_is_paid_and_operations_are_what_is_counted() -> None:
    ledger = entered([(SIMPLE, 3, 0.5, 2)])
    (entry,) = ledger.entries
    assert (entry.amount, entry.operations, entry.uses) == (0.5, 3, 2)
    assert ledger.joules() == 0.5 * 2.0
    assert ledger.seconds() == 2 * 0.5


# The price list


def test_what_is_unbilled_is_forgotten() -> None:
    ledger = Ledger()
    ledger.charge(prices.READ, 3, 0.5)
    before = ledger.lines()
    with ledger.unbilled():
        ledger.charge(prices.READ, 1, 1.0)
        ledger.charge(prices.ADC, 7)
    assert ledger.lines() == before
    ledger.charge(prices.READ, 1, 1.0)
    assert ledger.entries[0].operations == 4


def test_a_block_can_be_left_out() -> None:
    ledger = Ledger()
    ledger.charge(prices.READ, 1, 1e-6)
    ledger.charge(prices.ADC, 3)
    others = ledger.without(prices.ADC.block)
    assert set(others.blocks()) == {prices.READ.block}
    whole, adc = ledger.joules(), ledger.blocks()[prices.ADC.block]
    assert others.joules() == pytest.approx(whole - adc, rel=1e-12)
    others.charge(prices.READ, 1, 1.0)
    assert ledger.joules() == whole
