"""An outer product in blocks that stay in the cache, shared out among cores.

The product is as large as the weights: formed whole, it would pass through main memory three times
for each update. Formed block by block in a buffer, it never leaves the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ffnumpy.rule import outer_product
from ffnumpy.weights.outer import Outer
from ffnumpy.weights.threads import Cores

__all__ = ["each_block"]

MULTIPLIED = 512_000  # elements of an outer product that are formed at once, 2 MB in float32
CACHED = 64_000  # elements that are moved at once: with the optimiser's state they stay in cache

Factors = list[tuple[NDArray, NDArray]]
Move = Callable[[slice, NDArray], None]


def each_block(outer: Outer, dtype: DTypeLike, cores: Cores, move: Move) -> None:
    """Call ``move(rows, product)`` for blocks of rows of an outer product, the bias row last.

    Parameters
    ----------
    outer : Outer
        Its bias row is the product with an input held at 1.
    dtype : data type of the product
    cores : Cores
        Each of them forms and moves its own rows.
    move : callable
        Gets a slice of rows and the product there; the next block overwrites that product.
    """
    held_at_1 = np.ones((outer.post.shape[0], 1), dtype)
    factors = [*outer.factors(), (held_at_1, outer.post)]

    def own_blocks(core: int) -> None:
        """Form and move the blocks of one core."""
        for rows, product in _products(factors, dtype, cores, core):
            for piece in _pieces(rows, CACHED // product.shape[1]):
                move(piece, product[piece.start - rows.start : piece.stop - rows.start])

    cores.each(own_blocks)


def _products(
    factors: Factors, dtype: DTypeLike, cores: Cores, core: int
) -> Iterator[tuple[slice, NDArray]]:
    """Yield a core's rows of the outer product, a block of rows at a time, in one buffer."""
    n_out = factors[0][1].shape[1]
    height = max(1, MULTIPLIED // n_out)
    buffer = np.empty((height, n_out), dtype)
    top = 0
    for pre, post in factors:
        for part in _pieces(cores.rows(core, pre.shape[1]), height):
            block = buffer[: part.stop - part.start]
            product = outer_product(pre[:, part], post, out=block)
            yield slice(top + part.start, top + part.stop), product
        top += pre.shape[1]


def _pieces(whole: slice, size: int) -> Iterator[slice]:
    """Yield slices of at most `size`, at least 1, that cover a slice."""
    for start in range(whole.start, whole.stop, max(1, size)):
        yield slice(start, min(start + max(1, size), whole.stop))
