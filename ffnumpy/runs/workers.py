"""Workers: processes that evaluate the points of a sweep side by side, one BLAS thread each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits

__all__ = ["Engine", "WorkersDied", "one_thread", "processes", "side_by_side"]

Engine = Callable[[], Executor]
"""What starts workers; it is asked again if some of them died."""

Name = TypeVar("Name")
Point = TypeVar("Point")
PATIENCE = 3


class WorkersDied(RuntimeError):
    """Workers die of a point, again and again."""

    def __init__(self) -> None:
        super().__init__(
            "workers die of a point, perhaps for want of memory: run fewer of them, or smaller "
            "points. What is done is in the record, which --resume continues."
        )


def one_thread() -> None:
    """Let BLAS use one thread in this process: several workers with more of them would fight."""
    threadpool_limits(1)


def processes(number: int) -> Engine:
    """Return what starts so many processes, each with one thread of BLAS."""
    return lambda: ProcessPoolExecutor(number, get_context("spawn"), one_thread)


def side_by_side(
    engine: Engine, evaluate: Callable[[Point], Any], points: Mapping[Name, Point]
) -> Iterator[tuple[Name, Any]]:
    """Evaluate points by workers; yield the name and the result of each as it comes.

    The points of a worker that died are evaluated again, by new workers.

    Parameters
    ----------
    engine : callable
    evaluate : callable, point -> result
        It can be pickled, as can points and results.
    points : mapping
        From the name of each point to the point itself.

    Raises
    ------
    WorkersDied
        If they do so three times in a row before one of them has finished a point.
    """
    left, deaths = dict(points), 0
    while left:
        before = len(left)
        try:
            yield from _round(engine, evaluate, left)
        except BrokenExecutor as error:
            deaths = deaths + 1 if len(left) == before else 1
            if deaths == PATIENCE:
                raise WorkersDied from error


def _round(
    engine: Engine, evaluate: Callable[[Point], Any], left: dict[Name, Point]
) -> Iterator[tuple[Name, Any]]:
    """Evaluate what is left, and take away what is done, as long as all workers live."""
    executor = engine()
    try:
        names = {executor.submit(evaluate, point): name for name, point in left.items()}
        for future in as_completed(names):
            result = future.result()
            del left[names[future]]
            yield names[future], result
    finally:
        executor.shutdown(cancel_futures=True)
