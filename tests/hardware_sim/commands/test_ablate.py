"""``hardware-sim ablate`` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hardware_sim.__main__ import main
from hardware_sim.chip.design import Design
from hardware_sim.devices.presets import preset
from hardware_sim.learning.plan import Plan
from hardware_sim.studies import ablation
from hardware_sim.studies.trials import Trial, TrialResult

BASE = Trial(Plan((8,)), Design((20, 8)), preset("reram-array-om").device)
SMALL = ["ablate", "--device", "reram-array-om", "--hidden", "5", "--epochs", "1"]
SMALL += ["--train-images", "4", "--test-images", "3"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the record of a run that nothing interrupted."""
    out = tmp_path_factory.mktemp("ablate") / "run.json"
    assert main([*SMALL, "--out", str(out)]) == 0
    return out


def test_the_command_trains_every_variant(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = json.loads(whole.read_text())
    assert [v["name"] for v in record["ablation"]] == list(ablation.points(BASE))
    assert all(0 <= v["error"] <= 1 and v["conversions"] == 0 for v in record["ablation"])
    assert main([*SMALL, "--out", str(whole), "--resume"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3 + len(record["ablation"])
    assert json.loads(whole.read_text()) == record


def test_an_interrupted_run_goes_on_where_it_stood(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, made, run_trial = tmp_path / "run.json", [], ablation.run_trial

    def interrupted(trial: Trial, *rest: Any) -> TrialResult:
        made.append(trial)
        if len(made) == 3:
            raise KeyboardInterrupt
        return run_trial(trial, *rest)

    monkeypatch.setattr(ablation, "run_trial", interrupted)
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


@pytest.mark.parametrize("option", [["--train-images", "0"], ["--rate", "-1"], ["--epochs", "0"]])
def test_bad_options_are_refused(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ablate", "--device", "pcm", *option]) == 2
    assert option[0] in capsys.readouterr().err
