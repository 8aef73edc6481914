"""Paths and names as people write them, and errors that say what was there instead."""

from __future__ import annotations

import gzip
import io
import pickle
import tarfile
from pathlib import Path

import numpy as np
import pytest

from ffnumpy.data import DataError, cifar, downloads, folders, idx, load
from ffnumpy.data.compressed import seen
from ffnumpy.data.paths import from_environment, written

pytestmark = pytest.mark.reports


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, at home in another whose name has a blank."""
    home, here = tmp_path / "a home", tmp_path / "here"
    home.mkdir()
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("SETS", str(home / "my sets"))
    monkeypatch.delenv("FFNUMPY_DATA", raising=False)
    monkeypatch.setattr(folders, "__file__", str(here / "a" / "b" / "folders.py"))
    return home


WRITTEN = ["~/my sets", "~/my sets/", "$HOME/my sets", "${SETS}", "$SETS/", " ~/my sets\n"]


@pytest.mark.parametrize("text", WRITTEN)
def test_a_path_is_read_as_a_shell_reads_it(home: Path, text: str) -> None:
    assert written(text) == home / "my sets"


def test_what_is_there_by_the_very_name_is_meant(home: Path) -> None:
    for name in ("$SETS", "~"):
        Path(name).touch()
        assert written(name) == Path(name)


def test_a_variable_that_is_not_set_is_told(home: Path) -> None:
    with pytest.raises(DataError, match=r"variable NO_SUCH, which is not set; set it"):
        written("${NO_SUCH}/sets")


def write_set(folder: Path, spelling: str = "{}", grey: int = 5) -> Path:
    """Write a set of two training images and one test image, all of one grey."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, n in (("train", 2), ("test", 1)):
        images, labels = np.full((n, 28, 28), grey, np.uint8), np.zeros(n, np.uint8)
        idx.write_idx(folder / spelling.format(idx.IMAGES[part]), images)
        idx.write_idx(folder / spelling.format(idx.LABELS[part]), labels)
    return folder


@pytest.mark.parametrize("text", WRITTEN)
def test_data_are_found_by_every_variable_and_argument(
    home: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    folder = write_set(home / "my sets" / "mnist")
    assert load("mnist", text).train_images.max() == 5
    monkeypatch.setenv("FFNUMPY_DATA", text)
    assert folders.find("mnist") == folder
    monkeypatch.setenv("FFNUMPY_CACHE", text)
    assert downloads.cache_folder() == home / "my sets"


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_a_blank_variable_is_none(monkeypatch: pytest.MonkeyPatch, blank: str) -> None:
    monkeypatch.setenv("FFNUMPY_DATA", blank)
    assert from_environment("FFNUMPY_DATA") is None


@pytest.mark.parametrize(
    "place", ["mnist", "MNIST", "MNIST/raw", "raw", "Mnist/raw", ".", "digits of mine"]
)
def test_the_folder_has_the_name_that_people_give_it(home: Path, place: str) -> None:
    write_set(home / place)
    above = home / place if place == "digits of mine" else home
    assert load("mnist", above).train_images.max() == 5


def test_both_sets_of_torchvision_are_told_apart(home: Path) -> None:
    write_set(home / "MNIST" / "raw", grey=1)
    write_set(home / "FashionMNIST" / "raw", grey=2)
    assert load("mnist", home).train_images.max() == 1
    assert load("fashion-mnist", home).train_images.max() == 2
    for wrong in ("FashionMNIST", "FashionMNIST/raw"):
        with pytest.raises(DataError, match="expected the files of mnist"):
            load("mnist", home / wrong)


@pytest.mark.parametrize("suffix", ["", ".gz", ".GZ"])
@pytest.mark.parametrize("old", ["-idx", ".idx", "_idx"])
def test_files_have_the_names_that_programs_give_them(home: Path, old: str, suffix: str) -> None:
    write_set(home / "digits", "{}" + suffix.lower())
    for path in list((home / "digits").iterdir()):
        name = path.name.replace("-idx", old).replace("train", "Train").replace(".gz", suffix)
        path.rename(path.with_name(name))
    assert load("mnist", home / "digits").train_images.max() == 5


def test_a_file_that_a_browser_has_unpacked_is_read_under_its_old_name(tmp_path: Path) -> None:
    path, values = tmp_path / "labels.gz", np.arange(9, dtype=np.uint8)
    idx.write_idx(path, values)
    path.write_bytes(gzip.decompress(path.read_bytes()))
    assert np.array_equal(idx.read_idx(path, 1), values)


@pytest.mark.parametrize("name", ["cifar-10-python.tar.gz", "cifar-10-python.tar"])
def test_the_python_archive_of_cifar_is_read(tmp_path: Path, name: str) -> None:
    rng = np.random.default_rng(0)
    planes = rng.integers(0, 256, (6, 2, 3072)).astype(np.uint8)
    with tarfile.open(tmp_path / name, "w:gz" if name.endswith("gz") else "w") as archive:
        for number, batch in enumerate(cifar.BATCHES):
            batch_labels = [number, 9 - number]
            content = pickle.dumps({b"data": planes[number], b"labels": batch_labels}, protocol=2)
            member = tarfile.TarInfo(f"cifar-10-batches-py/{batch}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        archive.addfile(tarfile.TarInfo("cifar-10-batches-py/batches.meta"))
    assert folders.find("cifar-10", tmp_path) == tmp_path
    data = cifar.read_dataset(tmp_path, records=2)
    assert data.train_labels.tolist() == [0, 9, 1, 8, 2, 7, 3, 6, 4, 5]
    assert data.test_labels.tolist() == [5, 4]
    first = planes[5, 1].reshape(3, 32, 32).transpose(1, 2, 0)
    assert np.array_equal(data.test_images[1].reshape(32, 32, 3), first)


def test_an_error_says_what_was_looked_for_and_what_was_there(home: Path) -> None:
    (home / "zip of mnist.zip").touch()
    (home / "training").mkdir()
    message = r"Looked for train-images-idx3-ubyte, .*; saw training/, zip of mnist.zip\. Name"
    with pytest.raises(DataError, match=message):
        load("mnist", home)
    with pytest.raises(DataError, match=r"Looked for data_batch_1.bin .* saw training/"):
        load("cifar-10", home)
    with pytest.raises(DataError, match=r"Looked for 11339.txt; saw no such folder\. Name"):
        load("aesop", home / "absent")


def test_many_names_are_counted(tmp_path: Path) -> None:
    assert seen(tmp_path) == "an empty folder"
    for number in range(11):
        (tmp_path / f"{number:02d}.png").touch()
    assert seen(tmp_path) == ", ".join(f"{n:02d}.png" for n in range(8)) + " and 3 more"
    assert seen(tmp_path / "00.png") == "a file"
