"""Intervals for an average over things that come in groups, such as the characters of a fable."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.validation import check_labels

__all__ = ["bootstrap", "predicted"]


def bootstrap(
    values: NDArray, first: NDArray, times: int = 2000, level: float = 0.95, seed: int = 0
) -> list[float]:
    """Return the ends of a percentile bootstrap interval for the mean, drawing whole groups anew.

    What stands in one group is alike, so an interval that took every value as a draw of its own
    would be too short.

    Parameters
    ----------
    values : (n,) array
        In the order of their groups.
    first : (groups,) array of int
        Where each group begins.
    times : int
        Resamples.
    level : float
    seed : int
        The same seed draws the same groups, so that two intervals differ by their values alone.

    Examples
    --------
    >>> bootstrap(np.array([2.0, 2.0, 2.0]), np.array([0, 1]))
    [2.0, 2.0]
    """
    sums = np.add.reduceat(values.astype(float), first)
    sizes = np.diff(np.append(first, len(values)))
    groups = len(first)
    drawn = np.random.default_rng(seed).multinomial(groups, np.full(groups, 1 / groups), times)
    means = (drawn @ sums) / (drawn @ sizes)
    return [float(end) for end in np.quantile(means, [(1 - level) / 2, (1 + level) / 2])]


def predicted(log_p: NDArray, labels: NDArray, first: NDArray) -> dict[str, Any]:
    """Return the error, a fraction, and the bits per character, each with its interval.

    Parameters
    ----------
    log_p : (n, symbols) array
        Log probability of every character.
    labels : (n,) array of int
        The characters that came.
    first : (passages,) array of int
        Where passages begin; the intervals are bootstrapped over passages.
    """
    check_labels(len(log_p), labels, log_p.shape[1])
    wrong = log_p.argmax(axis=1) != labels
    bits = -log_p[np.arange(len(labels)), labels] / np.log(2)
    return {
        "error": float(wrong.mean()),
        "interval_of_error": bootstrap(wrong, first),
        "bits": float(bits.mean()),
        "interval_of_bits": bootstrap(bits, first),
    }
