"""The figures of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ffnumpy.cases.encoding import Encoding
from ffnumpy.data import Dataset
from ffnumpy.inference import goodness_by_label
from ffnumpy.plotting.curves import confusion_matrix, goodness_histogram, learning_curves
from ffnumpy.plotting.files import blank, save
from ffnumpy.plotting.look import house, title_of
from ffnumpy.plotting.pictures import receptive_fields
from ffnumpy.supervised import Supervised

__all__ = ["training_figures", "true_and_wrong"]

TRAINED = 10_000  # training images of which the error is measured


def true_and_wrong(
    layers: Sequence[Any], encoding: Encoding, rows: NDArray, labels: NDArray
) -> tuple[NDArray, NDArray]:
    """Return each layer's goodness for the true label, and for the strongest wrong one.

    Both have shape (layers, n).
    """
    goodness = goodness_by_label(layers, encoding, encoding.features(rows))
    index = np.arange(len(labels))
    true = goodness[:, index, labels].copy()
    goodness[:, index, labels] = -np.inf
    return true, goodness.max(axis=2)


@house
def training_figures(
    folder: Path,
    network: Any,
    before: Any,
    data: Dataset,
    epochs: Sequence[dict[str, Any]],
    measured: dict[str, Any],
) -> None:
    """Write curves, confusion matrix, receptive fields and goodness histograms as PNG.

    Parameters
    ----------
    folder : Path
    network, before : Supervised, or anything without `layers`
        As it is, and as it was before it learned anything.
    data : Dataset
        Its test images are those that the run was measured on.
    epochs : sequence of dict
        Of the record.
    measured : dict
        What was measured at the end.
    """
    if any("error" in epoch for epoch in epochs):
        figure, ax = blank()
        learning_curves(ax, epochs, _training_error(network, data))
        save(figure, folder / "learning_curves.png")
    if "confusion" in measured:
        figure, ax = blank(7.5, 7)
        confusion_matrix(ax, measured["confusion"], data.class_names)
        save(figure, folder / "confusion.png")
    if not isinstance(network, Supervised):
        return
    first, start = (one.layers[0].arrays().get("values") for one in (network, before))
    if first is not None and start is not None and len(first) > np.prod(data.shape):
        figure, ax = blank(8, 6)
        units = range(min(60, first.shape[1]))
        overwritten = getattr(network.encoding, "overwrite", False) * network.encoding.classes
        receptive_fields(ax, first - start, data.picture, units, 10, overwritten)
        save(figure, folder / "receptive_fields.png")
    rows, labels = data.test_images[:1000], data.test_labels[:1000]
    save(_histograms(network, rows, labels), folder / "goodness.png")


def _training_error(network: Any, data: Dataset) -> float | None:
    """Return the error on training images, the first ten thousand at most."""
    rows, labels = data.train_images[:TRAINED], data.train_labels[:TRAINED]
    error = network.measure(rows, labels).get("error") if hasattr(network, "measure") else None
    return None if error is None else float(error)


def _histograms(network: Supervised, rows: NDArray, labels: NDArray) -> Figure:
    true, wrong = true_and_wrong(network.layers, network.encoding, rows, labels)
    figure = Figure(figsize=(max(5 * len(true), 6.4), 3.6), layout="constrained")
    axes = figure.subplots(1, len(true), squeeze=False)[0]
    for number, (ax, layer) in enumerate(zip(axes, network.layers, strict=True)):
        threshold = getattr(layer.loss, "threshold", None)
        goodness_histogram(ax, true[number], wrong[number], threshold)
        ax.set_title(f"layer {number + 1}: {title_of(ax)}")
        ax.set_xlabel(f"goodness ({layer.goodness.name})")
    figure.suptitle("Each image with its true label and with the wrong one that suits it best")
    return figure
