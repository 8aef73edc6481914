"""How rows and labels become inputs."""

from __future__ import annotations

import numpy as np
import pytest

from ffnumpy.cases import OneHot


@pytest.mark.reports
def test_a_label_takes_the_first_pixels_only_where_they_are_blank() -> None:
    rows = np.random.default_rng(0).integers(1, 256, (20, 9), np.uint8)
    beside = OneHot.fitting(rows, 3)
    assert not beside.overwrite
    assert beside.inputs(9) == 12
    x = beside.labelled(beside.features(rows), np.arange(20) % 3)
    assert np.allclose((x.toarray() / x.scale)[:, 3:], rows / 255, atol=1e-6), "a pixel is lost"
    rows[:, :3] = 0
    inside = OneHot.fitting(rows, 3, strength=2.0)
    assert inside.overwrite
    assert (inside.inputs(9), inside.strength) == (9, 2.0)
    narrow = OneHot.fitting(np.zeros((20, 3), np.uint8), 3)
    assert not narrow.overwrite, "no pixel would be left"
