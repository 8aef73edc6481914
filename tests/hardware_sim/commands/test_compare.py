from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from hardware_sim import __main__ as hardware_program
from hardware_sim.energy.report import WIDTH
from hardware_sim.studies.comparison import NOT_PRICED, WAYS
from hardware_sim.studies.text.comparison import COLUMNS

SMALL = ["--train-images", "6", "--test-images", "5", "--hidden", "8,6"]


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
    assert list(record["variants"]) == list(WAYS)
    for letter, way in record["variants"].items():
        assert 0 <= way["test_error"] <= 1
        assert way["estimate"] == (letter == "a")
        for cost in filter(None, (way["training"], way["inference"], way["programming"])):
            joules = cost["joules"]
            assert 0 < joules["low"] <= joules["nominal"] <= joules["high"]
            blocks = cost["joules_by_block"].values()
            assert sum(b["nominal"] for b in blocks) == pytest.approx(
                joules["nominal"], rel=1e-12, abs=0
            )
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
    words = " ".join(text.split())
    assert all(" ".join(line.split()) in words for line in NOT_PRICED)
    rows = [line for line in text.splitlines() if line.startswith("| floating point |")]
    heads = [line for line in text.splitlines() if re.match(r"\| (training|use), one image ", line)]
    for name in WAYS.values():
        assert text.count(f"| {name} | ") >= len(heads)
    columns = [cell.strip() for line in heads for cell in line.strip("|").split("|")]
    assert set(COLUMNS) <= set(columns)
    assert len(rows) == len(heads)
    assert max(map(len, text.splitlines())) <= WIDTH
    assert (folder / "run.png").stat().st_size > 10_000


def test_the_text_says_which_needs_less_energy(
    compared: tuple[Any, str, Path],
) -> None:
    _, text, _ = compared
    assert "Training: the chip needs" in text
    assert "Use: the chip needs" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--train-images", "0"], "--train-images: expected 1 or more"),
        (["--test-images", "-1"], "--test-images: expected 1 or more"),
        (["--epochs", "0"], "--epochs: expected 1 or more"),
        (["--bits", "1"], "--bits: expected 2 … 16"),
        (["--backprop-rate", "0"], "--backprop-rate: expected above 0"),
        (["--hidden", "0"], "--hidden: expected at least one width"),
        (["--figure", "x.doc"], "--figure x.doc: expected a name that ends in"),
        (["--out", "no-such-folder/x.json"], "there is no folder"),
    ],
)
def test_what_cannot_be_done_is_refused_before_any_work(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hardware_program.main(["compare", *arguments]) == 2
    assert message in capsys.readouterr().err
