"""CIFAR-10: the same images from every design, and damaged batches refused."""

from __future__ import annotations

import gzip
import io
import lzma
import pickle
import struct
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ffnumpy.data import DataError, Dataset, cifar

RECORDS = 4
RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 10, (6, RECORDS)).astype(np.uint8)
PLANES = RNG.integers(0, 256, (6, RECORDS, 3072)).astype(np.uint8)


def binary(batch: int) -> bytes:
    """Return a batch in the binary design."""
    return np.concatenate([LABELS[batch][:, None], PLANES[batch]], axis=1).tobytes()


def write_binary(folder: Path) -> None:
    for batch, name in enumerate(cifar.BATCHES):
        (folder / f"{name}.bin").write_bytes(binary(batch))


def write_xz(folder: Path) -> None:
    for batch, name in enumerate(cifar.BATCHES):
        (folder / f"{name}.bin.xz").write_bytes(lzma.compress(binary(batch)))


def write_unpacked(folder: Path) -> None:
    (folder / "cifar-10-batches-bin").mkdir()
    write_binary(folder / "cifar-10-batches-bin")


def write_pickles(folder: Path, protocol: int = 2) -> None:
    (folder / "cifar-10-batches-py").mkdir()
    for batch, name in enumerate(cifar.BATCHES):
        content = {b"data": PLANES[batch], b"labels": LABELS[batch].tolist(), b"batch_label": b"-"}
        path = folder / "cifar-10-batches-py" / name
        path.write_bytes(pickle.dumps(content, protocol=protocol))


def write_archive(folder: Path) -> None:
    with tarfile.open(folder / "cifar-10-binary.tar.gz", "w:gz") as archive:
        for batch in (3, 5, 0, 1, 4, 2):
            content = binary(batch)
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{cifar.BATCHES[batch]}.bin")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        archive.addfile(tarfile.TarInfo("cifar-10-batches-bin/readme.html"))


LAYOUTS = (write_binary, write_xz, write_unpacked, write_pickles, write_archive)


def expected(batch: int, image: int) -> NDArray[np.uint8]:
    """Return an image as rows of pixels of red, green and blue, built pixel by pixel."""
    red, green, blue = PLANES[batch, image].reshape(3, 1024)
    return np.array(list(zip(red, green, blue, strict=True))).reshape(-1)


@pytest.mark.parametrize("write", LAYOUTS)
def test_every_layout_gives_the_same_set(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path)
    assert cifar.holds(tmp_path)
    data = cifar.read_dataset(tmp_path, RECORDS)
    assert data.shape == (32, 32, 3)
    np.testing.assert_array_equal(data.train_labels, LABELS[:5].reshape(-1))
    np.testing.assert_array_equal(data.test_labels, LABELS[5])
    np.testing.assert_array_equal(data.train_images[2 * RECORDS + 1], expected(2, 1))
    np.testing.assert_array_equal(data.test_images[3], expected(5, 3))


def read_single(folder: Path, name: str, content: bytes) -> Dataset:
    """Read a folder in which one batch has been replaced."""
    write_binary(folder)
    (folder / name).write_bytes(content)
    return cifar.read_dataset(folder, RECORDS)


def test_a_truncated_batch_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"test_batch.bin: truncated, expected 12292 bytes"):
        read_single(tmp_path, "test_batch.bin", binary(5)[:-1])


def test_a_batch_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="longer than expected"):
        read_single(tmp_path, "data_batch_2.bin", binary(1) + b"\0")


def test_a_label_out_of_range_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected labels from 0 to 9, got 77"):
        read_single(tmp_path, "data_batch_1.bin", b"\x4d" + binary(0)[1:])


def test_missing_batches_are_named(tmp_path: Path) -> None:
    write_binary(tmp_path)
    (tmp_path / "data_batch_4.bin").unlink()
    with pytest.raises(DataError, match="but data_batch_4 cannot be found"):
        cifar.read_dataset(tmp_path, RECORDS)


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    write_archive(tmp_path)
    path = tmp_path / "cifar-10-binary.tar.gz"
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(DataError, match="truncated"):
        cifar.read_dataset(tmp_path, RECORDS)


def test_an_archive_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cifar-10-binary.tar.gz").write_bytes(gzip.compress(b"no archive" * 100))
    with pytest.raises(DataError, match="damaged archive"):
        cifar.read_dataset(tmp_path, RECORDS)


@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_pickles_of_every_age_are_read(tmp_path: Path, protocol: int) -> None:
    write_pickles(tmp_path, protocol)
    data = cifar.read_dataset(tmp_path, RECORDS)
    np.testing.assert_array_equal(data.test_images[0], expected(5, 0))


