"""A saved chip is loaded as the individual that it was, and read cell by cell."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from chips import ideal_design, make_chip, one_case
from ffnumpy.commands import datasets
from ffnumpy.data import Dataset, load
from ffnumpy.runs.checkpoint import CheckpointError, save
from hardware_sim.__main__ import main
from hardware_sim.chip.design import Design
from hardware_sim.commands.saved import load_chip
from hardware_sim.devices.presets import preset
from hardware_sim.energy.ledger import Ledger
from hardware_sim.learning.learners import ChipLearner
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import single_run
from instruments import read

pytestmark = pytest.mark.reports
ROOT = Path(__file__).parents[3]
SMALL = ["train", "--train-images", "20", "--epochs", "1", "--hidden", "8,6", "--no-twin"]


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """Give the command 40 images to test on."""
    digits = load("strokes")
    fewer = replace(
        digits, test_images=digits.test_images[:40], test_labels=digits.test_labels[:40]
    )
    monkeypatch.setattr(datasets, "load", lambda name, folder: fewer)
    return fewer


@pytest.mark.parametrize(
    "device", [["ecram-li"], ["pcm"], ["gokmen-vlasov", "--reference", "moving"]], ids=str
)
def test_a_loaded_chip_answers_as_it_did_when_it_was_saved(
    device: list[str], tmp_path: Path, few: Dataset
) -> None:
    path, out = tmp_path / "chip.npz", tmp_path / "run.json"
    assert main([*SMALL, "--device", *device, "--save", str(path), "--out", str(out)]) == 0
    (chip, _), record = load_chip(path), json.loads(out.read_text())
    assert chip.ledger.lines() == record["ledger"]
    wrong = np.mean(chip.predict(few.test_images) != few.test_labels)
    assert wrong == record["test_error"], "its parts or its noise are others"


@pytest.mark.parametrize("device", [["ecram-li"], ["pcm"]], ids=str)
def test_a_saved_chip_is_evaluated_and_every_cell_written(
    device: list[str], tmp_path: Path, few: Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out, cells = tmp_path / "chip.npz", tmp_path / "run.json", tmp_path / "cells"
    assert main([*SMALL, "--device", *device, "--save", str(path), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert re.search(r"an image +\d+\.\d+ .*\n +an update +\d", said)
    trained, record = json.loads(out.read_text()), tmp_path / "evaluation.json"
    assert main(["evaluate", str(path), "--cells", str(cells), "--out", str(record)]) == 0
    assert "guessing the commonest class" in capsys.readouterr().out
    evaluated = json.loads(record.read_text())
    assert evaluated["test_error"] == trained["test_error"], "its parts or its noise are others"
    assert np.sum(evaluated["confusion"]) == 40
    assert evaluated["inference"]["operations"]["adc"] == 0
    chip, _ = load_chip(path)
    known = chip.chip[0].array.survey()
    lines = (cells / "layer1.csv").read_text().splitlines()
    assert lines[0].startswith("row,column,w,G_plus [S],G_minus [S],stuck,")
    table = np.loadtxt(lines, delimiter=",", skiprows=1)
    assert table[:, :2].tolist() == [[i, j] for i in range(785) for j in range(8)]
    for column, values in enumerate(known.values(), 2):
        assert np.allclose(table[:, column], values.ravel(), rtol=1e-6)


def test_a_loaded_chip_says_that_it_no_longer_learns(tmp_path: Path) -> None:
    assert main([*SMALL, "--save", str(tmp_path / "chip.npz")]) == 0
    chip, _ = load_chip(tmp_path / "chip.npz")
    (voltage, _), (layer, _) = chip.dac.forward(np.ones((1, 784))), chip.chip
    with pytest.raises(ValueError, match=r"it had 40 updates.*--resume"):
        layer.learn(voltage, 1.0)


def test_a_chip_of_other_notes_is_refused(tmp_path: Path) -> None:
    digits, plan = load("strokes"), Plan((8,))
    learner = ChipLearner(plan, Design((784, 8)), preset("ecram-li").device, 9)
    run = single_run(learner, digits.train_images[:9], digits.train_labels[:9], plan)
    save(tmp_path / "chip.npz", run, {})
    with pytest.raises(CheckpointError, match="expected a chip saved by `hardware-sim train`"):
        load_chip(tmp_path / "chip.npz")
    with pytest.raises(CheckpointError, match="no such file"):
        load_chip(tmp_path / "missing.npz")


@pytest.mark.parametrize("name", ["ecram-li", "pcm"])
def test_the_conductances_of_the_cells_carry_the_currents_of_their_columns(name: str) -> None:
    # Ohm and Kirchhoff: Σ V (G⁺ − G⁻), and Σ V² (G⁺ + G⁻) for the power.
    dac, (layer, _), _ = make_chip(ideal_design(), preset(name).device)
    plus, minus = layer.array.cell_conductances()
    assert plus.shape == minus.shape == (21, 12)
    voltage = dac.forward(one_case(np.random.default_rng(1)))[0]
    rows = np.append(read(voltage)[0], layer.scale.volt)
    found = read(layer.array.currents(voltage, np.random.default_rng(2), Ledger()))[0]
    assert np.abs(found - rows @ (plus - minus)).max() <= 1e-12 * np.abs(rows @ plus).max()
    power = layer.array.dissipation(voltage, Ledger())
    assert power == pytest.approx((rows**2 @ (plus + minus)).sum(), rel=1e-12, abs=0)


def test_the_python_of_the_chips_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "chip.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    assert main([*SMALL, "--save", "chip.npz"]) == 0
    capsys.readouterr()
    exec(compile(block, "chip.md", "exec"), {})
    answers, cell = capsys.readouterr().out.splitlines()
    assert len(re.findall(r"\d", answers)) == 10
    assert re.fullmatch(r"\d\.\d+e-08 S after \d+\.0 pulses up", cell)
    assert np.loadtxt("layer1.csv", delimiter=",").shape == (785, 8)
