"""Local receptive fields without weight sharing: every place of a grid has its own weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.validation import whole
from ffnumpy.weights.dense import Dense
from ffnumpy.weights.outer import Outer
from ffnumpy.weights.threads import ALONE

__all__ = ["Grid", "LocalFields", "local_fields"]


@dataclass(frozen=True)
class Grid:
    """Square fields on a picture, in evenly spaced rows and columns.

    A picture of `height` × `width` places with `channels` numbers each is one row of
    height · width · channels numbers, the channels of a place side by side.

    Attributes
    ----------
    height, width, channels : int
        Of the picture below.
    field : int
        Side of a field, in places.
    stride : int
        Places from one field to the next.

    Raises
    ------
    ValueError
        If a number is below 1, or a field does not fit into the picture.

    Examples
    --------
    >>> Grid(28, 28, 1, field=10, stride=6).shape
    (4, 4)
    """

    height: int
    width: int
    channels: int
    field: int
    stride: int

    def __post_init__(self) -> None:
        whole(**vars(self))
        if self.field > min(self.height, self.width):
            raise ValueError(f"grid: expected a field that fits into the picture; got {self}")

    @property
    def shape(self) -> tuple[int, int]:
        """Fields in a column and in a row."""
        down, across = (
            (side - self.field) // self.stride + 1 for side in (self.height, self.width)
        )
        return down, across

    @property
    def inputs(self) -> int:
        """Numbers in a row of the picture."""
        return self.height * self.width * self.channels

    def columns(self) -> list[NDArray]:
        """Return the input indices that each field sees, fields row by row."""
        place = np.arange(self.inputs).reshape(self.height, self.width, self.channels)
        corners = [
            (self.stride * i, self.stride * j)
            for i in range(self.shape[0])
            for j in range(self.shape[1])
        ]
        field = self.field
        return [place[i : i + field, j : j + field].ravel() for i, j in corners]

    def above(self, channels: int, field: int = 2, stride: int = 1) -> Grid:
        """Return the grid of the layer above, whose picture is these fields' channels."""
        return Grid(*self.shape, channels, field, stride)


class LocalFields:
    """A list of `Dense`, one for each field, as one `ffnumpy.weights.Weights`.

    The output is a picture again: a place for each field, its channels side by side.

    Parameters
    ----------
    grid : Grid
    fields : sequence of Dense
        Of shape (numbers that a field sees, channels), fields row by row.

    Attributes
    ----------
    cores : Cores
        Each of them multiplies and moves its own fields; see `ffnumpy.weights.shared`.

    Raises
    ------
    ValueError
        If the number or size of the fields does not match the grid.
    """

    def __init__(self, grid: Grid, fields: Sequence[Dense]) -> None:
        self.columns, self.fields, self.cores = grid.columns(), list(fields), ALONE
        shapes = {dense.shape for dense in fields}
        channels = fields[0].shape[1] if fields else 0
        expected = (len(self.columns[0]), channels)
        if len(fields) != len(self.columns) or shapes != {expected}:
            raise ValueError(
                f"local fields: expected {len(self.columns)} matrices of {expected[0]} inputs and "
                f"the same number of channels; got {len(fields)} of shapes {sorted(shapes)}"
            )
        self.shape = (grid.inputs, len(fields) * channels)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "cores": ALONE}  # a copy works alone: threads cannot be copied

    def forward(self, x: NDArray) -> NDArray:
        """Return every field's total input, (batch, fields · channels)."""
        z = np.empty((len(x), self.shape[1]), np.result_type(x, self.fields[0].values))
        width = self.fields[0].shape[1]

        def multiply(number: int) -> None:
            """Multiply what one field sees."""
            out = z[:, number * width : (number + 1) * width]
            dense = self.fields[number]
            np.matmul(x.take(self.columns[number], axis=1), dense.matrix, out=out)
            out += dense.bias

        self._each(multiply)
        return z

    def update(self, outer: Outer) -> None:
        """Take one step of every field's optimiser along its part of the outer product."""
        self._each(lambda number: self.fields[number].update(self._part(outer, number)))

    def add(self, outer: Outer) -> None:
        """Add every field's part of the outer product unchanged."""
        self._each(lambda number: self.fields[number].add(self._part(outer, number)))

    def _part(self, outer: Outer, number: int) -> Outer:
        width = self.fields[0].shape[1]
        pre = outer.pre.take(self.columns[number], axis=1)
        return Outer(pre, outer.post[:, number * width : (number + 1) * width])

    def _each(self, task: Callable[[int], object]) -> None:
        def own_fields(core: int) -> None:
            """Run the task for one core's fields."""
            for number in range(*self.cores.rows(core, len(self.fields)).indices(10**9)):
                task(number)

        self.cores.each(own_fields)

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a resumed run needs, by name; they are not copies."""
        return {
            f"field{number}_{name}": array
            for number, dense in enumerate(self.fields)
            for name, array in dense.arrays().items()
        }

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Load what `arrays` returned, in place; raises what `Dense.restore` does."""
        for number, dense in enumerate(self.fields):
            own = {name: arrays[f"field{number}_{name}"] for name in dense.arrays()}
            dense.restore(own)


def local_fields(grid: Grid, channels: int, make: Callable[[int, int], Dense]) -> LocalFields:
    """Return fields of `channels` channels; ``make(n_in, n_out)`` draws each field's weights."""
    n_in = len(grid.columns()[0])
    return LocalFields(grid, [make(n_in, channels) for _ in grid.columns()])
