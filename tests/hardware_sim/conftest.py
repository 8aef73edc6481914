"""A data set of more classes than digits have."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

CLASSES, SHAPE = 13, (8, 8)


class Prototypes(NamedTuple):
    """Noisy copies of one random image a class, with what a `Dataset` has."""

    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.uint8]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.uint8]
    name: str = "strokes"
    classes: int = CLASSES
    shape: tuple[int, int] = SHAPE


@pytest.fixture(scope="session")
def thirteen_classes() -> Prototypes:
    """Return 390 and 130 images of 13 classes; the pixels that the label takes are blank."""
    rng = np.random.default_rng(0)
    prototypes = rng.integers(0, 256, (CLASSES, 64)) * (rng.random((CLASSES, 64)) < 0.4)
    prototypes[:, :CLASSES] = 0

    def drawn(n: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        labels = rng.permutation(np.arange(n) % CLASSES).astype(np.uint8)
        images = prototypes[labels] * rng.uniform(0.7, 1, (n, 64))
        return images.astype(np.uint8), labels

    return Prototypes(*drawn(390), *drawn(130))
