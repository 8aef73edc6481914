"""Where sets are looked for, what is said if they are not there, and the real files."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ffnumpy.data import (
    NAMES,
    TEXTS,
    DataError,
    Dataset,
    cifar,
    downloads,
    folders,
    idx,
    load,
    official,
    source,
)
from ffnumpy.data.downloads import Remote


def write_set(folder: Path, grey: int) -> Path:
    """Write a set of two training images and one test image, all of one grey."""
    folder.mkdir(parents=True)
    for part, n in (("train", 2), ("test", 1)):
        idx.write_idx(folder / idx.IMAGES[part], np.full((n, 28, 28), grey, np.uint8))
        idx.write_idx(folder / idx.LABELS[part], np.zeros(n, np.uint8))
    return folder


def grey(data: Dataset) -> int:
    return int(data.train_images[0, 0])


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty checkout, with no folder of data in reach and no network."""
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    monkeypatch.chdir(checkout)
    monkeypatch.setattr(folders, "__file__", str(checkout / "ffnumpy" / "data" / "folders.py"))
    monkeypatch.delenv("FFNUMPY_DATA", raising=False)
    monkeypatch.setenv("FFNUMPY_CACHE", str(tmp_path / "cache"))
    nowhere = Remote("http://127.0.0.1:9/", {"file.bin": "0" * 32})
    for name in downloads.REMOTES:
        monkeypatch.setitem(downloads.REMOTES, name, nowhere)
    return tmp_path


@pytest.mark.parametrize("depth", ["mnist", "."])
def test_data_dir_is_the_set_s_folder_or_the_one_above(alone: Path, depth: str) -> None:
    write_set(alone / "sets" / "mnist", grey=5)
    chosen = alone / "sets" if depth == "." else alone / "sets" / "mnist"
    assert grey(load("mnist", chosen)) == 5


def test_a_folder_of_any_name_may_hold_the_set(alone: Path) -> None:
    write_set(alone / "digits", grey=6)
    assert grey(load("mnist", alone / "digits")) == 6


def test_the_environment_comes_before_the_shared_folder(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_set(alone / "shared" / "data" / "mnist", grey=1)
    assert grey(load("mnist")) == 1
    write_set(alone / "mine" / "mnist", grey=2)
    monkeypatch.setenv("FFNUMPY_DATA", str(alone / "mine"))
    assert grey(load("mnist")) == 2
    write_set(alone / "given" / "mnist", grey=3)
    assert grey(load("mnist", alone / "given")) == 3


def test_a_set_that_the_environment_lacks_is_looked_for_elsewhere(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_set(alone / "shared" / "data" / "mnist", grey=1)
    (alone / "empty").mkdir()
    monkeypatch.setenv("FFNUMPY_DATA", str(alone / "empty"))
    assert grey(load("mnist")) == 1


def test_the_environment_may_name_the_folder_of_the_set_itself(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_set(alone / "elsewhere", grey=3)
    monkeypatch.setenv("FFNUMPY_DATA", str(folder))
    assert grey(load("mnist")) == 3


def test_a_folder_in_the_environment_that_is_not_there_is_told_and_nothing_is_downloaded(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FFNUMPY_DATA", str(alone / "nowhere"))
    with pytest.raises(DataError, match=r"FFNUMPY_DATA: expected a folder .*nowhere"):
        load("mnist")


def test_a_given_folder_without_the_set_is_an_error_and_not_a_download(alone: Path) -> None:
    write_set(alone / "shared" / "data" / "mnist", grey=1)
    with pytest.raises(DataError, match="expected the files of mnist, here or in mnist/"):
        load("mnist", alone)


def test_the_folder_of_another_set_is_not_taken(alone: Path) -> None:
    folder = write_set(alone / "mnist", grey=1)
    with pytest.raises(DataError, match="expected the files of fashion-mnist"):
        load("fashion-mnist", folder)


def test_what_is_nowhere_is_downloaded(alone: Path) -> None:
    with pytest.raises(DataError, match="no connection"):
        load("mnist", progress=False)


def test_an_unknown_name_is_told_the_known_ones() -> None:
    with pytest.raises(DataError, match=r"expected one of strokes, mnist, .* got 'minst'"):
        load("minst")


def real(name: str) -> Dataset:
    """Return a real set, or skip the test."""
    if folders.find(name) is None:
        pytest.skip(f"{name} is neither in FFNUMPY_DATA nor in ../shared/data")
    return load(name)


def test_mnist_is_the_published_set() -> None:
    data = real("mnist")
    assert data.train_images.shape == (60_000, 784)
    assert data.test_images.shape == (10_000, 784)
    assert data.train_labels[:8].tolist() == [5, 0, 4, 1, 9, 2, 1, 3]
    assert np.bincount(data.test_labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009
    ]  # fmt: skip
    assert data.train_images.mean() == pytest.approx(33.318, abs=1e-3)


def test_cifar_s_first_test_images_are_a_cat_and_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cifar, "BATCHES", ("data_batch_1", "test_batch"))  # the others take time
    data = real("cifar-10")
    assert data.train_images.shape == (10_000, 3072)
    assert data.test_labels[:5].tolist() == [3, 8, 8, 0, 6]
    assert np.bincount(data.test_labels).tolist() == [1_000] * 10
    assert data.test_images[0].reshape(data.shape)[0, 0].tolist() == [158, 112, 49]


def test_importing_loads_no_network_client() -> None:
    clients = ["requests", "urllib3", "pooch", "tqdm", "http.client", "tarfile", "gzip", "lzma"]
    code = f"import sys, ffnumpy.data; sys.exit(str([m for m in {clients} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "[]"


def test_names_are_those_that_load_knows() -> None:
    assert set(map(source, NAMES + TEXTS)) == {"strokes", "tales", *downloads.REMOTES}


@pytest.mark.reports
def test_files_that_are_not_the_official_ones_are_named_so(alone: Path) -> None:
    folder = write_set(alone / "digits", grey=6)
    for name in ("mnist", "fashion-mnist"):
        data = load(name, folder)
        assert data.name == f"{name} (not the official files)"
        assert load(data.name, folder).name == data.name  # as a model file repeats it


@pytest.mark.reports
def test_another_official_set_is_refused_by_its_own_name(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_set(alone / "digits", grey=6)
    data = idx.read_dataset("mnist", folder)
    monkeypatch.setitem(official.CHECKSUMS, "mnist", official.checksum(data))
    for name in ("mnist", "fashion-mnist"):
        monkeypatch.setitem(official.COUNTS, name, (2, 1))
    assert load("mnist", folder).name == "mnist"
    with pytest.raises(DataError, match="got those of mnist under these names"):
        load("fashion-mnist", folder)


def test_a_pixel_a_label_or_an_order_changes_the_checksum(alone: Path) -> None:
    data = idx.read_dataset("mnist", write_set(alone / "digits", grey=6))
    pixel, label = data.train_images.copy(), data.test_labels.copy()
    pixel[1, 7] ^= 1
    label[0] += 1
    found = {
        official.checksum(d)
        for d in (data, replace(data, train_images=pixel), replace(data, test_labels=label))
    }
    assert len(found) == 3
