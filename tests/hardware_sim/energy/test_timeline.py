"""The timeline: energy is the integral of power over time, plus charges."""

from __future__ import annotations

import numpy as np
import pytest

from chips import learn_cases, make_chip
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.chip.design import Design
from hardware_sim.chip.manufacture import manufacture
from hardware_sim.circuits.converters import Dac
from hardware_sim.devices.fast_slow import FastSlow
from hardware_sim.devices.presets import preset
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.timeline import Timeline
from hardware_sim.updates.write_verify import refresh


def filled(ledger: Ledger) -> Ledger:
    """Return the ledger after a chip has learned four cases."""
    rng, design = np.random.default_rng(0), Design((20, 12, 8))
    device = preset("gokmen-vlasov").device
    layers = manufacture(design, device, rng, ledger, 0.3)
    learn_cases(Dac(ledger, design.scale.volt, dtype=design.dtype), layers, rng, 4)
    return ledger


def test_energy_is_power_times_time_and_charges() -> None:
    timeline = Timeline()
    filled(timeline)
    edges = np.unique([t for e in timeline.events for t in (e.start, e.stop)])
    held = timeline.power((edges[1:] + edges[:-1]) / 2) @ np.diff(edges)
    charges = sum(e.joules for e in timeline.events if not e.price.on)
    assert held > 0 < charges
    assert held + charges == pytest.approx(timeline.joules(), rel=1e-9, abs=0)


def test_a_timeline_is_the_ledger_it_would_have_been() -> None:
    timeline, ledger = Timeline(), Ledger()
    assert filled(timeline).lines() == filled(ledger).lines()
    assert timeline.now == pytest.approx(ledger.seconds(), rel=1e-9, abs=0)


def test_what_is_not_billed_takes_no_time() -> None:
    timeline = Timeline()
    filled(timeline)
    before, now = list(timeline.events), timeline.now
    with timeline.unbilled():
        filled(timeline)
    assert (timeline.events, timeline.now) == (before, now)


def test_rows_and_amplifiers_are_on_until_the_rectified_value_is_held() -> None:
    timeline = Timeline()
    filled(timeline)
    first = {}
    for event in timeline.events:
        first.setdefault(event.price, event)
    on, amplified = first[prices.READ], first[prices.AMPLIFIER]
    rectified = first[prices.RECTIFIER]
    assert on.start == pytest.approx(amplified.start, rel=1e-12, abs=1e-15)
    assert on.start < rectified.start
    assert on.stop == pytest.approx(rectified.stop, rel=1e-12)
    assert amplified.stop == pytest.approx(rectified.stop, rel=1e-12)


def test_rows_that_a_refresh_reads_are_compared_after_they_are_read() -> None:
    timeline, rng = Timeline(), np.random.default_rng(0)
    device = FastSlow.of(preset("pcm").device, preset("capacitor").device.cell)
    cells, cell = device.manufacture((9, 6), rng), device.cell
    refresh(Crossbar(cells, cell.unit, cell.reference, 0.1, ArrayNoise(0.0)), rng, timeline)
    (read,) = (e for e in timeline.events if e.price is prices.ROW_READ)
    (compared,) = (e for e in timeline.events if e.price is prices.VERIFY)
    assert read.start == 0
    rows = 2 * 9  # for the slow cells, then for the fast ones
    assert compared.start == pytest.approx(rows * prices.ROW_READ.seconds(), rel=1e-12)


def test_a_chip_without_a_timeline_still_has_a_ledger() -> None:
    *_, ledger = make_chip(Design((20, 12)))
    assert type(ledger) is Ledger
