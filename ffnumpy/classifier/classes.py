"""The classes of an estimator: any labels, and their places among all that will ever occur."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["check_classes", "named", "places"]


def named(classes: ArrayLike | None) -> NDArray:
    """Return the classes that a first call of `partial_fit` names, sorted."""
    if classes is None:
        raise ValueError(
            "classes: expected all labels in the first call of partial_fit; got None. "
            "Pass classes=numpy.unique(all labels)."
        )
    return np.unique(classes)


def check_classes(X: NDArray, classes: NDArray, overwrite_pixels: bool) -> None:
    """Raise a ValueError unless there are two classes, and room for them in images."""
    if len(classes) < 2:
        raise ValueError(f"expected at least two classes; got one class, {classes}")
    if overwrite_pixels and X.shape[1] <= len(classes):
        raise ValueError(
            f"overwrite_pixels: expected images with more pixels than the {len(classes)} that "
            f"the label takes; got {X.shape[1]}. For a table, set it to False."
        )


def places(y: NDArray, classes: NDArray) -> NDArray:
    """Return the labels as places in `classes`, (n,)."""
    unknown = np.setdiff1d(y, classes)
    if len(unknown):
        raise ValueError(f"y: expected labels among {classes}; also got {unknown}")
    return np.searchsorted(classes, y)
