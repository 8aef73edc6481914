"""A sweep evaluates every point once, and a record is continued by its own run alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ffnumpy.runs.checkpoint import CheckpointError
from ffnumpy.runs.sweep import resumed_record, saver, sweep

POINTS = {"one": 1, "two": 2, "three": 3}
FRESH = {"versions": {"numpy": "2"}, "options": {"seed": 0, "hidden": [6, 5]}, "scale": {"volt": 1}}


def square(number: int) -> dict[str, Any]:
    return {"square": number * number}


def test_every_point_is_evaluated_once_and_in_order() -> None:
    record: list[dict[str, Any]] = []
    found = list(sweep(POINTS, square, record))
    assert found == record
    assert [(entry["name"], entry["square"]) for entry in record] == [
        ("one", 1),
        ("two", 4),
        ("three", 9),
    ]
    assert list(sweep(POINTS, square, record)) == []


def test_an_interruption_loses_the_point_in_progress_alone() -> None:
    record: list[dict[str, Any]] = []

    def interrupted(number: int) -> dict[str, Any]:
        if number == 3:
            raise KeyboardInterrupt
        return square(number)

    with pytest.raises(KeyboardInterrupt):
        list(sweep(POINTS, interrupted, record))
    assert [entry["name"] for entry in record] == ["one", "two"]
    assert [entry["name"] for entry in sweep(POINTS, square, record)] == ["three"]


def test_an_entry_is_in_the_record_before_it_is_yielded() -> None:
    record: list[dict[str, Any]] = []
    for entry in sweep(POINTS, square, record):
        assert record[-1] is entry


def test_points_may_be_named_by_numbers_under_another_key() -> None:
    record = json.loads(json.dumps([{"value": 0.1, "square": 1}]))
    assert list(sweep({0.1: 1, 0.3: 3}, square, record, key="value")) == [
        {"value": 0.3, "square": 9}
    ]


def test_a_record_that_the_sweep_does_not_know_is_left_alone() -> None:
    record = [{"name": "four", "square": 16}]
    list(sweep(POINTS, square, record))
    assert [entry["name"] for entry in record] == ["four", "one", "two", "three"]


def written(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Return the file of a record that differs from the fresh one by a change."""
    record = json.loads(json.dumps({**FRESH, "points": [1]}))
    change(record)
    path = folder / "record.json"
    path.write_text(json.dumps(record))
    return path


def test_a_record_of_the_same_run_is_continued(tmp_path: Path) -> None:
    path = written(tmp_path, lambda r: r["versions"].clear())  # an older one may say less
    assert resumed_record(path, {**FRESH, "points": []}, ["scale"])["points"] == [1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r["options"].update(seed=1), "was started with --seed 1; got 0"),
        (lambda r: r["versions"].update(numpy="1"), "was made with numpy 1; here it is 2"),
        (lambda r: r["scale"].update(volt=2), "was made with scale {'volt': 2}"),
        (lambda r: r.pop("points"), "an earlier run of this command"),
        (lambda r: r.update(points={}), "an earlier run of this command"),
    ],
)
def test_another_record_is_refused(
    change: Callable[[dict[str, Any]], object], message: str, tmp_path: Path
) -> None:
    with pytest.raises(CheckpointError, match=message):
        resumed_record(written(tmp_path, change), {**FRESH, "points": []}, ["scale"])


def test_a_record_is_saved_as_it_is_with_the_seconds_of_all_its_runs(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    record: dict[str, Any] = {"seconds": 100.0, "points": [1]}
    save = saver(path, record)
    assert not path.exists()
    record["points"].append(2)
    save()
    written = json.loads(path.read_text())
    assert written == record == {"seconds": record["seconds"], "points": [1, 2]}
    assert 100 <= written["seconds"] < 160


def test_without_a_file_nothing_is_written_and_the_seconds_count(tmp_path: Path) -> None:
    record: dict[str, Any] = {"seconds": 3.0}
    saver(None, record)()
    assert 3 <= record["seconds"] < 63
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["{}", "no JSON", "[1]"])
def test_a_file_that_is_no_record_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_text(text)
    with pytest.raises(CheckpointError, match="expected a record"):
        resumed_record(path, FRESH)
