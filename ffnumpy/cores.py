"""Two cores, each with its own half of the rows of every large weight matrix.

BLAS shares a product out among its threads and leaves everything else to one core. It also cuts a
matrix by columns, so that half of what this core then moves lies in the other one's cache: between
cores without a common cache, that takes a sixth of a training step. Here a core multiplies by its
rows and moves its rows, BLAS keeps to one thread, and only activities pass from core to core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

__all__ = ["ALONE", "Cores", "Shared", "shared"]

LARGE = 500_000  # weights of the smallest matrix that gains; smaller ones stay in a core's cache
MANY = 500  # rows in a batch beyond which the products leave nothing to gain
TRIED = 2  # cores; where BLAS has more threads it keeps them, because nobody has compared


class Cores:
    """Threads, this one among them, that share every task.

    Parameters
    ----------
    number : int
    others : Executor, optional
        Runs ``number − 1`` tasks at once.
    """

    def __init__(self, number: int = 1, others: Executor | None = None) -> None:
        self.number, self._others = number, others

    def rows(self, core: int, total: int) -> slice:
        """Return which of so many rows belong to core 0, 1, …."""
        return slice(total * core // self.number, total * (core + 1) // self.number)

    def each(self, task: Callable[[int], object]) -> None:
        """Call ``task(core)`` on every core; when all are done, raise what one of them raised."""
        if self._others is None:
            task(0)
            return
        pending = [self._others.submit(task, core) for core in range(1, self.number)]
        try:
            task(0)
        finally:
            wait(pending)
        for other in pending:
            other.result()

    def matmul(self, x: NDArray, matrix: NDArray) -> NDArray:
        """Return ``x @ matrix``, (batch, n_out); each core multiplies by its rows."""
        if self._others is None:
            return x @ matrix
        shape = (self.number, len(x), matrix.shape[1])
        products = np.empty(shape, np.result_type(x, matrix))

        def multiply(core: int) -> None:
            rows = self.rows(core, len(matrix))
            np.matmul(x[:, rows], matrix[rows], out=products[core])

        self.each(multiply)
        total = products[0]
        for product in products[1:]:
            total += product
        return total


ALONE = Cores()


class Shared(Protocol):
    """Weights that leave it to their `cores` to multiply by them and to move them."""

    cores: Cores

    @property
    def shape(self) -> tuple[int, int]:
        """(n_in, n_out)."""


@contextmanager
def shared(matrices: Iterable[Shared], batch: int) -> Iterator[None]:
    """Share the large ones of these matrices out among BLAS's cores, to learn batch by batch.

    BLAS keeps to one thread in the whole process meanwhile. Nothing changes where sharing gains
    nothing: for small matrices, large batches, or another number of threads than two. Products are
    summed in another order, so the last digits depend on the number of threads.
    """
    large = [m for m in matrices if m.shape[0] * m.shape[1] >= LARGE and batch <= MANY]
    blas = ThreadpoolController().select(user_api="blas")
    number = min((library.num_threads for library in blas.lib_controllers), default=1)
    if not large or not 1 < number <= TRIED:
        yield
        return
    with blas.limit(limits=1), ThreadPoolExecutor(number - 1) as others:
        _lend(Cores(number, others), large)
        try:
            yield
        finally:
            _lend(ALONE, large)


def _lend(cores: Cores, matrices: Iterable[Shared]) -> None:
    for matrix in matrices:
        matrix.cores = cores
