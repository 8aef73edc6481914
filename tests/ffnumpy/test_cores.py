"""Sharing weights out among cores changes who works, and nothing else but rounding."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from ffnumpy import weights
from ffnumpy.cores import ALONE, LARGE, MANY, Cores, shared
from ffnumpy.inputs import Features, Labelled
from ffnumpy.optimisers import BY_NAME, Schedule
from ffnumpy.recipes import Recipe
from ffnumpy.runs import Run
from ffnumpy.weights import Dense, Outer, normal

BLAS = ThreadpoolController().select(user_api="blas")
counted = pytest.mark.skipif(not BLAS.lib_controllers, reason="NumPy's BLAS tells no threads")


@contextmanager
def cores(number: int) -> Iterator[Cores]:
    with ThreadPoolExecutor(max(1, number - 1)) as others:
        yield Cores(number, others)


def threads() -> set[int]:
    return {library["num_threads"] for library in BLAS.info()}


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


@pytest.mark.parametrize("failing", [0, 1])
def test_an_error_on_one_core_is_raised_when_the_other_has_finished(failing: int) -> None:
    finished = []

    def task(core: int) -> None:
        if core == failing:
            raise ArithmeticError(f"core {core}")
        finished.append(core)

    with cores(2) as team, pytest.raises(ArithmeticError, match=f"core {failing}"):
        team.each(task)
    assert finished == [1 - failing]


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
    with shared([large, small], batch=MANY):
        assert threads() == {1}
        assert (large.cores.number, small.cores.number) == (2, 1)
        raise ArithmeticError


@counted
def test_blas_keeps_to_one_thread_while_weights_are_shared_also_if_that_fails() -> None:
    large, small = matrix(LARGE), matrix(LARGE - 500)
    with BLAS.limit(limits=2):
        with pytest.raises(ArithmeticError):
            look_inside(large, small)
        assert threads() == {2}
    assert large.cores is ALONE


@counted
@pytest.mark.parametrize(
    ("at_first", "size", "batch"),
    [(1, LARGE, 1), (3, LARGE, 1), (2, LARGE - 500, 1), (2, LARGE, 501)],
)
def test_where_sharing_gains_nothing_all_stays_as_it_is(
    at_first: int, size: int, batch: int
) -> None:
    dense = matrix(size)
    with BLAS.limit(limits=at_first), shared([dense], batch):
        assert threads() == {at_first}
        assert dense.cores is ALONE


def learned(threads: int) -> tuple[Run, list[NDArray]]:
    """Return a run of two short epochs on two large layers, and the weights."""
    rng = np.random.default_rng(1)
    rows, labels = rng.integers(0, 256, (60, 784), np.uint8), rng.integers(0, 10, 60)
    with BLAS.limit(limits=threads):
        run = Run(Recipe().changed(hidden=(720, 720), batch=20), rows, labels, 10, epochs=2)
        while not run.finished:
            for _ in run.steps():
                pass
    return run, [layer.weights.values for layer in run.model.layers]  # type: ignore[union-attr]


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
    with BLAS.limit(limits=2):
        for _ in run.steps():
            assert threads() == {1}
            break
        assert threads() == {2}
        assert all(m.cores is ALONE for m in run.model.matrices())
