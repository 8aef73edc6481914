"""Workers of a dask.distributed cluster that is running already: the extra ``cluster``."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any

from threadpoolctl import threadpool_limits

from ffnumpy.runs import records
from ffnumpy.runs.workers import Engine, WorkersDied, one_thread

__all__ = ["ClusterError", "cluster"]

PATIENCE = 10  # seconds until a scheduler has to answer


class ClusterError(RuntimeError):
    """A cluster that is not there, has no workers, or would find other numbers than this one."""


def cluster(address: str) -> Engine:
    """Return what gives points to the workers of a cluster, one thread of BLAS each.

    A worker that dies in the middle of a point loses nothing: the scheduler gives the point to
    another one.

    Parameters
    ----------
    address : str
        Of the scheduler, as ``tcp://127.0.0.1:8786``.

    Raises
    ------
    ClusterError
        If dask.distributed is not installed, no scheduler answers, it has no workers, or one of
        them has other versions or kernels, on which the last digits depend.
    """
    with _client(address) as client:
        others = _asked(client, address)
    if not others:
        raise ClusterError(
            f"{address}: expected workers; the scheduler has none. Start one by "
            f"`dask worker {address} --nthreads 1`."
        )
    for worker, there in others.items():
        _refuse_other(worker, there)
    return lambda: _Points(_client(address))


def _asked(client: Any, address: str) -> dict[str, dict[str, str]]:
    """Return the versions of every worker, by its address."""
    try:
        others: dict[str, dict[str, str]] = client.run(_versions)
    except ImportError as error:
        raise ClusterError(
            f"{address}: expected workers with this version of ffnumpy; one has none or another "
            f"({error})"
        ) from None
    return others


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError(
            "a cluster needs dask.distributed: pip install '.[cluster]' in the project's folder"
        ) from None
    try:
        return Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"{address}: expected the address of a dask scheduler, as tcp://127.0.0.1:8786; none "
            f"answers ({error})"
        ) from None


def _versions() -> dict[str, str]:
    """Return the versions of the process that this runs in, when BLAS has one thread."""
    with threadpool_limits(1):
        return records.versions()


def _refuse_other(worker: str, there: dict[str, str]) -> None:
    for what, version in _versions().items():
        if there.get(what) != version:
            raise ClusterError(
                f"{worker}: this worker has {what} {there.get(what)}; here it is {version}. All "
                f"points of one record come from one place: install the same there."
            )


class _Points(Executor):
    """Sends what all points have in common once, and every point to whoever is free.

    Parameters
    ----------
    client : distributed.Client
    """

    def __init__(self, client: Any) -> None:
        self._client, self._executor = client, client.get_executor(pure=False)
        self._common: dict[Callable[..., Any], Any] = {}

    def submit(self, evaluate: Callable[..., Any], /, *point: Any, **more: Any) -> Future[Any]:
        """Let a worker evaluate a point.

        What evaluates it is the result of a task of its own, so that the scheduler can make it
        again when the worker that holds it dies.

        Returns
        -------
        concurrent.futures.Future
            It raises `WorkersDied` if the scheduler has lost more workers with this point than it
            allows.
        """
        if evaluate not in self._common:
            self._common[evaluate] = self._client.submit(_same, evaluate, pure=False)
        inner = self._executor.submit(_evaluated, self._common[evaluate], *point, **more)
        outer: Future[Any] = Future()
        inner.add_done_callback(partial(_pass_on, outer))
        return outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for the points, or take them back if asked to; leave the cluster."""
        self._executor.shutdown(wait=wait and not cancel_futures)
        self._client.close()


def _pass_on(outer: Future[Any], inner: Future[Any]) -> None:
    """Give what a worker has found, or why it has found nothing, to who waits for it."""
    from distributed import KilledWorker

    if inner.cancelled():
        return  # nobody waits: the executor is being shut down
    error = inner.exception()
    if error is None:
        outer.set_result(inner.result())
    else:
        outer.set_exception(WorkersDied() if isinstance(error, KilledWorker) else error)


def _same(thing: Any) -> Any:
    return thing


def _evaluated(evaluate: Callable[..., Any], *point: Any) -> Any:
    one_thread()  # for good: another thread of the worker may be at work
    return evaluate(*point)
