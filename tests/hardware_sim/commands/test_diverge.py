"""``hardware-sim diverge`` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from hardware_sim import __main__ as hardware_program


def test_the_command_writes_both_ways_down(tmp_path: Path) -> None:
    out, figure = tmp_path / "d.json", tmp_path / "d.png"
    common = [
        "--hidden",
        "16,12",
        "--train-images",
        "30",
        "--out",
        str(out),
        "--figure",
        str(figure),
    ]
    assert hardware_program.main(["diverge", *common]) == 0
    record = json.loads(out.read_text())
    assert figure.stat().st_size > 0
    assert record["cases"][-1] == 60
    for way, largest in record["largest"].items():
        kept = np.array(record["differences"][way])
        assert kept.shape == (len(record["cases"]), 2)
        assert np.all(kept.max(axis=0) <= largest)


@pytest.mark.parametrize(
    "option", [["--train-images", "0"], ["--rate", "-1"], ["--figure", "x.qq"], ["--hidden", "0"]]
)
def test_bad_options_are_refused(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert hardware_program.main(["diverge", *option]) == 2
    assert option[0] in capsys.readouterr().err
