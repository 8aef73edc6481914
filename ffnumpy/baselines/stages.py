"""Stages of a network, and how slopes come down through each of them, by hand."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ffnumpy.activations import relu
from ffnumpy.layers.pooling import MaxPooling
from ffnumpy.weights.convolution import Convolution
from ffnumpy.weights.dense import Dense
from ffnumpy.weights.local_fields import Grid
from ffnumpy.weights.outer import Weights
from ffnumpy.weights.overlapping import OverlappingFields

__all__ = ["PooledConvolution", "Rectified", "RectifiedFields", "Seen", "Stage", "fold", "route"]


class Seen(NamedTuple):
    """What a stage keeps until the error comes back: its input, z, and z after pooling."""

    x: NDArray
    z: NDArray
    top: NDArray


class Stage(Protocol):
    """Weights and a ReLU, and what slopes become on their way down through them."""

    @property
    def weights(self) -> Weights:
        """Of this stage."""

    def look(self, x: NDArray) -> Seen:
        """Return what the input makes of this stage; its output is ``relu(top)``."""

    def delta(self, seen: Seen, dy: NDArray) -> NDArray:
        """Return ``∂log p/∂z`` from ``∂log p/∂y``; `seen` may be used up."""

    def below(self, delta: NDArray) -> NDArray:
        """Return ``∂log p/∂x`` from ``∂log p/∂z``."""


class Rectified:
    """``y = relu(x W + b)``, with ``∂/∂z = ∂/∂y · f'(z)`` and ``∂/∂x = ∂/∂z Wᵀ``."""

    def __init__(self, weights: Dense) -> None:
        self.weights: Any = weights

    def look(self, x: NDArray) -> Seen:
        """Return the total input; nothing is pooled."""
        z = self.weights.forward(x)
        return Seen(x, z, z)

    def delta(self, seen: Seen, dy: NDArray) -> NDArray:
        """Return ``∂log p/∂z``, (batch, n_out)."""
        return dy * relu.slope(seen.z)

    def below(self, delta: NDArray) -> NDArray:
        """Return ``∂log p/∂x``, (batch, n_in)."""
        return self.weights.cores.matmul(delta, self.weights.matrix.T)


class RectifiedFields(Rectified):
    """``y = relu(x W + b)`` with W overlapping local fields."""

    def __init__(self, weights: OverlappingFields) -> None:
        self.weights: Any = weights

    def below(self, delta: NDArray) -> NDArray:
        """Return ``∂log p/∂x``, (batch, n_in): every block adds to what it sees."""
        mosaic = self.weights.mosaic
        above = delta.reshape(len(delta), mosaic.side, mosaic.side, mosaic.channels)
        below = np.zeros((len(delta), mosaic.side, mosaic.side, mosaic.below), delta.dtype)
        for block, dense in zip(self.weights.blocks, self.weights.matrices, strict=True):
            own = above[:, block.rows, block.columns].reshape(len(delta), -1)
            seen = below[:, block.seen_rows, block.seen_columns]
            seen += (own @ dense.matrix.T).reshape(seen.shape)
        return below.reshape(len(delta), -1)


class PooledConvolution:
    """``y = relu(pool(z))`` with ``z`` a convolution of x: pooled first, which is the same.

    The slope of the maximum is 1 for the place that holds it and 0 for the others. Among equals it
    is the first: they are equal where they see equal patches, such as blank paper, and then move
    the kernel alike.
    """

    def __init__(self, weights: Convolution) -> None:
        self.weights = weights
        self.pool = MaxPooling(*weights.grid.shape, weights.kernel.shape[1])

    def look(self, x: NDArray) -> Seen:
        """Return the total input and its largest of every 2 × 2 places."""
        z = self.weights.forward(x)
        return Seen(x, z, self.pool(z))

    def delta(self, seen: Seen, dy: NDArray) -> NDArray:
        """Return ``∂log p/∂z``, (batch, places · channels), written over z."""
        return route(self.pool, seen.z, seen.top, dy * relu.slope(seen.top))

    def below(self, delta: NDArray) -> NDArray:
        """Return ``∂log p/∂x``, (batch, n_in): every field adds its own ``∂/∂z Wᵀ``."""
        kernel, grid = self.weights.kernel, self.weights.grid
        dx = np.empty((len(delta), grid.inputs), delta.dtype)

        def fold_tile(core: int, tile: slice) -> None:
            rows = delta[tile].reshape(-1, kernel.shape[1]) @ kernel.matrix.T
            dx[tile] = fold(grid, rows)

        self.weights.each_tile(len(delta), fold_tile)
        return dx


def route(pool: MaxPooling, z: NDArray, top: NDArray, slope: NDArray) -> NDArray:
    """Return what slopes by the pooled places are by all places.

    Parameters
    ----------
    pool : MaxPooling
    z : (batch, height · width · channels) array
        Written over if it is contiguous.
    top : (batch, height/2 · width/2 · channels) array
        ``pool(z)``.
    slope : array of top's shape
        It is used up.
    """
    shape, z = (len(z), *pool.shape, pool.channels), np.ascontiguousarray(z)
    slope, top = slope.reshape(shape), top.reshape(shape)
    for corner in pool.corners(z):
        np.multiply(slope, corner == top, out=corner)
        slope -= corner  # to exactly 0 where this corner has taken it
    return z


def fold(grid: Grid, rows: NDArray) -> NDArray:
    """Return the sum at every place of what all fields say of it: the transpose of `unfold`.

    Parameters
    ----------
    grid : Grid
    rows : (batch · fields, numbers in a field) array

    Returns
    -------
    (batch, grid.inputs) array
    """
    (down, across), side, stride = grid.shape, grid.field, grid.stride
    fields = rows.reshape(-1, down, across, side, side, grid.channels)
    pictures = np.zeros((len(fields), grid.height, grid.width, grid.channels), rows.dtype)
    for i, j in np.ndindex(side, side):
        rows_i = slice(i, i + stride * (down - 1) + 1, stride)
        columns_j = slice(j, j + stride * (across - 1) + 1, stride)
        pictures[:, rows_i, columns_j] += fields[:, :, :, i, j]
    return pictures.reshape(len(fields), -1)
