"""Figures. A function takes an axes and returns it; a figure's title states its finding.

One accent colour is for positive cases and findings, grey for what they are compared with.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ffnumpy.cases.encoding import Encoding, OneHot
from ffnumpy.cases.negatives import uniform_wrong
from ffnumpy.data import Dataset
from ffnumpy.inference import goodness_by_label
from ffnumpy.runs.files import write_atomically
from ffnumpy.supervised import Supervised

__all__ = [
    "case_sheet",
    "confusion_matrix",
    "contact_sheet",
    "goodness_histogram",
    "learning_curves",
    "one_step_bars",
    "receptive_fields",
    "save",
    "training_figures",
]

ACCENT, GREY, DARK = "#e8590c", "#adb5bd", "#343a40"
INK, SIGNED, COUNTS = "gray_r", "PuOr_r", "Oranges"
"""The colour maps of pictures, of numbers of either sign (the accent is above 0), and of counts."""
WRITTEN = 20  # classes at most, for numbers in the cells of a confusion matrix
TRAINED = 10_000  # training images of which the error is measured


def tiles(images: NDArray, columns: int, gap: int = 2, fill: float = np.nan) -> NDArray:
    """Return images (n, height, width[, 3]) as one large picture, row after row."""
    n, height, width = images.shape[:3]
    rows = -(-n // columns)
    shape = (rows * (height + gap) - gap, columns * (width + gap) - gap, *images.shape[3:])
    sheet = np.full(shape, fill)
    for number, image in enumerate(images):
        top, left = np.array(divmod(number, columns)) * (height + gap, width + gap)
        sheet[top : top + height, left : left + width] = image
    return sheet


def contact_sheet(ax: Axes, images: NDArray, columns: int, title: str) -> Axes:
    """Draw images (n, height, width[, 3]) with values 0…1 in a grid."""
    ax.imshow(tiles(images, columns, fill=0.25), cmap=INK, vmin=0, vmax=1)
    ax.set_title(title)
    ax.set_axis_off()
    return ax


def case_sheet(data: Dataset, rng: np.random.Generator, columns: int = 12) -> Figure:
    """Return a figure of positive, negative and neutral cases as the first layer sees them.

    Each row of images is drawn with the label in its first pixels or, where these carry ink, above
    the picture, before the length is removed.
    """
    shown = min(2 * columns, len(data.train_labels))
    index = rng.choice(len(data.train_labels), shown, replace=False)
    labels = data.train_labels[index].astype(int)
    encoding = OneHot.fitting(data.train_images, data.classes)
    features = encoding.features(data.train_images[index])
    wrong = uniform_wrong(labels, data.classes, rng)
    figure = Figure(figsize=(columns * 0.8, 6.6), layout="constrained")
    cases = {
        "positive: the true label": encoding.labelled(features, labels),
        "negative: a wrong label": encoding.labelled(features, wrong),
        "neutral: a little of every label": encoding.neutral(features),
    }
    axes = figure.subplots(len(cases), 1)
    numbers = "pixels" if len(data.shape) == 2 else "numbers"
    where = f"in the first {data.classes} {numbers}" if encoding.overwrite else "above"
    for ax, (title, x) in zip(axes, cases.items(), strict=True):
        images = _with_label(x.toarray() / x.scale, encoding, data.picture)
        contact_sheet(ax, images, columns, f"{title} {where}")
    figure.suptitle(data.name)
    return figure


def _with_label(inputs: NDArray, encoding: OneHot, shape: tuple[int, ...]) -> NDArray:
    """Return inputs as pictures, (n, height, width[, 3]); a label beside the pixels is above."""
    if encoding.overwrite:
        return inputs.reshape(-1, *shape)
    codes, pixels = np.split(inputs, [encoding.classes], axis=1)
    height = -(-encoding.classes // shape[1])
    above = np.zeros((len(inputs), height * shape[1], *shape[2:]))
    above[:, : encoding.classes] = codes.reshape(*codes.shape, *[1] * len(shape[2:]))
    pictures = pixels.reshape(-1, *shape)
    return np.concatenate([above.reshape(-1, height, *shape[1:]), pictures], axis=1)


def receptive_fields(
    ax: Axes,
    change: NDArray,
    shape: tuple[int, ...],
    units: Sequence[int],
    columns: int,
    labels: int,
) -> Axes:
    """Draw what some units of the first layer have learned about the pixels of an image.

    It is how far their weights have moved, W − W_start: the first weights are noise, in which what
    was learned could not be seen. Each unit has its own scale, symmetric about zero.

    Parameters
    ----------
    ax : Axes
    change : (inputs + 1, units) array
        The last row is that of the bias, those before it are of the pixels.
    shape : tuple of int
        Of an image.
    units : sequence of int
    columns : int
        Of the figure's grid.
    labels : int
        First pixels whose place a label takes, which are left blank.
    """
    pixels = int(np.prod(shape))
    fields = np.array(change[-pixels - 1 : -1, units], float)
    fields[:labels] = 0
    fields /= np.maximum(np.abs(fields).max(axis=0, keepdims=True), np.finfo(float).tiny)
    grid = fields.T.reshape(-1, *shape)
    grid = grid.mean(axis=3) if len(shape) == 3 else grid
    image = ax.imshow(tiles(grid, columns), cmap=SIGNED, vmin=-1, vmax=1)
    ax.figure.colorbar(image, ax=ax, shrink=0.7, label="ΔW / unit's largest |ΔW|")
    ax.set_title(f"What {len(units)} units of layer 1 have learned to look for: W − W_start")
    ax.set_axis_off()
    return ax


def goodness_histogram(
    ax: Axes, positive: NDArray, negative: NDArray, threshold: float | None
) -> Axes:
    """Draw the goodness of positive and negative cases, (n,), and the threshold between them.

    Without a threshold each positive case is compared with the negative one of the same place.
    """
    shown = np.concatenate([positive, negative, [] if threshold is None else [threshold]])
    bins = np.linspace(shown.min(), shown.max(), 60).tolist()
    ax.hist(negative, bins, color=GREY, alpha=0.9, label="wrong label")
    ax.hist(positive, bins, color=ACCENT, alpha=0.7, label="true label")
    if threshold is None:
        right = np.mean(positive > negative)
        ax.set_title(f"{100 * right:.1f} % of pairs lie in the right order")
    else:
        ax.axvline(threshold, color=DARK, linestyle="--", label="threshold θ")
        right = np.mean(np.concatenate([positive > threshold, negative < threshold]))
        ax.set_title(f"{100 * right:.1f} % of cases lie on their side of θ")
    ax.set_xlabel("goodness Σ y²")
    ax.set_ylabel("cases")
    ax.legend(frameon=False)
    return ax


def confusion_matrix(ax: Axes, counts: Sequence[Sequence[int]], names: Sequence[str] = ()) -> Axes:
    """Draw how often each class is named as each other; the title has the commonest mistake.

    Parameters
    ----------
    ax : Axes
    counts : (classes, classes) of int
        Rows are true classes.
    names : sequence of str, optional
        By default the classes' numbers.
    """
    table = np.array(counts)
    classes = list(names) or [str(k) for k in range(len(table))]
    wrong = table - np.diag(np.diag(table))
    ax.imshow(wrong, cmap=COUNTS, vmin=0)
    if len(table) <= WRITTEN:
        for (row, column), number in np.ndenumerate(table):
            ink = "white" if wrong[row, column] > 0.6 * wrong.max() > 0 else DARK
            ax.text(column, row, f"{number}" if number else "", ha="center", va="center", color=ink)
        ax.set_xticks(range(len(table)), classes, rotation=90 if max(map(len, classes)) > 2 else 0)
        ax.set_yticks(range(len(table)), classes)
    true, named = np.unravel_index(wrong.argmax(), wrong.shape)
    title = f"{wrong.sum()} of {table.sum()} are named wrongly"
    if wrong.any():
        share = f"{wrong[true, named]} of {table[true].sum()}"
        title += f"; most often {classes[true]} is named {classes[named]}: {share}"
    ax.set_title(title)
    ax.set_xlabel("named")
    ax.set_ylabel("true")
    return ax


def learning_curves(
    ax: Axes, epochs: Sequence[dict[str, Any]], trained: float | None = None
) -> Axes:
    """Draw the errors of a run's record by epoch, and that on training images at the end."""
    ends = []
    for key, colour, method, label in (
        ("error", ACCENT, "goodness", "goodness for every label"),
        ("error_softmax", GREY, "softmax", "one softmax pass"),
    ):
        points = _percentages(epochs, key)
        if points:
            ax.plot(*zip(*points, strict=True), marker="o", color=colour, label=label)
            ends.append(f"{points[-1][1]:.2f} % by {method}")
    if trained is not None:
        ax.plot([epochs[-1]["epoch"]], [100 * trained], "v", color=DARK, label="training images")
        ends.append(f"{100 * trained:.2f} % on training images")
    ax.set_title("Error at the end: " + ", ".join(ends))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.set_xlabel("epoch")
    ax.set_ylabel("error [%]")
    ax.set_ylim(0, 1.1 * ax.get_ylim()[1])
    ax.legend(frameon=False)
    return ax


