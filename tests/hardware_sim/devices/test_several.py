"""Several cells for each weight: the mean of them, of which a pulse moves one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cells import ALIKE, RANGE, SILENT
from hardware_sim.devices.device import Device
from hardware_sim.devices.noise import Noise
from hardware_sim.devices.presets import preset
from hardware_sim.devices.rules import ConstantStep
from hardware_sim.devices.several import Several
from laws import EPS, LAW, seeds

STEP = 2.0**-7
ONE = Device(ConstantStep(step=STEP), ALIKE, SILENT, RANGE)
numbers = st.integers(1, 9)


@LAW
@given(number=numbers, up=st.booleans(), seed=seeds)
def test_a_pulse_moves_one_cell_and_the_weight_by_its_share(
    number: int, up: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    cells = Several.of(ONE, number).manufacture((4, 5), rng)
    counts = rng.integers(0, 4, size=(4, 5)).astype(float)
    assert cells.pulses(np.arange(4), counts, up, rng) == counts.sum()
    moved = np.array([part.w != 0 for part in cells.made_of]).sum(axis=0)
    assert np.array_equal(moved, counts > 0), "other than one cell of a weight was moved"
    expected = (STEP if up else -STEP) / number * counts
    assert np.abs(cells.w - expected).max() <= 8 * EPS
    assert cells.mean_step == pytest.approx(STEP / number, rel=1e-15)


@LAW
@given(number=numbers)
def test_cells_in_parallel_add_up_their_conductances(number: int) -> None:
    rng = np.random.default_rng(0)
    device = Several.of(ONE, number)
    cells = device.manufacture((6, 7), rng)
    cells.set(rng.uniform(-0.5, 0.5, (6, 7)))
    every = sum(part.conductance() for part in cells.made_of)
    assert cells.conductance() == pytest.approx(every, rel=1e-12)
    assert device.cell.unit == pytest.approx(number * ONE.unit, rel=1e-12)
    assert device.cell.reference == pytest.approx(number * ONE.reference, rel=1e-12)


def test_a_write_leaves_a_share_of_its_deviation() -> None:
    # 40,000 weights: 5 sigma of a standard deviation are 5/√80000 = 1.8 %.
    noisy = replace(ONE, noise=Noise(write=10.0))
    rng = np.random.default_rng(1)
    cells = Several.of(noisy, 4).manufacture((200, 200), rng)
    cells.pulses(np.arange(200), np.ones((200, 200)), True, rng)
    off = cells.seen - cells.w
    assert off.std() == pytest.approx(10.0 * STEP / 4, rel=0.018)


@pytest.mark.parametrize("number", [1, 4, 16])
def test_the_noise_of_a_read_averages_out(number: int) -> None:
    one = replace(ONE, noise=Noise(read=0.1, low_frequency=0.02))
    cell = Several.of(one, number).cell
    assert cell.read_noise / cell.unit == pytest.approx(
        one.read_noise / one.unit / np.sqrt(number), rel=1e-12
    )
    assert cell.noise.low_frequency == pytest.approx(0.02 / np.sqrt(number), rel=1e-12)


def test_pulses_are_spread_over_the_cells() -> None:
    # 40,000 draws among 5: 5 sigma of a share are 5 √(0.16/40000) = 0.01.
    rng = np.random.default_rng(2)
    cells = Several.of(ONE, 5).manufacture((200, 200), rng)
    cells.pulses(np.arange(200), np.ones((200, 200)), True, rng)
    for part in cells.made_of:
        assert np.mean(part.w != 0) == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize("name", ["gokmen-vlasov", "pcm", "ecram-li"])
def test_states_come_back(name: str) -> None:
    device, rng = Several.of(preset(name).device, 3), np.random.default_rng(3)
    one, other = (device.manufacture((5, 4), rng, np.float32) for _ in range(2))
    one.pulses(np.arange(5), np.full((5, 4), 7.0), True, rng)
    other.restore({key: array.copy() for key, array in one.arrays().items()})
    assert np.array_equal(one.w, other.w)
    assert np.array_equal(one.seen, other.seen)
    for mine, his in zip(one.sides(), other.sides(), strict=True):
        assert np.array_equal(mine, his)


@pytest.mark.parametrize("number", [0, -1])
def test_there_is_at_least_one_cell(number: int) -> None:
    with pytest.raises(ValueError, match="number: expected a number above 0"):
        Several.of(ONE, number)
