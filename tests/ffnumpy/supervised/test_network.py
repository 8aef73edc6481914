"""Whole networks and runs: what learns, what answers; and the baseline beside them."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from ffnumpy.baselines.backprop import Backprop, ClassCases, plain
from ffnumpy.cases.batches import LabelledCases
from ffnumpy.experiments import backprop, supervised
from ffnumpy.inference import predict
from ffnumpy.layers.layer import Frozen
from ffnumpy.layers.readout import ReadoutLayer, log_softmax
from ffnumpy.runs.run import DivergedError, Run
from ffnumpy.supervised import Setting, Supervised
from ffnumpy.supervised.names import changed
from ffnumpy.training import train
from ffnumpy.weights.dense import Dense, normal

CLASSES, COLUMNS = 3, 30
SMALL: dict[str, Any] = {"hidden": (20, 15), "batch": 10, "rate": 0.1}
SETTINGS: dict[str, dict[str, Any]] = {
    "hard": {"negatives": "hard"},
    "uniform": {"negatives": "uniform"},
    "fixed": {"negatives": "fixed"},
    "one after another": {"order": "one-after-another"},
    "whole set": {"negatives": "fixed", "batch": 1000, "optimiser": "adam", "rate": 0.03},
    "softplus margin": {"loss": "softplus-margin"},
    "mean of squares": {"goodness": "mean-of-squares"},
    "student t": {"activation": "student-t", "peer": 0.0},
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


KINDS = [*SETTINGS, "backprop"]


class Data(NamedTuple):
    """What an experiment reads of a data set; these rows are no images."""

    train_images: NDArray
    train_labels: NDArray
    test_images: NDArray
    test_labels: NDArray
    classes: int = CLASSES


DATA: Any = Data(ROWS, LABELS, ROWS, LABELS)


def started(epochs: int, seed: int = 0, name: str = "hard", **changes: Any) -> Run:
    if name == "backprop":
        setting = changed(backprop.FULL, **SMALL, epochs=epochs, **changes)
        return backprop.start(setting, DATA, seed)
    choices = {**SMALL, **SETTINGS[name], **changes}
    return supervised.start(changed(Setting(), **choices, epochs=epochs), DATA, seed)


def trained(epochs: int, **changes: Any) -> Run:
    run = started(epochs, **changes)
    while not run.finished:
        for _ in run.steps():
            pass
    return run


def network(columns: int, **changes: Any) -> Supervised:
    return Supervised(changed(Setting(), **changes), columns, CLASSES, np.random.default_rng(0))


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_network_learns_patterns_a_child_could_tell_apart(name: str) -> None:
    run = trained(40 if name == "whole set" else 15, name=name)
    assert np.mean(run.network.predict(ROWS) != LABELS) <= 0.1  # chance is 0.67


@pytest.mark.parametrize("name", KINDS)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(name: str) -> None:
    def values(seed: int) -> bytes:
        run = started(2, seed, name)
        for _ in run.steps():
            pass
        arrays = [a for part in run.parts.values() for a in part.arrays().values()]
        return b"".join(a.tobytes() for a in arrays)

    assert values(1) == values(1) != values(2)


@pytest.mark.parametrize("overwrite", [True, False])
def test_the_widths_are_the_inputs_and_the_hidden_ones(overwrite: bool) -> None:
    net = network(20, hidden=(7, 6, 5), overwrite=overwrite)
    n_in = 20 if overwrite else 23
    assert [layer.weights.shape for layer in net.layers] == [(n_in, 7), (7, 6), (6, 5)]
    assert net.readout is not None
    assert net.readout.weights.shape == (11, 3)
    assert list(net.parts()) == ["layer1", "layer2", "layer3", "readout"]
    setting = changed(backprop.FULL, hidden=(7, 6, 5), overwrite=overwrite)
    rival = backprop.network(setting, 20, 3, np.random.default_rng(0))
    shapes = [weights.shape for weights in rival.learner.weights]
    assert shapes == [(n_in, 7), (7, 6), (6, 5), (5, 3)]


def test_fixed_negatives_need_no_readout() -> None:
    net = trained(1, negatives="fixed").network
    assert net.readout is None
    assert net.reader is None
    assert list(net.parts()) == ["layer1", "layer2"]
    assert net.measure(ROWS, LABELS)["error_softmax"] is None
    assert net.measure(ROWS, LABELS)["error_softmax_by_layer"] == []


def test_a_network_answers_as_inference_does() -> None:
    net = trained(2).network
    assert np.array_equal(net.predict(ROWS), predict(net.layers, net.encoding, ROWS))
    for counted in ([1], [0]):
        measured = net.measure(ROWS, LABELS, counted)
        named = predict(net.layers, net.encoding, ROWS, counted)
        assert measured["error"] == np.mean(named != LABELS)
        assert np.sum(measured["confusion"]) == len(ROWS)
        assert np.trace(measured["confusion"]) == np.sum(named == LABELS)
    read = net.readout.forward(net.reader.activities(net.encoding.features(ROWS[:50])))
    rest = net.readout.forward(net.reader.activities(net.encoding.features(ROWS[50:])))
    named = np.concatenate([read, rest]).argmax(axis=1)
    assert net.measure(ROWS, LABELS)["error_softmax"] == np.mean(named != LABELS)


@pytest.mark.parametrize("hidden", [(5,), (6, 5), (6, 5, 4)])
def test_all_layers_vote_where_the_setting_says_so(hidden: tuple[int, ...]) -> None:
    nets = {
        voters: network(ROWS.shape[1], hidden=hidden, voters=voters, temperature=50.0)
        for voters in ("all", "all-but-first")
    }
    for voters, first in (("all", 0), ("all-but-first", min(1, len(hidden) - 1))):
        voting = list(range(first, len(hidden)))
        by_default = nets[voters].measure(ROWS, LABELS)["error"]
        assert by_default == nets["all"].measure(ROWS, LABELS, voting)["error"]
        every = nets["all"]
        assert np.array_equal(
            nets[voters].predict(ROWS), predict(every.layers, every.encoding, ROWS, voting)
        )


# Runs


def test_layers_that_learn_together_have_no_frozen_one_and_the_readout_learns_first() -> None:
    run = trained(2)
    assert run.epochs == 2
    assert run.cases.epoch == 2
    assert run.finished
    layers = run.learners(0)
    assert isinstance(layers[0], ReadoutLayer)
    assert not any(isinstance(layer, Frozen) for layer in layers)


def test_one_after_another_gives_each_layer_all_the_epochs_in_turn() -> None:
    run = started(2, order="one-after-another", negatives="fixed")
    assert run.epochs == 4
    moved = []
    while not run.finished:
        before = {n: p.arrays()["values"].copy() for n, p in run.parts.items()}
        for _ in run.steps():
            pass
        now = {n: p.arrays()["values"] for n, p in run.parts.items()}
        moved.append([n for n in before if not np.array_equal(before[n], now[n])])
    assert moved == [["layer1"], ["layer1"], ["layer2"], ["layer2"]]


def test_drawing_cases_changes_no_weight() -> None:
    run = started(1)
    before = {n: p.arrays()["values"].copy() for n, p in run.parts.items()}
    for _ in run.cases:
        pass
    assert run.cases.epoch == 1
    for name, part in run.parts.items():
        assert np.array_equal(part.arrays()["values"], before[name])


def test_the_readout_learns_from_what_the_layers_were_before_the_batch() -> None:
    run = started(1)
    net, (x, sign) = run.network, next(iter(run.cases))
    expected = copy.deepcopy(net.readout)
    expected.learn(net.reader.activities(x.features), x.labels[: len(x.labels) // 2])
    for layer in run.learners(0):
        x = layer.learn(x, sign)
    assert np.array_equal(net.readout.weights.values, expected.weights.values)
    assert expected.weights.values.any()


def test_a_run_of_no_epochs_is_finished_at_once() -> None:
    assert started(0).finished


@pytest.mark.parametrize("epochs", ["2", 2.5, -1, None])
def test_epochs_are_a_whole_number(epochs: Any) -> None:
    with pytest.raises(ValueError, match=r"^epochs: expected a whole number, 0 or more; got"):
        started(epochs)


@pytest.mark.parametrize("rows", [0, 5])
def test_a_run_without_a_label_for_every_row_is_refused(rows: int) -> None:
    data: Any = Data(ROWS[:rows], LABELS[:0], ROWS, LABELS)
    with pytest.raises(ValueError, match=f"one label per row; got {rows} rows"):
        supervised.start(changed(Setting(), **SMALL), data, 0)


def test_weights_that_are_no_longer_finite_are_named() -> None:
    run = started(1)
    run.check_finite()
    run.network.layers[1].weights.values[2, 3] = np.nan
    with pytest.raises(DivergedError, match=r"the weights of layer2 .* after epoch 0"):
        run.check_finite()


# The baseline


def rival(rate: float = 0.1) -> Backprop:
    rng = np.random.default_rng(0)
    widths = ((8, 7), (7, 6), (6, 3))
    return Backprop([Dense(normal(a, b, rng, float), rate) for a, b in widths])


def test_backprop_lowers_its_loss_every_time_it_sees_the_same_batch() -> None:
    rng = np.random.default_rng(1)
    network, x, labels = rival(), rng.standard_normal((20, 8)), rng.integers(0, 3, 20)
    loss = []
    for _ in train([network], [(x, labels)] * 20):
        logits = network.forward(x)[0]
        loss.append(-log_softmax(logits)[np.arange(20), labels].mean())
    assert np.all(np.diff(loss) < 0)
    assert loss[-1] < 0.9 * loss[0]


def test_backprop_returns_the_logits_from_before_the_step() -> None:
    network, x = rival(), np.random.default_rng(1).standard_normal((4, 8))
    logits = network.forward(x)[0]
    assert np.array_equal(network.learn(x, np.array([0, 1, 2, 0])), logits)
    assert not np.array_equal(network.forward(x)[0], logits)


def test_backprop_agrees_with_the_chain_rule_written_out_for_one_weight() -> None:
    network, x, label = rival(), np.random.default_rng(2).standard_normal((1, 8)), 1
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
    pairs, run = started(1, 7).cases, started(1, 7, "backprop")
    cases, encoding = run.cases, run.network.encoding
    assert type(pairs) is LabelledCases
    assert type(cases) is ClassCases
    shown = []
    for index, (x, labels) in zip(pairs.indices(), cases, strict=True):
        assert x.shape == (10, COLUMNS)
        assert np.array_equal(labels, LABELS[index])
        assert np.array_equal(x, plain(encoding, encoding.features(ROWS[index])))
        shown += index.tolist()
    assert sorted(shown) == list(range(len(ROWS)))
    assert cases.epoch == 1


def test_the_baseline_is_measured_by_its_softmax_and_has_no_layers() -> None:
    net = trained(3, name="backprop").network
    measured = net.measure(ROWS, LABELS)
    assert set(measured) == {"error", "confusion"}
    assert measured["error"] == np.mean(net.predict(ROWS) != LABELS)
    assert np.sum(measured["confusion"], axis=1).tolist() == [30, 30, 30]
    assert not hasattr(net, "layers")


def test_the_baseline_predicts_large_sets_as_it_does_small_ones() -> None:
    net = trained(3, name="backprop").network
    many = np.tile(ROWS, (12, 1))
    assert np.array_equal(net.predict(many), np.tile(net.predict(ROWS), 12))
