"""Pictures: every one once in an epoch, as numbers from 0 to 1, with its own class."""

from __future__ import annotations

import numpy as np
import pytest

from ffnumpy.cases.pictures import Pictures, brightness

ROWS = np.arange(7 * 4, dtype=np.uint8).reshape(7, 4)
LABELS = np.array([0, 1, 2, 0, 1, 2, 0], np.uint8)


def test_an_epoch_shows_every_picture_once_with_its_class() -> None:
    cases = Pictures(ROWS, LABELS, 3, batch=3)
    shown = list(cases)
    assert [len(x) for x, _ in shown] == [3, 3, 1]
    rows = np.concatenate([x for x, _ in shown])
    order = np.argsort(rows[:, 0])
    assert np.array_equal(rows[order], brightness(ROWS))
    assert np.array_equal(np.concatenate([labels for _, labels in shown])[order], LABELS)
    assert (cases.epoch, rows.dtype) == (1, np.float32)


def test_bytes_become_numbers_from_0_to_1() -> None:
    assert brightness(np.array([[0, 51, 255]], np.uint8)).tolist() == [[0.0, np.float32(0.2), 1.0]]


def test_labels_that_are_no_classes_are_refused() -> None:
    with pytest.raises(ValueError, match="expected labels 0 … 1"):
        Pictures(ROWS, LABELS, 2)
    with pytest.raises(ValueError, match="one label per row"):
        Pictures(ROWS, LABELS[1:], 3)


def test_pictures_that_are_scaled_already_are_refused() -> None:
    rows = np.eye(4, dtype=np.uint8)
    with pytest.raises(ValueError, match=r"expected pixels of 0 … 255, .* as if scaled already"):
        Pictures(rows, np.arange(4), 4)
