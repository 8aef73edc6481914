"""A network as JavaScript: what is in the file, and which networks are refused."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ffnumpy.__main__ import main
from ffnumpy.experiments.saved import load_network

SMALL = ("--train-images", "300", "--hidden", "12,9", "--epochs", "2")


def trained(folder: Path, *options: str) -> Path:
    model = folder / "m.npz"
    files = ("--save", str(model), "--out", str(folder / "run.json"))
    assert main(["train", *SMALL, *options, *files]) == 0
    return model


def exported(model: Path) -> dict[str, Any]:
    script = model.with_suffix(".js")
    assert main(["export-web", str(model), "--out", str(script)]) == 0
    whole = r'// [^\n]*\n"use strict";\nconst ffnumpyNetwork = (.*);\n'
    found = re.fullmatch(whole, script.read_text(), re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def values(matrix: dict[str, Any]) -> np.ndarray:
    numbers = np.frombuffer(b64decode(matrix["float32"]), "<f4")
    return numbers.reshape(matrix["inputs"] + 1, matrix["units"])


def test_the_file_holds_the_weights_and_what_the_record_says(tmp_path: Path) -> None:
    model = trained(tmp_path)
    file, record = exported(model), json.loads((tmp_path / "run.json").read_text())
    network, _ = load_network(model)
    for layer, own in zip(network.layers, file["layers"], strict=True):
        assert np.array_equal(values(own), layer.weights.values)
        assert (own["threshold"], own["temperature"]) == (own["units"], 1)
    assert np.array_equal(values(file["readout"]), network.readout.weights.values)
    assert file["error"] == record["test_error"]
    assert file["errorByLayer"] == record["test_error_by_layer"]
    assert file["errorSoftmax"] == record["test_error_softmax"]
    assert file["trainedBy"] == record["command"]
    assert (file["measuredOn"], file["data"]) == ("test images", "strokes")
    assert (file["shape"], file["classes"], file["strength"]) == ([28, 28], 10, 1)
    assert file["voters"] == [1]


def test_layers_that_were_counted_are_those_that_vote(tmp_path: Path) -> None:
    assert exported(trained(tmp_path, "--count-layers", "1,2"))["voters"] == [0, 1]


def test_an_error_on_images_held_out_is_not_called_a_test_error(tmp_path: Path) -> None:
    assert exported(trained(tmp_path, "--validation", "100"))["measuredOn"] == "validation images"


def test_a_network_that_learned_from_shifted_digits_is_taken(tmp_path: Path) -> None:
    model = tmp_path / "m.npz"
    run = (
        "experiment",
        "run",
        "jitter",
        "--hidden",
        "9,8",
        "--epochs",
        "1",
        "--train-images",
        "200",
    )
    assert main([*run, "--save", str(model)]) == 0
    assert [layer["units"] for layer in exported(model)["layers"]] == [9, 8]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--rule", "backprop", "--rate", "0.01"), "expected fully connected layers"),
        (("--negatives", "fixed"), "a softmax readout"),
        (("--no-overwrite",), "computes with overwrite True; got False"),
        (("--activation", "student-t"), "computes with activation relu; got student-t"),
        (("--length", "unit", "--rate", "0.1"), "length mean-square-1; got unit"),
        (("--loss", "softplus-margin"), "computes with loss logistic; got softplus-margin"),
        (("--goodness", "mean-of-squares"), "goodness sum-of-squares; got mean-of-squares"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_network_that_the_page_cannot_compute_is_refused(
    options: tuple[str, ...], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, script = trained(tmp_path, *options), tmp_path / "m.js"
    assert main(["export-web", str(model), "--out", str(script)]) == 2
    assert words in capsys.readouterr().err
    assert not script.exists()


def test_local_fields_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "m.npz"
    run = ("experiment", "run", "supervised_local_fields", "--hidden", "2,2,2", "--epochs", "1")
    assert main([*run, "--train-images", "200", "--save", str(model)]) == 0
    assert main(["export-web", str(model), "--out", str(tmp_path / "m.js")]) == 2
    assert "expected fully connected layers" in capsys.readouterr().err


def test_a_run_that_is_not_over_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ffnumpy.runs.run import Run

    whole, done = Run.steps, []

    def stopped(run: Run) -> Any:
        done.append(run)
        if len(done) > 1:
            raise KeyboardInterrupt
        return whole(run)

    monkeypatch.setattr(Run, "steps", stopped)
    model = tmp_path / "m.npz"
    assert main(["train", *SMALL, "--evaluate-every", "0", "--save", str(model)]) == 130
    assert main(["export-web", str(model), "--out", str(tmp_path / "m.js")]) == 2
    assert f"Go on with --resume {model}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "words"),
    [("m.txt", "expected a name that ends in .js"), ("no/m.js", "there is no folder")],
)
def test_a_file_that_cannot_be_the_script_is_refused(
    name: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export-web", str(tmp_path / "m.npz"), "--out", str(tmp_path / name)]) == 2
    assert words in capsys.readouterr().err