def _percentages(epochs: Sequence[dict[str, Any]], key: str) -> list[tuple[int, float]]:
    """Return epoch and error [%] wherever a record has one."""
    return [(e["epoch"], 100 * e[key]) for e in epochs if e.get(key) is not None]


def one_step_bars(ax: Axes, before: Sequence[float], after: Sequence[float], target: float) -> Axes:
    """Draw each layer's goodness before and after one step for one case."""
    layers = np.arange(1, len(before) + 1)
    ax.bar(layers - 0.2, before, 0.4, color=GREY, label="before")
    ax.bar(layers + 0.2, after, 0.4, color=ACCENT, label="after one step")
    ax.axhline(target, color=DARK, linestyle="--", label=f"desired S* = {target:g}")
    miss = max(abs(a / target - 1) for a in after)
    ax.set_title(f"One step takes all {len(before)} layers to S* (relative miss {miss:.0e})")
    ax.set_xticks(layers, [f"layer {k}" for k in layers])
    ax.set_ylabel("goodness Σ y²")
    ax.set_ylim(top=1.4 * max(target, *before, *after))
    ax.legend(frameon=False, loc="upper center", ncols=3)
    return ax


def save(figure: Figure, path: Path) -> None:
    """Write a figure, whole or not at all; create its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(
        path,
        lambda file: figure.savefig(
            file, format=path.suffix[1:].lower(), dpi=120, bbox_inches="tight"
        ),
    )


def blank(width: float = 6.4, height: float = 4.0) -> tuple[Figure, Axes]:
    """Return an empty figure of this size [inch] and its axes."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


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
        ax.set_title(f"layer {number + 1}: {ax.get_title()}")
        ax.set_xlabel(f"goodness ({layer.goodness.name})")
    figure.suptitle("Each image with its true label and with the wrong one that suits it best")
    return figure
