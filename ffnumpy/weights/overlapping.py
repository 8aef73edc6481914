"""Local fields around every place of a picture, without weight sharing, in blocks of places.

The matrix of a single place is too small to keep a core busy: 363 × 3 for fields of 11 × 11 places
with three channels below and above. Neighbours see nearly the same, so a square block of places
shares one matrix on all that its places see, and the weights outside a place's own field are held
at zero. With blocks of 4 × 4 in the middle of a picture, 62 % of that matrix are fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ffnumpy.weights.dense import Dense
from ffnumpy.weights.outer import Outer
from ffnumpy.weights.threads import ALONE

__all__ = ["Mosaic", "OverlappingFields", "overlapping_fields"]


class Block(NamedTuple):
    """The places of a block, and those that it sees: slices of rows and of columns."""

    rows: slice
    columns: slice
    seen_rows: slice
    seen_columns: slice


@dataclass(frozen=True)
class Mosaic:
    """A square picture cut into square blocks, and the field around each of its places.

    A picture of `side` × `side` places is one row of numbers, the channels of a place side by side.

    Attributes
    ----------
    side : int
        Places in a row and in a column, below and above.
    below, channels : int
        Channels of a place below and above.
    field : int
        Side of a field, an odd number of places; at the edge of the picture a field is cut off.
    block : int
        Side of a block in places; it changes the speed, not the result.

    Raises
    ------
    ValueError
        If a number is below 1, the field is even or the side is no multiple of the block.
    """

    side: int
    below: int
    channels: int
    field: int = 11
    block: int = 4

    def __post_init__(self) -> None:
        if min(vars(self).values()) < 1 or self.field % 2 == 0 or self.side % self.block:
            raise ValueError(
                f"mosaic: expected whole numbers above 0, an odd field, and a side that is a "
                f"multiple of the block; got {self}"
            )

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers in a row of the picture below, and above."""
        return self.side**2 * self.below, self.side**2 * self.channels

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks, row by row."""
        reach = self.field // 2
        own = [slice(at, at + self.block) for at in range(0, self.side, self.block)]
        seen = [slice(max(0, s.start - reach), min(self.side, s.stop + reach)) for s in own]
        for i, j in product(range(len(own)), repeat=2):
            yield Block(own[i], own[j], seen[i], seen[j])

    def mask(self, block: Block) -> NDArray[np.bool_]:
        """Return which weights of a block's matrix are in a field, (n_in, n_out)."""
        rows = self._within(block.seen_rows, block.rows)
        columns = self._within(block.seen_columns, block.columns)
        both = rows[:, np.newaxis, :, np.newaxis] & columns[np.newaxis, :, np.newaxis, :]
        spread = both[:, :, np.newaxis, :, :, np.newaxis]
        wide = np.repeat(np.repeat(spread, self.below, axis=2), self.channels, axis=5)
        return wide.reshape(rows.shape[0] * columns.shape[0] * self.below, -1)

    def _within(self, seen: slice, own: slice) -> NDArray[np.bool_]:
        """Return which of the seen lines are near enough to each line of its own."""
        apart = np.arange(seen.start, seen.stop)[:, np.newaxis] - np.arange(own.start, own.stop)
        return np.abs(apart) <= self.field // 2


