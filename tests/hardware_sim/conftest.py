"""A data set of more classes than digits have."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from ffnumpy.data import Dataset

CLASSES, SHAPE = 13, (8, 8)


@pytest.fixture(scope="session")
def thirteen_classes() -> Dataset:
    """Return 390 and 130 noisy copies of 13 random images, whose label pixels are blank."""
    rng = np.random.default_rng(0)
    prototypes = rng.integers(0, 256, (CLASSES, 64)) * (rng.random((CLASSES, 64)) < 0.4)
    prototypes[:, :CLASSES] = 0

    def drawn(n: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        labels = rng.permutation(np.arange(n) % CLASSES).astype(np.uint8)
        images = prototypes[labels] * rng.uniform(0.7, 1, (n, 64))
        return images.astype(np.uint8), labels

    return Dataset("strokes", *drawn(390), *drawn(130), SHAPE, CLASSES)
