"""Damaged files and absurd command lines: a clear error or a right answer, never a traceback.

More than two thousand cases; each is drawn by hypothesis, which keeps what failed.
"""

from __future__ import annotations

import gzip
import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from ffnumpy.__main__ import main as ffnumpy
from ffnumpy.data import DataError, Dataset, load
from ffnumpy.experiments import supervised
from ffnumpy.experiments.saved import load_network, save_run
from ffnumpy.runs import checkpoint
from ffnumpy.runs.checkpoint import CheckpointError
from ffnumpy.supervised.names import changed
from hardware_sim.__main__ import main as hardware_sim
from hardware_sim.commands.saved import load_chip
from hardware_sim.devices.measured import MeasuredStep

pytestmark = [pytest.mark.reports, pytest.mark.filterwarnings("ignore")]

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (24, 6, 5), np.uint8)
IMAGES[:, 0] = 0
LABELS = (np.arange(24) % 3).astype(np.uint8)


def fuzz(cases: int) -> Callable[..., Any]:
    """Return what makes a test one of so many cases."""
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=cases, deadline=None, suppress_health_check=quiet)


# Damage

flips = st.tuples(st.just("flip"), st.integers(0, 10**6), st.integers(0, 7))
cuts = st.tuples(st.just("cut"), st.integers(0, 10**6), st.just(0))
pads = st.tuples(st.just("pad"), st.integers(1, 5000), st.integers(0, 255))
fills = st.tuples(st.just("fill"), st.integers(0, 10**6), st.integers(1, 40))
damages = st.lists(st.one_of(flips, cuts, pads, fills), min_size=1, max_size=3)


def damaged(whole: bytes, how: list[tuple[str, int, int]]) -> bytes:
    """Return bytes with bits flipped, the end cut off, more appended, or zeros inside."""
    for kind, where, what in how:
        place = where % max(len(whole), 1)
        if kind == "flip" and whole:
            whole = whole[:place] + bytes([whole[place] ^ 1 << what]) + whole[place + 1 :]
        elif kind == "cut":
            whole = whole[:place]
        elif kind == "pad":
            whole += bytes([what]) * where
        elif kind == "fill":
            whole = whole[:place] + bytes(what) + whole[place + what :]
    return whole


def check_told(error: Exception, *names: str) -> None:
    """Check that an error says which file it is about."""
    assert any(name in str(error) for name in names), str(error)


# Sets of images

NAMES = {
    "train-images-idx3-ubyte": IMAGES,
    "train-labels-idx1-ubyte": LABELS,
    "t10k-images-idx3-ubyte": IMAGES[:9],
    "t10k-labels-idx1-ubyte": LABELS[:9],
}


def idx(array: NDArray) -> bytes:
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return head + array.tobytes()


def check_set(data: Dataset) -> None:
    """Check that what was loaded is a set, whatever pixels it has."""
    for images, labels in (
        (data.train_images, data.train_labels),
        (data.test_images, data.test_labels),
    ):
        assert images.shape == (len(labels), int(np.prod(data.shape)))
        assert images.dtype == labels.dtype == np.uint8
        assert len(labels)
        assert labels.max() < data.classes


@given(name=st.sampled_from(sorted(NAMES)), how=damages, packed=st.booleans())
@fuzz(450)
def test_images_in_the_format_of_mnist(
    tmp_path: Path, name: str, how: list[tuple[str, int, int]], packed: bool
) -> None:
    folder = tmp_path / "mnist"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for own, array in NAMES.items():
        whole = gzip.compress(idx(array), 1, mtime=0) if packed else idx(array)
        (folder / own).write_bytes(damaged(whole, how) if own == name else whole)
    try:
        data = load("mnist", folder)
    except DataError as error:
        check_told(error, str(folder), "mnist")
    else:
        check_set(data)
        assert data.name != "mnist"


def archive() -> bytes:
    from io import BytesIO

    file = BytesIO()
    np.savez(file, images=IMAGES, labels=LABELS)
    return file.getvalue()


TABLE = "a,b,label\n" + "\n".join(f"{n * 0.5},{-n},{'xyz'[n % 3]}" for n in range(24))


