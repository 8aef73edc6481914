"""The commands take their number of classes from the data set."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ffnumpy.data import Dataset
from ffnumpy.experiments import supervised
from ffnumpy.runs.checkpoint import save
from ffnumpy.supervised import Setting
from ffnumpy.supervised.names import flat
from hardware_sim.__main__ import main
from hardware_sim.commands import demo
from hardware_sim.energy.report import WIDTH
from hardware_sim.studies import demonstration

SMALL = ["--hidden", "7,6", "--train-images", "5"]
FEW = [*SMALL, "--test-images", "4", "--epochs", "1"]
STREAM = ["--hidden", "7,6", "--cases", "2", "--stream", "5", "--test-images", "4"]


@pytest.fixture(autouse=True)
def small_demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "HIDDEN", (7, 6))
    for name, images in (("TESTED", 20), ("PROBED", 8), ("READS", 4)):
        monkeypatch.setattr(demonstration, name, images)


@pytest.fixture
def thirteen(thirteen_classes: Dataset, tmp_path: Path) -> str:
    """A data set of 13 classes, on disk."""
    parts = ("train_images", "train_labels", "test_images", "test_labels")
    path = tmp_path / "thirteen.npz"
    np.savez(path, **{part: getattr(thirteen_classes, part) for part in parts})
    return str(path)


@pytest.mark.parametrize(
    "arguments",
    [
        ["ablate", "--device", "capacitor", *FEW],
        ["degrade", "--quantity", "stuck", "--chips", "2", *FEW],
        ["compare", *FEW],
        ["diverge", *SMALL],
        ["fast", *STREAM],
        ["demo"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_command_works_on_thirteen_classes(
    arguments: list[str], thirteen: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*arguments, "--data", thirteen]
    files = ["--out", str(tmp_path / "run.json"), "--figure", str(tmp_path / "run.png")]
    wrong = [] if arguments[0] == "demo" else ["--candidates", "12"]
    files = files[:2] if arguments[0] == "ablate" else files
    assert main([*arguments, *wrong, *files]) == 0
    assert json.loads((tmp_path / "run.json").read_text())["command"]
    lines = capsys.readouterr().out.splitlines()
    unwrapped = (str(tmp_path), "guessing the commonest")  # these are wrapped where it is narrow
    kept = [line for line in lines if not any(words in line for words in unwrapped)]
    assert max(map(len, kept)) <= WIDTH


@pytest.mark.parametrize(
    "arguments",
    [
        ["ablate", "--device", "pcm", *FEW],
        ["degrade", *FEW],
        ["compare", *FEW],
        ["diverge", *SMALL],
        ["fast", *STREAM],
    ],
    ids=lambda arguments: arguments[0],
)
def test_as_many_wrong_labels_as_there_are_classes_are_refused(
    arguments: list[str], thirteen: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*arguments, "--data", thirteen]
    for wrong in ("13", "0"):
        assert main([*arguments, "--candidates", wrong]) == 2
        message = f"--candidates: expected 1 … 12 wrong labels, got {wrong}"
        assert message in capsys.readouterr().err


def test_a_model_of_thirteen_classes_is_programmed(
    thirteen: str, thirteen_classes: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    setting, path = Setting(hidden=(10, 8)), tmp_path / "model.npz"
    about = {"experiment": "supervised", "setting": flat(setting), "data": thirteen, "journal": {}}
    about |= {"classes": 13, "columns": 64, "seed": 0}
    save(path, supervised.start(setting, thirteen_classes, 0), about)
    out = tmp_path / "run.json"
    arguments = ["program", str(path), "--device", "ideal", "--test-images", "40"]
    assert main([*arguments, "--out", str(out)]) == 0
    assert "on the chip (40 images)" in capsys.readouterr().out
    record = json.loads(out.read_text())
    assert record["inference"]["operations"]["comparator"] >= 12
