"""A labelled batch behaves as the array it stands for, and never remembers a stale product."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ffnumpy.cases.encoding import OneHot
from ffnumpy.cases.labelled import Features, Labelled
from ffnumpy.normalisation import squared_length
from ffnumpy.weights.dense import Dense, normal
from ffnumpy.weights.outer import Outer

LAW = settings(deadline=None, max_examples=60, derandomize=True)
sizes = st.integers(1, 6)


@st.composite
def batches(draw: st.DrawFn) -> tuple[Labelled, np.random.Generator]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, columns, codes, copies = (draw(sizes) for _ in range(4))
    target = draw(st.sampled_from([None, 1.0, 7.5]))
    features = Features(rng.standard_normal((rows, columns)))
    return Labelled(features, rng.standard_normal((rows * copies, codes)), target), rng


def same(found: NDArray, expected: NDArray) -> bool:
    """Return whether two products differ by rounding only (at most 40 terms of order 1)."""
    assert found.shape == expected.shape
    return bool(np.abs(found - expected).max() <= 1e-13 * (1 + np.abs(expected).max()))


@LAW
@given(batch=batches(), width=sizes)
def test_a_labelled_batch_multiplies_as_its_array(
    batch: tuple[Labelled, np.random.Generator], width: int
) -> None:
    x, rng = batch
    array = x.toarray()
    assert array.shape == x.shape
    W, d = rng.standard_normal((x.shape[1], width)), rng.standard_normal((x.shape[0], width))
    dense = Dense(np.vstack([W, rng.standard_normal(width)]))
    assert same(x @ W, array @ W)
    assert same(dense.forward(x), dense.forward(array))
    assert same(x.T @ d, array.T @ d)
    assert x.T.shape == array.T.shape
    out = np.full((x.shape[1], width), np.nan)
    assert np.matmul(x.T, d, out=out) is out
    assert same(out, array.T @ d)
    assert same(squared_length(x), squared_length(array))
    assert same(np.vstack([pre.T @ post for pre, post in x.factors(d)]), array.T @ d)


@LAW
@given(batch=batches(), width=sizes)
def test_the_remembered_product_is_never_stale(
    batch: tuple[Labelled, np.random.Generator], width: int
) -> None:
    x, rng = batch
    array, n_in = x.toarray(), x.shape[1]
    first, second = (Dense(normal(n_in, width, rng, float), 0.5) for _ in range(2))
    outer = Outer(x, rng.standard_normal((x.shape[0], width)))
    changes: list[Any] = [
        lambda: None,
        lambda: first.update(outer),
        lambda: first.add(outer),
        lambda: first.restore({k: v.copy() for k, v in second.arrays().items()}),
        lambda: second.update(outer),
    ]
    for change in changes:
        change()
        for dense in (first, second, first):  # one after another: each has a version 0 of its own
            assert same(dense.forward(x), dense.forward(array))


def test_a_product_is_computed_once_for_a_version_and_shared_by_all_labels() -> None:
    rng = np.random.default_rng(0)
    features, dense = Features(rng.random((4, 5))), Dense(normal(8, 6, rng, float))
    first = features.times(dense.matrix[3:], dense)
    for label in range(3):
        Labelled(features, np.eye(3)[[label] * 4]) @ dense
    assert features.times(dense.matrix[3:], dense) is first
    dense.add(Outer(rng.random((1, 8)), rng.random((1, 6))))
    assert features.times(dense.matrix[3:], dense) is not first


@LAW
@given(batch=batches())
def test_every_row_has_the_wanted_length(batch: tuple[Labelled, np.random.Generator]) -> None:
    x, _ = batch
    wanted = x.shape[1] if x.target is None else x.target
    lengths = (x.toarray() ** 2).sum(axis=1)
    assert np.allclose(lengths, wanted, rtol=1e-12, atol=0)


def test_a_row_of_zeros_stays_zero_and_spoils_no_other() -> None:
    rows = np.array([[0.0, 0.0], [3.0, 4.0]], np.float32)
    x = Labelled(Features(rows), np.zeros((2, 1), np.float32), 1.0)
    assert np.allclose(x.toarray(), [[0, 0, 0], [0, 0.6, 0.8]], rtol=1e-6, atol=0)
    assert np.allclose(squared_length(x), [0, 1], rtol=1e-6, atol=0)


def test_half_a_set_of_codes_is_refused() -> None:
    with pytest.raises(ValueError, match="4 rows; got 6 codes"):
        Labelled(Features(np.ones((4, 2))), np.ones((6, 3)))


def test_the_transpose_is_good_for_its_one_product_only() -> None:
    x = Labelled(Features(np.ones((2, 2))), np.ones((2, 3)))
    for wrong in (lambda: x.T + 1, lambda: np.ones((4, 5)) @ x.T, lambda: np.add.reduce(x.T)):
        with pytest.raises(TypeError):
            wrong()


def test_products_of_float32_stay_float32() -> None:
    encoding = OneHot(3)
    x = encoding.labelled(encoding.features(np.full((2, 8), 200, np.uint8)), np.array([0, 1]))
    dense = Dense(normal(8, 4, np.random.default_rng(0)))
    z = dense.forward(x)
    assert z.dtype == (x.T @ z).dtype == x.toarray().dtype == np.float32


# Encoding

BYTES = np.random.default_rng(0).integers(0, 256, (4, 9), np.uint8)


def test_bytes_become_zero_to_one_with_the_label_in_place_of_the_first_pixels() -> None:
    encoding = OneHot(classes=3, strength=2.0, target=None)
    x = encoding.labelled(encoding.features(BYTES), np.array([0, 1, 2, 0]))
    expected = BYTES / 255.0
    expected[:, :3] = np.eye(3)[[0, 1, 2, 0]] * 2.0
    expected *= np.sqrt(9 / (expected**2).sum(axis=1, keepdims=True))
    assert encoding.inputs(9) == x.shape[1] == 9
    assert np.allclose(x.toarray(), expected, rtol=1e-5, atol=1e-6)


def test_what_the_label_overwrites_is_never_read() -> None:
    encoding, other = OneHot(3), BYTES.copy()
    other[:, :3] ^= 255
    for rows in (BYTES, other):
        assert np.array_equal(encoding.features(rows).rows, encoding.features(BYTES).rows)


def test_a_table_keeps_all_its_columns_behind_the_label() -> None:
    offset, gain = np.arange(9.0), np.linspace(0.1, 2, 9)
    encoding = OneHot(3, overwrite=False, offset=offset, gain=gain)
    features = encoding.features(BYTES)
    assert encoding.inputs(9) == 12
    assert np.allclose(features.rows, (BYTES - offset) * gain, rtol=1e-5, atol=1e-4)
    x = encoding.labelled(features, np.zeros(4, int)).toarray()
    assert x.shape == (4, 12)
    assert np.all(x[:, 0] > 0)
    assert not x[:, 1:3].any()


def test_encoding_changes_no_row_of_the_data_set() -> None:
    table, before = np.ones((2, 5), np.float32), np.ones((2, 5), np.float32)
    OneHot(2, overwrite=False, offset=1.0, gain=3.0).features(table)
    assert np.array_equal(table, before)


def test_the_neutral_label_spreads_the_strength_evenly() -> None:
    encoding = OneHot(classes=4, strength=2.0, target=1.0)
    neutral = encoding.neutral(encoding.features(BYTES))
    codes = neutral.codes / neutral.scale
    assert np.allclose(codes, 0.5, rtol=1e-6, atol=0)
    assert np.allclose(squared_length(neutral), 1.0, rtol=1e-5, atol=0)


def test_every_label_goes_through_the_labels_one_set_of_rows_after_another() -> None:
    encoding = OneHot(3)
    features = encoding.features(BYTES)
    every = encoding.every_label(features).toarray()
    for label in range(3):
        alone = encoding.labelled(features, np.full(4, label)).toarray()
        assert np.array_equal(every[4 * label : 4 * label + 4], alone)
    stacked = encoding.labelled(features, *(np.full(4, label) for label in range(3)))
    assert np.array_equal(stacked.toarray(), every)


@pytest.mark.parametrize(
    "rows",
    [np.full((2, 3), 200, np.uint8), np.ones(3), np.ones((0, 3))],
    ids=["bytes", "flat", "none"],
)
def test_features_are_a_table_of_floats_with_a_row(rows: NDArray) -> None:
    with pytest.raises(ValueError, match="features: expected a table of floating-point numbers"):
        Features(rows)


def test_a_label_may_not_overwrite_the_whole_image_nor_be_the_only_one() -> None:
    with pytest.raises(ValueError, match="more pixels than the 10"):
        OneHot(10).inputs(10)
    with pytest.raises(ValueError, match="expected a whole number, 2 or more"):
        OneHot(1)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
def test_a_label_without_strength_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="strength: expected a number above 0"):
        OneHot(3, strength=bad)
