"""Two learners of one plan that differ in what they are made of, and in nothing else."""

from __future__ import annotations

import numpy as np

from ffnumpy.data import load
from hardware_sim.learning import Plan, error_on_the_bench, error_rate, made_of

PLAN = Plan((8, 6), seed=3)
DIGITS = load("strokes")
ROWS, LABELS = DIGITS.test_images[:5], DIGITS.test_labels[:5]


def test_numbers_and_cells_begin_with_the_same_weights() -> None:
    numbers, cells = made_of.numbers(PLAN, 20), made_of.cells(PLAN, 20)
    for layer, on_chip in zip(numbers.twin, cells.chip, strict=True):
        w, kept = layer.arrays()["values"] / on_chip.scale.weight, on_chip.array.cells
        assert np.allclose(kept.w, np.clip(w, kept.low, kept.high), atol=1e-6)


def test_the_loss_of_the_numbers_has_the_temperature_of_the_chip() -> None:
    numbers, cells = made_of.numbers(PLAN, 20), made_of.cells(PLAN, 20)
    for layer, on_chip in zip(numbers.twin, cells.chip, strict=True):
        gate = on_chip.neurons.gate
        assert np.isclose(layer.loss.temperature, gate.design_width / on_chip.scale.goodness)
        assert np.isclose(layer.loss.threshold, gate.threshold / on_chip.scale.goodness)


def test_the_rate_of_both_falls_to_nothing_over_the_images_of_a_pass() -> None:
    plan = Plan((8, 6), passes=1)
    numbers, cells = made_of.numbers(plan, 20), made_of.cells(plan, 20)
    for layer, on_chip in zip(numbers.twin, cells.chip, strict=True):
        for updates, part in ((0, 1.0), (20, 0.5), (40, 0.0)):
            assert np.isclose(on_chip.writing.rate(updates), part * plan.rate)
            own = layer.weights.schedule(updates) / layer.weights.schedule(0)
            assert np.isclose(own, part)


def test_inputs_other_than_an_image_s_can_be_had() -> None:
    assert made_of.numbers(PLAN, 20, inputs=30).twin[0].weights.matrix.shape == (30, 8)
    assert made_of.cells(PLAN, 20, inputs=30).chip[0].array.shape == (30, 8)


def test_an_error_measured_on_the_bench_is_the_same_and_is_not_in_the_ledger() -> None:
    one, other = made_of.cells(PLAN, 20), made_of.cells(PLAN, 20)
    assert error_on_the_bench(one, ROWS, LABELS) == error_rate(other, ROWS, LABELS)
    assert {line["block"] for line in one.ledger.lines()} == {"first weights"}
    assert other.ledger.count("comparator") > 0
