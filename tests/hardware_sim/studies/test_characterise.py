"""A characterisation measures what the device's own formulas say."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from ffnumpy.plotting import title_of
from hardware_sim.devices.presets import IDEAL, preset
from hardware_sim.plotting.devices import step_histogram
from hardware_sim.studies.characterise import characterise, step_statistics


def test_an_ideal_device_rises_and_falls_in_a_straight_line() -> None:
    found = characterise(IDEAL, 3, np.random.default_rng(0))
    assert found.down is not None
    step, low = IDEAL.unit * IDEAL.rule.step, IDEAL.conductance.minimum.nominal
    rising = low + step * found.pulses[:, np.newaxis]
    assert np.abs(found.up - rising).max() <= 1e-12 * found.up.max()
    assert np.abs(found.down - rising[::-1]).max() <= 1e-12 * found.up.max()


def test_steps_have_the_mean_and_the_spread_of_the_device() -> None:
    # 40 steps of each of n = 4000 devices, Δ of 6 nS: between devices σ = 0.3 Δ and, of the mean
    # of 40, 0.3 Δ/√40; cycle to cycle 0.3 Δ (1 + ...): √E[Δ²] = Δ √1.09. Mean ± σ/√n, σ ± σ/√2n,
    # 5 sigma; 10 for the pooled cycle-to-cycle value, whose devices differ.
    device: Any = preset("gokmen-vlasov").device
    found = characterise(device, 4000, np.random.default_rng(0))
    size = device.unit * device.rule.step
    for steps, sign in ((found.steps["up"], 1), (found.steps["down"], -1)):
        statistics = step_statistics(steps)
        between = 0.3 * size * math.sqrt(1 + 1.09 / 40)
        assert abs(sign * statistics["mean"] - size) <= 5 * between / math.sqrt(4000)
        assert abs(statistics["between_devices"] - between) <= 5 * between / math.sqrt(8000)
        cycle = 0.3 * size * math.sqrt(1.09) * math.sqrt(39 / 40)
        assert abs(statistics["cycle_to_cycle"] - cycle) <= 10 * cycle / math.sqrt(8000)


def test_read_noise_is_given_by_its_causes() -> None:
    device: Any = preset("reram-exponential").device
    found = characterise(device, 2, np.random.default_rng(0))
    assert found.deviations["write noise"][0] == pytest.approx(
        75 * 0.00135 * device.unit, rel=1e-12, abs=0
    )
    # 4kTB G/V² with B = 1/(2 · 10 ns), 10 µS and 0.2 V: 14.4 nS, by hand.
    assert found.deviations["thermal"][0] == pytest.approx(14.4e-9, rel=2e-3, abs=0)
    assert not found.deviations["white read noise"].any()


@pytest.mark.parametrize(("siemens", "unit", "factor"), [(3e-6, "µS", 1e6), (4e-9, "nS", 1e9)])
def test_steps_are_drawn_in_the_unit_that_axis_and_title_name(
    siemens: float, unit: str, factor: float
) -> None:
    from matplotlib.figure import Figure

    steps = siemens * (1 + 0.1 * np.random.default_rng(0).standard_normal(1000))
    ax = step_histogram(Figure().subplots(), {"up": steps})
    assert unit in title_of(ax)
    assert ax.get_xlabel() == f"change of conductance [{unit}]"
    bars: Any = ax.patches
    drawn = sum(b.get_height() * (b.get_x() + b.get_width() / 2) for b in bars)
    mean = drawn / sum(b.get_height() for b in bars)
    assert mean == pytest.approx(factor * siemens, rel=0.02, abs=0)
