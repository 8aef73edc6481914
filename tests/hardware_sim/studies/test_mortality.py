"""What becomes of what a chip has learned: who is whose heir, what ages, and what is measured."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ffnumpy import load
from ffnumpy.cases import OneHot
from hardware_sim.__main__ import main
from hardware_sim.chip.design import EXACT, Design
from hardware_sim.devices.presets import preset
from hardware_sim.devices.push_pull import PushPullPair
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import Bench
from hardware_sim.studies.mortality import (
    FATES,
    LEVELS,
    Ageing,
    Lesson,
    aged,
    interval,
    points,
    relay,
    run_points,
    teach,
    varied,
)
from hardware_sim.studies.trials import Trial

CELL = preset("gokmen-vlasov").device
BASE = Trial(Plan(hidden=(9,), passes=1), Design((784, 9)), CELL)


@pytest.fixture(scope="module")
def bench() -> Bench:
    data = load("strokes")
    shown, unseen = slice(0, 60), slice(0, 30)
    rows, truth = data.train_images[shown], data.test_labels[unseen].astype(int)
    labels = data.train_labels[shown].astype(int)
    return Bench(rows, labels, data.test_images[unseen], truth, OneHot())


def test_variation_is_that_of_cells_and_circuits_and_nothing_else() -> None:
    assert varied(BASE, 1.0) == BASE
    twice = varied(BASE, 2.0)
    spread, off = twice.device.cell.spread, twice.design.tolerances
    assert (spread.step, spread.low, spread.asymmetry) == (0.6, 0.6, 0.02)
    assert (off.gain, off.noise) == (0.04, BASE.design.tolerances.noise)
    assert twice.device.cell.noise == CELL.cell.noise
    assert varied(replace(BASE, device=PushPullPair(CELL)), 0.0).device.cell.spread.step == 0


def test_without_variation_a_transplanted_chip_is_the_one_it_comes_from(bench: Bench) -> None:
    # Two chips without variation, noise or mismatch answer alike when their cells are alike.
    cell = replace(CELL, spread=replace(CELL.spread, step=0, asymmetry=0, low=0, high=0))
    silent = replace(cell, noise=replace(cell.noise, read=0.0))
    design = replace(BASE.design, tolerances=EXACT)
    design = replace(design, limits=replace(design.limits, thermal_noise=False))
    trial = Trial(BASE.plan, design, silent)
    for entry in run_points(trial, bench, 2, Lesson(20), []):
        assert entry["transplanted"] == entry["in place"]


def test_each_chip_hands_on_to_the_next_and_the_last_to_the_first(bench: Bench) -> None:
    record: list[dict[str, Any]] = []
    found = list(run_points(BASE, bench, 2, Lesson(20), record))
    assert found == record
    assert [entry["name"] for entry in found] == list(points(2))
    assert {entry["level"] for entry in found} == set(LEVELS)
    assert all(0 <= entry[fate] <= 1 for entry in found for fate in FATES)
    assert list(run_points(BASE, bench, 2, Lesson(20), record)) == []


def test_a_chip_hands_on_to_another_individual() -> None:
    for number, following in ((0, 1), (2, 0)):
        trial, heir = relay(BASE, 2.0, number, 3)
        assert (trial.plan.seed, heir.plan.seed) == (number, following)
        assert trial.device == heir.device == varied(BASE, 2.0).device


@pytest.mark.parametrize("taught", [True, False])
def test_a_teacher_is_asked_for_the_wrong_labels_and_nobody_else(
    taught: bool, bench: Bench
) -> None:
    # Eight decisions among nine wrong labels, for each image, are the teacher's or the student's.
    teacher, student = (BASE.seeded(n).learner(60, OneHot()) for n in (0, 1))
    rows, labels = bench.rows[:10], bench.labels[:10]
    teach(student, rows, labels, BASE.seeded(1), teacher if taught else None)
    decided = {e.price.operation: e.operations for e in teacher.ledger.entries}
    assert decided.get("winner-take-all", 0) == (10 * 8 if taught else 0)
    own = {e.price.operation: e.operations for e in student.ledger.entries}
    assert own.get("winner-take-all", 0) == (0 if taught else 10 * (BASE.plan.candidates - 1))


@pytest.mark.parametrize("device", [CELL, PushPullPair(CELL)], ids=["cells", "pairs"])
def test_states_decay_and_cells_get_stuck_as_specified(device: Any) -> None:
    # n = 785 · 9 cells or twice as many: 5 sigma of the fraction. E[e^(−a|ξ|)] = 2 Φ(−a) e^(a²/2).
    chip = replace(BASE, device=device).learner(10, OneHot())
    cells = chip.chip[0].array.cells
    single = [cells] if device is CELL else [cells.plus, cells.minus]
    before = [(part.w.copy(), part.stuck.mean()) for part in single]
    aged(chip, Ageing(decay=0.3, stuck=0.05), np.random.default_rng(0))
    for part, (w, stuck) in zip(single, before, strict=True):
        kept = part.w.sum() / w.sum() if abs(w.sum()) > 5 else np.sum(part.w * w) / np.sum(w * w)
        assert kept == pytest.approx(0.7993, abs=0.02)
        assert np.all(part.w * w >= 0)
        assert abs(part.stuck.mean() - stuck - 0.05) <= 5 * np.sqrt(0.05 * 0.95 / w.size)
    if device is not CELL:
        assert np.allclose(cells.w, cells.plus.w - cells.minus.w)


def test_an_interval_is_students() -> None:
    # t of 3 degrees of freedom at 97.5 % is 3.182; the deviation of 1, 2, 3, 4 is 1.291.
    mean, half = interval(np.array([1.0, 2.0, 3.0, 4.0]))
    assert mean == 2.5
    assert half == pytest.approx(3.1824 * 1.29099 / 2, rel=1e-4)


def test_the_command_prints_a_table_draws_a_figure_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, figure = tmp_path / "m.json", tmp_path / "m.png"
    small = ("--train-images", "40", "--hidden", "8", "--epochs", "1", "--test-images", "20")
    run = ("mortality", *small, "--chips", "2", "--lesson", "10", "--out", str(out))
    assert main(run) == 0
    assert "transplanted" in capsys.readouterr().out
    whole = json.loads(out.read_text())["chips"]
    assert len(whole) == 2 * len(LEVELS)
    half = json.loads(out.read_text())
    half["chips"] = half["chips"][:3]
    out.write_text(json.dumps(half))
    assert main([*run, "--resume", "--figure", str(figure)]) == 0
    assert json.loads(out.read_text())["chips"] == whole
    assert figure.stat().st_size > 10_000
    assert main([*run, "--lesson", "11", "--resume"]) == 2
    assert "lesson" in capsys.readouterr().err


def test_two_workers_find_what_one_process_finds(tmp_path: Path) -> None:
    small = ("--train-images", "40", "--hidden", "8", "--epochs", "1", "--test-images", "20")
    found = []
    for workers in ("1", "2"):
        out = tmp_path / f"{workers}.json"
        run = ("mortality", *small, "--chips", "2", "--lesson", "10", "--workers", workers)
        assert main([*run, "--out", str(out)]) == 0
        found.append(json.loads(out.read_text())["chips"])
    assert found[0] == found[1]