def python_2_pickle(batch: int) -> bytes:
    """Return a batch as Python 2 pickled it, the language of the official files."""
    pixels = PLANES[batch].tobytes()
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n(I%d\nI3072\nt"
        b"cnumpy\ndtype\n(S'u1'\nI0\nI1\ntR(I3\nS'|'\nNNNI-1\nI-1\nI0\ntbI00\nT%s%stb"
    ) % (RECORDS, struct.pack("<i", len(pixels)), pixels)
    labels = b"".join(b"I%d\na" % label for label in LABELS[batch])
    return b"(dS'data'\n%ssS'labels'\n(l%ss." % (array, labels)


def test_pickles_of_python_2_are_read(tmp_path: Path) -> None:
    write_pickles(tmp_path)
    (tmp_path / "cifar-10-batches-py" / "data_batch_1").write_bytes(python_2_pickle(0))
    data = cifar.read_dataset(tmp_path, RECORDS)
    np.testing.assert_array_equal(data.train_images[1], expected(0, 1))
    np.testing.assert_array_equal(data.train_labels[:RECORDS], LABELS[0])


def replace_pickle(folder: Path, content: object) -> None:
    """Write the Python batches and replace the first of them."""
    write_pickles(folder)
    path = folder / "cifar-10-batches-py" / "data_batch_1"
    path.write_bytes(pickle.dumps(content, protocol=2))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({b"data": PLANES[0][:2], b"labels": [1, 2]}, r"expected 'data' of shape \(4, 3072\)"),
        ({b"data": PLANES[0] / 2, b"labels": [0] * 4}, "in uint8, got .* in float64"),
        ({b"data": PLANES[0], b"labels": [1, 2, 3]}, "expected 4 'labels'"),
        ({b"data": PLANES[0], b"labels": [1, 2, 3, 256]}, "expected 4 'labels' from 0 to 9"),
        ({b"data": PLANES[0], b"labels": [1, 2, 3, -1]}, "expected 4 'labels' from 0 to 9"),
        ({b"labels": [0] * 4}, "expected 'data'"),
        ([1, 2], "expected a pickled dictionary, got list"),
    ],
)
def test_a_pickle_of_something_else_is_refused(
    tmp_path: Path, content: object, message: str
) -> None:
    replace_pickle(tmp_path, content)
    with pytest.raises(DataError, match=message):
        cifar.read_dataset(tmp_path, RECORDS)


def test_a_pickle_that_calls_a_function_is_refused_before_the_call(tmp_path: Path) -> None:
    write_pickles(tmp_path)
    path = tmp_path / "cifar-10-batches-py" / "data_batch_1"
    path.write_bytes(b"cbuiltins\nexit\n(tR.")
    with pytest.raises(DataError, match=r"builtins.exit, which is not an array"):
        cifar.read_dataset(tmp_path, RECORDS)


def test_a_compressed_pickle_without_its_checksum_is_refused(tmp_path: Path) -> None:
    write_pickles(tmp_path)
    plain = tmp_path / "cifar-10-batches-py" / "data_batch_2"
    (plain.parent / "data_batch_2.gz").write_bytes(gzip.compress(plain.read_bytes())[:-8])
    plain.unlink()
    with pytest.raises(DataError, match=r"data_batch_2\.gz: truncated"):
        cifar.read_dataset(tmp_path, RECORDS)


def test_labels_of_several_lengths_are_refused(tmp_path: Path) -> None:
    write_pickles(tmp_path)
    content = {b"data": PLANES[0], b"labels": [[1], [2, 3], [4], [5]]}
    path = tmp_path / "cifar-10-batches-py" / "data_batch_1"
    path.write_bytes(pickle.dumps(content, protocol=2))
    with pytest.raises(DataError, match="not a vector"):
        cifar.read_dataset(tmp_path, RECORDS)


def test_a_truncated_pickle_is_refused(tmp_path: Path) -> None:
    write_pickles(tmp_path)
    path = tmp_path / "cifar-10-batches-py" / "data_batch_1"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(DataError, match=r"truncated|cannot be read"):
        cifar.read_dataset(tmp_path, RECORDS)


def test_grey_is_the_luma_of_every_place_and_white_stays_white() -> None:
    colours = np.array([[255, 255, 255], [0, 0, 0], [255, 0, 0], [10, 200, 30]], np.uint8)
    images, labels = colours.reshape(1, -1), np.zeros(1, np.uint8)
    data = cifar.in_grey(Dataset("cifar-10", images, labels, images, labels, (2, 2, 3)))
    assert data.train_images.tolist() == [[255, 0, 76, 124]]  # 76.2, and 2.99 + 117.4 + 3.42
    assert (data.name, data.shape) == ("cifar-10-grey", (2, 2))
