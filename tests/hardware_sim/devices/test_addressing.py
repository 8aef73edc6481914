"""Which cells a pulse on some lines strikes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from cells import cells_of
from hardware_sim.devices.addressing import struck
from hardware_sim.devices.rules import (
    ConstantStep,
)
from laws import LAW, seeds


@LAW
@given(seed=seeds)
def test_struck_finds_what_two_loops_find(seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns, rows = rng.integers(1, 7), np.sort(rng.choice(9, rng.integers(0, 9), replace=False))
    counts = rng.poisson(0.7, (len(rows), columns))
    index, number = struck(rows, counts, columns)
    expected = [
        (row * columns + column, counts[i, column])
        for i, row in enumerate(rows)
        for column in range(columns)
        if counts[i, column]
    ]
    assert list(zip(index, number, strict=True)) == expected


def test_counts_of_other_rows_are_refused() -> None:
    cells = cells_of(ConstantStep(), shape=(4, 3))
    with pytest.raises(
        ValueError, match=r"shape \(2, 3\), a line for each active row; got \(4, 3\)"
    ):
        cells.pulses(np.arange(2), np.ones((4, 3)), True, np.random.default_rng(0))
