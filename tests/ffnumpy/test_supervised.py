"""Whole networks and runs: what learns, what answers; and the baseline beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ffnumpy.baselines.backprop import Backprop, ClassCases, plain
from ffnumpy.cases.batches import LabelledCases
from ffnumpy.experiments.supervised import Recipe
from ffnumpy.inference import evaluate, predict
from ffnumpy.layers.layer import Frozen
from ffnumpy.layers.readout import log_softmax
from ffnumpy.runs.run import Run
from ffnumpy.supervised import BackpropModel, ForwardForwardModel, build
from ffnumpy.training import train
from ffnumpy.weights.dense import Dense, normal

CLASSES, COLUMNS = 3, 30
SMALL: dict[str, Any] = {"hidden": (20, 15), "batch": 10, "rate": 0.1}
RECIPES: dict[str, dict[str, Any]] = {
    "hard": {"negatives": "hard"},
    "uniform": {"negatives": "uniform"},
    "fixed": {"negatives": "fixed"},
    "one after another": {"order": "one-after-another"},
    "whole set": {"negatives": "fixed", "batch": 1000, "optimiser": "adam", "rate": 0.03},
    "softplus margin": {"loss": "softplus-margin"},
    "mean of squares": {"goodness": "mean-of-squares"},
    "student t": {"activation": "student-t", "peer": 0.0},
    "backprop": {"rule": "backprop"},
}


def patterns(n: int = 90) -> tuple[NDArray, NDArray]:
    """Return noisy copies of one pattern per class; the first pixels, the label's, are blank."""
    rng = np.random.default_rng(0)
    prototypes = rng.integers(0, 200, (CLASSES, COLUMNS))
    labels = np.arange(n) % CLASSES
    rows = prototypes[labels] + rng.integers(0, 55, (n, COLUMNS))
    rows[:, :CLASSES] = 0
    return rows.astype(np.uint8), labels


ROWS, LABELS = patterns()


def trained(epochs: int, **changes: Any) -> Run:
    run = Run(Recipe().changed(**{**SMALL, **changes}), ROWS, LABELS, CLASSES, epochs)
    while not run.finished:
        for _ in run.steps():
            pass
    return run


@pytest.mark.parametrize("name", RECIPES)
def test_every_kind_of_network_learns_patterns_a_child_could_tell_apart(name: str) -> None:
    run = trained(40 if name == "whole set" else 15, **RECIPES[name])
    predicted = run.model.predict(ROWS)
    assert np.mean(predicted != LABELS) <= 0.1  # chance is 0.67


@pytest.mark.parametrize("name", RECIPES)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(name: str) -> None:
    def values(seed: int) -> bytes:
        recipe = Recipe().changed(**{**SMALL, **RECIPES[name]})
        run = Run(recipe, ROWS, LABELS, CLASSES, 2, seed)
        for _ in run.steps():
            pass
        arrays = [a for part in run.model.parts().values() for a in part.arrays().values()]
        return b"".join(a.tobytes() for a in arrays)

    assert values(1) == values(1) != values(2)


def test_build_follows_the_rule() -> None:
    rng = np.random.default_rng(0)
    assert isinstance(build(Recipe(), 20, 3, rng), ForwardForwardModel)
    assert isinstance(build(Recipe().changed(rule="backprop"), 20, 3, rng), BackpropModel)


@pytest.mark.parametrize("overwrite", [True, False])
def test_the_widths_are_the_inputs_and_the_hidden_ones(overwrite: bool) -> None:
    recipe = Recipe().changed(hidden=(7, 6, 5), overwrite=overwrite)
    model = build(recipe, 20, 3, np.random.default_rng(0))
    assert isinstance(model, ForwardForwardModel)
    n_in = 20 if overwrite else 23
    assert [layer.weights.shape for layer in model.layers] == [(n_in, 7), (7, 6), (6, 5)]
    assert model.readout is not None
    assert model.readout.weights.shape == (11, 3)
    assert list(model.parts()) == ["layer1", "layer2", "layer3", "readout"]
    baseline = build(recipe.changed(rule="backprop"), 20, 3, np.random.default_rng(0))
    assert isinstance(baseline, BackpropModel)
    shapes = [weights.shape for weights in baseline.network.weights]
    assert shapes == [(n_in, 7), (7, 6), (6, 5), (5, 3)]


