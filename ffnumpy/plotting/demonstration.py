"""The figure of the demonstration: pictures, learning curves, goodness, one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from ffnumpy.data import Dataset
from ffnumpy.plotting.curves import goodness_histogram, learning_curves, one_step_bars
from ffnumpy.plotting.look import house, title_of
from ffnumpy.plotting.pictures import contact_sheet
from ffnumpy.plotting.training import true_and_wrong
from ffnumpy.supervised import Supervised

__all__ = ["demonstration_sheet"]


@house
def demonstration_sheet(
    data: Dataset,
    network: Supervised,
    epochs: Sequence[dict[str, Any]],
    steps: tuple[Sequence[float], Sequence[float]],
    target: float,
) -> Figure:
    """Return a figure of what a network has learned, of at least two layers.

    Parameters
    ----------
    data : Dataset
        Where it was tested.
    network : Supervised
        What was trained.
    epochs : sequence of dict
        The journal of its training.
    steps : pair of sequences
        The goodness of each layer before and after one step to `target`.
    target : float
        The goodness wanted.
    """
    figure = Figure(figsize=(12, 7.5), layout="constrained")
    (cases, curves), (histogram, bars) = figure.subplots(2, 2)
    images = data.test_images[:40].reshape(-1, *data.picture) / 255
    contact_sheet(cases, images, 10, f"{data.name}: {len(images)} of the unseen images")
    learning_curves(curves, epochs)
    rows, labels = data.test_images[:1000], data.test_labels[:1000].astype(int)
    true, wrong = true_and_wrong(network.layers, network.encoding, rows, labels)
    threshold = getattr(network.layers[1].loss, "threshold", None)
    goodness_histogram(histogram, true[1], wrong[1], threshold)
    histogram.set_title(f"Layer 2: {title_of(histogram)}")
    one_step_bars(bars, *steps, target)
    return figure
