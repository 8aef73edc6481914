"""Naming the class: by the goodness of every label, or in one pass by the softmax readout."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.encoding import Encoding
from ffnumpy.cases.labelled import Features
from ffnumpy.layers.layer import LayerLike
from ffnumpy.layers.readout import Readout

__all__ = [
    "Evaluation",
    "confusion_matrix",
    "evaluate",
    "first_counted",
    "goodness_by_label",
    "neutral_activities",
    "predict",
]

IMAGES_AT_ONCE = 50  # times ten labels: 500 rows keep the activities of 2000 units in the cache


def first_counted(n_layers: int) -> int:
    """Return the first layer that inference counts: the second, or the only one.

    Source: [HintonCode], `minlevelsup`.
    """
    return min(1, n_layers - 1)


def goodness_by_label(
    layers: Sequence[LayerLike], encoding: Encoding, features: Features
) -> NDArray:
    """Return every layer's goodness for every label, shape (layers, batch, classes).

    The first layer multiplies the images once for all labels.
    """
    x: Any = encoding.every_label(features)
    found = []
    for layer in layers:
        x, goodness = layer.forward(x)
        found.append(goodness.reshape(encoding.classes, -1).T)
    return np.stack(found)


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


def predict(
    layers: Sequence[LayerLike],
    encoding: Encoding,
    rows: NDArray,
    counted: Sequence[int] | None = None,
    pick: Callable[..., NDArray] = np.argmax,
) -> NDArray:
    """Return the label whose goodness, added up over the counted layers, is picked.

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
    wanted = _counted(counted, len(layers))
    picked = [
        pick(goodness_by_label(layers, encoding, batch)[wanted].sum(axis=0), axis=1)
        for batch in _batches(encoding, rows)
    ]
    return np.concatenate(picked)


def _counted(counted: Sequence[int] | None, n_layers: int) -> list[int]:
    """Return the layers that vote, from 0, after a check; by default all but the first."""
    wanted = list(range(first_counted(n_layers), n_layers) if counted is None else counted)
    if not wanted or len(set(wanted)) < len(wanted) or not set(wanted) <= set(range(n_layers)):
        raise ValueError(
            f"counted: expected different layers among 0 … {n_layers - 1}; got {wanted}"
        )
    return wanted


def _batches(encoding: Encoding, rows: NDArray) -> Iterator[Features]:
    if not len(rows):
        raise ValueError("expected at least one row to name the class of; got none")
    for start in range(0, len(rows), IMAGES_AT_ONCE):
        yield encoding.features(rows[start : start + IMAGES_AT_ONCE])


def confusion_matrix(labels: NDArray, predicted: NDArray, classes: int) -> NDArray:
    """Return counts with true classes as rows and predicted ones as columns, (classes, classes)."""
    cells = np.asarray(labels, np.intp) * classes + predicted
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


@dataclass(frozen=True)
class Evaluation:
    """What a data set tells of a network; errors are fractions.

    Attributes
    ----------
    error : float or None
        By goodness for every label, over the counted layers; None where there is no goodness.
    error_softmax : float or None
        By one neutral pass and the readout; None without a readout.
    error_by_layer : tuple of float
        By each layer's goodness alone.
    error_softmax_by_layer : tuple of float
        By what the readout makes of each layer alone; of those that it reads, all but the first.
    confusion : (classes, classes) int array
        Of the goodness method, or else of the softmax; rows are true classes.
    """

    error: float | None
    error_softmax: float | None
    error_by_layer: tuple[float, ...]
    error_softmax_by_layer: tuple[float, ...]
    confusion: NDArray


def evaluate(
    layers: Sequence[LayerLike],
    readout: Readout | None,
    encoding: Encoding,
    rows: NDArray,
    labels: NDArray,
    counted: Sequence[int] | None = None,
) -> Evaluation:
    """Return the errors of both inference methods, by layer too, in one go over the data."""
    wanted = _counted(counted, len(layers))
    answers = [
        _answers(layers, readout, encoding, batch, wanted) for batch in _batches(encoding, rows)
    ]
    together, alone, read, apart = (
        np.concatenate(part, axis=-1) for part in zip(*answers, strict=True)
    )
    return Evaluation(
        float(np.mean(together != labels)),
        None if readout is None else float(np.mean(read != labels)),
        tuple(np.mean(alone != labels, axis=1).tolist()),
        tuple(np.mean(apart != labels, axis=1).tolist()),
        confusion_matrix(labels, together, encoding.classes),
    )


def _answers(
    layers: Sequence[LayerLike],
    readout: Readout | None,
    encoding: Encoding,
    batch: Features,
    wanted: Sequence[int],
) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Return the classes named by the wanted layers, by each alone, by the readout, by its parts.

    Their shapes are (batch,), (layers, batch), (batch,) and (layers that are read, batch); the last
    two are empty without a readout.
    """
    goodness = goodness_by_label(layers, encoding, batch)
    together, alone = goodness[wanted].sum(axis=0).argmax(axis=1), goodness.argmax(axis=2)
    if readout is None:
        return together, alone, np.empty(0, int), np.empty((0, len(batch.rows)), int)
    read = neutral_activities(layers, encoding, batch)
    apart = readout.apart(read).argmax(axis=2)
    return together, alone, readout.forward(read).argmax(axis=1), apart
