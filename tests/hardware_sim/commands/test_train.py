"""`hardware-sim train`: a chip's run can be saved, resumed bit for bit, and put on record."""

from __future__ import annotations

import argparse
import json
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ffnumpy import __main__ as ffnumpy_program
from ffnumpy.commands import datasets
from ffnumpy.data import load
from ffnumpy.runs import checkpoint
from ffnumpy.runs.run import Run
from hardware_sim.__main__ import main
from hardware_sim.chip.design import Design, Limits, Tolerances
from hardware_sim.commands.options.asked import design_of, engine_of
from hardware_sim.commands.options.choices import plan_of
from hardware_sim.commands.options.given import resolve_defaults
from hardware_sim.commands.options.images import loaded, unseen_images
from hardware_sim.commands.options.train import USUAL, add_arguments
from hardware_sim.devices.presets import preset
from hardware_sim.energy.ledger import Ledger
from hardware_sim.learning.learners import ChipLearner
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import single_run
from hardware_sim.scale import Scale
from hardware_sim.updates.coincidence import Coincidence

IMAGES, HIDDEN = 20, (8, 6)
SMALL = ["train", "--train-images", str(IMAGES), "--epochs", "2", "--hidden", "8,6"]


@pytest.fixture(autouse=True)
def few_test_images(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command tests on all of the data set's images: give it few."""
    digits = load("strokes")
    fewer = type(digits)(
        digits.name,
        digits.train_images[:200],
        digits.train_labels[:200],
        digits.test_images[:40],
        digits.test_labels[:40],
        digits.shape,
    )
    monkeypatch.setattr(datasets, "load", lambda name, folder: fewer)


def test_the_record_says_what_was_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--out", str(tmp_path / "run.json")]) == 0
    record = json.loads((tmp_path / "run.json").read_text())
    assert record["adc_conversions"] == 0
    assert record["comparator_decisions"] > 0
    assert 0 <= record["test_error"] <= 1
    assert 0 <= record["twin_test_error"] <= 1
    assert sum(record["joules_by_block"].values()) == pytest.approx(
        record["joules"], rel=1e-12, abs=0
    )
    assert record["joules_bounds"][0] < record["joules"] < record["joules_bounds"][1]
    assert [p["pass"] for p in record["passes"]] == [1, 2]
    assert "A-to-D conversions: 0" in capsys.readouterr().out


def test_the_command_saves_and_resumes(tmp_path: Path) -> None:
    path, once, twice = tmp_path / "chip.npz", tmp_path / "1.json", tmp_path / "2.json"
    assert main([*SMALL, "--no-twin", "--save", str(path), "--out", str(once)]) == 0
    assert main([*SMALL, "--no-twin", "--resume", str(path), "--out", str(twice)]) == 0
    first, second = json.loads(once.read_text()), json.loads(twice.read_text())
    assert second["joules"] == first["joules"]
    assert second["passes"] == first["passes"]


def test_ctrl_c_saves_and_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, steps = tmp_path / "chip.npz", Run.steps

    def interrupted(run: Run) -> Any:
        for shown in steps(run):
            if shown == 7:
                signal.raise_signal(signal.SIGINT)
            yield shown

    with monkeypatch.context() as patched:
        patched.setattr(Run, "steps", interrupted)
        assert main([*SMALL, "--no-twin", "--save", str(path)]) == 130
    assert f"go on with --resume {path}" in capsys.readouterr().out
    assert main([*SMALL, "--no-twin", "--resume", str(path)]) == 0
    assert "test error" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--train-images", "0"], "--train-images: expected 1 or more, got 0"),
        (["--train-images", "999999"], "for strokes, got 999999; without the option all"),
        (["--amplifier-noise", "-1"], "--amplifier-noise: expected 0 or more, got -1.0"),
        (["--offset", "inf"], "--offset: expected 0 or more, got inf"),
        (["--hidden", "0"], "--hidden: expected at least one width"),
        (["--epochs", "-1"], "--epochs: expected 0 or more, got -1"),
        (["--candidates", "10"], "--candidates: expected 1 … 9 wrong labels, got 10"),
        (["--rate", "0"], "--rate: expected above 0, got 0"),
        (["--train-length", "0"], "--train-length: expected 1 or more"),
        (["--out", "/nowhere/run.json"], "there is no folder /nowhere"),
        (["--resume", "missing.npz"], "missing.npz: no such file"),
    ],
)
def test_what_cannot_be_done_is_refused(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*SMALL, *options]) == 2
    assert message in capsys.readouterr().err


