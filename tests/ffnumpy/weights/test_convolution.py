"""Convolution is correlation with one kernel, and local fields that all have the same weights."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.signal import correlate

from ffnumpy.baselines.stages import fold
from ffnumpy.optimisers import Adam, Momentum, Plain, Schedule, Smoothed
from ffnumpy.weights import Cores, Dense, Outer, normal
from ffnumpy.weights.convolution import TILE, Convolution, unfold
from ffnumpy.weights.local_fields import Grid, LocalFields

LAW = settings(deadline=None, max_examples=30, derandomize=True)
grids = st.builds(
    lambda field, stride, down, across, channels: Grid(
        field + stride * (down - 1), field + stride * (across - 1), channels, field, stride
    ),
    *(st.integers(1, 3) for _ in range(5)),
)
SMALL = Grid(6, 7, 2, field=3, stride=1)


def drawn(grid: Grid, channels: int, seed: int = 0) -> Convolution:
    rng = np.random.default_rng(seed)
    return Convolution(grid, Dense(normal(grid.field**2 * grid.channels, channels, rng, float), 1))


def unshared(weights: Convolution) -> LocalFields:
    """Return fields that each have a copy of the kernel."""
    kernel, fields = weights.kernel, len(weights.grid.columns())
    copies = [Dense(kernel.values.copy(), 1.0) for _ in range(fields)]
    return LocalFields(weights.grid, copies)


@LAW
@given(grid=grids, channels=st.integers(1, 4), seed=st.integers(0, 99))
def test_it_is_local_fields_with_the_same_weights_everywhere(
    grid: Grid, channels: int, seed: int
) -> None:
    weights, rng = drawn(grid, channels, seed), np.random.default_rng(seed)
    fields = unshared(weights)
    assert weights.shape == fields.shape
    x, post = rng.standard_normal((5, grid.inputs)), rng.standard_normal((5, weights.shape[1]))
    assert np.allclose(weights.forward(x), fields.forward(x), rtol=1e-12, atol=1e-12)
    before = weights.kernel.values.copy()
    fields.update(Outer(x, post))
    total = sum(field.values - before for field in fields.fields)
    weights.update(Outer(x, post))
    assert np.allclose(weights.kernel.values - before, total, rtol=1e-9, atol=1e-11)
    before = weights.kernel.values.copy()
    weights.add(Outer(x, post))
    assert np.allclose(weights.kernel.values - before, 5 * total, rtol=1e-9, atol=1e-10)


def test_it_is_scipys_correlation_summed_over_the_channels() -> None:
    weights, rng = drawn(SMALL, 3), np.random.default_rng(1)
    weights.kernel.bias[...] = rng.standard_normal(3)
    x = rng.standard_normal((TILE + 3, SMALL.inputs))
    kernel = weights.kernel.matrix.reshape(3, 3, 2, 3)
    for picture, z in zip(x.reshape(-1, 6, 7, 2), weights.forward(x), strict=True):
        for k in range(3):
            expected = correlate(picture, kernel[..., k], "valid")[..., 0]
            got = z.reshape(4, 5, 3)[..., k]
            assert np.allclose(got, expected + weights.kernel.bias[k], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("down", "right"), [(1, 0), (0, 2), (2, 1)])
def test_a_shifted_picture_gives_the_same_numbers_shifted(down: int, right: int) -> None:
    weights, rng = drawn(SMALL, 3), np.random.default_rng(2)
    wide = rng.standard_normal((2, 6 + down, 7 + right, 2))

    def answer(picture: NDArray) -> NDArray:
        return weights.forward(picture.reshape(2, -1)).reshape(2, 4, 5, 3)

    here, shifted = answer(wide[:, :6, :7]), answer(wide[:, down:, right:])
    assert np.allclose(here[:, down:, right:], shifted[:, : 4 - down, : 5 - right], rtol=1e-12)


@LAW
@given(grid=grids, seed=st.integers(0, 99))
def test_unfolding_reads_what_each_field_sees_and_folding_is_its_transpose(
    grid: Grid, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((3, grid.inputs))
    rows, columns = unfold(grid, x), grid.columns()
    assert np.array_equal(rows, x[:, np.array(columns)].reshape(-1, len(columns[0])))
    u = rng.standard_normal(rows.shape)
    assert np.vdot(rows, u) == pytest.approx(np.vdot(x, fold(grid, u)), rel=1e-11, abs=1e-11)


@pytest.mark.parametrize("optimiser", [Plain(), Smoothed(), Momentum(), Adam()])
def test_a_step_is_that_of_a_dense_matrix_along_the_sum_over_the_places(
    optimiser: Plain | Smoothed | Momentum | Adam,
) -> None:
    rng, schedule = np.random.default_rng(3), Schedule(0.1, 4, 1)
    values = normal(18, 4, rng, float)
    weights = Convolution(SMALL, Dense(values.copy(), schedule, optimiser, decay=0.3))
    dense, places = Dense(values.copy(), schedule, optimiser, decay=0.3), 20
    for _ in range(4):
        x, post = rng.random((3, SMALL.inputs)), rng.standard_normal((3, weights.shape[1]))
        weights.update(Outer(x, post))
        dense.update(Outer(unfold(SMALL, x), places * post.reshape(-1, 4)))
    assert np.allclose(weights.kernel.values, dense.values, rtol=1e-9, atol=1e-12)
    assert weights.kernel.updates == weights.kernel.version == 4


def test_two_cores_do_what_one_does_but_for_the_last_digits() -> None:
    alone, rng = drawn(SMALL, 4), np.random.default_rng(4)
    both = copy.deepcopy(alone)
    both.cores = Cores(2)
    assert copy.copy(both).cores.number == 1
    for _ in range(3):
        x, post = rng.random((2 * TILE + 1, 84)), rng.standard_normal((2 * TILE + 1, 80))
        assert np.allclose(alone.forward(x), both.forward(x), rtol=1e-12)
        alone.update(Outer(x, post))
        both.update(Outer(x, post))
    assert np.allclose(alone.kernel.values, both.kernel.values, rtol=1e-12)


@pytest.mark.parametrize("optimiser", [Smoothed(), Adam()])
def test_what_was_saved_goes_on_to_the_last_bit(optimiser: Smoothed | Adam) -> None:
    def made(seed: int) -> Convolution:
        rng = np.random.default_rng(seed)
        return Convolution(SMALL, Dense(normal(18, 3, rng), 0.1, optimiser))

    one, other, rng = made(0), made(1), np.random.default_rng(2)
    steps = [Outer(rng.random((2, 84), "f4"), rng.random((2, 60), "f4")) for _ in range(4)]
    for outer in steps[:2]:
        one.update(outer)
    other.restore({name: array.copy() for name, array in one.arrays().items()})
    for outer in steps[2:]:
        one.update(outer)
        other.update(outer)
    assert one.kernel.values.dtype == np.float32
    assert np.array_equal(one.kernel.values, other.kernel.values)


def test_a_kernel_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"expected a kernel of 18 inputs .* shape \(17, 3\)"):
        Convolution(SMALL, Dense(np.ones((18, 3))))


@pytest.mark.parametrize("shape", [(2, 83), (84,), (1, 6, 14)])
def test_rows_that_are_not_pictures_of_that_size_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected pictures of 6 × 7 × 2 as rows of 84 numbers"):
        drawn(SMALL, 3).forward(np.ones(shape))


def test_a_gradient_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a gradient of shape \(19, 3\); got \(18, 3\)"):
        drawn(SMALL, 3).kernel.move(np.ones((18, 3)))


def test_an_empty_batch_is_refused_and_moves_nothing() -> None:
    grid = Grid(5, 5, 1, field=3, stride=1)
    weights = Convolution(grid, Dense(normal(9, 2, np.random.default_rng(0))))
    before = weights.kernel.values.copy()
    with pytest.raises(ValueError, match="at least one case to learn from; got none"):
        weights.update(Outer(np.empty((0, grid.inputs)), np.empty((0, weights.shape[1]))))
    assert np.array_equal(weights.kernel.values, before)