def test_fixed_negatives_need_no_readout() -> None:
    model = trained(1, negatives="fixed").model
    assert isinstance(model, ForwardForwardModel)
    assert model.readout is None
    assert list(model.parts()) == ["layer1", "layer2"]
    assert model.evaluate(ROWS, LABELS).error_softmax is None


def test_a_model_answers_as_inference_does() -> None:
    model = trained(2).model
    assert isinstance(model, ForwardForwardModel)
    assert np.array_equal(model.predict(ROWS), predict(model.layers, model.encoding, ROWS))
    for counted in (None, [0]):
        mine = model.evaluate(ROWS, LABELS, counted)
        theirs = evaluate(model.layers, model.readout, model.encoding, ROWS, LABELS, counted)
        assert (mine.error, mine.error_softmax) == (theirs.error, theirs.error_softmax)
        assert np.array_equal(mine.confusion, theirs.confusion)


@pytest.mark.parametrize("hidden", [(5,), (6, 5), (6, 5, 4)])
def test_all_layers_vote_where_the_recipe_says_so(hidden: tuple[int, ...]) -> None:
    models = {}
    for voters in ("all", "all-but-first"):
        recipe = Recipe().changed(hidden=hidden, voters=voters, temperature=50.0)
        models[voters] = build(recipe, ROWS.shape[1], 3, np.random.default_rng(0))
    for voters, first in (("all", 0), ("all-but-first", min(1, len(hidden) - 1))):
        voting = list(range(first, len(hidden)))
        by_default = models[voters].evaluate(ROWS, LABELS)
        assert by_default.error == models["all"].evaluate(ROWS, LABELS, voting).error
        assert np.array_equal(
            models[voters].predict(ROWS),
            predict(models["all"].layers, models["all"].encoding, ROWS, voting),
        )


# Runs


def test_layers_that_learn_together_have_one_stage_and_no_frozen_one() -> None:
    run = trained(2)
    assert run.model.stages == 1
    assert run.total_epochs == 2
    assert run.cases.epoch == 2
    assert run.finished
    assert not any(isinstance(layer, Frozen) for layer in run.model.learners(0))


def test_one_after_another_gives_each_layer_all_the_epochs_in_turn() -> None:
    recipe = Recipe().changed(**{**SMALL, "order": "one-after-another", "negatives": "fixed"})
    run = Run(recipe, ROWS, LABELS, CLASSES, epochs=2)
    assert run.total_epochs == 4
    moved = []
    while not run.finished:
        before = {n: p.arrays()["values"].copy() for n, p in run.model.parts().items()}
        for _ in run.steps():
            pass
        now = run.model.parts()
        moved.append(
            [n for n in before if not np.array_equal(before[n], now[n].arrays()["values"])]
        )
    assert moved == [["layer1"], ["layer1"], ["layer2"], ["layer2"]]


def test_a_run_of_no_epochs_is_finished_at_once() -> None:
    run = Run(Recipe().changed(**SMALL), ROWS, LABELS, CLASSES, 0)
    assert run.finished


@pytest.mark.parametrize("epochs", ["2", 2.5, -1, None])
def test_epochs_are_a_whole_number(epochs: Any) -> None:
    with pytest.raises(ValueError, match=r"^epochs: expected a whole number, 0 or more; got"):
        Run(Recipe().changed(**SMALL), ROWS, LABELS, CLASSES, epochs)


@pytest.mark.parametrize("rows", [0, 5])
def test_a_run_without_a_label_for_every_row_is_refused(rows: int) -> None:
    with pytest.raises(ValueError, match=f"one label per row; got {rows} rows"):
        Run(Recipe().changed(**SMALL), ROWS[:rows], LABELS[:0], CLASSES, 1)


