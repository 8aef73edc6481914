"""A Dataset whose parts do not fit each other cannot be made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ffnumpy.data import DataError, Dataset


def parts(**changes: Any) -> dict[str, Any]:
    """Return the arguments of a small set of 2 x 3 pixels, with some of them changed."""
    sound = {
        "name": "small",
        "train_images": np.zeros((4, 6), np.uint8),
        "train_labels": np.arange(4, dtype=np.uint8),
        "test_images": np.zeros((2, 6), np.uint8),
        "test_labels": np.zeros(2, np.uint8),
        "shape": (2, 3),
    }
    return sound | changes


def test_sound_parts_make_a_set_of_ten_classes() -> None:
    assert Dataset(**parts()).classes == 10


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train_labels": np.zeros(3, np.uint8)}, "training set: 4 images but 3 labels"),
        ({"test_labels": np.array([3, 10], np.uint8)}, "test set: expected labels from 0 to 9"),
        ({"test_images": np.zeros((2, 5), np.uint8)}, "expected 6 pixels an image"),
        (
            {"test_images": np.zeros((0, 6), np.uint8), "test_labels": np.zeros(0, np.uint8)},
            "test set: expected images, got none",
        ),
        ({"train_images": np.zeros((4, 6))}, "expected uint8 images, got float64"),
        ({"train_labels": np.arange(4)}, "expected uint8 labels, got int64"),
    ],
)
def test_parts_that_do_not_fit_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Dataset(**parts(**changes))
