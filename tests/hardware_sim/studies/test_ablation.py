"""Imperfections taken away: each is one thing, and without all of them a device is perfect."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hardware_sim.chip.design import Design
from hardware_sim.devices.noise import CycleNoise
from hardware_sim.devices.presets import PRESETS, preset
from hardware_sim.devices.rules import ConstantStep
from hardware_sim.devices.variation import Spread
from hardware_sim.learning.plan import Plan
from hardware_sim.studies.ablation import FINER, IMPERFECTIONS, imperfections, points
from hardware_sim.studies.trials import Trial


def base(name: str) -> Trial:
    return Trial(Plan((8,)), Design((20, 8)), preset(name).device)


@pytest.mark.parametrize("name", PRESETS)
def test_without_any_of_them_a_device_is_perfect(name: str) -> None:
    whole = replace(preset(name).device.cell, spread=Spread())
    cell = points(base(name))["without any of them"].device.cell
    assert type(cell.rule) is ConstantStep
    assert cell.mean_step == pytest.approx(whole.mean_step / FINER, rel=1e-12, abs=0)
    assert (cell.rule.low, cell.rule.high) == (whole.rule.low, whole.rule.high)
    assert (cell.spread, cell.noise.cycle, cell.noise.write) == (Spread(), CycleNoise(), 0.0)
    assert (cell.follows_charge, cell.lifetime) == (whole.follows_charge, whole.lifetime)


@pytest.mark.parametrize("name", PRESETS)
def test_a_removal_leaves_the_others_in_place_and_repeats_nothing(name: str) -> None:
    cell = preset(name).device.cell
    own = imperfections(cell)
    for one in own:
        left = imperfections(one.remove(cell))
        steps = {"coarse steps", one.words}  # finer steps can always be made finer still
        assert {o.words for o in left} - steps == {o.words for o in own} - steps
        assert one.words == "coarse steps" or one not in left


@pytest.mark.parametrize("name", PRESETS)
def test_every_imperfection_is_once_missing_and_once_alone(name: str) -> None:
    own = imperfections(preset(name).device.cell)
    found = points(base(name))
    assert len(found) == 2 + 2 * len(own)
    assert found["as published"].device == preset(name).device
    alone = found[f"{own[0].words} alone"].device.cell
    assert [o.words for o in imperfections(alone)] in (
        [own[0].words],
        [own[0].words, "coarse steps"],
    )


@pytest.mark.parametrize("name", PRESETS)
def test_finer_steps_keep_the_noise_of_a_way(name: str) -> None:
    # The variance that pulses add up to on a way of length s is (s/Δ) (σ Δ)² = s Δ σ².
    cell, grid = preset(name).device.cell, np.zeros(1)
    found = []
    for device in (cell, IMPERFECTIONS[-1].remove(cell)):
        sigma = device.noise.cycle.deviation(np.ones(1), grid)[0]
        found.append(device.rule.step * sigma**2)
    assert found[1] == pytest.approx(found[0], rel=1e-12, abs=0)


def test_what_a_write_leaves_does_not_shrink_with_the_steps() -> None:
    cell = preset("reram-exponential").device.cell
    finer = IMPERFECTIONS[-1].remove(cell)
    assert finer.noise.write * finer.rule.step == pytest.approx(
        cell.noise.write * cell.rule.step, rel=1e-12, abs=0
    )
    grid = np.linspace(-0.9, 0.9, 7)
    low, high = np.array(-1.0), np.array(1.0)
    for up in (True, False):
        assert np.array_equal(
            finer.rule.size(grid, up, low, high), cell.rule.size(grid, up, low, high)
        )


def test_a_common_asymmetry_is_an_imperfection_of_its_own() -> None:
    cell = preset("gokmen-vlasov").device.cell
    uneven = replace(cell, spread=replace(cell.spread, bias=0.1))
    (one,) = [i for i in imperfections(uneven) if i not in imperfections(cell)]
    assert one.words == "steps larger in one direction"
    assert one.remove(uneven) == cell
