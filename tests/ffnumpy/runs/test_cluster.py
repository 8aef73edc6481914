"""Points that the workers of a dask cluster evaluate: the same numbers, and nothing lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ffnumpy.__main__ import main
from ffnumpy.runs.cluster import ClusterError, cluster
from ffnumpy.runs.sweep import sweep
from ffnumpy.runs.workers import WorkersDied
from tests.ffnumpy.runs.test_workers import POINTS, failing, killed, killed_once, product

ROOT = Path(__file__).parents[3]

pytest.importorskip("distributed", reason="dask.distributed is not installed")


def started(*words: str, ready: str, **variables: str) -> subprocess.Popen[str]:
    """Start a part of a cluster; return when it says that it is ready."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "2", **variables}
    command = [sys.executable, "-m", "dask", *words]
    part = subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, bufsize=1
    )
    assert part.stderr is not None
    said = []
    for line in part.stderr:
        said.append(line)
        if ready in line:
            part.ready = line  # type: ignore[attr-defined]
            return part
    raise AssertionError(f"{words} ended: {''.join(said)}")


@pytest.fixture
def scheduler(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a real scheduler on loopback, without workers; its settings may be given."""
    words = ("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    part = started(*words, ready="Scheduler at", **getattr(request, "param", {}))
    yield part.ready.split()[-1]  # type: ignore[attr-defined]
    stop(part)


@pytest.fixture
def two_workers(scheduler: str) -> Iterator[str]:
    """The address of a scheduler with two workers, which nobody starts again."""
    parts = [worker(scheduler) for _ in range(2)]
    yield scheduler
    for part in parts:
        stop(part)


def worker(address: str, **variables: str) -> subprocess.Popen[str]:
    words = ("worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard")
    return started(*words, ready="Registered to", **variables)


def stop(part: subprocess.Popen[str]) -> None:
    part.kill()
    part.communicate()


def test_a_cluster_finds_the_numbers_of_this_process_with_one_thread(two_workers: str) -> None:
    side: list[dict[str, Any]] = []
    serial = [{**e, "threads": [1]} for e in sweep(POINTS, product, [])]
    found = list(sweep(POINTS, product, side, engine=cluster(two_workers)))
    assert len(found) == len(POINTS)
    assert side == serial


def test_a_worker_of_a_cluster_that_is_killed_loses_nothing(
    two_workers: str, tmp_path: Path
) -> None:
    record: list[dict[str, Any]] = []
    found = list(sweep(POINTS, partial(killed_once, tmp_path), record, engine=cluster(two_workers)))
    assert len(found) == len(POINTS)
    assert record == [{"name": name, "trace": product(n)["trace"]} for name, n in POINTS.items()]
    assert len(list(tmp_path.glob("3-*"))) == 2


@pytest.mark.parametrize(
    "scheduler", [{"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}], indirect=True
)
def test_a_point_of_which_the_workers_die_is_given_up(scheduler: str) -> None:
    alone = worker(scheduler)
    with pytest.raises(WorkersDied, match="for want of memory"):
        list(sweep({"point": 0}, killed, [], engine=cluster(scheduler)))
    stop(alone)


def test_an_error_of_a_point_in_a_cluster_is_raised_here(two_workers: str) -> None:
    with pytest.raises(ValueError, match="no 0"):
        list(sweep({"zero": 0}, failing, [], engine=cluster(two_workers)))


def test_an_experiment_in_a_cluster_has_the_record_of_one_here(
    two_workers: str, tmp_path: Path
) -> None:
    points = {}
    for name, more in {"here": [], "there": ["--scheduler", two_workers]}.items():
        out = tmp_path / f"{name}.json"
        run = ["experiment", "run", "two_towers", "--train-images", "300", "--hidden", "20,20"]
        assert main([*run, "--epochs", "1", "--out", str(out), *more]) == 0
        points[name] = [errors(point) for point in json.loads(out.read_text())["points"]]
    assert points["here"] == points["there"]
    assert len(points["here"]) > 1


def errors(entry: dict[str, Any]) -> dict[str, Any]:
    """Return all of an entry but the times in it."""
    return {name: value for name, value in entry.items() if name == "name" or "error" in name}


def test_a_scheduler_without_workers_is_refused(scheduler: str) -> None:
    with pytest.raises(ClusterError, match=rf"expected workers.*dask worker {scheduler}"):
        cluster(scheduler)


def test_a_worker_whose_kernels_are_others_is_refused(scheduler: str) -> None:
    other = worker(scheduler, OPENBLAS_CORETYPE="Prescott")
    try:
        with pytest.raises(ClusterError, match=r"this worker has kernels .*; here it is"):
            cluster(scheduler)
    finally:
        stop(other)


@pytest.mark.parametrize("address", ["nonsense", "tcp://127.0.0.1:9"])
def test_an_address_where_no_scheduler_answers_is_refused(
    address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ffnumpy.runs.cluster.PATIENCE", 1)
    assert main(["experiment", "run", "two_towers", "--scheduler", address]) == 2
    assert "expected the address of a dask scheduler" in " ".join(capsys.readouterr().err.split())


def test_workers_and_a_cluster_at_once_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    run = ["experiment", "run", "two_towers", "--workers", "2", "--scheduler", "tcp://127.0.0.1:9"]
    assert main(run) == 2
    assert "leave one out" in " ".join(capsys.readouterr().err.split())
