from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ffnumpy import __main__ as ffnumpy_program
from ffnumpy.experiments.supervised import Recipe
from ffnumpy.runs.checkpoint import save
from ffnumpy.runs.run import Run
from hardware_sim import __main__ as hardware_program
from hardware_sim.commands.compare import NOT_PRICED
from hardware_sim.energy import prices
from hardware_sim.energy.costs import Cost
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.report import span
from hardware_sim.plotting.energy import BLOCKS
from hardware_sim.studies.comparison import VARIANTS
from hardware_sim.studies.comparison_tables import turning_points

SMALL = ["--samples", "6", "--test-images", "5", "--hidden", "8,6"]


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, str, Path]:
    """Return record, tables and folder of a small comparison."""
    folder = tmp_path_factory.mktemp("compare")
    files = {"--out": "run.json", "--markdown": "run.md", "--figure": "run.png"}
    targets = [part for option, name in files.items() for part in (option, str(folder / name))]
    assert hardware_program.main(["compare", *SMALL, *targets]) == 0
    record = json.loads((folder / "run.json").read_text())
    return record, (folder / "run.md").read_text(), folder


def test_the_record_has_every_way_with_its_costs(compared: tuple[Any, str, Path]) -> None:
    record, _, _ = compared
    assert list(record["variants"]) == list(VARIANTS)
    for letter, way in record["variants"].items():
        assert 0 <= way["test_error"] <= 1
        assert way["estimate"] == (letter == "a")
        for cost in filter(None, (way["training"], way["inference"], way["programming"])):
            joules = cost["joules"]
            assert 0 < joules["low"] <= joules["nominal"] <= joules["high"]
            blocks = cost["joules_by_block"].values()
            assert sum(b["nominal"] for b in blocks) == pytest.approx(joules["nominal"])
            assert all(line["low"] < line["high"] for line in cost["sensitivity"])


def test_every_uncertain_constant_of_a_line_is_in_the_record(
    compared: tuple[Any, str, Path],
) -> None:
    found = {c["constant"] for c in compared[0]["variants"]["d"]["training"]["sensitivity"]}
    assert {"8-bit ADC", "8-bit DAC", "SRAM, 8 bytes", "write pulse", "read time"} <= found
    assert "conductance, relative" in found


def test_the_chip_without_converters_reports_none(compared: tuple[Any, str, Path]) -> None:
    ways = compared[0]["variants"]
    assert ways["b"]["training"]["operations"]["adc"] == 0
    assert ways["b"]["training"]["operations"]["comparator"] > 0
    assert ways["c"]["training"]["operations"]["adc"] > 0
    assert ways["d"]["training"]["operations"]["adc"] == 8 + 6 + 10 + 8 + 6


def test_the_tables_name_every_way_and_what_is_left_out(compared: tuple[Any, str, Path]) -> None:
    _, text, folder = compared
    for letter, name in VARIANTS.items():
        assert text.count(f"| {letter} {name} |") == 2
    assert all(line in text for line in NOT_PRICED)
    widths = [line.count("|") for line in text.splitlines() if line.startswith("| a ")]
    assert widths == [9, 8]
    assert (folder / "run.png").stat().st_size > 10_000


def test_the_text_says_who_needs_less_and_what_turns_it(compared: tuple[Any, str, Path]) -> None:
    _, text, _ = compared
    assert "Training: (b) needs" in text
    assert "Use: (b) needs" in text


def test_a_constant_turns_the_order_where_only_one_of_two_pays_for_it() -> None:
    converting, reading = Ledger(), Ledger()
    converting.charge(prices.ADC, 3)  # 5.0 pJ; 3.3 … 27 pJ
    reading.charge(prices.DAC, 14)  # 4.1 pJ; 1.4 … 14 pJ
    turns = turning_points(Cost(converting, 1), Cost(reading, 1))
    assert turns == ["8-bit ADC low", "8-bit DAC high"]
    assert turning_points(Cost(converting, 1), Cost(reading, 100)) == []


def test_every_block_has_its_colour() -> None:
    assert set(BLOCKS) == {p.block for p in prices.EVERY} - {"instruments"}


def test_a_span_shows_the_nominal_value_and_the_bounds() -> None:
    assert span((1e-9, 2e-9, 3.4567e-8), 1e9) == "2 [1 … 34.6]"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--samples", "0"], "--samples: expected 1 or more"),
        (["--test-images", "-1"], "--test-images: expected 1 or more"),
        (["--passes", "0"], "--passes: expected 1 or more"),
        (["--bits", "1"], "--bits: expected 2 … 16"),
        (["--backprop-rate", "0"], "--backprop-rate: expected above 0"),
        (["--hidden", "0"], "--hidden: expected widths"),
        (["--figure", "x.doc"], "--figure x.doc: expected a name that ends in"),
        (["--out", "no-such-folder/x.json"], "there is no folder"),
    ],
)
def test_what_cannot_be_done_is_refused_before_any_work(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hardware_program.main(["compare", *arguments]) == 2
    assert message in capsys.readouterr().err


def model(path: Path, **choices: Any) -> Path:
    """Save a model that has learnt nothing yet, for strokes."""
    from ffnumpy.data import load

    data = load("strokes")
    recipe = Recipe().changed(hidden=(10, 8), **choices)
    run = Run(recipe, data.train_images[:50], data.train_labels[:50], 10, 1, 0)
    save(path, run, {"data": "strokes"})
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
        (["--device", "ecram-li", "--after", "60"], "is known of pcm alone; got --device ecram-li"),
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
        {"rule": "backprop"},
        {"goodness": "mean-of-squares"},
        {"length": "unit"},
        {"pixels": "standardised"},
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
    assert f"a chip computes {name}" in error
    assert value in error


def test_a_missing_model_is_said_to_be_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert hardware_program.main(["program", "no-such.npz"]) == 2
    assert "no such file" in capsys.readouterr().err
