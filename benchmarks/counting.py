"""Count the operations in all products of a task with weights: forward, back, and updates."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from ffnumpy.rule import outer_product
from ffnumpy.weights import Dense, blocks, convolution

__all__ = ["operations"]


class Counted(np.ndarray[Any, Any]):
    """A matrix whose products are counted; their results are plain arrays."""

    total = 0  # multiplications and additions so far

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **more: Any) -> Any:
        arrays = [_plain(one) for one in inputs]
        more |= {"out": tuple(map(_plain, more["out"]))} if "out" in more else {}
        if ufunc is np.matmul:
            Counted.total += 2 * len(arrays[0]) * arrays[1].size
        return getattr(ufunc, method)(*arrays, **more)


def _plain(array: Any) -> Any:
    return array.view(np.ndarray) if isinstance(array, Counted) else array


def _matrix(dense: Dense) -> NDArray[Any]:
    return dense.values[:-1].view(Counted)


def _outer_product(x: Any, delta: NDArray[Any], out: NDArray[Any] | None = None) -> NDArray[Any]:
    Counted.total += 2 * x.size * delta.shape[1]
    return outer_product(x, delta, out)


def operations(task: Callable[[], object]) -> int:
    """Return the multiplications and additions in the products with weights that a task makes."""
    Counted.total = 0
    with ExitStack() as patches:
        patches.enter_context(patch.object(Dense, "matrix", property(_matrix)))
        for module in (blocks, convolution):
            patches.enter_context(patch.object(module, "outer_product", _outer_product))
        task()
    return Counted.total
