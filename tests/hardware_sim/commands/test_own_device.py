"""A device of one's own in every command of the chip."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ffnumpy.__main__ import main as ffnumpy
from hardware_sim.__main__ import main
from hardware_sim.commands.saved import load_chip

pytestmark = pytest.mark.reports

SMALL = ["--hidden", "7,6", "--train-images", "6"]
FEW = [*SMALL, "--test-images", "4", "--epochs", "1"]
STREAM = ["--hidden", "7,6", "--cases", "2", "--stream", "5", "--test-images", "4"]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path, rng = tmp_path / "mine.csv", np.random.default_rng(0)
    up, down = (np.linspace(*ends, 60) + rng.normal(0, 0.3, 60) for ends in ((2, 20), (18, 2)))
    rows = "\n".join(f"{n},{a},{b}" for n, (a, b) in enumerate(zip(up, down, strict=True)))
    path.write_text(f"pulse,potentiation [uS],depression [uS]\n{rows}")
    return path


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", *FEW[:4], "--epochs", "1"],
        ["ablate", *FEW],
        ["degrade", "--quantity", "stuck", "--chips", "2", *FEW],
        ["compare", *FEW],
        ["fast", *STREAM],
        ["characterise", "--devices", "3"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_command_takes_it_varied(
    arguments: list[str], table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    varied = ["--device-csv", str(table), "--spread", "0.1", "--cycle", "0.2", "--stuck", "0.01"]
    out = tmp_path / "run.json"
    folder = ["--plots", str(tmp_path)] if arguments[0] == "characterise" else []
    assert main([*arguments, *varied, *folder, "--out", str(out)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "the points lie" in said
    assert "potentiation and depression do not meet" in said
    assert json.loads(out.read_text())["device"] in {"mine.csv", "mine"}


def test_it_is_programmed(table: Path, tmp_path: Path) -> None:
    model = tmp_path / "m.npz"
    small = ["--hidden", "6,5", "--epochs", "1", "--train-images", "50", "--save", str(model)]
    assert ffnumpy(["train", *small]) == 0
    few = ["--device-csv", str(table), "--test-images", "5"]
    assert main(["program", str(model), *few]) == 0


def test_a_saved_chip_has_its_table_with_it(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chip = tmp_path / "c.npz"
    first = ["train", *SMALL, "--epochs", "2", "--save", str(chip)]
    assert main([*first, "--device-csv", str(table)]) == 0
    moved = table.rename(tmp_path / "moved.csv")
    learner, _ = load_chip(chip)
    assert type(learner.chip[0].array.cells.technology.rule).__name__ == "MeasuredStep"
    again = ["train", "--resume", str(chip)]
    assert main(again) == 0
    assert main([*again, "--device-csv", str(moved)]) == 0
    lines = moved.read_text().splitlines()
    moved.write_text("\n".join(lines[:-1]))
    capsys.readouterr()
    assert main([*again, "--device-csv", str(moved)]) == 2
    assert "was started with --device-csv" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--stuck", "2"], "--stuck: expected a fraction"),
        (["--cycle", "-1"], "expected 0 or more"),
        (["--device-csv", "none.csv"], "--device-csv: .*No such file"),
        (["--bits", "1"], "--bits: expected 0, or 2 … 16; got 1"),
    ],
)
def test_what_makes_no_sense_is_refused(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    import re

    assert main(["train", *SMALL, *options]) == 2
    assert re.search(message, " ".join(capsys.readouterr().err.split()))


def test_converters_between_the_layers_are_counted(tmp_path: Path) -> None:
    out, chip = tmp_path / "run.json", tmp_path / "c.npz"
    files = ["--out", str(out), "--save", str(chip)]
    assert main(["train", *SMALL, "--epochs", "1", "--bits", "6", *files]) == 0
    record = json.loads(out.read_text())
    assert record["adc_conversions"] > 0
    assert record["bits"] == 6
    assert load_chip(chip)[0].between is not None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["--samples", "5", "--epochs", "1"], "--train-images"),
        (["--train-images", "5", "--passes", "1"], "--epochs"),
        (["--train-images", "5", "--epochs", "1", "--temperature", "310"], "--kelvin"),
    ],
)
def test_old_names_work_and_say_the_new_one(
    old: list[str], new: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run.json"
    assert main(["train", "--hidden", "5,4", "--no-twin", *old, "--out", str(out)]) == 0
    error = " ".join(capsys.readouterr().err.split())
    assert f"is now called {new}" in error
    record = json.loads(out.read_text())
    assert (record["train_images"], record["plan"]["passes"]) == (5, 1)
    assert record["kelvin"] == (310 if new == "--kelvin" else 300)


def test_an_old_command_works_and_says_the_new_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets"]) == 0
    captured = capsys.readouterr()
    assert "gokmen-vlasov" in captured.out
    assert "hardware-sim presets is now called hardware-sim devices" in captured.err
