"""Generators for draws that depend on numbers alone, so that there is no state to save.

Each purpose has a word of its own among the numbers, because generators of the same numbers draw
the same, and NumPy takes missing numbers for zeros: ``default_rng([7])`` and
``default_rng([7, 0, 0])`` are one generator.
"""

from __future__ import annotations

import numpy as np

__all__ = ["BOX", "ORDER", "SHIFTS", "WRONG_LABELS", "generator"]

ORDER, SHIFTS, WRONG_LABELS, BOX = range(4)
"""Of cases in an epoch; of images; of a batch; a black box.

The zero of `ORDER` is that of all records: in epoch 0 it is the generator of a run's first weights.
"""


def generator(purpose: int, seed: int, epoch: int = 0, number: int = 0) -> np.random.Generator:
    """Return the generator for a purpose in an epoch, perhaps for one batch of it.

    Examples
    --------
    >>> from ffnumpy.draws import ORDER, WRONG_LABELS
    >>> generator(ORDER, 7, 1).permutation(6).tolist()
    [3, 0, 2, 1, 4, 5]
    >>> generator(WRONG_LABELS, 7, 1).permutation(6).tolist()
    [1, 2, 3, 5, 0, 4]
    """
    return np.random.default_rng([seed, epoch, purpose, number])
