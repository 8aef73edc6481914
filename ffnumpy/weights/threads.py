"""Two cores, each with its own half of the rows of every weight matrix of a large network.

BLAS shares a product among its threads and leaves everything else to one core. It also cuts a
matrix by columns, so half of what this core then moves lies in the other core's cache, which is
slow where the two share no cache. Here each core, that is a thread, multiplies by its own rows and
moves them, with BLAS on one thread; the weights stay where they are.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import LibController, ThreadpoolController

__all__ = ["ALONE", "Cores", "shared"]

LARGE = 200_000  # weights of a matrix that makes sharing worth while
SMALL = 100_000  # weights of a matrix that no core gives a part of away: a readout's
MANY = 500  # images in a batch beyond which the products leave nothing to gain
TRIED = 2  # threads of BLAS; where it has more it keeps them, because nobody has compared


class Cores:
    """Threads, including this one, that share every task.

    Parameters
    ----------
    number : int
    others : Executor, optional
        Runs ``number − 1`` tasks at once. Without it, this thread does all parts one by one.
    """

    def __init__(self, number: int = 1, others: Executor | None = None) -> None:
        self.number, self._others = number, others
        self._process = os.getpid()

    def rows(self, core: int, total: int) -> slice:
        """Return which of `total` rows belong to a core, from 0."""
        return slice(total * core // self.number, total * (core + 1) // self.number)

    def each(self, task: Callable[[int], object]) -> None:
        """Call ``task(core)`` on every core; when all are done, raise what one of them raised."""
        if self._others is None or os.getpid() != self._process:  # a fork has no other threads
            for core in range(self.number):
                task(core)
            return
        pending = [
            self._others.submit(copy_context().run, task, core) for core in range(1, self.number)
        ]
        try:
            task(0)
        finally:
            wait(pending)
        for other in pending:
            other.result()

    def matmul(self, x: NDArray, matrix: NDArray) -> NDArray:
        """Return ``x @ matrix``, (batch, n_out); each core multiplies by its rows."""
        if self.number == 1 or x.shape[1:] != matrix.shape[:1]:
            return x @ matrix
        shape, dtype = (len(x), matrix.shape[1]), np.result_type(x, matrix)
        products = [np.empty(shape, dtype) for _ in range(self.number)]

        def multiply(core: int) -> None:
            rows = self.rows(core, len(matrix))
            np.matmul(x[:, rows], matrix[rows], out=products[core])

        self.each(multiply)
        total, *others = products
        for product in others:
            total += product
        return total


ALONE = Cores()


@contextmanager
def shared(learners: Sequence[Any], batch: int) -> Iterator[None]:
    """Share large matrices among BLAS's threads while a network learns.

    Inside the block BLAS keeps to one thread, everywhere in the process; so it does for a network
    that has no large matrix. BLAS's own threads wait for each other by spinning, which costs tens
    of times as long where another process has a core. Nothing changes where nothing is known: many
    images in a batch, no weights that have `cores`, a number of BLAS threads that is not two, or
    outside of the main thread, where BLAS cannot be limited. Products are summed in another order,
    so the last digits depend on the number of threads.

    Parameters
    ----------
    learners : sequence
        Layers, which may have several weights each, or weights. Those with `cores` are lent them.
    batch : int
        Images in a batch.
    """
    blas = ThreadpoolController().select(user_api="blas")
    number, sizes = _threads(blas.lib_controllers), _sizes(learners)
    on_main = threading.current_thread() is threading.main_thread()
    if not sizes or batch > MANY or number != TRIED or not on_main:
        yield
        return
    with blas.limit(limits=1), _sharing(number, sizes):
        yield


@contextmanager
def _sharing(number: int, sizes: dict[Any, int]) -> Iterator[None]:
    """Lend cores to the matrices that are worth it, if one is large."""
    if max(sizes.values()) < LARGE:
        yield
        return
    weights = [w for w, size in sizes.items() if size > SMALL]
    with ThreadPoolExecutor(number - 1) as others:
        try:
            _lend(Cores(number, others), weights)
            yield
        finally:
            _lend(ALONE, weights)


def _matrices(learner: Any) -> Sequence[Any]:
    """Return the weights of a learner, or the learner itself; some learners are frozen."""
    layer = getattr(learner, "layer", learner)
    weights = getattr(layer, "weights", layer)
    return weights if isinstance(weights, Sequence) else [weights]


def _sizes(learners: Iterable[Any]) -> dict[Any, int]:
    """Return the weights that cores may share, and how many numbers each has."""
    weights = [w for learner in learners for w in _matrices(learner)]
    return {w: w.shape[0] * w.shape[1] for w in weights if hasattr(w, "cores")}


def _threads(libraries: list[LibController]) -> int:
    """Return the number that every BLAS in the process has; 1 if they differ or are unknown."""
    numbers = {library.num_threads for library in libraries}
    return numbers.pop() if len(numbers) == 1 else 1


def _lend(cores: Cores, weights: Iterable[Any]) -> None:
    for w in weights:
        w.cores = cores
