"""The IDX format: what is written is read back, and what is damaged is refused."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from ffnumpy.data import DataError, idx

SUFFIXES = ("", ".gz", ".xz")


@settings(max_examples=50, deadline=None)
@given(
    array=arrays(np.uint8, array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=9)),
    suffix=st.sampled_from(SUFFIXES),
)
def test_what_is_written_is_read_back(array: NDArray[np.uint8], suffix: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"array{suffix}"
        idx.write_idx(path, array)
        read = idx.read_idx(path, array.ndim)
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, array)


def test_the_layout_is_the_published_one(tmp_path: Path) -> None:
    idx.write_idx(tmp_path / "array", np.array([[1, 2, 3]], np.uint8))
    expected = bytes([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3])
    assert (tmp_path / "array").read_bytes() == expected


@settings(max_examples=50, deadline=None)
@given(suffix=st.sampled_from(SUFFIXES), cut=st.integers(0, 10_000))
def test_every_truncation_is_refused(suffix: str, cut: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (3, 28, 28)).astype(np.uint8)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"images{suffix}"
        idx.write_idx(path, pixels)
        content = path.read_bytes()
        path.write_bytes(content[: cut % len(content)])
        with pytest.raises(DataError, match=r"truncated|cannot be read|a damaged one"):
            idx.read_idx(path, 3)


def test_a_truncated_file_is_told_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "labels"
    path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 5, 7, 7, 7]))
    with pytest.raises(DataError, match="truncated, expected 5 bytes of data, got 3"):
        idx.read_idx(path, 1)


def test_trailing_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "labels"
    path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 1, 7, 7]))
    with pytest.raises(DataError, match="longer than expected"):
        idx.read_idx(path, 1)


def test_another_magic_number_is_refused(tmp_path: Path) -> None:
    idx.write_idx(tmp_path / "labels", np.zeros(5, np.uint8))
    message = "expected the magic number 00000803 .* got 00000801"
    with pytest.raises(DataError, match=message):
        idx.read_idx(tmp_path / "labels", 3)


def test_an_absurd_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "images"
    path.write_bytes(bytes([0, 0, 8, 3]) + b"\xff" * 12)
    with pytest.raises(DataError, match="announces an array"):
        idx.read_idx(path, 3)


@pytest.mark.parametrize("suffix", [".gz", ".xz"])
def test_a_file_that_is_not_compressed_as_named_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"labels{suffix}"
    path.write_bytes(b"not compressed at all")
    with pytest.raises(DataError, match="got 6e6f7420; this is another kind of file"):
        idx.read_idx(path, 1)


def write_set(folder: Path, suffix: str = "") -> None:
    """Write a set of six training and three test images."""
    for part, n in (("train", 6), ("test", 3)):
        pixels = np.full((n, 28, 28), n, np.uint8)
        idx.write_idx(folder / (idx.IMAGES[part] + suffix), pixels)
        idx.write_idx(folder / (idx.LABELS[part] + suffix), np.arange(n, dtype=np.uint8))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_set_is_read_from_its_four_files(tmp_path: Path, suffix: str) -> None:
    write_set(tmp_path, suffix)
    data = idx.read_dataset("mnist", tmp_path)
    assert data.train_images.shape == (6, 784)
    assert data.test_images.shape == (3, 784)
    assert data.test_labels.tolist() == [0, 1, 2]
    assert data.shape == (28, 28)
    assert (data.test_images == 3).all()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    write_set(tmp_path)
    (tmp_path / idx.LABELS["test"]).unlink()
    with pytest.raises(DataError, match=r"t10k-labels-idx1-ubyte.gz .* none of them is there"):
        idx.read_dataset("mnist", tmp_path)


def test_counts_that_disagree_are_refused(tmp_path: Path) -> None:
    write_set(tmp_path)
    idx.write_idx(tmp_path / idx.LABELS["train"], np.zeros(5, np.uint8))
    with pytest.raises(DataError, match="6 images but 5 labels"):
        idx.read_dataset("mnist", tmp_path)


def test_images_of_another_size_are_refused(tmp_path: Path) -> None:
    write_set(tmp_path)
    idx.write_idx(tmp_path / idx.IMAGES["test"], np.zeros((3, 14, 56), np.uint8))
    with pytest.raises(DataError, match="expected images of 28 x 28 pixels"):
        idx.read_dataset("mnist", tmp_path)