def test_a_run_goes_on_as_it_began(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "chip.npz"
    assert main([*SMALL, "--no-twin", "--save", str(path)]) == 0
    assert main([*SMALL, "--resume", str(path), "--seed", "1"]) == 2
    assert "was started with --seed 0; got 1" in capsys.readouterr().err


def test_a_run_that_goes_on_knows_its_options(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, records = tmp_path / "chip.npz", []
    small = [*SMALL, "--device", "ecram-li", "--rate", "0.02", "--no-twin"]
    assert main([*small, "--save", str(path), "--out", str(tmp_path / "1.json")]) == 0
    again = ["train", "--resume", str(path), "--no-twin", "--out", str(tmp_path / "2.json")]
    assert main(again) == 0
    for name in ("1.json", "2.json"):
        records.append(json.loads((tmp_path / name).read_text()))
    for key in ("plan", "device", "weight", "ledger"):
        assert records[0][key] == records[1][key], key
    assert main([*again[:3], "--epochs", "3", "--hidden", "8,7"]) == 2
    assert "--hidden 8,6, --epochs 2; got 8,7, 3" in capsys.readouterr().err


def test_a_file_of_another_program_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digits, plan = load("strokes"), Plan(HIDDEN)
    learner = ChipLearner(plan, Design((784, *HIDDEN)), preset("ecram-li").device, IMAGES)
    run = single_run(learner, digits.train_images[:9], digits.train_labels[:9], plan)
    checkpoint.save(tmp_path / "chip.npz", run, {})
    assert main(["train", "--resume", str(tmp_path / "chip.npz")]) == 2
    assert "was not saved by `hardware-sim train`" in capsys.readouterr().err


@pytest.mark.parametrize("option", [["--updates", "aggregated"], ["--train-length", "7"]])
def test_trains_are_not_for_devices_that_follow_the_charge(
    option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*SMALL, "--device", "capacitor", *option]) == 2
    assert f"{option[0]}: capacitor is written by one shaped pulse" in capsys.readouterr().err


def test_pulses_at_once_say_how_wrong_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, wrong = tmp_path / "r.json", {}
    for updates in ("sequential", "aggregated"):
        options = ["--device", "reram-soft-bounds", "--updates", updates, "--no-twin"]
        assert main([*SMALL, *options, "--out", str(out)]) == 0
        wrong[updates] = json.loads(out.read_text())["aggregation_bias"]
        printed = "a typical cell moves wrongly by up to" in capsys.readouterr().out
        assert printed == (updates == "aggregated")
    assert wrong["sequential"] == 0 < wrong["aggregated"]


def test_both_cells_of_a_pair_move_at_twice_the_energy(tmp_path: Path) -> None:
    # As many coincidences, up to chance, on either of two cells.
    found = {}
    for reference in ("fixed", "moving"):
        path, out = tmp_path / f"{reference}.npz", tmp_path / f"{reference}.json"
        options = ["--no-twin", "--reference", reference, "--save", str(path), "--out", str(out)]
        assert main([*SMALL, *options]) == 0
        assert main([*SMALL, "--no-twin", "--resume", str(path), "--out", str(out)]) == 0
        found[reference] = json.loads(out.read_text())
        assert found[reference]["reference"] == reference
    fixed, moving = found["fixed"], found["moving"]
    assert moving["weight"] == fixed["weight"] / 2
    on_two, on_one = (
        sum(line["joules"] for line in run["ledger"] if line["operation"] == "line driver")
        for run in (moving, fixed)
    )
    assert 1.8 < on_two / on_one < 2.2


def test_a_pair_has_no_other_reference(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--device", "pcm", "--reference", "moving"]) == 2
    assert "two cells a weight as it is" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--chop", "2"], "give --fast too"),
        (["--chop", "-1", "--fast", "capacitor"], "--chop: expected 0 or more"),
        (["--chop", "2", "--fast", "ecram-li"], "got one that keeps what it holds"),
    ],
)
def test_only_fast_cells_that_are_shorted_change_sides(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*SMALL, "--device", "reram-soft-bounds", *options]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


