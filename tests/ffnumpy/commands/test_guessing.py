"""What guessing gives, beside every error; and the way from a poor one to what there is to do."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffnumpy.__main__ import main
from ffnumpy.commands import guessing
from hardware_sim.__main__ import main as hardware_sim

pytestmark = pytest.mark.reports

labels = st.lists(st.integers(0, 4), min_size=1, max_size=60).map(np.array)


@given(labels)
def test_guessing_errs_on_all_but_the_commonest_class(truth: np.ndarray) -> None:
    errors = [float(np.mean(truth != label)) for label in range(5)]
    assert guessing.guessing_error(truth) == pytest.approx(min(errors))


def test_an_error_is_better_if_luck_does_not_explain_it() -> None:
    """1000 cases of ten classes: in one of a hundred tries the guess errs on 87.7 % or less."""
    truth = np.arange(1000) % 10
    assert guessing.is_no_better(0.90, truth)
    assert guessing.is_no_better(0.88, truth)
    assert not guessing.is_no_better(0.87, truth)
    assert guessing.mark(0.9, truth) == " ~"
    assert guessing.mark(0.8, truth) == guessing.mark(None, truth) == ""


def test_a_poor_error_gets_a_remedy_and_a_good_one_does_not() -> None:
    truth = np.arange(100) % 4
    assert guessing.verdict(0.1, truth) == "guessing the commonest class errs on 75.00 %"
    assert guessing.verdict(None, truth) == guessing.verdict(0.1, truth)
    poor = guessing.verdict(0.75, truth, "Do this.")
    assert poor.endswith("no better than that, and nothing was learned. Do this.")


@pytest.mark.parametrize("truth", [[0] * 54 + [1] * 6, [0, 1] * 4])
def test_who_errs_on_nothing_has_learned_something(truth: list[int]) -> None:
    assert not guessing.is_no_better(0.0, np.array(truth))


def test_on_a_few_cases_it_may_be_luck() -> None:
    assert "on 5 cases an error of 20.00 % may be luck" in guessing.verdict(0.2, np.arange(5) % 2)


TRAIN = ["train", "--hidden", "12,10", "--train-images", "60"]


def test_a_run_that_learned_nothing_says_so_and_its_record_has_the_guess(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, model = tmp_path / "run.json", tmp_path / "m.npz"
    files = ["--out", str(out), "--save", str(model)]
    assert main([*TRAIN, "--epochs", "0", *files]) == 0
    said = capsys.readouterr().out
    assert "may be luck" in said or "nothing was learned" in said
    assert "Train on more images" in said
    assert json.loads(out.read_text())["guessing_error"] == pytest.approx(0.9)
    assert main(["evaluate", str(model)]) == 0
    assert "Train on more images" in capsys.readouterr().out
    assert main(["experiment", "run", "backprop", "--epochs", "4"]) == 0
    said = capsys.readouterr().out
    assert "guessing the commonest class errs on 90.00 %" in said
    assert "nothing was learned" not in said


def test_points_that_are_no_better_are_marked(capsys: pytest.CaptureFixture[str]) -> None:
    few = ["--train-images", "60", "--epochs", "0", "--hidden", "8,6"]
    assert main(["experiment", "run", "sleep", *few]) == 0
    head, _, *points = capsys.readouterr().out.splitlines()
    assert head.endswith(" ~ marks what is no better")
    assert all(line.endswith(" ~") for line in points)


def test_a_chip_that_learned_nothing_says_whether_its_twin_did(
    capsys: pytest.CaptureFixture[str],
) -> None:
    few = ["train", "--hidden", "6,5", "--train-images", "8", "--epochs", "0"]
    assert hardware_sim(few) == 0
    assert "Its floating-point twin does no better" in capsys.readouterr().out
    assert hardware_sim([*few, "--no-twin"]) == 0
    assert "Leave out --no-twin to see" in capsys.readouterr().out
