"""An ideal chip beside float64: one step differs by rounding, free running by more and more."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ffnumpy.data import load
from hardware_sim import __main__ as hardware_program
from hardware_sim.learning.plan import Plan
from hardware_sim.scale import Scale
from hardware_sim.studies.divergence import differences

DATA = load("strokes")
ROWS, LABELS = DATA.train_images[:60], DATA.train_labels[:60]
PLAN = Plan((16, 12), rate=0.03, passes=2)


def test_from_the_same_weights_a_step_differs_by_rounding_and_free_steps_by_more() -> None:
    restarted, free = (
        np.array(list(differences(PLAN, Scale(), ROWS, LABELS, restart)))
        for restart in (True, False)
    )
    assert restarted.shape == free.shape == (2 * 2 * 60, 2)  # cases, layers
    assert 0 < restarted.max() <= 1e-14
    assert np.array_equal(free[0], restarted[0])
    assert np.all(free[-1] > restarted[-1])


@pytest.mark.parametrize("scale", [Scale(), Scale(0.3, 1.7, 0.01)])
def test_what_stands_for_one_does_not_matter(scale: Scale) -> None:
    found = np.array(list(differences(PLAN, scale, ROWS[:10], LABELS[:10], True)))
    assert found.max() <= 1e-14


def test_the_command_writes_both_ways_down(tmp_path: Path) -> None:
    out, figure = tmp_path / "d.json", tmp_path / "d.png"
    common = ["--hidden", "16,12", "--samples", "30", "--out", str(out), "--figure", str(figure)]
    assert hardware_program.main(["diverge", *common]) == 0
    record = json.loads(out.read_text())
    assert figure.stat().st_size > 0
    assert record["cases"][-1] == 60
    for way, largest in record["largest"].items():
        kept = np.array(record["differences"][way])
        assert kept.shape == (len(record["cases"]), 2)
        assert np.all(kept.max(axis=0) <= largest)


@pytest.mark.parametrize(
    "option", [["--samples", "0"], ["--rate", "-1"], ["--figure", "x.qq"], ["--hidden", "0"]]
)
def test_bad_options_are_refused(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert hardware_program.main(["diverge", *option]) == 2
    assert option[0] in capsys.readouterr().err