def test_a_device_brings_its_own_weight(tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    for given, expected in (([], preset("ecram-mo").weight), (["--weight", "0.7"], 0.7)):
        options = ["--device", "ecram-mo", *given, "--no-twin", "--out", str(out)]
        assert main([*SMALL, *options]) == 0
        assert json.loads(out.read_text())["weight"] == expected


def test_a_network_is_no_chip(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "m.npz"
    small = ["train", "--hidden", "8", "--epochs", "1", "--train-images", "100"]
    assert ffnumpy_program.main([*small, "--save", str(model)]) == 0
    assert main([*SMALL, "--resume", str(model)]) == 2
    assert "was not saved by `hardware-sim train`" in capsys.readouterr().err


def test_more_test_images_than_there_are_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "--test-images", "41"]) == 2
    assert "--test-images: expected 1 … 40 for strokes, got 41" in capsys.readouterr().err
    data = load("strokes")
    assert len(unseen_images(argparse.Namespace(test_images=None), data)[1]) == 2000
    assert len(unseen_images(argparse.Namespace(test_images=7), data)[1]) == 7


def test_a_chip_saved_by_the_version_before_goes_on(tmp_path: Path) -> None:
    path, once, twice = tmp_path / "chip.npz", tmp_path / "1.json", tmp_path / "2.json"
    assert main([*SMALL, "--no-twin", "--save", str(path), "--out", str(once)]) == 0
    with np.load(path) as file:
        arrays = dict(file)
    place = json.loads(str(arrays.pop("place")))
    journal = place["about"].pop("journal")
    noise = arrays.pop("noise/state")
    ledger = Ledger()
    ledger.restore({name: arrays.pop(f"ledger/{name}") for name in Ledger().arrays()})
    passes = [{"pass": e["epoch"], "seconds": 1.0 + n} for n, e in enumerate(journal["epochs"])]
    before = {
        "format": 1,
        **{name: place[name] for name in ("epoch", "done")},
        "generators": [json.loads(noise.tobytes()), place["generator"]],
        "ledger": ledger.lines(),
        "notes": {"options": place["about"]["options"], "seconds": 2.0, "passes": passes},
    }
    layers = {f"{int(name[5]) - 1}{name[6:]}": array for name, array in arrays.items()}
    np.savez(path, place=json.dumps(before), **layers)
    assert main(["train", "--resume", str(path), "--no-twin", "--out", str(twice)]) == 0
    first, second = json.loads(once.read_text()), json.loads(twice.read_text())
    assert second["ledger"] == first["ledger"]
    assert second["test_error"] == first["test_error"]
    assert [p["seconds"] for p in second["passes"]] == [1.0, 2.0]


def test_without_options_the_chip_is_the_one_that_its_parts_describe() -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    args = parser.parse_args([])
    assert all(getattr(args, name) is None for name in USUAL)
    resolve_defaults(args, None)
    design = design_of(args, 784)
    assert plan_of(args, loaded(args), args.epochs) == Plan()
    assert (design.tolerances, design.limits) == (Tolerances(), Limits())
    assert design.scale.volt == Scale().volt
    assert engine_of(args, design) == Coincidence(design.scale)
