"""Sharing weights out among cores changes who works, and nothing else but rounding."""

from __future__ import annotations

import copy
import os
import pickle
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from ffnumpy import FFClassifier
from ffnumpy.cases.labelled import Features, Labelled
from ffnumpy.data import strokes
from ffnumpy.experiments import (
    backprop,
    backprop_convolutional,
    hybrid_images,
    supervised,
    top_down,
)
from ffnumpy.optimisers import BY_NAME, Schedule
from ffnumpy.runs.run import Run
from ffnumpy.supervised.names import changed
from ffnumpy.training import train
from ffnumpy.weights import blocks as weights
from ffnumpy.weights.dense import Dense, normal
from ffnumpy.weights.outer import Outer
from ffnumpy.weights.threads import ALONE, LARGE, MANY, Cores, shared

counted = pytest.mark.skipif(
    not ThreadpoolController().select(user_api="blas").lib_controllers,
    reason="NumPy's BLAS does not tell its number of threads",
)


@contextmanager
def cores(number: int) -> Iterator[Cores]:
    with ThreadPoolExecutor(max(1, number - 1)) as others:
        yield Cores(number, others)


def blas() -> ThreadpoolController:
    return ThreadpoolController().select(user_api="blas")


def threads() -> set[int]:
    return {library["num_threads"] for library in blas().info()}


@given(number=st.integers(1, 9), total=st.integers(0, 50))
def test_every_row_belongs_to_one_core_and_none_has_two_more_than_another(
    number: int, total: int
) -> None:
    parts = [range(total)[Cores(number).rows(core, total)] for core in range(number)]
    assert [row for part in parts for row in part] == list(range(total))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_a_shared_product_is_the_product(number: int, dtype: str) -> None:
    rng = np.random.default_rng(number)
    x, matrix = rng.random((5, 11)).astype(dtype), rng.random((11, 7)).astype(dtype)
    with cores(number) as team:
        found = team.matmul(x, matrix)
    assert found.dtype == dtype
    assert found.shape == (5, 7)
    assert np.allclose(found, x @ matrix, rtol=16 * np.finfo(dtype).eps, atol=0)


def test_every_core_takes_its_part_on_a_thread_of_its_own() -> None:
    barrier, seen = threading.Barrier(3, timeout=30), {}

    def task(core: int) -> None:
        seen[core] = threading.get_ident()
        barrier.wait()  # passes only if all three are at work at once

    with cores(3) as team:
        team.each(task)
    assert seen[0] == threading.get_ident()
    assert len(set(seen.values())) == 3


def test_without_other_threads_one_does_every_part() -> None:
    seen: list[int] = []
    Cores(3).each(seen.append)
    assert seen == [0, 1, 2]


@pytest.mark.parametrize("failing", [0, 1])
def test_an_error_on_one_core_is_raised_when_the_other_has_finished(failing: int) -> None:
    finished = []

    def task(core: int) -> None:
        if core == failing:
            raise ArithmeticError(f"core {core}")
        time.sleep(0.05)
        finished.append(core)

    with cores(2) as team:
        with pytest.raises(ArithmeticError, match=f"core {failing}"):
            team.each(task)
        assert finished == [1 - failing]


def test_numpy_is_as_lenient_or_strict_on_every_core() -> None:
    seen: dict[int, str] = {}
    with cores(2) as team, np.errstate(over="raise"):
        team.each(lambda core: seen.update({core: np.geterr()["over"]}))
    assert seen == {0: "raise", 1: "raise"}


@pytest.mark.parametrize("x", [np.ones((2, 12)), np.ones((2, 10)), np.ones(11)])
def test_an_input_of_the_wrong_shape_is_told_so_as_ever(x: NDArray) -> None:
    matrix = np.ones((11, 3))

    def outcome(team: Cores) -> Any:
        try:
            return team.matmul(x, matrix).tolist()
        except ValueError as error:
            return str(error)

    with cores(2) as team:
        assert outcome(team) == outcome(ALONE)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")  # the very danger
