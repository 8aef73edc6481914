"""Which cells the lines of an array address."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "struck",
]


def struck(
    rows: NDArray, counts: NDArray, width: int, columns: NDArray | None = None
) -> tuple[NDArray, NDArray]:
    """Return the flat indices of the cells with a count above 0, and those counts.

    Parameters
    ----------
    rows : (r,) integer array
        The active rows, each once.
    counts : (r, c) array
        What falls on their cells.
    width : int
        Columns of the array of cells.
    columns : (c,) integer array, optional
        Those that are active, in ascending order; by default all of them.

    Raises
    ------
    ValueError
        If the counts are not those of these rows.
    """
    active = width if columns is None else len(columns)
    if counts.shape != (len(rows), active):
        raise ValueError(
            f"expected counts of shape ({len(rows)}, {active}), a line for each active row; "
            f"got {counts.shape}"
        )
    here = np.flatnonzero(counts > 0)
    at = here // active
    column = here - active * at
    if columns is not None:
        column = columns.take(column)
    return (rows * width).take(at) + column, counts.reshape(-1).take(here)
