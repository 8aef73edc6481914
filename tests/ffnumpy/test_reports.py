"""What users reported: data that make no sense get an error that names the remedy."""

from __future__ import annotations

import pickle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ffnumpy import experiments
from ffnumpy.cases import LabelledCases, OneHot, StrongestWrong, UniformWrong
from ffnumpy.cases.labelled import Features
from ffnumpy.cases.towers import TwoTowers
from ffnumpy.experiments import hybrid_images, supervised
from ffnumpy.experiments.saved import load_network, setting_of
from ffnumpy.inference import predict, scored
from ffnumpy.normalisation import normalise
from ffnumpy.runs import checkpoint
from ffnumpy.runs.checkpoint import CheckpointError
from ffnumpy.runs.files import write_atomically
from ffnumpy.runs.run import Run
from ffnumpy.supervised import Supervised
from ffnumpy.supervised.names import changed, flat
from ffnumpy.validation import check_labels, check_rows
from ffnumpy.weights import Dense, Outer

RNG = np.random.default_rng(0)
ROWS = RNG.integers(0, 256, (30, 20), np.uint8)
ROWS[:, :3] = 0
LABELS = np.arange(30) % 3
SMALL: dict[str, Any] = {"hidden": (6, 5), "batch": 10, "epochs": 2}

pytestmark = pytest.mark.reports


def start(rows: Any, labels: Any = LABELS, **choices: Any) -> Run:
    data: Any = SimpleNamespace(
        train_images=rows, train_labels=labels, test_images=rows, test_labels=labels, classes=3
    )
    return supervised.start(changed(supervised.AUTHOR, **SMALL, **choices), data, 0)


def spoiled(value: float) -> NDArray:
    rows = ROWS.astype(np.float64)
    rows[4, 7] = value
    return rows


def inked() -> NDArray:
    rows = ROWS.copy()
    rows[:, :3] = 255
    return rows