class OverlappingFields:
    """A `Dense` for each block of a mosaic, as one `ffnumpy.weights.Weights`.

    Parameters
    ----------
    mosaic : Mosaic
    matrices : list of Dense
        One for each block, in their order, zero outside the fields: see `overlapping_fields`.

    Attributes
    ----------
    version : int
        Number of changes so far.
    cores : Cores
        Each of them multiplies and moves its own blocks; see `ffnumpy.weights.shared`.

    Raises
    ------
    ValueError
        If the number or a shape of the matrices does not match the mosaic.
    """

    def __init__(self, mosaic: Mosaic, matrices: list[Dense]) -> None:
        self.mosaic, self.matrices, self.cores = mosaic, matrices, ALONE
        self.blocks, self.shape, self.version = list(mosaic.blocks()), mosaic.shape, 0
        self.masks = [mosaic.mask(block) for block in self.blocks]
        expected, got = [m.shape for m in self.masks], [dense.shape for dense in matrices]
        if expected != got:
            raise ValueError(
                f"overlapping fields: expected a matrix for each of {len(expected)} blocks, of "
                f"shapes {sorted(set(expected))}; got {len(got)} of {sorted(set(got))}"
            )

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "cores": ALONE}  # a copy works alone: threads cannot be copied

    def forward(self, x: NDArray) -> NDArray:
        """Return every place's total input, (batch, places · channels)."""
        pictures = self._pictures(x, self.mosaic.below)
        shape = (*pictures.shape[:3], self.mosaic.channels)
        z = np.empty(shape, np.result_type(x, self.matrices[0].values))

        def multiply(number: int) -> None:
            """Multiply one block."""
            block = self.blocks[number]
            out = z[:, block.rows, block.columns]
            out[...] = self.matrices[number].forward(self._seen(pictures, block)).reshape(out.shape)

        self._each(multiply)
        return z.reshape(len(x), -1)

    def update(self, outer: Outer) -> None:
        """Take one step of every block's optimiser along its part of the outer product."""
        self._move(outer, Dense.update)

    def add(self, outer: Outer) -> None:
        """Add every block's part of the outer product unchanged."""
        self._move(outer, Dense.add)

    def _move(self, outer: Outer, move: Callable[[Dense, Outer], None]) -> None:
        """Move every block's weights, but hold those outside the fields at zero."""
        pre = self._pictures(outer.pre, self.mosaic.below)
        post = self._pictures(outer.post, self.mosaic.channels)

        def task(number: int) -> None:
            """Move one block."""
            block, dense = self.blocks[number], self.matrices[number]
            delta = post[:, block.rows, block.columns].reshape(len(post), -1)
            move(dense, Outer(self._seen(pre, block), delta))
            dense.matrix[...] *= self.masks[number]

        self._each(task)
        self.version += 1

    def _pictures(self, rows: NDArray, channels: int) -> NDArray:
        return rows.reshape(len(rows), self.mosaic.side, self.mosaic.side, channels)

    @staticmethod
    def _seen(pictures: NDArray, block: Block) -> NDArray:
        return pictures[:, block.seen_rows, block.seen_columns].reshape(len(pictures), -1)

    def _each(self, task: Callable[[int], object]) -> None:
        def own_blocks(core: int) -> None:
            """Run the task for one core's blocks."""
            for number in range(*self.cores.rows(core, len(self.blocks)).indices(10**9)):
                task(number)

        self.cores.each(own_blocks)

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a resumed run needs, by name; they are not copies."""
        return {
            f"block{number}_{name}": array
            for number, dense in enumerate(self.matrices)
            for name, array in dense.arrays().items()
        }

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Load what `arrays` returned, in place; raises what `Dense.restore` does."""
        for number, dense in enumerate(self.matrices):
            dense.restore({name: arrays[f"block{number}_{name}"] for name in dense.arrays()})
        self.version += 1


def overlapping_fields(
    mosaic: Mosaic,
    make: Callable[[NDArray], Dense],
    rng: np.random.Generator,
    dtype: DTypeLike = "f4",
) -> OverlappingFields:
    """Return fields whose weights are N(0, 1/inputs of the place), with biases of zero.

    Parameters
    ----------
    mosaic : Mosaic
    make : callable, (n_in + 1, n_out) first values -> Dense
    rng : numpy.random.Generator
    dtype : data type of the values
    """
    matrices = []
    for block in mosaic.blocks():
        mask = mosaic.mask(block)
        drawn = rng.standard_normal(mask.shape) * mask / np.sqrt(mask.sum(axis=0))
        matrices.append(make(np.vstack([drawn, np.zeros((1, mask.shape[1]))]).astype(dtype)))
    return OverlappingFields(mosaic, matrices)
