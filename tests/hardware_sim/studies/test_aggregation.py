"""The bias of pulses that are applied at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hardware_sim.devices.presets import PRESETS, preset
from hardware_sim.devices.rules import SoftBounds
from hardware_sim.studies.aggregation import aggregation_bias


@pytest.mark.parametrize("name", PRESETS)
def test_one_pulse_at_once_is_one_pulse(name: str) -> None:
    assert aggregation_bias(preset(name).device, 1) == 0


def test_pulses_at_once_are_exact_for_equal_steps_and_biased_for_soft_bounds() -> None:
    assert aggregation_bias(preset("gokmen-vlasov").device, 31) <= 1e-9
    # Soft bounds from w = −0.9 b: n steps of size 1.9 less b (1 − w/b) (1 − (1 − Δ/b)ⁿ)
    device = replace(preset("reram-soft-bounds").device, rule=SoftBounds(-1.0, 1.0, 0.002))
    expected = 31 * 1.9 - 1.9 * (1 - (1 - 0.002) ** 31) / 0.002
    assert aggregation_bias(device, 31) == pytest.approx(expected, rel=1e-9, abs=0)