BAD: dict[str, tuple[Any, str]] = {
    "0…1": (ROWS / 255, "as if scaled already.*multiply those of 0 … 1 by 255.*as-they-are"),
    "0…1, float32": ((ROWS / 255).astype("f4"), "as if scaled already"),
    "0 and 1": ((ROWS > 99).astype(np.uint8), "as if scaled already"),
    "truth values": (ROWS > 99, "as if scaled already"),
    "standardised": ((ROWS - 128.0) / 70, "as if scaled already"),
    "negative": (ROWS.astype(int) - 3, "expected pixels of 0 … 255"),
    "16 bits": (ROWS.astype(int) * 257, "expected pixels of 0 … 255.*got 0 … "),
    "not a number": (spoiled(np.nan), "finite numbers; got 1 .*row 4, column 7: nan"),
    "infinity": (spoiled(-np.inf), "finite numbers; got 1 .*row 4, column 7: -inf"),
    "objects": (ROWS.astype(object), "table of numbers; got object"),
    "strings": (ROWS.astype(str), "table of numbers; got <U3"),
    "complex": (ROWS.astype(complex), "table of numbers; got complex128"),
    "images": (ROWS.reshape(30, 4, 5), r"height · width\).*reshape\(30, 20\)"),
    "colours": (np.zeros((30, 4, 5, 3)), r"height · width · colours\).*reshape\(30, 60\)"),
    "one row": (ROWS[0], r"A single row is array\.reshape\(1, -1\)"),
    "list": (ROWS.tolist(), "got list. Use np.asarray"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_rows_are_refused_to_learn_from_and_to_classify(kind: str) -> None:
    rows, message = BAD[kind]
    encoding = OneHot(3)
    with pytest.raises(ValueError, match=message):
        LabelledCases(rows, np.arange(len(rows)) % 3, encoding, UniformWrong(3, RNG))
    network = start(ROWS).network
    for answer in (network.predict, lambda r: predict(network.layers, encoding, r)):
        with pytest.raises(ValueError, match=message):
            answer(rows)


def test_ink_under_the_label_is_refused_unless_the_label_stands_beside_it() -> None:
    with pytest.raises(ValueError, match=r"first 3 pixels are blank.*overwrite=False"):
        start(inked())
    start(inked(), overwrite=False)
    start(ROWS)


def test_the_remedies_that_the_message_names_give_the_right_network() -> None:
    """Rows of 0…1 that are said to be so, or brought back, train the network of the bytes."""
    scaled = ROWS / 255
    runs = [start(ROWS), start(scaled, pixels="as-they-are"), start(np.rint(scaled * 255))]
    for run in runs:
        for _ in run.steps():
            pass
    expected = runs[0].network.layers[0].weights.values
    for run in runs[1:]:
        np.testing.assert_allclose(run.network.layers[0].weights.values, expected, atol=1e-5)


def test_towers_take_any_scale_but_no_nonsense() -> None:
    TwoTowers(3).check(ROWS / 255)
    with pytest.raises(ValueError, match="finite numbers"):
        TwoTowers(3).check(spoiled(np.nan))


BAD_LABELS: dict[str, tuple[Any, str]] = {
    "strings": (LABELS.astype(str), r"np\.unique\(labels, return_inverse=True\)"),
    "objects": (LABELS.astype(object), r"np\.unique\(labels, return_inverse=True\)"),
    "fractions": (LABELS.astype(float), r"labels\.astype\(int\)"),
    "column": (LABELS[:, np.newaxis], r"labels\.ravel\(\)"),
    "one-hot": (np.eye(3, dtype=int)[LABELS], r"labels\.argmax\(axis=1\)"),
    "list": (LABELS.tolist(), r"Use np\.asarray"),
    "too few": (LABELS[:-1], "30 rows, 29 labels"),
    "from 1": (LABELS + 1, "expected labels 0 … 2; got 1 … 3"),
    "negative": (LABELS - 1, "expected labels 0 … 2; got -1 … 1"),
}


@pytest.mark.parametrize("kind", BAD_LABELS)
def test_bad_labels_are_refused_in_training_and_in_evaluation_alike(kind: str) -> None:
    labels, message = BAD_LABELS[kind]
    network = start(ROWS).network
    for use in (
        lambda: check_labels(30, labels, 3),
        lambda: start(ROWS, labels),
        lambda: network.measure(ROWS, labels),
        lambda: scored(labels, LABELS, 3),
    ):
        with pytest.raises(ValueError, match=message):
            use()


# Edges


def test_an_empty_batch_is_refused() -> None:
    dense = Dense(np.ones((3, 2)))
    with pytest.raises(ValueError, match="at least one case"):
        dense.update(Outer(np.empty((0, 2)), np.empty((0, 2))))
    assert dense.updates == 0


@pytest.mark.parametrize("rate", [np.inf, np.nan, 0.0, -1.0])
def test_a_rate_is_finite_and_above_0(rate: float) -> None:
    dense = Dense(np.ones((3, 2)), lambda updates: rate)
    with pytest.raises(ValueError, match="finite learning rate above 0"):
        dense.update(Outer(np.ones((1, 2)), np.ones((1, 2))))


def test_decay_takes_no_more_than_all_of_a_weight() -> None:
    with pytest.raises(ValueError, match="ε · decay of at most 1"):
        changed(supervised.AUTHOR, rate=2.0, decay=0.6)
    dense = Dense(np.ones((3, 2)), 2.0, decay=0.5)
    dense.update(Outer(np.zeros((1, 2)), np.zeros((1, 2))))
    assert not dense.matrix.any()
    with pytest.raises(ValueError, match="ε · decay of at most 1"):
        Dense(np.ones((3, 2)), 2.0, decay=0.6).update(Outer(np.ones((1, 2)), np.ones((1, 2))))


@pytest.mark.parametrize("candidates", [0, 1.5, 3, -1, True, "2"])
def test_candidates_are_a_whole_number_of_wrong_labels(candidates: Any) -> None:
    with pytest.raises(ValueError, match="candidates: expected"):
        StrongestWrong(OneHot(3), lambda x: 0, candidates, RNG)


@pytest.mark.parametrize("epochs", [1.5, -1, np.nan])
def test_epochs_are_a_whole_number(epochs: Any) -> None:
    with pytest.raises(ValueError, match="epochs: expected a whole number"):
        changed(supervised.AUTHOR, epochs=epochs)


@pytest.mark.parametrize("size", [1e20, 1e30, 3e38])
def test_a_row_too_long_for_float32_keeps_its_direction(size: float) -> None:
    y = RNG.uniform(-1, 1, (3, 7)).astype(np.float32)
    y[1] = 0
    long = y.copy()
    long[2] *= np.float32(size)
    np.testing.assert_allclose(normalise(long), normalise(y), rtol=1e-6)
    out = long.copy()
    assert normalise(out, out=out) is out
    np.testing.assert_allclose(out, normalise(y), rtol=1e-6)


def test_infinity_has_no_direction() -> None:
    with pytest.raises(ValueError, match="infinity"):
        normalise(np.array([[np.inf, 1.0]]))


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_features_have_a_finite_length(value: float) -> None:
    with pytest.raises(ValueError, match="finite Σ x²"):
        Features(np.array([[1.0, value]], np.float32))


def test_votes_that_are_no_numbers_name_no_class() -> None:
    network = start(ROWS).network
    network.layers[0].weights.values[...] = np.nan
    with pytest.raises(ValueError, match="no longer finite"):
        network.predict(ROWS)


def test_nothing_but_blank_rows_are_rows() -> None:
    check_rows(np.zeros((2, 3), np.uint8))
    assert start(ROWS).network.predict(np.zeros((2, 20), np.uint8)).shape == (2,)


# Laws that had no test


def test_a_save_replaces_the_file_and_never_writes_into_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    path.write_bytes(b"the old file")
    with path.open("rb") as reader:
        write_atomically(path, lambda file: file.write(b"new"))
        assert reader.read() == b"the old file"
    assert path.read_bytes() == b"new"


class Trap:
    """Something whose pickle writes a file when it is loaded."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (self.path, "w")


def saved_with(path: Path, **traps: Any) -> None:
    run = start(ROWS)
    setting = flat(changed(supervised.AUTHOR, **SMALL))
    notes = {"experiment": "supervised", "setting": setting, "classes": 3, "columns": 20}
    checkpoint.save(path, run, notes)
    with np.load(path) as file:
        arrays = dict(file)
    with path.open("wb") as out:
        np.savez(out, **{**arrays, **traps})


@pytest.mark.parametrize("member", ["layer1/values", "place", "stranger"])
def test_a_model_file_runs_no_code(member: str, tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    pickle.loads(pickle.dumps(Trap(str(sprung)))).close()  # the trap works
    sprung.unlink()
    path = tmp_path / "m.npz"
    saved_with(path, **{member: np.array([Trap(str(sprung))], object)})
    for load in (load_network, lambda p: checkpoint.restore(p, start(ROWS))):
        with pytest.raises(CheckpointError, match="damaged, or another kind"):
            load(path)
    assert not sprung.exists()


def test_the_readout_learns_through_the_stages_of_all_layers() -> None:
    """Its rate falls in the second half of the whole run; each layer's in that of its own stage."""
    for order, stages in (("together", 1), ("one-after-another", 3)):
        setting = changed(supervised.AUTHOR, hidden=(4, 4, 4), epochs=10, order=order)
        net = Supervised(setting, 20, 3, np.random.default_rng(0), 7)
        assert net.readout is not None
        read, own = net.readout.weights, net.layers[0].weights
        halfway, end = 7 * 5 * stages - 1, 7 * 10 * stages - 1
        assert read.schedule(halfway) == read.schedule(0)
        assert read.schedule(halfway + 7) < read.schedule(0)
        assert read.schedule(end) == pytest.approx(read.schedule(0) / (10 * stages))
        assert own.schedule(7 * 10 - 1) == pytest.approx(own.schedule(0) / 10)


def test_an_update_of_the_authors_takes_a_hundred_thousandth_of_a_weight() -> None:
    """[HintonCode]: epsilon = 0.01 and wc = 0.001, of hidden layers; biases do not decay."""
    net = supervised.network(changed(supervised.AUTHOR, **SMALL), 20, 3, np.random.default_rng(0))
    own = net.layers[0].weights
    before = own.values.copy()
    own.update(Outer(np.zeros((1, 20), np.float32), np.zeros((1, 6), np.float32)))
    np.testing.assert_allclose(own.matrix, before[:-1] * (1 - 0.01 * 0.001), rtol=2e-7)
    assert np.abs(own.matrix - before[:-1]).max() > 0
    assert np.array_equal(own.bias, before[-1])


@pytest.mark.parametrize("name", ["hybrid_images", "backprop", "backprop_convolutional"])
def test_logits_that_are_no_numbers_name_no_class(name: str) -> None:
    module = experiments.named(name)
    net = module.network(module.QUICK, 784, 10, np.random.default_rng(0))
    for part in net.parts().values():
        weights = getattr(part, "weights", part)
        for array in weights.arrays().values():
            if np.issubdtype(array.dtype, np.inexact):
                array[...] = np.nan
    with pytest.raises(ValueError, match="no longer finite"):
        net.predict(np.full((3, 784), 255, np.uint8))


def test_a_setting_says_how_many_layers_are_read_in_fact() -> None:
    full = hybrid_images.FULL
    assert changed(full, hidden=(20, 20)).read == 2
    assert changed(full, hidden=(20, 20, 20), read=2).read == 2


def test_a_network_without_labels_from_before_the_newer_choices_is_what_it_was() -> None:
    """It had no choice of T, push and layers read: these were 1, 0.06 and the last three."""
    newer = {"temperature", "peer", "read"}
    every = flat(changed(hybrid_images.FULL, hidden=(6, 5, 4, 3)))
    old = {name: value for name, value in every.items() if name not in newer}
    setting = setting_of("m.npz", {"experiment": "hybrid_images", "setting": old})
    assert {n: flat(setting)[n] for n in newer} == {"temperature": 1.0, "peer": 0.06, "read": 3}
    net = hybrid_images.network(setting, 20, 3, np.random.default_rng(0))
    assert net.readout.weights.shape == (5 + 4 + 3, 3)
