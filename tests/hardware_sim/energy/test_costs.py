"""Costs: of one image or cell, with what is uncertain about them."""

from __future__ import annotations

import pytest

from hardware_sim.devices.presets import preset
from hardware_sim.energy import prices
from hardware_sim.energy.costs import Cost, digital_estimate, with_conductance
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.report import bill

# A pair of the device conducts 90 nS, at least 65 and at most 5050.
RELATIVE = 65 / 90, 5050 / 90


@pytest.mark.reports
def test_conductance_is_one_more_uncertain_constant() -> None:
    ledger, device = Ledger(), preset("gokmen-vlasov").device
    ledger.charge(prices.READ, 1, 2e-6)
    ledger.charge(prices.ADC, 3)
    repriced = with_conductance(ledger, device.cell.conductance)
    assert repriced.joules() == pytest.approx(ledger.joules(), rel=1e-12, abs=0)
    (line,) = (s for s in repriced.sensitivity() if s[0].name.startswith("conductance"))
    other = 3 * prices.ADC.joules()
    for joules, by in zip(line[1:], RELATIVE, strict=True):
        assert joules - other == pytest.approx(by * (ledger.joules() - other), rel=1e-9, abs=0)
    assert repriced.count("adc") == 3
    assert repriced.seconds() == ledger.seconds()


def test_a_transistor_in_series_pays_by_the_square_of_the_conductance() -> None:
    ledger, device = Ledger(), preset("gokmen-vlasov").device
    ledger.charge(prices.SERIES, 1, 1e-10)
    repriced = with_conductance(ledger, device.cell.conductance)
    (line,) = (s for s in repriced.sensitivity() if s[0].name.startswith("conductance"))
    for joules, by in zip(line[1:], RELATIVE, strict=True):
        assert joules == pytest.approx(by**2 * ledger.joules(), rel=1e-9, abs=0)


@pytest.mark.parametrize("charge", [(0, 2.0, 0), (0, 0.0, 3), (4, 0.0, 0)])
def test_conductance_leaves_out_no_entry(charge: tuple[int, float, int]) -> None:
    ledger = Ledger()
    ledger.charge(prices.READ, *charge)
    repriced = with_conductance(ledger, preset("pcm").device.cell.conductance)
    assert repriced.joules() == pytest.approx(ledger.joules(), rel=1e-12, abs=0)
    assert repriced.seconds() == ledger.seconds()
    assert [entry.operations for entry in repriced.entries] == [charge[0]]


@pytest.mark.parametrize("of", [0, -1])
def test_a_cost_is_that_of_something(of: int) -> None:
    with pytest.raises(ValueError, match="of: expected a number above 0"):
        Cost(Ledger(), of)


def test_the_digital_estimate_by_hand() -> None:
    ledger = digital_estimate((3, 2, 2), images=2, reads=5, updates=2)
    sizes = 4 * 2, 3 * 2
    looked, moved = 2 * sizes[0] + 5 * sizes[1], 2 * sum(sizes)
    assert ledger.count("digital") == looked + moved + looked + 2 * moved
    wanted = 0.23e-12 * (looked + moved) + 10e-12 / 8 * (looked + 2 * moved)
    assert ledger.joules() == pytest.approx(wanted, rel=1e-12, abs=0)


def test_a_cost_is_that_of_one() -> None:
    ledger = Ledger()
    ledger.charge(prices.ADC, 6, uses=2)
    cost = Cost(ledger, 4)
    assert cost.joules[1] == pytest.approx(1.5 * prices.ADC.joules(), rel=1e-12, abs=0)
    assert cost.seconds[1] == pytest.approx(0.5 * prices.ADC.seconds(), rel=1e-12, abs=0)


@pytest.mark.reports
def test_the_blocks_add_up_to_the_bill_of_one_at_every_end() -> None:
    ledger = Ledger()
    ledger.charge(prices.READ, 1, 2e-6)
    ledger.charge(prices.ADC, 3)
    ledger.charge(prices.WRITE, 5, 1e-6)
    cost = Cost(ledger, 7)
    blocks = cost.blocks()
    assert len(blocks) == 3
    for end, whole in enumerate(cost.joules):
        added = sum(span[end] for span in blocks.values())
        assert added == pytest.approx(whole, rel=1e-12, abs=0)
    shown = bill(cost)
    assert [line.split()[0] for line in shown[1:-2]] == sorted(blocks, key=lambda b: -blocks[b][1])
    update = 1e9 * blocks["update"][1] / 2
    assert float(shown[-1].split()[2]) == pytest.approx(update, abs=5e-4)
