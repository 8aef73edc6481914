"""The price list: every price has its line, its unit and its source."""

from __future__ import annotations

import pytest

from hardware_sim.constants import Constant
from hardware_sim.energy import prices
from hardware_sim.energy.prices import Price, nominal

A = Constant("a", 2.0, 1.0, 4.0, "J")
B = Constant("b", 3.0, 3.0, 3.0, "")
T = Constant("t", 0.5, 0.25, 1.0, "s")
PRODUCT = Price("one", "product", (A, B), (T, T))
FREE = Price("two", "free", (), (), "note")


def test_a_price_is_the_product_of_its_factors_and_nothing_is_free_by_accident() -> None:
    assert PRODUCT.joules() == 6.0
    assert PRODUCT.joules(lambda c: c.high) == 12.0
    assert FREE.joules() == 0.0
    assert nominal(A) == 2.0
    free = {price.operation for price in prices.EVERY if not price.factors}
    assert free == {"clipped firing probability", "probe"}


# The price list


def test_every_price_has_its_own_line() -> None:
    names = [(price.block, price.operation) for price in prices.EVERY]
    assert len(names) == len(set(names))
    assert len({id(price) for price in prices.EVERY}) == len(prices.EVERY) > 15


def test_units_of_every_price_make_joules() -> None:
    """J and F·V² are energy; V²·s is for a siemens, V²·s·Ω for its square.

    What is on for a time has a power: A·V, V for an ampere, V² for a siemens.
    """
    charges = {("J",), ("F", "V", "V"), ("V", "V", "s"), ("V", "V", "s", "Ω"), ()}
    powers = {("A", "V"), ("V",), ("", "V", "V")}
    for price in prices.EVERY:
        units = tuple(sorted(c.unit for c in price.factors))
        assert units in (powers if price.on else charges), price.operation
        assert all(c.unit == "s" for c in price.on), price.operation
        assert all(c.unit == "s" for c in price.times), price.operation


def test_only_converters_and_instruments_make_numbers() -> None:
    makers = {price.operation for price in prices.EVERY if price.kind in ("adc", "probe")}
    assert makers == {"ADC", "probe"}


@pytest.mark.parametrize("price", prices.EVERY, ids=lambda p: p.operation.replace(" ", "-"))
def test_a_price_rises_with_its_constants(price: Price) -> None:
    assert price.joules(lambda c: c.low) <= price.joules() <= price.joules(lambda c: c.high)
    assert 0 <= price.seconds() < 1e-6


def test_a_cell_read_costs_what_the_facts_say() -> None:
    # 0.2 V on 10 µS take 2 µA from a supply of 1 V: 2 µW, for 80 + 10 + 10 ns; READ's unit is an A.
    assert 0.2 * 10e-6 * prices.READ.joules() == pytest.approx(2e-13, rel=1e-12, abs=0)
    # 1 mS on a column asks for 10 mS of the amplifier: 10 mS · 34 mV = 340 µA from 1 V, likewise.
    assert 1e-3 * prices.AMPLIFIER.joules() == pytest.approx(3.4e-11, rel=1e-12, abs=0)
    # 2 V on 5 µS for 10 ns are 0.2 pJ, Chen2018's idealised write pulse; WRITE's is a siemens.
    assert 5e-6 * prices.WRITE.joules() == pytest.approx(0.2e-12, rel=1e-12, abs=0)
