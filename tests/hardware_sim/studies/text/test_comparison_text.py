"""The tables of a comparison: what reverses an order, and that every line fits a terminal."""

from __future__ import annotations

from hardware_sim.energy import prices
from hardware_sim.energy.costs import Cost
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.report import WIDTH, span
from hardware_sim.plotting.energy import BLOCKS
from hardware_sim.studies.text.comparison import table, turning_points


def test_a_constant_turns_the_order_where_only_one_of_two_pays_for_it() -> None:
    converting, reading = Ledger(), Ledger()
    converting.charge(prices.ADC, 3)  # 5.0 pJ; 3.3 … 27 pJ
    reading.charge(prices.DAC, 14)  # 4.1 pJ; 1.4 … 14 pJ
    turns = turning_points(Cost(converting, 1), Cost(reading, 1))
    assert turns == ["8-bit ADC low", "8-bit DAC high"]
    assert turning_points(Cost(converting, 1), Cost(reading, 100)) == []


def test_every_block_has_its_colour() -> None:
    assert set(BLOCKS) == {p.block for p in prices.EVERY} - {"instruments"}


def test_a_span_shows_the_nominal_value_and_the_bounds() -> None:
    assert span((1e-9, 2e-9, 3.4567e-8), 1e9) == "2 [1 … 34.6]"


def test_columns_that_are_too_wide_go_to_a_further_table() -> None:
    cell = "x" * 30
    text = table(("name", "one", "two", "three", "four"), [["a", cell, cell, cell, cell]])
    first, second = text.split("\n\n")
    assert [len(part.splitlines()) for part in (first, second)] == [3, 3]
    assert "| name | one | two |" in first
    assert "| name | three | four |" in second
    assert max(map(len, text.splitlines())) <= WIDTH


def test_a_table_that_fits_is_one() -> None:
    assert table(("name", "one"), [["a", "1"]]) == "| name | one |\n| --- | ---: |\n| a | 1 |\n"
