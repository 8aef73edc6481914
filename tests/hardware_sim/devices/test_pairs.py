"""Two cells a weight, described as one device."""

from __future__ import annotations

import math
from typing import Any

import pytest

from cells import device_of
from hardware_sim.devices.device import Device
from hardware_sim.devices.one_sided import OneSidedPair
from hardware_sim.devices.presets import preset
from hardware_sim.devices.push_pull import PushPullPair
from hardware_sim.devices.rules import ConstantStep, ExponentialShape, ExponentialStep


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: OneSidedPair(device_of(ConstantStep())), "begins at 0"),
        (lambda: PushPullPair(device_of(ConstantStep(low=0.0))), "both ways from w = 0"),
        (
            lambda: OneSidedPair(device_of(ConstantStep(low=0.0)), threshold=0.2, floor=0.5),
            "floor ≤ threshold",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_the_mean_step_of_a_pair_is_that_of_a_pulse_up_anywhere_in_its_range() -> None:
    # 1 + A e^(−γ w) on 0 … 2, its mean by the integral; the sum over 1001 points is good to 1e-4
    A, gamma = 27.235, 2.5
    cell = device_of(
        ExponentialStep(0, 2, 0.01, ExponentialShape(-1.0, 0.0, gamma, gamma, -A, -1.0))
    )
    expected = 0.01 * (1 + A * (1 - math.exp(-2 * gamma)) / (2 * gamma))
    assert OneSidedPair(cell).mean_step == pytest.approx(expected, rel=5e-3, abs=0)


def test_a_device_and_a_pair_name_the_cell_that_moves() -> None:
    cell = preset("gokmen-vlasov").device.cell
    assert cell.cell is cell is preset("gokmen-vlasov").device
    assert PushPullPair(cell).cell is cell
    assert not hasattr(PushPullPair(cell), "rule")


def test_the_reach_of_a_pair_is_that_of_both_cells_unless_each_moves_one_way() -> None:
    cell = preset("gokmen-vlasov").device
    assert isinstance(cell, Device)
    assert PushPullPair(cell).reach == 2.0
    assert preset("pcm").device.reach == 2.0
