"""Points that are evaluated side by side: the same numbers, and nothing lost with a worker."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from ffnumpy.runs.sweep import sweep
from ffnumpy.runs.workers import WorkersDied, processes

POINTS = {f"point {n}": n for n in range(8)}


def product(number: int) -> dict[str, Any]:
    """Return something that a BLAS has computed, and with how many threads."""
    rng = np.random.default_rng(number)
    trace = float(np.trace(rng.random((40, 40)) @ rng.random((40, 40))))
    threads = [info["num_threads"] for info in threadpool_info() if info["user_api"] == "blas"]
    return {"trace": trace, "threads": threads}


def killed_once(folder: Path, number: int) -> dict[str, Any]:
    """Die in the middle of the third point, the first time that it is evaluated."""
    (folder / f"{number}-{os.getpid()}").touch()
    if number == 3 and len(list(folder.glob("3-*"))) == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"trace": product(number)["trace"]}


def killed(number: int) -> dict[str, Any]:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def failing(number: int) -> dict[str, Any]:
    raise ValueError(f"no {number}")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_any_number_of_workers_finds_the_same_numbers_in_the_same_order(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")  # what the workers would have by themselves
    here: list[dict[str, Any]] = []
    side: list[dict[str, Any]] = []
    serial = [{**e, "threads": [1]} for e in sweep(POINTS, product, here)]
    list(sweep(POINTS, product, side, engine=processes(number)))
    assert [{**e, "threads": [1]} for e in side] == serial
    assert {tuple(e["threads"]) for e in side} == {(1,)}


def test_a_worker_that_is_killed_loses_nothing_and_nothing_is_counted_twice(tmp_path: Path) -> None:
    record = [{"name": "point 5", "trace": product(5)["trace"]}]
    evaluate = partial(killed_once, tmp_path)
    found = list(sweep(POINTS, evaluate, record, engine=processes(2)))
    assert sorted(entry["name"] for entry in found) == sorted(POINTS.keys() - {"point 5"})
    assert record == [{"name": name, "trace": product(n)["trace"]} for name, n in POINTS.items()]
    assert len(list(tmp_path.glob("3-*"))) == 2


def test_workers_that_always_die_are_given_up_with_what_is_done_kept() -> None:
    record: list[dict[str, Any]] = [{"name": "point 0"}]
    with pytest.raises(WorkersDied, match="which --resume continues"):
        list(sweep(POINTS, killed, record, engine=processes(1)))
    assert record == [{"name": "point 0"}]


def test_an_error_of_a_point_is_raised_here() -> None:
    with pytest.raises(ValueError, match="no 0"):
        list(sweep({"zero": 0}, failing, [], engine=processes(1)))
