"""A chip's run: resumed bit for bit, beside a twin that starts alike and sees the same images."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ffnumpy.data import load
from ffnumpy.runs import checkpoint
from ffnumpy.runs.checkpoint import CheckpointError
from ffnumpy.runs.run import DivergedError, Run
from hardware_sim.chip.design import Design
from hardware_sim.devices import Device, FastSlow, Pair, Several
from hardware_sim.devices.presets import IDEAL, preset
from hardware_sim.learning.learners import ChipLearner, TwinLearner, rms_before_rectifier
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import error_rate, single_run, train_all_passes

IMAGES, HIDDEN = 20, (8, 6)
DIGITS = load("strokes")
ROWS, LABELS = DIGITS.train_images[:IMAGES], DIGITS.train_labels[:IMAGES]


def stored_in(name: str) -> Device | Pair:
    """Return what stores a weight: a preset, or several cells of it beside a fast one."""
    if name.startswith("fast "):
        slow = Several.of(preset(name.removeprefix("fast ")).device, 3)
        return FastSlow.of(slow, preset("capacitor").device.cell, rows=50)
    return preset(name).device


def chip_run(device: str = "gokmen-vlasov", seed: int = 3) -> Run:
    plan = Plan(HIDDEN, passes=2, seed=seed)
    learner = ChipLearner(plan, Design((784, *HIDDEN)), stored_in(device), IMAGES)
    for layer in learner.chip:
        layer.writing.upkeep_every = 10
    return single_run(learner, ROWS, LABELS, plan)


def train(run: Run, images: int | None = None) -> None:
    """Train so many images, or to the end."""
    left = images
    while not run.finished and left != 0:
        for _ in run.steps():
            left = None if left is None else left - 1
            if left == 0:
                break


def everything(run: Run) -> dict[str, Any]:
    parts = run.parts.items()
    arrays = {f"{name}{key}": a for name, part in parts for key, a in part.arrays().items()}
    return {**arrays, "next": run.network.rng.random(), "also": run.rng.random()}


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    assert one.keys() == other.keys()
    return all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.reports
@pytest.mark.parametrize("device", ["gokmen-vlasov", "pcm"])
def test_every_pulse_that_is_paid_for_has_fallen_on_a_cell(device: str) -> None:
    run = chip_run(device)
    train(run)
    counts = [layer.array.survey() for layer in run.network.chip]
    received = sum(a.sum() for known in counts for n, a in known.items() if "pulses" in n)
    assert received == run.network.ledger.count("pulse") > 0


@pytest.mark.reports
def test_a_file_without_counts_leaves_them_unknown() -> None:
    layer = chip_run().network.chip[0]
    arrays = {n: a for n, a in layer.array.arrays().items() if not n.startswith("received")}
    layer.array.restore(arrays)
    assert np.isnan(layer.array.survey()["pulses_up"]).all()


@pytest.mark.parametrize(
    "device", ["gokmen-vlasov", "pcm", "ecram-li", "fast reram-soft-bounds", "fast pcm"]
)
@pytest.mark.parametrize("images", [17, IMAGES, IMAGES + 5])
def test_a_resumed_chip_goes_on_bit_for_bit(tmp_path: Path, device: str, images: int) -> None:
    whole, stopped, resumed = (chip_run(device) for _ in range(3))
    train(whole)
    train(stopped, images)
    checkpoint.save(tmp_path / "chip.npz", stopped, {"word": "kept"})
    checkpoint.restore(tmp_path / "chip.npz", resumed)
    assert checkpoint.about(tmp_path / "chip.npz") == {"word": "kept"}
    train(resumed)
    assert same(everything(whole), everything(resumed))


def test_the_chip_and_its_twin_start_alike_and_see_the_same_images() -> None:
    run = chip_run()
    plan = Plan(HIDDEN, passes=2, seed=3)
    twin = TwinLearner(plan, Design((784, *HIDDEN)), IMAGES)
    chip = run.network
    assert isinstance(chip, ChipLearner)
    for layer, layer_of_twin in zip(chip.chip, twin.twin, strict=True):
        cells = layer.array.cells
        wanted = layer_of_twin.arrays()["values"] / layer.scale.weight
        assert np.abs(cells.w - np.clip(wanted, cells.low, cells.high)).max() < 1e-6
    other = single_run(twin, ROWS, LABELS, plan)
    assert all(
        np.array_equal(*pair)
        for pair in zip(run.cases.indices(), other.cases.indices(), strict=True)
    )


def test_a_chip_learns_and_converts_nothing() -> None:
    plan = Plan((64,), rate=0.02, passes=1)
    learner = ChipLearner(plan, Design((784, 64)), preset("gokmen-vlasov").device, 2000)
    unseen = DIGITS.test_images[:200], DIGITS.test_labels[:200]
    before = error_rate(learner, *unseen)
    train(single_run(learner, DIGITS.train_images[:2000], DIGITS.train_labels[:2000], plan))
    assert error_rate(learner, *unseen) < before - 0.2
    assert learner.ledger.count("adc") == 0


def test_a_file_of_another_chip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "chip.npz"
    checkpoint.save(path, chip_run("gokmen-vlasov"), {})
    with pytest.raises(CheckpointError, match="is inconsistent or a different one"):
        checkpoint.restore(path, chip_run("pcm"))
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(CheckpointError, match="it is damaged, or another kind of file"):
        checkpoint.about(path)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Plan(hidden=()), "hidden: expected at least one width"),
        (lambda: Plan(rate=0.0), "rate: expected a number above 0"),
        (lambda: Plan(passes=-1), "passes: expected a whole number, 0 or more"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_no_images_have_no_error() -> None:
    with pytest.raises(ValueError, match="at least one row"):
        error_rate(chip_run().network, ROWS[:0], LABELS[:0])


def test_a_chip_whose_weights_are_lost_is_not_trained_to_the_end() -> None:
    run = chip_run()
    run.network.chip[1].array.cells.w[0, 0] = np.nan
    with pytest.raises(DivergedError, match="weights of layer2 are no longer finite after epoch 1"):
        train_all_passes(run)


def test_what_amplifier_noise_compares_with_is_one_before_training() -> None:
    # Weights N(0, 1/n_in) on rows of mean square 1: each unit's square has the mean 1. Between
    # units it varies by √2 of that, 5 sigma of 200 units are 0.5; half of it for the root.
    plan = Plan((200, 200))
    learner = ChipLearner(plan, Design((784, 200, 200)), IDEAL, IMAGES)
    rms = rms_before_rectifier(learner.chip, ROWS, LABELS, learner.encoding)
    assert rms == pytest.approx([1.0, 1.0], abs=0.25)
    assert rms_before_rectifier(learner.chip, ROWS, LABELS, learner.encoding) == rms
