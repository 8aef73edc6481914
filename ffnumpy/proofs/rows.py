"""What slopes and laws share: a row of the table, and the small random cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.labelled import Features, Labelled

__all__ = ["CENTRAL_LIMIT", "COMPLEX_STEP_LIMIT", "Row"]

COMPLEX_STEP_LIMIT, CENTRAL_LIMIT = 1e-12, 1e-7
KINK_MARGIN = 1e-3  # no difference quotient is taken closer to a kink than this
CLASSES, PAIRS, FEATURES, WIDTH, BROAD = 3, 4, 5, 6, 400


class Row(NamedTuple):
    """One line of the table: what was checked, its errors, and whether they are small enough.

    A law has one error, held to the tighter limit, and `central` is None.
    """

    what: str
    complex_step: float
    central: float | None

    @property
    def passed(self) -> bool:
        """Whether no error exceeds its limit; a NaN does."""
        exact = self.complex_step <= COMPLEX_STEP_LIMIT
        return bool(exact and (self.central is None or self.central <= CENTRAL_LIMIT))


def away_from_kinks(draw: Callable[[], Any], total: Callable[[Any], NDArray]) -> Any:
    """Draw until every total input is at least KINK_MARGIN away from zero."""
    while True:
        drawn = draw()
        if np.abs(total(drawn)).min() >= KINK_MARGIN:
            return drawn


def signs() -> NDArray:
    """Return the signs of such a batch."""
    return np.repeat([1.0, -1.0], PAIRS)


def stacked_input(kind: str, rng: np.random.Generator, columns: int = FEATURES) -> Any:
    """Return a stacked batch of PAIRS positives and their negatives."""
    features = rng.standard_normal((PAIRS, columns))
    if kind == "array":
        return np.vstack([features, rng.standard_normal((PAIRS, columns))])
    labels = rng.integers(0, CLASSES, PAIRS)
    wrong = (labels + 1) % CLASSES
    return Labelled(Features(features), np.eye(CLASSES)[np.concatenate([labels, wrong])])


def added(before: NDArray, values: NDArray, rows: int) -> NDArray:
    """Return the sum over the batch that a step of rate 1 on the batch's mean has added."""
    return (values - before) * rows
