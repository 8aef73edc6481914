"""Imperfections taken away: each is one thing, and without all of them a device is perfect."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hardware_sim.__main__ import main
from hardware_sim.chip.design import Design
from hardware_sim.commands import ablate
from hardware_sim.devices.noise import CycleNoise
from hardware_sim.devices.presets import PRESETS, preset
from hardware_sim.devices.rules import ConstantStep
from hardware_sim.devices.variation import Spread
from hardware_sim.learning.plan import Plan
from hardware_sim.studies.ablation import FINER, IMPERFECTIONS, imperfections, variants
from hardware_sim.studies.trials import Outcome, Specimen, cell_of


def base(name: str) -> Specimen:
    return Specimen(Plan((8,)), Design((20, 8)), preset(name).device)


@pytest.mark.parametrize("name", PRESETS)
def test_without_any_of_them_a_device_is_perfect(name: str) -> None:
    whole = replace(cell_of(preset(name).device), spread=Spread())
    cell = cell_of(variants(base(name))["without any of them"].device)
    assert type(cell.rule) is ConstantStep
    assert cell.mean_step == pytest.approx(whole.mean_step / FINER, rel=1e-12, abs=0)
    assert (cell.rule.low, cell.rule.high) == (whole.rule.low, whole.rule.high)
    assert (cell.spread, cell.noise.cycle, cell.noise.write) == (Spread(), CycleNoise(), 0.0)
    assert (cell.follows_charge, cell.lifetime) == (whole.follows_charge, whole.lifetime)


@pytest.mark.parametrize("name", PRESETS)
def test_a_removal_leaves_the_others_in_place_and_repeats_nothing(name: str) -> None:
    cell = cell_of(preset(name).device)
    own = imperfections(cell)
    for one in own:
        left = imperfections(one.remove(cell))
        steps = {"coarse steps", one.words}  # finer steps can always be made finer still
        assert {o.words for o in left} - steps == {o.words for o in own} - steps
        assert one.words == "coarse steps" or one not in left


@pytest.mark.parametrize("name", PRESETS)
def test_every_imperfection_is_once_missing_and_once_alone(name: str) -> None:
    own = imperfections(cell_of(preset(name).device))
    found = variants(base(name))
    assert len(found) == 2 + 2 * len(own)
    assert found["as published"].device == preset(name).device
    alone = cell_of(found[f"{own[0].words} alone"].device)
    assert [o.words for o in imperfections(alone)] in (
        [own[0].words],
        [own[0].words, "coarse steps"],
    )


@pytest.mark.parametrize("name", PRESETS)
def test_finer_steps_keep_the_noise_of_a_way(name: str) -> None:
    # The variance that pulses add up to on a way of length s is (s/Δ) (σ Δ)² = s Δ σ².
    cell, grid = cell_of(preset(name).device), np.zeros(1)
    found = []
    for device in (cell, IMPERFECTIONS[-1].remove(cell)):
        sigma = device.noise.cycle.deviation(np.ones(1), grid)[0]
        found.append(device.rule.step * sigma**2)
    assert found[1] == pytest.approx(found[0], rel=1e-12, abs=0)


def test_what_a_write_leaves_does_not_shrink_with_the_steps() -> None:
    cell = cell_of(preset("reram-exponential").device)
    finer = IMPERFECTIONS[-1].remove(cell)
    assert finer.noise.write * finer.rule.step == pytest.approx(cell.noise.write * cell.rule.step)
    grid = np.linspace(-0.9, 0.9, 7)
    low, high = np.array(-1.0), np.array(1.0)
    for up in (True, False):
        assert np.array_equal(
            finer.rule.size(grid, up, low, high), cell.rule.size(grid, up, low, high)
        )


SMALL = ["ablate", "--device", "reram-array-om", "--hidden", "5", "--passes", "1"]
SMALL += ["--samples", "4", "--test-images", "3"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the record of a run that nothing interrupted."""
    out = tmp_path_factory.mktemp("ablate") / "run.json"
    assert main([*SMALL, "--out", str(out)]) == 0
    return out


def test_the_command_trains_every_variant(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = json.loads(whole.read_text())
    assert [v["name"] for v in record["ablation"]] == list(variants(base("reram-array-om")))
    assert all(0 <= v["error"] <= 1 and v["conversions"] == 0 for v in record["ablation"])
    assert main([*SMALL, "--out", str(whole), "--resume"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(record["ablation"])
    assert json.loads(whole.read_text()) == record


def test_an_interrupted_run_goes_on_where_it_stood(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, made, outcome = tmp_path / "run.json", [], ablate.outcome

    def interrupted(specimen: Specimen, *rest: Any) -> Outcome:
        made.append(specimen)
        if len(made) == 3:
            raise KeyboardInterrupt
        return outcome(specimen, *rest)

    monkeypatch.setattr(ablate, "outcome", interrupted)
    assert main([*SMALL, "--out", str(out)]) == 130
    assert "go on with --resume" in capsys.readouterr().out
    assert len(json.loads(out.read_text())["ablation"]) == 2
    assert main([*SMALL, "--out", str(out), "--resume"]) == 0
    found = [json.loads(path.read_text())["ablation"] for path in (out, whole)]
    assert found[0] == found[1]
    assert len(made) == 1 + len(found[0])


def test_variants_of_another_device_are_not_mixed(
    whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record, out = json.loads(whole.read_text()), tmp_path / "run.json"
    record["ablation"][1]["definition"] = "another"
    out.write_text(json.dumps(record))
    assert main([*SMALL, "--out", str(out), "--resume"]) == 2
    found = capsys.readouterr().err
    assert repr(record["ablation"][1]["name"]) in found
    assert "is another device now" in found


@pytest.mark.parametrize("option", [["--samples", "0"], ["--rate", "-1"], ["--passes", "0"]])
def test_bad_options_are_refused(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ablate", "--device", "pcm", *option]) == 2
    assert option[0] in capsys.readouterr().err


def test_a_common_asymmetry_is_an_imperfection_of_its_own() -> None:
    cell = cell_of(preset("gokmen-vlasov").device)
    uneven = replace(cell, spread=replace(cell.spread, bias=0.1))
    (one,) = [i for i in imperfections(uneven) if i not in imperfections(cell)]
    assert one.words == "steps larger in one direction"
    assert one.remove(uneven) == cell
