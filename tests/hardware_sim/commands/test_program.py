"""``hardware-sim program`` as a user meets it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ffnumpy import __main__ as ffnumpy_program
from ffnumpy.data import load
from ffnumpy.experiments import named
from ffnumpy.runs.checkpoint import save
from ffnumpy.supervised.names import changed, flat
from hardware_sim import __main__ as hardware_program


def model(path: Path, experiment: str = "supervised", **choices: Any) -> Path:
    """Save a model that has learnt nothing yet, for strokes."""
    data, module = load("strokes"), named(experiment)
    few = replace(data, train_images=data.train_images[:50], train_labels=data.train_labels[:50])
    setting = changed(module.FULL, hidden=(10, 8), **choices)
    about = {"experiment": experiment, "setting": flat(setting), "data": "strokes"}
    about |= {"classes": 10, "columns": data.train_images.shape[1], "seed": 0, "journal": {}}
    save(path, module.start(setting, few, 0), about)
    return path


def test_a_saved_model_is_programmed_and_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, out = tmp_path / "model.npz", tmp_path / "run.json"
    train = ["train", "--hidden", "12,10", "--epochs", "1", "--train-images", "100"]
    assert ffnumpy_program.main([*train, "--save", str(saved)]) == 0
    arguments = ["program", str(saved), "--device", "ideal", "--test-images", "40"]
    assert hardware_program.main([*arguments, "--out", str(out)]) == 0
    assert "on the chip (40 images)" in capsys.readouterr().out
    record = json.loads(out.read_text())
    assert record["missed"] == [0.0, 0.0]
    assert record["programming"]["of"] == 785 * 12 + 13 * 10
    assert record["inference"]["of"] == 40
    assert record["inference"]["operations"]["adc"] == 0
    assert record["programming"]["operations"]["pulse"] > 0


def test_a_programmed_chip_is_used_again_when_it_has_drifted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, out = model(tmp_path / "model.npz"), tmp_path / "run.json"
    arguments = ["program", str(saved), "--test-images", "20", "--rounds", "20", "--out", str(out)]
    assert hardware_program.main([*arguments, "--device", "pcm", "--after", "86400"]) == 0
    assert " 86400 s later (20 images)" in capsys.readouterr().out
    record = json.loads(out.read_text())
    assert record["after_seconds"] == 86400
    assert 0 <= record["test_error_after"] <= 1
    assert record["inference"]["of"] == 20
    once = json.loads(out.read_text())["inference"]
    assert hardware_program.main([*arguments, "--device", "pcm"]) == 0
    assert json.loads(out.read_text())["inference"] == once  # the second use is not in the bill


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--device", "ecram-li", "--after", "60"],
            "for pcm alone; got --device ecram-li",
        ),
        (["--device", "pcm", "--after", "1"], "expected 20 seconds or more"),
        (["--device", "pcm", "--after", "nan"], "expected 20 seconds or more"),
    ],
)
def test_a_drift_that_nobody_measured_is_refused(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hardware_program.main(["program", "model.npz", *arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "choices",
    [
        {"experiment": "backprop"},
        {"goodness": "mean-of-squares"},
        {"length": "unit"},
        {"pixels": "standardised"},
        {"voters": "all"},
    ],
    ids=str,
)
def test_a_model_that_a_chip_does_not_compute_is_refused(
    choices: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = model(tmp_path / "model.npz", **choices)
    assert hardware_program.main(["program", str(path)]) == 2
    ((name, value),) = choices.items()
    error = capsys.readouterr().err
    assert f"a chip computes {'rule' if name == 'experiment' else name}" in error
    assert value in error


def test_a_missing_model_is_said_to_be_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert hardware_program.main(["program", "no-such.npz"]) == 2
    assert "no such file" in capsys.readouterr().err
