"""Sets of one's own: what is read is what was written, and what makes no sense is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ffnumpy.data import DataError, load

pytestmark = pytest.mark.reports

RNG = np.random.default_rng(0)
BYTES = RNG.integers(0, 256, (40, 3, 4), np.uint8)
WORDS = np.array(["cat", "dog", "eel", "cat"] * 10)
NUMBERS = np.arange(40) % 4


def archive(folder: Path, **arrays: Any) -> str:
    path = folder / "own.npz"
    np.savez(path, **arrays)
    return str(path)


def table(folder: Path, text: str, name: str = "own.csv") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def picture(path: Path, pixels: Any, mode: str | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(pixels), mode).save(path)


@pytest.mark.parametrize(("rows", "labels"), [("images", "labels"), ("X", "y"), ("data", "target")])
def test_arrays_under_their_usual_names_are_read_whole(
    tmp_path: Path, rows: str, labels: str
) -> None:
    data = load(archive(tmp_path, **{rows: BYTES, labels: WORDS}))
    assert data.shape == (3, 4)
    assert data.class_names == ("cat", "dog", "eel")
    together = np.vstack([data.train_images, data.test_images])
    assert sorted(map(bytes, together)) == sorted(map(bytes, BYTES.reshape(40, 12)))
    named = dict(zip(map(bytes, BYTES.reshape(40, 12)), WORDS, strict=True))
    found = [named[bytes(row)] for row in data.test_images]
    assert found == [data.class_names[label] for label in data.test_labels]


@pytest.mark.parametrize(
    "names",
    [
        ("train_images", "train_labels", "test_images", "test_labels"),
        ("x_train", "y_train", "x_test", "y_test"),
        ("X_train", "y_train", "X_val", "y_val"),
    ],
)
def test_a_test_part_stays_apart(tmp_path: Path, names: tuple[str, ...]) -> None:
    parts = BYTES[:30], NUMBERS[:30], BYTES[30:], NUMBERS[30:]
    data = load(archive(tmp_path, **dict(zip(names, parts, strict=True))))
    assert np.array_equal(data.train_images, BYTES[:30].reshape(30, 12))
    assert np.array_equal(data.test_labels, NUMBERS[30:])
    assert data.remarks == ()


def test_the_part_held_out_is_a_fifth_of_each_class_and_always_the_same(tmp_path: Path) -> None:
    path = archive(tmp_path, X=BYTES, y=WORDS)
    first, again = load(path), load(path)
    assert np.array_equal(first.test_images, again.test_images)
    assert np.bincount(first.test_labels).tolist() == [4, 2, 2]
    assert "held out, 8 of 40" in first.remarks[0]


def test_labels_may_be_a_column_or_one_hot(tmp_path: Path) -> None:
    vector = load(archive(tmp_path, X=BYTES, y=NUMBERS))
    for labels in (NUMBERS[:, np.newaxis], np.eye(4)[NUMBERS], np.eye(4, dtype=bool)[NUMBERS]):
        data = load(archive(tmp_path, X=BYTES, y=labels))
        assert np.array_equal(data.train_labels, vector.train_labels)
        assert data.class_names == vector.class_names


def test_opaque_pictures_with_an_alpha_channel_are_read(tmp_path: Path) -> None:
    for n in range(4):
        whole = np.dstack([BYTES[n]] * 3 + [np.full((3, 4), 255, np.uint8)])
        picture(tmp_path / "ab"[n % 2] / f"{n}.png", whole, "RGBA")
    data = load(str(tmp_path))
    both = np.vstack([data.train_images, data.test_images])
    assert sorted(map(bytes, both)) == sorted(map(bytes, BYTES[:4].reshape(4, 12)))


def test_fractions_become_bytes_in_proportion(tmp_path: Path) -> None:
    data = load(archive(tmp_path, images=BYTES / 255, labels=NUMBERS))
    assert {bytes(row) for row in data.train_images} <= set(map(bytes, BYTES.reshape(40, 12)))


def test_colours_stay_and_it_is_said(tmp_path: Path) -> None:
    colours = RNG.integers(0, 256, (40, 3, 4, 3), np.uint8)
    data = load(archive(tmp_path, images=colours, labels=NUMBERS))
    assert data.shape == (3, 4, 3)
    assert any("red, green and blue" in remark for remark in data.remarks)


@given(st.lists(st.floats(-1e6, 1e6), min_size=12, max_size=40), st.integers(-5, 5))
@settings(max_examples=30, deadline=None)
def test_a_column_is_spread_over_the_bytes_in_its_order(
    tmp_path_factory: pytest.TempPathFactory, values: list[float], shift: int
) -> None:
    column = [*values, -2e6, 2e6, 0.5]
    parts = ["train"] * (len(column) - 1) + ["test"]
    lines = [f"{v!r},{shift},{'ab'[n % 2]},{parts[n]}" for n, v in enumerate(column)]
    folder = tmp_path_factory.mktemp("own")
    data = load(table(folder, "speed,always,label,split\n" + "\n".join(lines)))
    assert data.shape == (2,)
    shown = data.train_images[:, 0].astype(int)
    assert np.abs(shown - 255 * (np.array(column[:-1]) + 2e6) / 4e6).max() <= 0.5 + 1e-6
    assert not data.train_images[:, 1].any()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_as_programs_write_them(tmp_path: Path, delimiter: str) -> None:
    rows = [["width", "Class", "height"], *[[f"{n}", f'"{n % 2}"', "2.5"] for n in range(10)]]
    text = "\ufeff" + "\r\n".join(delimiter.join(row) for row in rows)
    data = load(table(tmp_path, text))
    assert (data.shape, data.class_names) == ((2,), ("0", "1"))
    assert len(data.train_labels) == 8


def test_numbered_classes_are_ordered_as_numbers(tmp_path: Path) -> None:
    rows = "\n".join(f"{n},{n % 11}" for n in range(44))
    data = load(table(tmp_path, f"a,label\n{rows}"))
    assert data.class_names == tuple(map(str, range(11)))


def test_a_column_may_say_which_rows_are_for_the_test(tmp_path: Path) -> None:
    rows = "\n".join(f"{n},{n % 2},{'test' if n > 7 else 'train'}" for n in range(10))
    data = load(table(tmp_path, f"a,label,split\n{rows}"))
    assert len(data.test_labels) == 2
    assert any("2 of 2 test rows reach beyond" in remark for remark in data.remarks)


def test_grey_levels_in_a_table_stay_and_are_a_square(tmp_path: Path) -> None:
    names = ",".join(f"pixel{n}" for n in range(4))
    rows = "\n".join(f"{n % 2},{n},0,255,7" for n in range(10))
    data = load(table(tmp_path, f"label,{names}\n{rows}"))
    assert data.shape == (2, 2)
    assert set(data.train_images[:, 2]) == {255}
    assert set(data.train_images[:, 3]) == {7}


def test_folders_of_pictures_are_classes(tmp_path: Path) -> None:
    for n in range(10):
        picture(tmp_path / "own" / "ab"[n % 2] / f"{n}.png", BYTES[n])
    data = load(str(tmp_path / "own"))
    assert (data.shape, data.class_names) == ((3, 4), ("a", "b"))
    both = np.vstack([data.train_images, data.test_images])
    assert sorted(map(bytes, both)) == sorted(map(bytes, BYTES[:10].reshape(10, 12)))


def test_pictures_of_a_train_and_a_test_folder(tmp_path: Path) -> None:
    for n in range(8):
        part = "Train" if n < 6 else "test"
        picture(tmp_path / part / "xy"[n % 2] / f"{n}.png", np.dstack([BYTES[n]] * 3))
    data = load(str(tmp_path))
    assert (len(data.train_labels), len(data.test_labels), data.shape) == (6, 2, (3, 4))


def spoilt(n: int, value: Any) -> str:
    return "a,b,label\n" + "\n".join(f"{value if k == n else k},1,{k % 2}" for k in range(6))


BAD_TABLES = {
    "no names": ("1,2,3\n4,5,6", "names in the first line"),
    "no label": ("a,b\n1,2\n3,4", "one column named label, class"),
    "two labels": ("label,y\n1,2\n3,4", "one column named"),
    "words": (spoilt(2, "red"), "could not convert string 'red'.*column of 0 and 1"),
    "a gap": (spoilt(2, ""), "expected numbers in every column"),
    "nan": (spoilt(2, "nan"), "is nan"),
    "infinite": (spoilt(2, "inf"), "is inf"),
    "no rows": ("a,label\n", "expected rows"),
    "one class": ("a,label\n" + "1,x\n" * 5, "expected 2 … 256 classes, got 1"),
    "a quantity": ("a,label\n" + "\n".join(f"{n},{n / 7}" for n in range(14)), "a quantity"),
    "a single row of a class": ("a,label\n1,x\n2,x\n3,y", "class y has a single row"),
    "all alike": ("a,label\n" + "1,x\n1,y\n" * 5, "all values are 1"),
    "ragged": ("a,b,label\n1,2,x\n1,y\n", "expected numbers|columns"),
    "row numbers": (",a,label\n0,1,x\n1,2,y\n", "column 1 has no name.*index=False"),
    "only labels": ("label\nx\ny\n", "columns of numbers beside the labels"),
}


@pytest.mark.parametrize("kind", BAD_TABLES)
def test_a_table_that_makes_no_set_is_refused(tmp_path: Path, kind: str) -> None:
    text, message = BAD_TABLES[kind]
    with pytest.raises(DataError, match=message):
        load(table(tmp_path, text))


BAD_ARCHIVES: dict[str, tuple[dict[str, Any], str]] = {
    "strange names": ({"a": BYTES, "b": NUMBERS}, "expected arrays named .*got a, b"),
    "no labels": ({"images": BYTES}, "has arrays of rows but no labels"),
    "objects": ({"X": BYTES, "y": np.array([{}] * 40)}, "without Python objects"),
    "channels first": ({"X": np.zeros((40, 3, 8, 8)), "y": NUMBERS}, "blue last"),
    "no images": ({"images": BYTES[:0], "labels": NUMBERS[:0]}, "expected rows, got none"),
    "one label": ({"images": BYTES, "labels": np.array(1)}, "one label for each row"),
    "tables of words": ({"X": BYTES, "y": np.array([["a", "b"]] * 40)}, "one label for each row"),
    "an endless label": ({"X": BYTES, "y": np.array([1.0, np.inf] * 20)}, "not a finite number"),
    "too few labels": ({"X": BYTES, "y": NUMBERS[1:]}, "one label for each row"),
    "negative": ({"X": BYTES - 9.0, "y": NUMBERS}, "pixels of 0 and above"),
    "a class of the test": (
        {"x_train": BYTES, "y_train": NUMBERS, "x_test": BYTES[:1], "y_test": np.array([7])},
        "the test part has class 7",
    ),
    "other shapes": (
        {"x_train": BYTES, "y_train": NUMBERS, "x_test": BYTES[:, 1:], "y_test": NUMBERS},
        "rows of one shape",
    ),
}


@pytest.mark.parametrize("kind", BAD_ARCHIVES)
def test_an_archive_that_makes_no_set_is_refused(tmp_path: Path, kind: str) -> None:
    arrays, message = BAD_ARCHIVES[kind]
    with pytest.raises(DataError, match=message):
        load(archive(tmp_path, **arrays))


def clear(path: Path) -> None:
    picture(path, np.dstack([BYTES[0]] * 4), "RGBA")


def damaged(path: Path) -> None:
    picture(path, BYTES[0])
    path.write_bytes(path.read_bytes()[:40])


BAD_PICTURES: dict[str, tuple[Any, str]] = {
    "another size": (lambda path: picture(path, BYTES[0, :2]), "pictures of one size"),
    "transparent": (clear, "is transparent"),
    "damaged": (damaged, "cannot be read as a picture"),
    "16 bits": (lambda path: picture(path, BYTES[0].astype(np.uint16)), "eight bits"),
}


@pytest.mark.parametrize("kind", BAD_PICTURES)
def test_a_picture_that_fits_not_is_refused(tmp_path: Path, kind: str) -> None:
    for n in range(4):
        picture(tmp_path / "ab"[n % 2] / f"{n}.png", BYTES[n])
    make, message = BAD_PICTURES[kind]
    make(tmp_path / "b" / "z.png")
    with pytest.raises(DataError, match=message):
        load(str(tmp_path))


def test_an_empty_folder_and_a_lost_file_say_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"CLASS/\*.png; saw an empty folder"):
        load(str(tmp_path))
    table(tmp_path, "a,label\n1,2")
    with pytest.raises(DataError, match=r"beside it are own\.csv"):
        load(str(tmp_path / "other.csv"))
    with pytest.raises(DataError, match=r"expected one of strokes.*got 'mnits'"):
        load("mnits")
    with pytest.raises(DataError, match="is a path; got here"):
        load(str(tmp_path / "own.csv"), "here")


def test_whole_numbers_of_a_table_are_spread_unless_they_are_pixels(tmp_path: Path) -> None:
    rows = "\n".join(f"{150 + n},{n % 2},{'ab'[n % 2]}" for n in range(60))
    data = load(table(tmp_path, f"height,smoker,label\n{rows}"))
    assert set(data.train_images[:, 1]) == {0, 255}
    assert any("spread" in remark for remark in data.remarks)


def test_numbers_and_words_are_told_apart_over_both_parts(tmp_path: Path) -> None:
    for part, classes in (("train", ("0", "1", "other")), ("test", ("0", "1"))):
        for name in classes:
            for n in range(2):
                picture(tmp_path / "own" / part / name / f"{n}.png", BYTES[n])
    data = load(str(tmp_path / "own"))
    assert data.class_names == ("0", "1", "other")
    assert sorted(data.test_labels.tolist()) == [0, 0, 1, 1]
    words = np.array([b"cat", b"dog"] * 20)
    assert load(archive(tmp_path, X=BYTES, y=words)).class_names == ("cat", "dog")


def test_what_is_to_validate_on_is_left_out_and_it_is_said(tmp_path: Path) -> None:
    parts = {
        f"{k}_{p}": a for p in ("train", "val", "test") for k, a in (("x", BYTES), ("y", NUMBERS))
    }
    data = load(archive(tmp_path, **parts))
    assert data.remarks == ("left out: x_val, y_val",)
    names = ["train"] * 6 + ["val"] * 2 + ["test"] * 2
    rows = "\n".join(f"{n},{n % 2},{name}" for n, name in enumerate(names))
    data = load(table(tmp_path, f"a,label,split\n{rows}"))
    assert (len(data.train_labels), len(data.test_labels)) == (6, 2)
    assert data.remarks[0].startswith("left out: 2 rows of val")
    for part in ("train", "val", "test"):
        for n in range(2):
            picture(tmp_path / "own" / part / "ab"[n] / "0.png", BYTES[n])
    assert load(str(tmp_path / "own")).remarks == ("left out: val",)
