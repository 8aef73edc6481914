"""Who evaluates the points of a sweep: this process, several of them, or a cluster."""

from __future__ import annotations

import argparse
from typing import Any

from ffnumpy.commands import UsageError
from ffnumpy.runs.cluster import ClusterError, cluster
from ffnumpy.runs.workers import Engine, one_thread, processes

__all__ = ["add_workers", "engine_of"]


def add_workers(parser: Any, point: str) -> None:
    """Add --workers and --scheduler; `point` says what one worker does at a time."""
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help=f"processes that do one {point} each, side by side, with one thread; default: 1",
    )
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help=f"of a dask cluster, whose workers do one {point} each, as tcp://127.0.0.1:8786",
    )


def engine_of(args: argparse.Namespace) -> Engine | None:
    """Return what starts the workers that were asked for; None for a single one, which is here.

    With workers, BLAS has one thread here too, so that the record says it.

    Raises
    ------
    UsageError
        If both options were given, there are no such workers, or they have other versions.
    """
    if args.scheduler is not None and args.workers is not None:
        raise UsageError("--workers: the cluster of --scheduler brings its own; leave one out")
    if args.workers is not None and args.workers < 1:
        raise UsageError(f"--workers: expected 1 or more, got {args.workers}")
    if args.scheduler is None and args.workers in (None, 1):
        return None
    one_thread()
    try:
        return processes(args.workers) if args.scheduler is None else cluster(args.scheduler)
    except ClusterError as error:
        raise UsageError(f"--scheduler {error}") from None
