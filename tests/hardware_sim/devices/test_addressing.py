"""Which cells a pulse on some lines strikes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware_sim.constants import Constant
from hardware_sim.devices.addressing import struck
from hardware_sim.devices.cells import Cells
from hardware_sim.devices.device import ConductanceRange, Device
from hardware_sim.devices.noise import Noise
from hardware_sim.devices.rules import (
    ConstantStep,
)
from hardware_sim.devices.variation import Spread

LAW = settings(deadline=None, max_examples=40, derandomize=True)
seeds = st.integers(0, 2**32 - 1)
ALIKE, SILENT = Spread(), Noise()
RANGE = ConductanceRange(
    Constant("G_min", 1e-6, 1e-6, 1e-6, "S"), Constant("G_max", 9e-6, 9e-6, 9e-6, "S")
)
LARGE = 200  # an array of LARGE × LARGE cells for statistics


def made(
    rule: Any, noise: Noise = SILENT, shape: tuple[int, int] = (LARGE, LARGE), **kw: Any
) -> Cells:
    device = Device(rule, kw.pop("spread", ALIKE), noise, kw.pop("conductance", RANGE), **kw)
    return device.manufacture(shape, np.random.default_rng(5))


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
    cells = made(ConstantStep(), shape=(4, 3))
    with pytest.raises(
        ValueError, match=r"shape \(2, 3\), a line for each active row; got \(4, 3\)"
    ):
        cells.pulses(np.arange(2), np.ones((4, 3)), True, np.random.default_rng(0))