# The baseline


def baseline(rate: float = 0.1) -> Backprop:
    rng = np.random.default_rng(0)
    widths = ((8, 7), (7, 6), (6, 3))
    return Backprop([Dense(normal(a, b, rng, float), rate) for a, b in widths])


def test_backprop_lowers_its_loss_every_time_it_sees_the_same_batch() -> None:
    rng = np.random.default_rng(1)
    network, x, labels = baseline(), rng.standard_normal((20, 8)), rng.integers(0, 3, 20)
    loss = []
    for _ in train([network], [(x, labels)] * 20):  # type: ignore[list-item]
        logits = network.forward(x)[1][-1]
        loss.append(-log_softmax(logits)[np.arange(20), labels].mean())
    assert np.all(np.diff(loss) < 0)
    assert loss[-1] < 0.9 * loss[0]


def test_backprop_returns_the_logits_from_before_the_step() -> None:
    network, x = baseline(), np.random.default_rng(1).standard_normal((4, 8))
    logits = network.forward(x)[1][-1]
    assert np.array_equal(network.learn(x, np.array([0, 1, 2, 0])), logits)
    assert not np.array_equal(network.forward(x)[1][-1], logits)


def test_backprop_agrees_with_the_chain_rule_written_out_for_one_weight() -> None:
    network, x, label = baseline(), np.random.default_rng(2).standard_normal((1, 8)), 1
    W1, W2, W3 = (weights.values.copy() for weights in network.weights)

    def log_p(w: float) -> float:
        first = W1.copy()
        first[2, 3] = w
        y = np.maximum(np.append(x, 1) @ first, 0)
        y = np.maximum(np.append(y, 1) @ W2, 0)
        z = np.append(y, 1) @ W3
        return float(z[label] - np.log(np.exp(z).sum()))

    network.learn(x, np.array([label]))
    h, w = 1e-6, W1[2, 3]
    slope = (log_p(w + h) - log_p(w - h)) / (2 * h)
    assert (network.weights[0].values[2, 3] - w) / 0.1 == pytest.approx(slope, rel=1e-5, abs=1e-8)


def test_the_baseline_sees_the_same_rows_in_the_same_order_each_once() -> None:
    rng = np.random.default_rng(0)
    forward = build(Recipe().changed(**SMALL), COLUMNS, CLASSES, rng)
    other = build(Recipe().changed(**SMALL, rule="backprop"), COLUMNS, CLASSES, rng)
    pairs = forward.cases(ROWS, LABELS, rng, 7)
    state = rng.bit_generator.state
    cases = other.cases(ROWS, LABELS, rng, 7)
    assert rng.bit_generator.state == state  # it has no wrong labels to draw
    assert type(pairs) is LabelledCases
    assert type(cases) is ClassCases
    shown = []
    for index, (x, labels) in zip(pairs.indices(), cases, strict=True):
        assert x.shape == (10, COLUMNS)
        assert np.array_equal(labels, LABELS[index])
        features = other.encoding.features(ROWS[index])
        assert np.array_equal(x, plain(other.encoding, features))
        shown += index.tolist()
    assert sorted(shown) == list(range(len(ROWS)))
    assert cases.epoch == 1


def test_the_baselines_evaluation_has_a_softmax_error_and_no_goodness() -> None:
    model = trained(3, rule="backprop").model
    result = model.evaluate(ROWS, LABELS)
    assert result.error is None
    assert result.error_by_layer == ()
    assert result.error_softmax == np.mean(model.predict(ROWS) != LABELS)
    assert result.confusion.sum(axis=1).tolist() == [30, 30, 30]


def test_the_baseline_predicts_large_sets_as_it_does_small_ones() -> None:
    model = trained(3, rule="backprop").model
    many = np.tile(ROWS, (12, 1))
    assert np.array_equal(model.predict(many), np.tile(model.predict(ROWS), 12))
