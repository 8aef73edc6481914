"""Several networks that answer together: what each gives every class is added up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ffnumpy.inference import Scores, scored

__all__ = ["Ensemble", "Member"]


class Member(Protocol):
    """A network that says how much speaks for every class."""

    def scores(self, rows: NDArray) -> Scores:
        """Return the scores of rows as the data set holds them."""


class Ensemble:
    """Networks that differ by their seed, or in more, and are asked together.

    Goodness is added up in units of T, as log-odds, so that networks of another T weigh alike. So
    are logits: the largest sum belongs to the class with the largest product of the networks'
    probabilities, since what a softmax divides by is the same for all classes.

    Parameters
    ----------
    members : sequence of Member
        Trained networks for the same rows and classes.

    Raises
    ------
    ValueError
        If there is no network.

    Examples
    --------
    >>> Ensemble([])
    Traceback (most recent call last):
    ValueError: expected at least one network; got none
    """

    def __init__(self, members: Sequence[Member]) -> None:
        if not members:
            raise ValueError("expected at least one network; got none")
        self.members = list(members)

    def scores(self, rows: NDArray) -> Scores:
        """Return the sums over the members.

        Raises
        ------
        ValueError
            If only some members have goodness, or a readout, or their classes differ in number.
        """
        goodness, logits = self._apart(rows)
        return Scores(_sum(goodness) if goodness else None, _sum(logits) if logits else None)

    def predict(self, rows: NDArray) -> NDArray:
        """Return the classes with the largest goodness, (n,), or logits where there is none."""
        goodness, logits = self._apart(rows)
        return _sum(goodness or logits).argmax(axis=1)

    def measure(self, rows: NDArray, labels: NDArray) -> dict[str, Any]:
        """Return the errors of all together and of each member, as fractions.

        Returns
        -------
        dict
            `error` and `error_by_member`: by goodness, or by logits where there is none;
            `confusion`: of these, rows are true classes; `error_softmax` and
            `error_softmax_by_member`, where there is goodness: by logits, None without a readout.
        """
        goodness, logits = self._apart(rows)
        ranked = _sum(goodness or logits)
        measured = {
            **scored(labels, ranked.argmax(axis=1), ranked.shape[1]),
            "error_by_member": [_error(own, labels) for own in goodness or logits],
        }
        if goodness:
            measured["error_softmax"] = _error(_sum(logits), labels) if logits else None
            measured["error_softmax_by_member"] = [_error(own, labels) for own in logits]
        return measured

    def _apart(self, rows: NDArray) -> tuple[list[NDArray], list[NDArray]]:
        """Return every member's goodness and every member's logits; a list may be empty."""
        apart = [member.scores(rows) for member in self.members]
        if any(goodness is None and logits is None for goodness, logits in apart):
            raise ValueError(
                "expected networks that name classes; one has a readout that learned nothing"
            )
        goodness, logits = zip(*apart, strict=True)
        return _alike("goodness", goodness), _alike("a readout", logits)


def _alike(what: str, parts: Sequence[NDArray | None]) -> list[NDArray]:
    having = [part for part in parts if part is not None]
    if having and len(having) < len(parts):
        raise ValueError(
            f"expected networks that answer alike; {len(having)} of {len(parts)} have {what}"
        )
    if len({part.shape for part in having}) > 1:
        raise ValueError(
            f"expected networks for the same classes; got {[part.shape[1] for part in having]}"
        )
    return having


def _sum(parts: Sequence[NDArray]) -> NDArray:
    return np.asarray(np.sum(parts, axis=0, dtype=np.float64))


def _error(ranked: NDArray, labels: NDArray) -> float:
    """Return the fraction of rows, (n, classes), whose largest number is not the label's."""
    return float(np.mean(ranked.argmax(axis=1) != labels))