def test_a_forked_process_works_alone() -> None:
    with cores(2) as team:
        team.each(lambda core: None)  # starts the other thread
        child = os.fork()
        if not child:
            signal.alarm(20)
            found = team.matmul(np.ones((1, 4)), np.ones((4, 1)))
            os._exit(0 if found.item() == 4 else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda dense: pickle.loads(pickle.dumps(dense))]
)
def test_a_copy_of_shared_weights_works_on_when_the_cores_are_gone(copied: Any) -> None:
    dense = matrix(1000)
    with cores(2) as dense.cores:
        found = copied(dense)
    assert np.array_equal(found.forward(np.ones((1, 2))), np.zeros((1, 500)))


def trained(name: str, team: Cores) -> dict[str, NDArray]:
    """Return what updates and additions of plain and labelled batches leave in every array."""
    rng = np.random.default_rng(7)
    dense = Dense(normal(11, 3, rng, "f8"), Schedule(0.1, 4, 2), BY_NAME[name], 0.01)
    dense.cores = team
    for _ in range(4):
        x: Any = Labelled(Features(rng.random((2, 7))), rng.random((4, 4)))
        dense.update(Outer(x, dense.forward(x)))
        x = rng.standard_normal((4, 11))
        dense.update(Outer(x, dense.forward(x)))
        dense.add(Outer(x, 0.1 * dense.forward(x)))
    return dense.arrays()


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize("block", [7, 512_000])
@pytest.mark.parametrize("number", [2, 3])
def test_shared_weights_move_as_ever(
    name: str, block: int, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = trained(name, ALONE)
    monkeypatch.setattr(weights, "MULTIPLIED", block)
    with cores(number) as team:
        found = trained(name, team)
    assert found.keys() == expected.keys()
    for key in expected:
        assert np.abs(found[key] - expected[key]).max() <= 1e-10 * np.abs(expected[key]).max()


def matrix(size: int) -> Dense:
    return Dense(np.zeros((size // 500 + 1, 500), "f4"))


def look_inside(large: Dense, small: Dense) -> None:
    with shared([small, large], batch=MANY):
        assert threads() == {1}
        assert large.cores.number == small.cores.number == 2
        with shared([large], batch=1):
            assert large.cores is small.cores
        raise ArithmeticError


@counted
def test_blas_keeps_to_one_thread_while_weights_are_shared_also_if_that_fails() -> None:
    large, small = matrix(LARGE), matrix(LARGE - 500)
    with blas().limit(limits=2):
        with pytest.raises(ArithmeticError):
            look_inside(large, small)
        assert threads() == {2}
    assert large.cores is ALONE
    assert small.cores is ALONE


@counted
@pytest.mark.parametrize(
    ("at_first", "size", "batch"),
    [(1, LARGE, 1), (3, LARGE, 1), (2, LARGE, MANY + 1)],
)
def test_where_nothing_is_known_all_stays_as_it_is(at_first: int, size: int, batch: int) -> None:
    dense = matrix(size)
    with blas().limit(limits=at_first), shared([dense], batch):
        assert threads() == {at_first}
        assert dense.cores is ALONE


@counted
def test_a_small_network_has_one_thread_and_lends_no_cores() -> None:
    dense = matrix(LARGE - 500)
    with blas().limit(limits=2):
        with shared([dense], 1):
            assert threads() == {1}
            assert dense.cores is ALONE
        assert threads() == {2}


@counted
def test_a_learner_of_several_matrices_is_lent_cores_for_the_large_ones() -> None:
    large, small = matrix(LARGE), matrix(500)
    with blas().limit(limits=2), shared([SimpleNamespace(weights=[small, large])], 1):
        assert threads() == {1}
        assert (large.cores.number, small.cores) == (2, ALONE)


@counted
@pytest.mark.parametrize("module", [top_down, hybrid_images, backprop, backprop_convolutional])
def test_blas_has_one_thread_in_every_epoch_of_a_network_of_any_kind(module: Any) -> None:
    data = strokes.dataset()
    run = module.start(module.QUICK, data, 0)
    with blas().limit(limits=2):
        for epoch in range(run.epochs):
            with shared(run.learners(epoch), 100):
                assert threads() == {1}


@counted
def test_learners_without_weights_of_their_own_are_left_to_blas() -> None:
    with blas().limit(limits=2), shared([object()], 1):
        assert threads() == {2}


@counted
def test_outside_of_the_main_thread_all_stays_as_it_is() -> None:
    dense = matrix(LARGE)

    def train() -> bool:
        with shared([dense], 1):
            return dense.cores is ALONE

    with blas().limit(limits=2), ThreadPoolExecutor(1) as pool:
        assert pool.submit(train).result()


class Counting(Cores):
    """Counts what it is asked to share."""

    def __init__(self) -> None:
        super().__init__(2)
        self.shared: Counter[str] = Counter()

    def each(self, task: Any) -> None:
        self.shared["each"] += 1
        super().each(task)

    def matmul(self, x: NDArray, matrix: NDArray) -> NDArray:
        self.shared[str(matrix.shape)] += 1
        return super().matmul(x, matrix)


def run_of(rows: NDArray, labels: NDArray, **changes: Any) -> Run:
    """Return a supervised run on these rows, which are measured on, too."""
    data: Any = SimpleNamespace(
        train_images=rows, train_labels=labels, test_images=rows, test_labels=labels, classes=10
    )
    return supervised.start(changed(supervised.AUTHOR, **changes), data, 0)


def test_every_large_product_and_update_of_a_step_is_shared() -> None:
    rng = np.random.default_rng(1)
    rows, labels = rng.integers(0, 256, (20, 30), np.uint8), rng.integers(0, 10, 20)
    rows[:, :10] = 0  # for the label
    run = run_of(rows, labels, hidden=(7, 6), batch=20, epochs=1)
    counts = [Counting(), Counting()]
    for layer, cores in zip(run.network.layers, counts, strict=True):
        layer.weights.cores = cores
    for _ in run.steps():
        pass
    # Layer 1 multiplies its images once for all labels, layer 2 a neutral batch and the labelled.
    assert counts[0].shared == {"(20, 7)": 1, "each": 2}
    assert counts[1].shared == {"(7, 6)": 2, "each": 3}


def learned(threads: int) -> tuple[Run, list[NDArray]]:
    """Return a run of two short epochs on two large layers, and the weights."""
    rng = np.random.default_rng(1)
    rows, labels = rng.integers(0, 256, (60, 784), np.uint8), rng.integers(0, 10, 60)
    rows[:, :10] = 0  # for the label
    with blas().limit(limits=threads):
        run = run_of(rows, labels, hidden=(720, 720), batch=20, epochs=2)
        while not run.finished:
            for _ in run.steps():
                pass
    return run, [layer.weights.values for layer in run.network.layers]


@counted
def test_a_run_on_two_cores_is_the_run_on_one_and_repeats_to_the_last_bit() -> None:
    (_, one), (_, two), (_, again) = learned(1), learned(2), learned(2)
    for a, b, c in zip(one, two, again, strict=True):
        assert np.abs(a - b).max() <= 1e-4 * np.abs(a).max()
        assert np.array_equal(b, c)


@counted
def test_a_run_that_is_left_gives_the_cores_back() -> None:
    run, _ = learned(2)
    run.cases.epoch = 0
    with blas().limit(limits=2):
        for _ in run.steps():
            assert threads() == {1}
            break
        assert threads() == {2}
        assert all(layer.weights.cores is ALONE for layer in run.network.layers)


@counted
def test_runs_with_many_images_in_a_batch_are_left_to_blas() -> None:
    rows, labels = np.zeros((MANY + 1, 784), np.uint8), np.arange(MANY + 1) % 10
    run = run_of(rows, labels, hidden=(720,), batch=MANY + 1, epochs=1)
    with blas().limit(limits=2):
        for _ in run.steps():
            assert threads() == {2}


@counted
def test_the_classifier_shares_its_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sklearn")
    seen = []

    def watched(*args: Any) -> Iterator[int]:
        seen.append(threads())
        return train(*args)

    monkeypatch.setattr("ffnumpy.classifier.estimator.train", watched)
    with blas().limit(limits=2):
        FFClassifier((800,), epochs=2).fit(np.eye(20, 700), np.arange(20) % 2)
    assert seen == [{1}, {1}]
