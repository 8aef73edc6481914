"""Naming the class: by the goodness of every label, or in one pass by the softmax readout."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.encoding import Encoding
from ffnumpy.cases.labelled import Features
from ffnumpy.layers.layer import LayerLike
from ffnumpy.layers.readout import Readout
from ffnumpy.validation import check_labels, check_rows

__all__ = [
    "Answering",
    "ByLogits",
    "EveryLabel",
    "OnePass",
    "Scores",
    "Votes",
    "Voters",
    "all_but_first",
    "all_layers",
    "answers",
    "by_parts",
    "confusion_matrix",
    "first_counted",
    "goodness_by_label",
    "neutral_activities",
    "predict",
    "scored",
    "votes",
]

ROWS_AT_ONCE = 500  # of one pass each
IMAGES_AT_ONCE = 50  # times ten labels: 500 rows keep the activities of 2000 units in the cache

Voters = Callable[[int], list[int]]


def first_counted(n_layers: int) -> int:
    """Return the first layer that inference counts: the second, or the only one.

    Source: [HintonCode], `minlevelsup`.
    """
    return min(1, n_layers - 1)


def all_but_first(n_layers: int) -> list[int]:
    """Return the layers that vote, from 0: all but the first hidden one; a single one votes.

    Source: [HintonCode].
    """
    return list(range(first_counted(n_layers), n_layers))


def all_layers(n_layers: int) -> list[int]:
    """Return the layers that vote, from 0: every one. Source: [Pezeshki2022]."""
    return list(range(n_layers))


def goodness_by_label(
    layers: Sequence[LayerLike], encoding: Encoding, features: Features
) -> NDArray:
    """Return every layer's goodness for every label, shape (layers, batch, classes).

    The first layer multiplies the images once for all labels.
    """
    x: Any = encoding.every_label(features)
    by_layer = []
    for layer in layers:
        x, goodness = layer.forward(x)
        by_layer.append(goodness.reshape(encoding.classes, -1).T)
    return np.stack(by_layer)


def neutral_activities(
    layers: Sequence[LayerLike], encoding: Encoding, features: Features
) -> list[NDArray]:
    """Return the normalised activities that the readout reads, from one neutral pass."""
    x: Any = encoding.neutral(features)
    activities = []
    for layer in layers:
        x = layer.forward(x)[0]
        activities.append(x)
    return activities[first_counted(len(layers)) :]


class Votes(NamedTuple):
    """A network's votes on a batch; larger is better.

    Attributes
    ----------
    together : (batch, classes) array
    by_layer : (layers, batch, classes) array
        Of each layer alone.
    """

    together: NDArray
    by_layer: NDArray


class Answering(Protocol):
    """A way to ask a network for the class."""

    def votes(self, features: Features) -> Votes:
        """Return the votes for every class."""


class EveryLabel(NamedTuple):
    """A pass for every label: its goodness, added up over the layers that vote.

    Attributes
    ----------
    layers : sequence of layers
    encoding : Encoding
    voters : sequence of int
        Layers that vote, from 0.
    """

    layers: Sequence[LayerLike]
    encoding: Encoding
    voters: Sequence[int]

    def votes(self, features: Features) -> Votes:
        """Return summed goodness, and that of each layer."""
        goodness = goodness_by_label(self.layers, self.encoding, features)
        return Votes(goodness[list(self.voters)].sum(axis=0), goodness)


class OnePass(NamedTuple):
    """One pass with the neutral label, and a softmax readout.

    Attributes
    ----------
    layers : sequence of layers
    encoding : Encoding
    readout : Readout
    """

    layers: Sequence[LayerLike]
    encoding: Encoding
    readout: Readout

    def votes(self, features: Features) -> Votes:
        """Return the logits, and those of each layer that the readout reads."""
        activities = neutral_activities(self.layers, self.encoding, features)
        return Votes(self.readout.forward(activities), self.readout.by_layer(activities))


class Scores(NamedTuple):
    """What speaks for every class, (n, classes) each; larger is better.

    Attributes
    ----------
    goodness : array or None
        Of every label, added up over the layers that vote, in units of T: log-odds of Eq. 1, less
        a number that all labels share. None without labels in the input.
    logits : array or None
        Of the readout in one pass; None without one.
    """

    goodness: NDArray | None
    logits: NDArray | None


class ByLogits(NamedTuple):
    """Anything that turns features into logits, such as `ffnumpy.layers.ReadoutLayer.logits`.

    Attributes
    ----------
    logits : callable, Features -> (batch, classes) array
    """

    logits: Callable[[Features], NDArray]

    def votes(self, features: Features) -> Votes:
        """Return the logits, as those of a single layer."""
        logits = self.logits(features)
        return Votes(logits, logits[np.newaxis])


def votes(answering: Answering, encoding: Encoding, rows: NDArray) -> NDArray:
    """Return the votes for every class, (n, classes), of rows as the data set holds them."""
    asked = (answering.votes(b).together for b in _batches(encoding, rows))
    return np.concatenate([_comparable(v) for v in asked])


def _comparable(votes: NDArray) -> NDArray:
    """Return votes, (batch, classes), of which the largest can be named, or names.

    Raises
    ------
    ValueError
        If one is not a number: `argmax` would name its class.
    """
    if np.isnan(votes).any():
        raise ValueError(
            "expected votes that are numbers; got NaN: the weights are no longer finite. Train "
            "again with a smaller rate."
        )
    return votes


def answers(answering: Answering, encoding: Encoding, rows: NDArray) -> tuple[NDArray, NDArray]:
    """Return the classes that a network names, (n,), and that each layer names, (layers, n).

    Parameters
    ----------
    answering : Answering
    encoding : Encoding
    rows : (n, columns) array
        As the data set holds them.
    """
    batches = [answering.votes(batch) for batch in _batches(encoding, rows)]
    together = [_comparable(v.together).argmax(axis=1) for v in batches]
    by_layer = [v.by_layer.argmax(axis=2) for v in batches]
    return np.concatenate(together), np.concatenate(by_layer, axis=1)


def predict(
    layers: Sequence[LayerLike],
    encoding: Encoding,
    rows: NDArray,
    counted: Sequence[int] | None = None,
    pick: Callable[..., NDArray] = np.argmax,
) -> NDArray:
    """Return the label that `pick` chooses by goodness, summed over the counted layers.

    Parameters
    ----------
    layers : sequence of layers
    encoding : Encoding
    rows : (n, columns) array
        As the data set holds them.
    counted : sequence of int, optional
        Layers that vote, from 0; by default all but the first hidden one.
    pick : callable
        ``pick(goodness, axis=1)`` of a (batch, classes) array.

    Returns
    -------
    (n,) array of int
    """
    ask = EveryLabel(layers, encoding, check_voters(counted, len(layers)))
    asked = (ask.votes(batch).together for batch in _batches(encoding, rows))
    picked = [pick(_comparable(v), axis=1) for v in asked]
    return np.concatenate(picked)


def check_voters(counted: Sequence[int] | None, n_layers: int) -> list[int]:
    """Return the layers that vote, from 0, after a check; by default all but the first.

    Raises
    ------
    ValueError
        If there are none, one does not exist, or one is named twice.
    """
    wanted = all_but_first(n_layers) if counted is None else list(counted)
    if not wanted or len(set(wanted)) < len(wanted) or not set(wanted) <= set(range(n_layers)):
        raise ValueError(
            f"counted: expected different layers among 0 … {n_layers - 1}; got {wanted}"
        )
    return wanted


def _batches(encoding: Encoding, rows: NDArray) -> Iterator[Features]:
    encoding.check(rows)
    return map(encoding.features, _parts(rows, IMAGES_AT_ONCE))


def _parts(rows: NDArray, most: int) -> Iterator[NDArray]:
    check_rows(rows, "rows to classify")
    for start in range(0, len(rows), most):
        yield rows[start : start + most]


def by_parts(ask: Callable[[NDArray], NDArray], rows: NDArray) -> NDArray:
    """Return the answers for many rows, (n, …), asked for in parts that the cache holds.

    Parameters
    ----------
    ask : callable, (batch, columns) rows as the data set holds them -> (batch, …) answers
    rows : (n, columns) array

    Raises
    ------
    ValueError
        If there are no rows, or an answer is not a number.

    Examples
    --------
    >>> by_parts(lambda rows: rows.argmax(axis=1), np.eye(3))
    array([0, 1, 2])
    """
    return np.concatenate([_comparable(ask(part)) for part in _parts(rows, ROWS_AT_ONCE)])


def confusion_matrix(labels: NDArray, predicted: NDArray, classes: int) -> NDArray:
    """Return counts with true classes as rows and predicted ones as columns, (classes, classes)."""
    check_labels(len(predicted), labels, classes)
    cells = np.asarray(labels, np.intp) * classes + predicted
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


def scored(labels: NDArray, named: NDArray, classes: int) -> dict[str, Any]:
    """Return the error, a fraction, and the confusion matrix as lists, as records have them.

    Examples
    --------
    >>> scored(np.array([0, 1, 1, 0]), np.array([0, 1, 0, 0]), 2)
    {'error': 0.25, 'confusion': [[2, 0], [1, 1]]}
    """
    confusion = confusion_matrix(labels, named, classes).tolist()
    return {"error": float(np.mean(named != labels)), "confusion": confusion}
