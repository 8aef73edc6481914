"""A drawing that makes no sense is refused before any chip is made from it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_sim.chip.design import Design, Limits, Tolerances
from laws import LAW


@pytest.mark.parametrize("lines", [(), (5,), (5, 0), (0, 5), (5, 3, -1)])
def test_a_layout_says_what_lines_it_expects(lines: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="lines: expected the inputs and at least one layer"):
        Design(lines)


@LAW
@given(lines=st.integers(1, 2000), tile=st.integers(1, 300))
def test_tiles_hold_all_lines_and_differ_by_no_more_than_the_last(lines: int, tile: int) -> None:
    tiles = Design((5, 3), tile=tile).tiles(lines)
    assert sum(tiles) == lines
    assert max(tiles) <= tile
    assert set(tiles[:-1]) <= {tiles[0]}
    assert 0 < tiles[-1] <= tiles[0]


@pytest.mark.parametrize("name", ["temperature", "gain", "capacitance", "saturation", "headroom"])
@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan])
def test_limits_that_make_no_sense_are_refused(name: str, bad: float) -> None:
    with pytest.raises(ValueError, match=f"{name}: expected a number above 0"):
        Limits(**{name: bad})


@pytest.mark.parametrize("name", ["temperature", "headroom"])
def test_some_limits_are_finite(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: expected a number above 0"):
        Limits(**{name: math.inf})


@pytest.mark.parametrize("name", ["noise", "gain", "offset", "squarer", "normaliser", "comparator"])
@pytest.mark.parametrize("bad", [-0.1, math.inf, math.nan])
def test_tolerances_name_what_makes_no_sense(name: str, bad: float) -> None:
    with pytest.raises(ValueError, match=f"{name}: expected 0 or more"):
        Tolerances(**{name: bad})
