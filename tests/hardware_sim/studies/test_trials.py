"""A trial is a chip and how it is trained, for as many classes as its data have."""

from __future__ import annotations

import ast
from dataclasses import fields, is_dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ffnumpy.cases import OneHot
from hardware_sim import studies
from hardware_sim.chip.design import Design
from hardware_sim.commands.options.choices import scale_of
from hardware_sim.devices.fast_slow import FastSlow
from hardware_sim.devices.presets import preset
from hardware_sim.devices.several import Several
from hardware_sim.learning.converted import ConvertedLearner
from hardware_sim.learning.learners import TwinLearner
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import Bench, error_rate, single_run, train_all_passes
from hardware_sim.studies.comparison import WAYS, compare
from hardware_sim.studies.degradation import twins
from hardware_sim.studies.divergence import differences
from hardware_sim.studies.nonidealities import QUANTITIES
from hardware_sim.studies.trials import Trial, run_trial

FILES = sorted(Path(studies.__path__[0]).rglob("*.py"))
PLAN = Plan((60,), rate=0.1, passes=3)
TRIAL = Trial(PLAN, Design((64, 60), scale_of(0.4)), preset("gokmen-vlasov").device)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_study_knows_no_command_line_and_prints_nothing(path: Path) -> None:
    tree = ast.parse(path.read_text())
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not {"argparse", "print"} & names


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_part_of_a_study_has_more_than_six_fields(path: Path) -> None:
    inside = path.relative_to(studies.__path__[0]).with_suffix("").parts
    module = import_module(".".join([studies.__name__, *inside]).removesuffix(".__init__"))
    for kind in vars(module).values():
        if isinstance(kind, type) and kind.__module__ == module.__name__ and is_dataclass(kind):
            assert len(fields(kind)) <= 6


@pytest.mark.parametrize("kind", ["several", "fast"])
def test_a_study_of_a_cell_refuses_weights_of_several_devices(kind: str) -> None:
    cell = preset("gokmen-vlasov").device
    joined = (
        Several.of(cell, 2) if kind == "several" else FastSlow.of(cell, preset("capacitor").device)
    )
    with pytest.raises(ValueError, match="expected a device whose weights have one cell or a pair"):
        QUANTITIES["stuck"].at(replace(TRIAL, device=joined), 0.3)


def bench_of(data: Any, images: int | None = None) -> Bench:
    shown = data.train_images[:images], data.train_labels[:images]
    return Bench(*shown, data.test_images, data.test_labels, OneHot(data.classes))


def test_a_chip_learns_thirteen_classes(thirteen_classes: Any) -> None:
    """It answers labels that ten classes do not have, and they are right."""
    bench = bench_of(thirteen_classes)
    learner = TRIAL.learner(len(bench.rows), bench.encoding)
    assert learner.decision.winner.offset.shape == (13,)
    train_all_passes(single_run(learner, bench.rows, bench.labels, TRIAL.plan))
    assert error_rate(learner, bench.unseen, bench.truth) < 0.3
    late = bench.truth >= 10
    assert error_rate(learner, bench.unseen[late], bench.truth[late]) < 0.3


def test_converters_and_the_twin_know_thirteen_classes_too(thirteen_classes: Any) -> None:
    bench = bench_of(thirteen_classes, 20)
    plan = Plan((8, 6), passes=1)
    base = Trial(plan, Design((64, 8, 6)), preset("gokmen-vlasov").device, bits=4)
    learner = base.learner(20, bench.encoding)
    assert isinstance(learner, ConvertedLearner)
    assert learner.encoding.classes == 13
    assert 0 <= run_trial(base, bench).error <= 1
    assert TwinLearner(plan, base.design, 20, bench.encoding).encoding.classes == 13
    assert len(twins(base, bench, 2)) == 2


def test_all_ways_are_compared_on_thirteen_classes(thirteen_classes: Any) -> None:
    bench = bench_of(thirteen_classes, 13)
    base = Trial(Plan((8, 6), passes=1), Design((64, 8, 6)), preset("gokmen-vlasov").device)
    results = {result.way: result for result in compare(base, bench)}
    assert list(results) == list(WAYS)
    inference, training = results["d"].inference, results["d"].training
    assert inference is not None
    assert training is not None
    assert inference.ledger.count("adc") == 130 * (8 + 6 + 13)  # the logits are of 13 classes
    one = results["b"].inference
    assert one is not None
    assert one.ledger.count("comparator") == 130 * 12  # a winner among 13 takes 12 comparisons


def test_an_ideal_chip_and_its_twin_agree_on_thirteen_classes(thirteen_classes: Any) -> None:
    bench = bench_of(thirteen_classes, 20)
    steps = differences(
        Plan((8, 6), passes=1), scale_of(0.4), bench.rows, bench.labels, True, bench.encoding
    )
    assert np.max(list(steps)) <= 1e-14
