"""``hardware-sim degrade`` as a user meets it: records, interruptions, refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hardware_sim import __main__ as hardware_program
from hardware_sim.chip.design import Design
from hardware_sim.commands.degrade import quantities_of
from hardware_sim.devices.presets import preset
from hardware_sim.learning.plan import Plan
from hardware_sim.studies import degradation
from hardware_sim.studies.degradation import mean_and_deviation
from hardware_sim.studies.nonidealities import QUANTITIES
from hardware_sim.studies.trials import Trial, TrialResult

SMALL = ["degrade", "--hidden", "6,5", "--train-images", "3", "--test-images", "4", "--chips", "2"]


def curves(path: Path) -> tuple[Any, Any]:
    """Return what a resumed run must not change."""
    record = json.loads(path.read_text())
    return record["twins"], record["quantities"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the record of a run that nothing interrupted; its figure is beside it."""
    out = tmp_path_factory.mktemp("degrade") / "run.json"
    files = ["--out", str(out), "--figure", str(out.with_suffix(".png"))]
    assert hardware_program.main([*SMALL, "--quantity", "stuck", *files]) == 0
    return out


def test_the_record_has_every_chip_and_what_they_have_in_common(whole: Path) -> None:
    record = json.loads(whole.read_text())
    assert {"command", "seed", "versions", "options", "plan", "seconds"} <= set(record)
    assert len(record["twins"]) == 2
    points = record["quantities"]["stuck"]["points"]
    assert [point["value"] for point in points] == list(QUANTITIES["stuck"].values)
    for point in points:
        errors = [chip["error"] for chip in point["chips"]]
        assert point["error"] == dict(
            zip(("mean", "deviation"), mean_and_deviation(errors), strict=True)
        )
        assert point["joules"]["mean"] > 0
        assert point["conversions"]["mean"] == 0
    assert whole.with_suffix(".png").stat().st_size > 10_000


def test_an_interrupted_run_goes_on_where_it_stood(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, made, run_trial = tmp_path / "run.json", [], degradation.run_trial

    def interrupted(trial: Trial, *rest: Any) -> TrialResult:
        made.append(trial)
        if len(made) == 6:  # the second chip of the third value
            raise KeyboardInterrupt
        return run_trial(trial, *rest)

    monkeypatch.setattr(degradation, "run_trial", interrupted)
    arguments = [*SMALL, "--quantity", "stuck", "--out", str(out)]
    assert hardware_program.main(arguments) == 130
    assert "go on with --resume" in capsys.readouterr().out
    assert len(json.loads(out.read_text())["quantities"]["stuck"]["points"]) == 2
    assert hardware_program.main([*arguments, "--resume"]) == 0
    assert len(made) == 6 + 2 * 3
    assert curves(out) == curves(whole)


def test_a_whole_run_is_not_run_again(
    whole: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = curves(whole)
    monkeypatch.delattr(degradation, "run_trial")
    arguments = [*SMALL, "--quantity", "stuck", "--out", str(whole), "--resume"]
    assert hardware_program.main(arguments) == 0
    assert "stuck devices: " in capsys.readouterr().out
    assert curves(whole) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--train-images", "0"], "--train-images: expected 1 or more"),
        (["--test-images", "0"], "--test-images: expected 1 or more"),
        (["--epochs", "0"], "--epochs: expected 1 or more"),
        (["--chips", "1"], "--chips: expected 2 or more"),
        (["--candidates", "10"], "--candidates: expected 1 … 9"),
        (["--rate", "0"], "--rate: expected above 0"),
        (["--hidden", "0"], "--hidden: expected at least one width"),
        (["--figure", "x.doc"], "--figure x.doc: expected a name that ends in"),
        (["--out", "no-such-folder/x.json"], "there is no folder"),
        (["--resume"], "--resume: name the record to continue by --out"),
        (["--quantity", "train", "--device", "capacitor"], "expected a device that takes whole"),
    ],
)
def test_what_cannot_be_done_is_refused_before_any_work(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hardware_program.main(["degrade", *arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "exists already; continue it with --resume"),
        (["--resume", "--seed", "1"], "was started with --seed 0; got 1"),
        (["--resume", "--quantity", "step"], "was started with --quantity stuck; got step"),
        (["--resume", "--hidden", "7,5"], "was started with --hidden [6, 5]; got [7, 5]"),
    ],
)
def test_a_record_is_neither_overwritten_nor_continued_as_another(
    arguments: list[str], message: str, whole: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = whole.read_bytes()
    same = [*SMALL, "--quantity", "stuck", "--out", str(whole)]
    assert hardware_program.main([*same, *arguments]) == 2
    assert message in capsys.readouterr().err
    assert whole.read_bytes() == before


def test_points_of_other_versions_are_not_mixed(
    whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record, out = json.loads(whole.read_text()), tmp_path / "run.json"
    record["versions"]["numpy"] = "0.1"
    out.write_text(json.dumps(record))
    same = [*SMALL, "--quantity", "stuck", "--out", str(out), "--resume"]
    assert hardware_program.main(same) == 2
    assert "go on there, or begin another record" in capsys.readouterr().err


def test_a_record_that_says_less_of_its_versions_goes_on(whole: Path, tmp_path: Path) -> None:
    record, out = json.loads(whole.read_text()), tmp_path / "run.json"
    del record["versions"]["kernels"]
    out.write_text(json.dumps(record))
    same = [*SMALL, "--quantity", "stuck", "--out", str(out), "--resume"]
    assert hardware_program.main(same) == 0
    assert curves(out) == curves(whole)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r["tolerances"].update(noise=0.5), "was made with tolerances"),
        (lambda r: r["scale"].update(volt=0.2), "was made with scale"),
        (lambda r: r["quantities"]["stuck"]["points"][0].update(value=0.7), "has no value 0.7"),
    ],
)
def test_chips_of_another_drawing_are_not_mixed(
    change: Callable[[Any], None],
    message: str,
    whole: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    record, out = json.loads(whole.read_text()), tmp_path / "run.json"
    change(record)
    out.write_text(json.dumps(record))
    same = [*SMALL, "--quantity", "stuck", "--out", str(out), "--resume"]
    assert hardware_program.main(same) == 2
    assert message in (found := capsys.readouterr().err)
    assert "Begin another record" in found


def test_a_file_that_is_no_record_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in (("a", "{}"), ("b", "no JSON"), ("c", "[1]")):
        (tmp_path / name).write_text(text)
        assert hardware_program.main([*SMALL, "--out", str(tmp_path / name), "--resume"]) == 2
        assert "an earlier run of this command" in capsys.readouterr().err


def test_of_all_quantities_those_are_left_out_that_the_device_does_not_have() -> None:
    base = Trial(Plan((6, 5)), Design((20, 6, 5)), preset("capacitor").device)
    found = quantities_of(SimpleNamespace(quantity="all", values=None), base)
    assert {quantity.name for quantity in found} == set(QUANTITIES) - {"train"}
