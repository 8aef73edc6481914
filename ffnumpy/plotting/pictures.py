"""Pictures: cases as the first layer sees them, and what its units have learned to look for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ffnumpy.cases.encoding import OneHot
from ffnumpy.cases.negatives import uniform_wrong
from ffnumpy.data import Dataset
from ffnumpy.plotting.colours import INK, SIGNED
from ffnumpy.plotting.look import house

__all__ = ["case_sheet", "contact_sheet", "receptive_fields"]


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


@house
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