@given(how=damages)
@fuzz(350)
def test_an_archive_of_ones_own(tmp_path: Path, how: list[tuple[str, int, int]]) -> None:
    path = tmp_path / "own.npz"
    path.write_bytes(damaged(archive(), how))
    try:
        data = load(str(path))
    except DataError as error:
        check_told(error, "own.npz")
    else:
        check_set(data)
        rows = np.vstack([data.train_images, data.test_images])
        assert sorted(map(bytes, rows)) == sorted(map(bytes, IMAGES.reshape(24, 30)))


@given(how=damages)
@fuzz(350)
def test_a_table_of_ones_own(tmp_path: Path, how: list[tuple[str, int, int]]) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(damaged(TABLE.encode(), how))
    try:
        check_set(load(str(path)))
    except DataError as error:
        check_told(error, "own.csv")


@given(text=st.text(st.sampled_from("0123456789.,;\t\n-eE\"' abxy"), max_size=120))
@fuzz(300)
def test_what_looks_like_a_table(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own.csv"
    path.write_text(f"a,label\n{text}", encoding="utf-8")
    try:
        check_set(load(str(path)))
    except DataError as error:
        check_told(error, "own.csv")


@given(how=damages)
@fuzz(150)
def test_a_damaged_picture(tmp_path: Path, how: list[tuple[str, int, int]]) -> None:
    for n in range(6):
        folder = tmp_path / "own" / "ab"[n % 2]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(IMAGES[n]).save(folder / f"{n}.png")
    path = tmp_path / "own" / "a" / "0.png"
    path.write_bytes(damaged(path.read_bytes(), how))
    try:
        check_set(load(str(tmp_path / "own"), progress=False))
    except DataError as error:
        check_told(error, "own")


@given(how=damages)
@fuzz(200)
def test_a_measured_device(tmp_path: Path, how: list[tuple[str, int, int]]) -> None:
    path = tmp_path / "device.csv"
    rows = "\n".join(f"{n},{2 + n},{20 - n}" for n in range(12))
    whole = f"pulse,potentiation [uS],depression [uS]\n{rows}".encode()
    path.write_bytes(damaged(whole, how))
    try:
        rule = MeasuredStep.from_csv(path)
    except ValueError as error:
        check_told(error, "device.csv")
    else:
        assert 0 <= rule.minimum < rule.maximum < 0.01


# Saved runs


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "m.npz"
    setting = changed(supervised.QUICK, hidden=(5, 4), epochs=1)
    rows = IMAGES.reshape(24, 30)
    data = Dataset("own", rows, LABELS, rows, LABELS, (6, 5), 3)
    save_run(path, supervised.start(setting, data, 0), "supervised", setting, data)
    return path


@pytest.fixture(scope="module")
def chip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chip")
    np.savez(folder / "own.npz", images=IMAGES, labels=LABELS)
    small = ["--hidden", "5,4", "--epochs", "1", "--no-twin", "--save", str(folder / "c.npz")]
    assert hardware_sim(["train", "--data", str(folder / "own.npz"), *small]) == 0
    return folder / "c.npz"


@given(how=damages)
@fuzz(250)
def test_a_damaged_network(saved: Path, tmp_path: Path, how: list[tuple[str, int, int]]) -> None:
    path = tmp_path / "m.npz"
    path.write_bytes(damaged(saved.read_bytes(), how))
    whole, _ = load_network(saved)
    try:
        network, _ = load_network(path)
    except CheckpointError as error:
        check_told(error, "m.npz")
    else:
        rows = IMAGES.reshape(24, 30)
        assert np.array_equal(network.predict(rows), whole.predict(rows))


@given(how=damages)
@fuzz(100)
def test_a_damaged_chip(chip: Path, tmp_path: Path, how: list[tuple[str, int, int]]) -> None:
    path = tmp_path / "c.npz"
    path.write_bytes(damaged(chip.read_bytes(), how))
    whole, _ = load_chip(chip)
    try:
        found, _ = load_chip(path)
    except CheckpointError as error:
        check_told(error, "c.npz")
    else:
        for one, other in zip(found.chip, whole.chip, strict=True):
            assert np.array_equal(one.array.cells.w, other.array.cells.w)


def leaves(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the places of all values in a tree of dictionaries."""
    if not isinstance(tree, dict):
        return [path]
    return [place for key, value in tree.items() for place in leaves(value, (*path, key))]


odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**9),
    st.floats(allow_nan=True),
    st.text(max_size=5),
    st.lists(st.integers(-2, 5), max_size=3),
)


def with_other_notes(saved: Path, path: Path, number: int, value: Any, gone: bool) -> None:
    """Write a saved run with one of its notes gone, or of another value."""
    with np.load(saved) as file:
        arrays = dict(file)
    place = json.loads(str(arrays["place"]))
    places = leaves(place)
    *way, last = places[number % len(places)]
    inner = place
    for key in way:
        inner = inner[key]
    if gone:
        del inner[last]
    else:
        inner[last] = value
    arrays["place"] = np.array(json.dumps(place))
    np.savez(path, **arrays)


@given(number=st.integers(0, 10**4), value=odd, gone=st.booleans())
@fuzz(200)
def test_a_network_whose_notes_are_others(
    saved: Path, tmp_path: Path, number: int, value: Any, gone: bool
) -> None:
    path = tmp_path / "m.npz"
    with_other_notes(saved, path, number, value, gone)
    try:
        load_network(path)
        checkpoint.about(path)
    except CheckpointError as error:
        check_told(error, "m.npz")


@given(number=st.integers(0, 10**4), value=odd, gone=st.booleans())
@fuzz(100)
def test_a_chip_whose_notes_are_others(
    chip: Path, tmp_path: Path, number: int, value: Any, gone: bool
) -> None:
    path = tmp_path / "c.npz"
    with_other_notes(chip, path, number, value, gone)
    try:
        load_chip(path)
    except CheckpointError as error:
        check_told(error, "c.npz")


@pytest.mark.parametrize("name", ["columns", "hidden"])
def test_notes_of_a_network_larger_than_memory_are_refused(
    saved: Path, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "m.npz"
    with np.load(saved) as file:
        arrays = dict(file)
    place = json.loads(str(arrays["place"]))
    place["about"]["columns"] = 10**9 if name == "columns" else 30
    place["about"]["setting"]["hidden"] = [5, 4] if name == "columns" else [10**9, 4]
    np.savez(path, **{**arrays, "place": np.array(json.dumps(place))})
    with pytest.raises(CheckpointError, match="sizes larger than its arrays"):
        load_network(path)


# Command lines

ENDLESS = "9" * 30
NUMBERS = ["0", "-1", "1", "2,3", "3,", "1e400", "nan", "inf", "-inf", "1e-400", "0x10", "1_0"]
TEXTS = ["", " ", "x", "٣", "🎈", "a\0b", "\n", "--", "-h2", "~", "$NOT_SET/x", "/", "none.npz"]
words = st.sampled_from([*NUMBERS, *TEXTS, ENDLESS])
OPTIONS = {
    ffnumpy: {
        "train": "hidden epochs batch rate decay peer temperature threshold strength dropout seed "
        "train-images validation evaluate-every count-layers goodness activation data data-dir",
    },
    hardware_sim: {
        "train": "hidden epochs train-images rate candidates weight train-length kelvin volt bits "
        "offset amplifier-noise seed spread cycle stuck device device-csv data",
    },
}


@given(data=st.data())
@fuzz(350)
def test_absurd_options(tmp_path: Path, data: st.DataObject) -> None:
    own = tmp_path / "own.npz"
    np.savez(own, images=IMAGES, labels=LABELS)
    program = data.draw(st.sampled_from(list(OPTIONS)))
    ((command, names),) = OPTIONS[program].items()
    typed = {"hidden": "4,3", "epochs": "1", "data": str(own)}
    for name in data.draw(st.lists(st.sampled_from(names.split()), max_size=3, unique=True)):
        typed[name] = data.draw(words.filter(lambda w, n=name: (n, w) != ("epochs", ENDLESS)))
    line = [part for name, value in typed.items() for part in (f"--{name}", value)]
    out = tmp_path / "run.json"
    out.unlink(missing_ok=True)
    try:
        status = program([command, *line, "--out", str(out)])
    except SystemExit as stop:
        status = stop.code
    assert status in (0, 1, 2)
    assert out.exists() == (status == 0)
    if status == 0:
        record = json.loads(out.read_text())
        assert 0 <= record.get("test_error", record.get("validation_error")) <= 1
