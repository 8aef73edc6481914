"""Dense moves as its formula says, the bias exempt from decay, in blocks of whatever size."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ffnumpy.cases.labelled import Features, Labelled
from ffnumpy.optimisers import BY_NAME, Adam, Momentum, Plain, Schedule, Smoothed
from ffnumpy.weights import blocks as weights
from ffnumpy.weights.dense import Dense, normal, uniform
from ffnumpy.weights.outer import Outer
from laws import LAW, seeds

sizes = st.integers(1, 8)


def outers(rng: np.random.Generator, n_in: int, width: int, batch: int, n: int) -> list[Outer]:
    return [
        Outer(rng.standard_normal((batch, n_in)), rng.standard_normal((batch, width)))
        for _ in range(n)
    ]


def mean_gradient(outer: Outer) -> NDArray:
    """Return the mean outer product with the bias as the weight of an input of 1, by loops."""
    with_ones = np.hstack([outer.pre, np.ones((len(outer.pre), 1))])
    total = np.zeros((with_ones.shape[1], outer.post.shape[1]))
    for x, d in zip(with_ones, outer.post, strict=True):
        for i, x_i in enumerate(x):
            for j, d_j in enumerate(d):
                total[i, j] += x_i * d_j
    return total / len(outer.post)


@LAW
@given(
    batch=sizes, n_in=sizes, width=sizes, rate=st.floats(1e-3, 1), decay=st.floats(0, 1), seed=seeds
)
def test_update_is_w_plus_rate_times_gradient_less_decay_which_spares_the_bias(
    batch: int, n_in: int, width: int, rate: float, decay: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    W = rng.standard_normal((n_in + 1, width))
    dense = Dense(W.copy(), rate, decay=decay)
    expected = W.copy()
    decayed = np.ones((n_in + 1, 1))
    decayed[-1] = 0
    for outer in outers(rng, n_in, width, batch, 3):
        dense.update(outer)
        expected = expected + rate * (mean_gradient(outer) - decay * decayed * expected)
    assert np.abs(dense.values - expected).max() <= 1e-13 * (1 + np.abs(expected).max())


def test_without_a_gradient_the_weights_decay_and_the_bias_stays() -> None:
    W = np.random.default_rng(0).standard_normal((5, 3))
    dense = Dense(W.copy(), 0.5, decay=0.2)
    for _ in range(4):
        dense.update(Outer(np.zeros((2, 4)), np.zeros((2, 3))))
    assert np.allclose(dense.matrix, W[:-1] * 0.9**4, rtol=1e-14, atol=0)
    assert np.array_equal(dense.bias, W[-1])


def trained(name: str, dtype: str) -> dict[str, NDArray]:
    """Return what eight updates, half of them with labelled batches, leave in every array."""
    rng = np.random.default_rng(7)
    dense = Dense(normal(11, 3, rng, dtype), Schedule(0.1, 4, 2), BY_NAME[name], 0.01)
    for outer in outers(rng, 11, 3, 4, 4):
        dense.update(Outer(*(f.astype(dtype) for f in outer)))
        x = Labelled(Features(rng.random((2, 7)).astype(dtype)), np.eye(4, dtype=dtype))
        dense.update(Outer(x, outer.post.astype(dtype)))
    return dense.arrays()


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize("block", [1, 3, 10, 21])
def test_the_size_of_a_cached_block_changes_no_bit(
    name: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = trained(name, "f4")
    monkeypatch.setattr(weights, "CACHED", block)
    found = trained(name, "f4")
    assert found.keys() == expected.keys()
    assert all(np.array_equal(found[k], expected[k]) for k in expected)


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize("cached", [1, 7, 64_000])
@pytest.mark.parametrize("block", [1, 3, 10, 21])
def test_the_size_of_a_multiplied_block_changes_nothing_but_rounding(
    name: str, cached: int, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = trained(name, "f8")
    monkeypatch.setattr(weights, "MULTIPLIED", block)
    monkeypatch.setattr(weights, "CACHED", cached)
    found = trained(name, "f8")
    for key in expected:
        assert np.abs(found[key] - expected[key]).max() <= 1e-12 * np.abs(expected[key]).max()


@pytest.mark.parametrize("optimiser", [Smoothed(0.9), Momentum(0.5), Adam(), Plain()])
def test_a_new_schedule_changes_the_rate_and_not_what_is_remembered(optimiser: Any) -> None:
    """As when a run is resumed with another total number of epochs."""
    before, after = 0.5, 0.03

    def last_move(first: float) -> NDArray:
        rng = np.random.default_rng(1)
        dense = Dense(np.zeros((5, 3)), first, optimiser)
        *early, last = outers(rng, 4, 3, 6, 5)
        for outer in early:
            dense.update(outer)
        resumed = Dense(np.zeros((5, 3)), after, optimiser)
        resumed.restore({k: v.copy() for k, v in dense.arrays().items()})
        resumed.update(last)
        return resumed.values - dense.values

    expected = last_move(after)
    assert np.abs(last_move(before) - expected).max() <= 1e-12 * np.abs(expected).max()


@pytest.mark.parametrize("rate", [0.0, -0.1, np.nan])
def test_a_rate_that_is_not_above_zero_is_refused_and_nothing_has_changed(rate: float) -> None:
    with pytest.raises(ValueError, match="rate: expected a number above 0"):
        Dense(np.ones((3, 2)), rate)
    dense, (outer,) = (
        Dense(np.ones((3, 2)), lambda t: rate),
        outers(np.random.default_rng(0), 2, 2, 1, 1),
    )
    with pytest.raises(ValueError, match="rate above 0"):
        dense.update(outer)
    assert np.array_equal(dense.values, np.ones((3, 2)))
    assert (dense.updates, dense.version) == (0, 0)


@pytest.mark.parametrize(
    ("optimiser", "size"),
    [(Smoothed(0.9), 1 - 0.9**5), (Momentum(0.5), 2 - 0.5**4), (Plain(), 1.0)],
)
def test_the_optimisers_gain_is_applied_once(optimiser: Any, size: float) -> None:
    (outer,) = outers(np.random.default_rng(1), 4, 3, 6, 1)
    dense = Dense(np.zeros((5, 3)), 1.0, optimiser)
    for _ in range(5):
        before = dense.values.copy()
        dense.update(outer)
    expected = size * mean_gradient(outer)
    assert np.abs(dense.values - before - expected).max() <= 1e-13 * np.abs(expected).max()


def test_the_schedule_is_asked_with_the_number_of_updates_done() -> None:
    dense, (outer,) = (
        Dense(np.zeros((3, 2)), lambda t: 10.0**-t),
        outers(np.random.default_rng(1), 2, 2, 1, 1),
    )
    for updates in range(4):
        assert dense.updates == updates
        before = dense.values.copy()
        dense.update(outer)
        expected = 10.0**-updates * mean_gradient(outer)
        assert np.abs(dense.values - before - expected).max() <= 1e-13 * np.abs(expected).max() * 10


@LAW
@given(batch=sizes, n_in=sizes, width=sizes, seed=seeds)
def test_add_is_a_plain_update_of_rate_batch(batch: int, n_in: int, width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    W, (outer,) = rng.standard_normal((n_in + 1, width)), outers(rng, n_in, width, batch, 1)
    added, updated = Dense(W.copy(), 0.1, Adam(), 0.5), Dense(W.copy(), float(batch))
    added.add(outer)
    updated.update(outer)
    assert np.abs(added.values - updated.values).max() <= 1e-13 * (np.abs(updated.values).max())
    assert added.updates == 0
    assert not any(s.any() for s in added.state)


@LAW
@given(batch=sizes, n_in=sizes, width=sizes, seed=seeds)
def test_a_bias_is_the_weight_of_an_input_held_at_one(
    batch: int, n_in: int, width: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    dense, x = Dense(normal(n_in, width, rng, float)), rng.standard_normal((batch, n_in))
    dense.bias[...] = rng.standard_normal(width)
    found, expected = dense.forward(x), np.hstack([x, np.ones((batch, 1))]) @ dense.values
    assert np.abs(found - expected).max() <= 1e-13 * (1 + np.abs(expected).max())


def test_a_batch_shown_twice_over_moves_as_far_as_once() -> None:
    (outer,) = outers(np.random.default_rng(1), 4, 3, 6, 1)
    one, two = Dense(np.zeros((5, 3)), 0.1), Dense(np.zeros((5, 3)), 0.1)
    one.update(outer)
    two.update(Outer(*(np.vstack([f, f]) for f in outer)))
    assert np.abs(one.values - two.values).max() <= 1e-14 * np.abs(one.values).max()


def test_a_labelled_batch_moves_the_weights_as_its_array_does() -> None:
    rng = np.random.default_rng(3)
    x = Labelled(Features(rng.random((4, 5))), np.eye(3)[rng.integers(0, 3, 8)])
    post, W = rng.standard_normal((8, 6)), normal(8, 6, rng, float)
    for verb in (Dense.update, Dense.add):
        one, other = Dense(W.copy(), 1.0), Dense(W.copy(), 1.0)
        verb(one, Outer(x, post))
        verb(other, Outer(x.toarray(), post))
        assert np.abs(one.values - other.values).max() <= 1e-13 * np.abs(one.values).max()


def test_the_given_values_are_changed_in_place_and_every_change_counts() -> None:
    values = np.zeros((3, 2))
    dense, (outer,) = Dense(values), outers(np.random.default_rng(0), 2, 2, 1, 1)
    versions = [dense.version]
    for change in (
        lambda: dense.update(outer),
        lambda: dense.add(outer),
        lambda: dense.restore(copy.deepcopy(dense.arrays())),
    ):
        change()
        versions.append(dense.version)
    assert len(set(versions)) == 4
    assert dense.values is values
    assert values.any()
    dense.forward(outer.pre)
    assert dense.version == versions[-1]


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize("way", ["arrays", "pickle", "deepcopy"])
def test_restored_weights_go_on_as_if_never_stopped(name: str, way: str) -> None:
    rng = np.random.default_rng(5)
    dense = Dense(normal(6, 4, rng), Schedule(0.1, 4, 2), BY_NAME[name], 0.01)
    first, *rest = outers(rng, 6, 4, 5, 6)
    for _ in range(3):
        dense.update(first)
    if way == "arrays":
        twin = Dense(normal(6, 4, rng), Schedule(0.1, 4, 2), BY_NAME[name], 0.01)
        twin.restore({k: v.copy() for k, v in dense.arrays().items()})
    else:
        twin = copy.deepcopy(dense) if way == "deepcopy" else pickle.loads(pickle.dumps(dense))
    for outer in rest:
        dense.update(outer)
        twin.update(outer)
    assert all(np.array_equal(a, twin.arrays()[k]) for k, a in dense.arrays().items())
    assert not np.shares_memory(dense.values, twin.values)


def test_a_pickle_holds_no_scratch() -> None:
    dense = Dense(np.zeros((101, 100)))
    size = len(pickle.dumps(dense))
    dense.update(outers(np.random.default_rng(0), 100, 100, 2, 1)[0])
    assert len(pickle.dumps(dense)) <= size + 100


def test_restore_names_the_array_that_does_not_fit() -> None:
    small, large = Dense(np.zeros((3, 2))), Dense(np.zeros((4, 2)))
    with pytest.raises(ValueError, match=r"values: expected shape \(3, 2\), got \(4, 2\)"):
        small.restore(large.arrays())
    with pytest.raises(KeyError, match="state0"):
        Dense(np.zeros((3, 2)), optimiser=Smoothed()).restore(small.arrays())


@pytest.mark.parametrize("shape", [(3,), (1, 3), (2, 2, 2)])
def test_what_is_no_matrix_with_a_bias_row_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"expects values of shape \(n_in \+ 1, n_out\)"):
        Dense(np.zeros(shape))


def test_shape_counts_no_bias() -> None:
    assert Dense(np.zeros((4, 2))).shape == (3, 2)


def test_normal_weights_have_variance_one_over_n_in_and_no_bias() -> None:
    # n = 100·200 = 20,000 draws: the mean of z = w√n_in deviates by 1/√n, its variance by √(2/n);
    # the bounds are 5 sigma.
    values = normal(100, 200, np.random.default_rng(0))
    z = values[:-1] * 10.0
    assert values.dtype == np.float32
    assert not values[-1].any()
    assert abs(z.mean()) <= 5 / np.sqrt(z.size)
    assert abs(z.var() - 1) <= 5 * np.sqrt(2 / z.size)


def test_uniform_weights_fill_their_range_biases_too() -> None:
    # n = 101·200 = 20,200 draws u = w√n_in of U(−1, 1): variance 1/3, fourth moment 1/5, so the
    # mean deviates by √(1/3n) and the variance by √((1/5 − 1/9)/n); the bounds are 5 sigma.
    values = uniform(100, 200, np.random.default_rng(0))
    u = values * 10.0
    assert values.dtype == np.float32
    assert np.abs(u).max() <= 1 + 1e-6
    assert abs(u.mean()) <= 5 * np.sqrt(1 / 3 / u.size)
    assert abs(u.var() - 1 / 3) <= 5 * np.sqrt((1 / 5 - 1 / 9) / u.size)
    assert values[-1].any()
