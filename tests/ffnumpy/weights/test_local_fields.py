"""Local fields are one large matrix with zeros where no field looks."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ffnumpy.optimisers import Adam, Smoothed
from ffnumpy.weights import Cores, Dense, Outer, normal
from ffnumpy.weights.local_fields import Grid, LocalFields, local_fields

LAW = settings(deadline=None, max_examples=30, derandomize=True)
grids = st.builds(
    lambda field, stride, down, across, channels: Grid(
        field + stride * (down - 1), field + stride * (across - 1), channels, field, stride
    ),
    *(st.integers(1, 3) for _ in range(5)),
)


def drawn(grid: Grid, channels: int, seed: int = 0) -> LocalFields:
    rng = np.random.default_rng(seed)
    return local_fields(grid, channels, lambda a, b: Dense(normal(a, b, rng, float), 0.1))


def as_matrix(weights: LocalFields) -> NDArray:
    """Return the same weights as one matrix, the biases as its last row."""
    whole, width = np.zeros((weights.shape[0] + 1, weights.shape[1])), weights.fields[0].shape[1]
    for number, dense in enumerate(weights.fields):
        here = slice(number * width, (number + 1) * width)
        whole[weights.columns[number], here] = dense.matrix
        whole[-1, here] = dense.bias
    return whole


@LAW
@given(grid=grids, channels=st.integers(1, 4), seed=st.integers(0, 99))
def test_forward_is_the_product_with_one_matrix_of_many_zeros(
    grid: Grid, channels: int, seed: int
) -> None:
    weights = drawn(grid, channels, seed)
    x = np.random.default_rng(seed).standard_normal((5, grid.inputs))
    whole = as_matrix(weights)
    assert np.allclose(weights.forward(x), x @ whole[:-1] + whole[-1], rtol=1e-12, atol=1e-12)


@LAW
@given(grid=grids, channels=st.integers(1, 4), seed=st.integers(0, 99))
def test_an_update_is_the_outer_product_where_a_field_looks_and_nothing_elsewhere(
    grid: Grid, channels: int, seed: int
) -> None:
    weights, rng = drawn(grid, channels, seed), np.random.default_rng(seed)
    pre, post = rng.standard_normal((5, grid.inputs)), rng.standard_normal((5, weights.shape[1]))
    before = as_matrix(weights)
    looks = as_matrix(local_fields(grid, channels, lambda a, b: Dense(np.ones((a + 1, b)))))
    whole = np.vstack([pre.T @ post, post.sum(axis=0)]) * looks
    weights.add(Outer(pre, post))
    assert np.allclose(as_matrix(weights) - before, whole, rtol=1e-10, atol=1e-12)
    before = as_matrix(weights)
    weights.update(Outer(pre, post))
    assert np.allclose(as_matrix(weights) - before, 0.1 * whole / 5, rtol=1e-9, atol=1e-12)


def test_two_cores_do_to_the_last_bit_what_one_does() -> None:
    alone = drawn(Grid(7, 7, 2, 3, 2), 4)
    shared, rng = copy.deepcopy(alone), np.random.default_rng(1)
    shared.cores = Cores(2)
    for _ in range(3):
        x, post = rng.standard_normal((6, 98)), rng.standard_normal((6, 36))
        assert np.array_equal(alone.forward(x), shared.forward(x))
        alone.update(Outer(x, post))
        shared.update(Outer(x, post))
    assert np.array_equal(as_matrix(alone), as_matrix(shared))


@pytest.mark.parametrize("optimiser", [Smoothed(), Adam()])
def test_what_was_saved_goes_on_to_the_last_bit(optimiser: Smoothed | Adam) -> None:
    def made(seed: int) -> LocalFields:
        rng = np.random.default_rng(seed)
        grid = Grid(4, 4, 1, 2, 2)
        return local_fields(grid, 3, lambda a, b: Dense(normal(a, b, rng), 0.1, optimiser))

    one, other, rng = made(0), made(1), np.random.default_rng(2)
    steps = [Outer(rng.random((2, 16), "f4"), rng.random((2, 12), "f4")) for _ in range(4)]
    for outer in steps[:2]:
        one.update(outer)
    other.restore(one.arrays())
    for outer in steps[2:]:
        one.update(outer)
        other.update(outer)
    assert np.array_equal(as_matrix(one), as_matrix(other))


def test_the_papers_grids() -> None:
    first = Grid(28, 28, 1, 10, 6)
    second = first.above(128)
    third = second.above(220)
    assert (first.shape, second.shape, third.shape) == ((4, 4), (3, 3), (2, 2))
    assert [len(g.columns()[0]) for g in (first, second, third)] == [100, 512, 880]


def test_a_field_sees_all_channels_of_its_places() -> None:
    columns = Grid(3, 3, 2, 2, 1).columns()
    assert columns[0].tolist() == [0, 1, 2, 3, 6, 7, 8, 9]
    assert columns[3].tolist() == [8, 9, 10, 11, 14, 15, 16, 17]


@pytest.mark.parametrize(
    "sides", [(2, 5, 1, 3, 1), (5, 5, 0, 2, 1), (5, 5, 1, 2, 0), (5, 5, 1, 0, 1)]
)
def test_a_grid_that_makes_no_sense_is_refused(sides: tuple[int, ...]) -> None:
    with pytest.raises(
        ValueError,
        match=r"a field that fits into the picture|expected a whole number, 1 or more; got 0",
    ):
        Grid(*sides)


def test_fields_must_be_those_of_the_grid() -> None:
    grid = Grid(4, 4, 1, 2, 2)
    with pytest.raises(ValueError, match="expected 4 matrices of 4 inputs"):
        LocalFields(grid, [Dense(np.ones((5, 2)))] * 3)
    with pytest.raises(ValueError, match="expected 4 matrices of 4 inputs"):
        LocalFields(grid, [Dense(np.ones((4, 2)))] * 4)
