"""Every command of `hardware-sim` with data of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ffnumpy.__main__ import main as ffnumpy
from hardware_sim.__main__ import main
from hardware_sim.commands import demo
from hardware_sim.commands.saved import load_chip
from hardware_sim.studies import demonstration

pytestmark = pytest.mark.reports

RNG = np.random.default_rng(0)
SMALL = ["--hidden", "8,6"]


@pytest.fixture
def table(tmp_path: Path) -> str:
    """Two classes, five columns: fewer wrong labels, rows and pixels than the usual options."""
    path, labels = tmp_path / "table.csv", np.arange(60) % 2
    columns = RNG.normal(labels[:, np.newaxis] * [4.0, -3.0, 0.0, 2.0, 0.0], 1.0)
    lines = [",".join(map(str, row)) + f",{n}" for row, n in zip(columns, labels, strict=True)]
    path.write_text("a,b,c,d,e,class\n" + "\n".join(lines))
    return str(path)


@pytest.mark.parametrize(
    "arguments",
    [
        ["ablate", "--device", "capacitor", *SMALL],
        ["degrade", "--quantity", "stuck", "--chips", "2", *SMALL],
        ["compare", *SMALL],
        ["diverge", *SMALL],
        ["fast", *SMALL],
        ["demo"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_study_takes_them(
    arguments: list[str], table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "HIDDEN", (7, 6))
    for name, images in (("TESTED", 20), ("PROBED", 8), ("READS", 4)):
        monkeypatch.setattr(demonstration, name, images)
    out, figure = tmp_path / "run.json", tmp_path / "run.png"
    files = ["--out", str(out), "--figure", str(figure)]
    files = files[:2] if arguments[0] == "ablate" else files
    assert main([*arguments, "--data", table, *files]) == 0
    assert out.exists()


def test_a_chip_learns_them_is_saved_goes_on_and_answers(
    table: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chip, out = tmp_path / "c.npz", tmp_path / "run.json"
    options = ["--hidden", "30,30", "--epochs", "60", "--rate", "0.02"]
    files = ["--save", str(chip), "--out", str(out)]
    assert main(["train", "--data", table, *options, *files]) == 0
    said = capsys.readouterr().out
    assert "the label is put before them" in said
    record = json.loads(out.read_text())
    assert record["test_error"] < 0.2
    assert main(["train", "--resume", str(chip)]) == 0
    learner, about = load_chip(chip)
    assert learner.chip[0].array.shape == (5 + 2, 30)
    assert about["class_names"] == ["0", "1"]
    Path(table).write_text(Path(table).read_text().replace("9", "8"))
    assert main(["train", "--resume", str(chip)]) == 2
    assert "holds other data" in capsys.readouterr().err


def test_a_model_of_them_is_programmed(table: str, tmp_path: Path) -> None:
    model = tmp_path / "m.npz"
    small = ["--hidden", "10,10", "--epochs", "3", "--save", str(model)]
    assert ffnumpy(["train", "--data", table, *small]) == 0
    assert main(["program", str(model), "--device", "ideal"]) == 0
