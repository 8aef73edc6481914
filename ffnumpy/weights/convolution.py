"""Convolution: the same weights at every place of a grid, as one `Dense` on unfolded rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ffnumpy.rule import outer_product
from ffnumpy.validation import check_batch
from ffnumpy.weights.dense import Dense
from ffnumpy.weights.local_fields import Grid
from ffnumpy.weights.outer import Outer
from ffnumpy.weights.threads import ALONE

__all__ = ["Convolution", "unfold"]

TILE = 10  # images at once: their unfolded rows stay in the cache


def unfold(grid: Grid, x: NDArray) -> NDArray:
    """Return what every field sees, (batch · fields, numbers in a field), images one by one.

    Parameters
    ----------
    grid : Grid
    x : (batch, grid.inputs) array

    Raises
    ------
    ValueError
        If the rows are not pictures of that size.

    Examples
    --------
    >>> unfold(Grid(2, 3, 1, field=2, stride=1), np.arange(6).reshape(1, 6))
    array([[0, 1, 3, 4],
           [1, 2, 4, 5]])
    """
    if x.ndim != 2 or x.shape[1] != grid.inputs:
        raise ValueError(
            f"expected pictures of {grid.height} × {grid.width} × {grid.channels} as rows of "
            f"{grid.inputs} numbers; got shape {x.shape}"
        )
    pictures = x.reshape(len(x), grid.height, grid.width, grid.channels)
    windows = sliding_window_view(pictures, (grid.field, grid.field), axis=(1, 2))
    seen = windows[:, :: grid.stride, :: grid.stride].transpose(0, 1, 2, 4, 5, 3)
    return seen.reshape(-1, grid.field**2 * grid.channels)


class Convolution:
    """One `Dense`, the kernel, at every place of a grid, as `ffnumpy.weights.Weights`.

    ``z[place] = unfolded[place] @ W + b``, and ``ΔW = Σ unfolded[place] ⊗ post[place]`` over the
    places; the kernel's optimiser takes the mean of that over the batch. The output is a picture
    again: a place for each field, its channels side by side. (It is a cross-correlation: the
    kernel is not flipped.) Images go through in tiles that stay in the cache.

    Parameters
    ----------
    grid : Grid
    kernel : Dense
        Of shape (numbers that a field sees, channels). It sees a field row by row, the channels of
        a place side by side.

    Attributes
    ----------
    cores : Cores
        Each of them multiplies its own images and adds up their part of an update; see
        `ffnumpy.weights.shared`. Two cores add up in another order, so the last digits differ.

    Raises
    ------
    ValueError
        If the kernel does not fit the grid.

    Source: [LeCun1998] for shared weights in local fields.
    """

    def __init__(self, grid: Grid, kernel: Dense) -> None:
        seen = grid.field**2 * grid.channels
        if kernel.shape[0] != seen:
            raise ValueError(
                f"convolution: expected a kernel of {seen} inputs for fields of {grid.field} × "
                f"{grid.field} × {grid.channels}; got one of shape {kernel.shape}"
            )
        self.grid, self.kernel, self.cores = grid, kernel, ALONE
        self.shape = (grid.inputs, grid.shape[0] * grid.shape[1] * kernel.shape[1])

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "cores": ALONE}  # a copy works alone: threads cannot be copied

    def forward(self, x: NDArray) -> NDArray:
        """Return every place's total input, (batch, places · channels)."""
        kernel = self.kernel
        z = np.empty((len(x), self.shape[1]), np.result_type(x, kernel.values))

        def multiply(core: int, tile: slice) -> None:
            """Multiply the images of one tile."""
            out = self._by_place(z[tile])
            np.matmul(unfold(self.grid, x[tile]), kernel.matrix, out=out)
            out += kernel.bias

        self.each_tile(len(x), multiply)
        return z

    def update(self, outer: Outer) -> None:
        """Take one step of the kernel's optimiser along the mean over the batch.

        Raises
        ------
        ValueError
            As `Dense.update` does.
        """
        check_batch(len(outer.post))
        self.kernel.move(self._total(outer) / len(outer.post))

    def add(self, outer: Outer) -> None:
        """Add the sum over batch and places unchanged: no rate, no decay, no optimiser."""
        self.kernel.add(Outer(unfold(self.grid, outer.pre), self._by_place(outer.post)))

    def _total(self, outer: Outer) -> NDArray:
        """Return the sum over batch and places, the biases as the last row."""
        shape, dtype = self.kernel.values.shape, self.kernel.values.dtype
        totals = np.zeros((self.cores.number, *shape), dtype)

        def add_tile(core: int, tile: slice) -> None:
            """Add one tile to the total of its core."""
            post = self._by_place(outer.post[tile])
            totals[core, :-1] += outer_product(unfold(self.grid, outer.pre[tile]), post)
            totals[core, -1] += np.ones(len(post), dtype) @ post  # sum is slower

        self.each_tile(len(outer.post), add_tile)
        return totals.sum(axis=0)

    def _by_place(self, z: NDArray) -> NDArray:
        return z.reshape(-1, self.kernel.shape[1])

    def each_tile(self, batch: int, task: Callable[[int, slice], object]) -> None:
        """Call ``task(core, tile)`` for all tiles of a batch, each core for its own images."""

        def own_images(core: int) -> None:
            """Run the task for one core's images, a tile at a time."""
            own = self.cores.rows(core, batch)
            for start in range(own.start, own.stop, TILE):
                task(core, slice(start, min(start + TILE, own.stop)))

        self.cores.each(own_images)

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a resumed run needs, by name; they are not copies."""
        return self.kernel.arrays()

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Load what `arrays` returned, in place; raises what `Dense.restore` does."""
        self.kernel.restore(arrays)
