"""The scale refuses units that make no sense."""

from __future__ import annotations

import math

import pytest

from hardware_sim.scale import Scale


@pytest.mark.parametrize("name", ["volt", "weight", "goodness"])
@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan])
def test_a_scale_names_what_makes_no_sense(name: str, bad: float) -> None:
    with pytest.raises(ValueError, match=f"{name}: expected a number above 0"):
        Scale(**{name: bad})
