"""One-sided pairs: cells that only rise, and their refresh."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cells import ALIKE, RANGE, SILENT, ways
from hardware_sim.devices.device import Device
from hardware_sim.devices.noise import CycleNoise, Noise
from hardware_sim.devices.one_sided import OneSidedCells, OneSidedPair
from hardware_sim.devices.presets import preset
from hardware_sim.devices.refreshed import Refreshed
from hardware_sim.devices.rules import (
    ExponentialShape,
    ExponentialStep,
)
from hardware_sim.studies.training import cancellation
from laws import LAW, seeds


def a_pair(noise: Noise = SILENT, shape: tuple[int, int] = (6, 5), **kw: Any) -> OneSidedCells:
    shape_of_pulses = ExponentialShape(-1.0, 0.0, 2.5, 2.5, -27.0, -2.0)
    cell = Device(ExponentialStep(0.0, 2.0, 0.002, shape_of_pulses), ALIKE, noise, RANGE)
    return OneSidedPair(cell, 0.01, 0.005, **kw).manufacture(shape, np.random.default_rng(3))


@LAW
@given(seed=seeds, up=st.booleans(), way=ways)
def test_one_sided_cells_only_rise_and_each_has_its_direction(
    seed: int, up: bool, way: str
) -> None:
    pair, rng = a_pair(), np.random.default_rng(seed)
    plus, minus = pair.plus.w.copy(), pair.minus.w.copy()
    rows, counts = np.array([1, 4]), rng.poisson(1, (2, 5))
    getattr(pair, way)(rows, counts, up, rng)
    moved, still = (pair.plus.w, pair.minus.w) if up else (pair.minus.w, pair.plus.w)
    before, same = (plus, minus) if up else (minus, plus)
    assert np.array_equal(still, same)
    assert np.array_equal(moved[rows] > before[rows], counts > 0)
    assert np.array_equal(pair.w, pair.plus.w - pair.minus.w)


def test_a_pair_is_set_to_any_difference_in_its_range() -> None:
    pair, wanted = a_pair(), np.linspace(-2, 2, 30).reshape(6, 5)
    pair.set(wanted)
    assert np.array_equal(pair.w, wanted)
    assert pair.at_bounds() == pytest.approx(2 / 30)
    pair.elapse(10)
    assert np.array_equal(pair.w, wanted)


def worn(pair: OneSidedCells) -> None:
    """Pulse both cells of rows 0 and 1 far up."""
    for up, n in ((True, 300), (False, 230)):
        pair.pulses(np.array([0, 1]), np.full((2, 5), n), up, np.random.default_rng(0))


@pytest.mark.parametrize("rows", [None, np.array([1, 3])])
def test_a_refresh_keeps_the_differences_and_empties_the_cells(rows: NDArray | None) -> None:
    pair = a_pair()
    worn(pair)
    w, plus = pair.w.copy(), pair.plus.w.copy()
    assert pair.plus.w[:2].min() > 0.75 * 2
    assert pair.minus.w[:2].min() > 0.25 * 2
    took = pair.refresh(np.random.default_rng(1), rows)
    done = [0, 1] if rows is None else [1]
    rest = [row for row in range(6) if row not in done]
    largest = 0.002 * (1 + 27)
    assert np.array_equal(pair.plus.w[rest], plus[rest])
    assert np.array_equal(pair.w[rest], w[rest])
    assert np.all((w[done] <= pair.w[done]) & (pair.w[done] <= w[done] + largest))
    assert pair.minus.w[done].max() <= 0.05
    assert took.resets == 2 * 5 * len(done)
    looked = 30 if rows is None else 10
    cells = 5 * len(done)
    assert took.decisions == 2 * looked + cells + took.pulses + cells
    # Each look reads a row once; in the rewriting, a round reads the rows that are not done.
    rounds = took.rows - looked // 5
    assert max(took.pulses / 5, 2 * len(done)) <= rounds <= took.pulses + 2 * len(done)


def test_pulses_of_a_refresh_are_not_learned() -> None:
    pair = a_pair()
    worn(pair)
    learned = [counts.copy() for counts in pair.learned]
    assert [counts[:2].min() for counts in learned] == [300, 230]
    assert pair.refresh(np.random.default_rng(1)).pulses > 0
    assert np.array_equal(np.stack(pair.learned), np.stack(learned))
    assert cancellation(pair) == pytest.approx(530 / 70, rel=1e-12)


def test_a_refresh_of_negative_differences_pulses_the_other_cell() -> None:
    pair = a_pair()
    worn(pair)
    pair.plus, pair.minus = pair.minus, pair.plus
    pair._subtract(np.arange(30))
    w = pair.w.copy()
    assert pair.w[:2].max() < 0
    pair.refresh(np.random.default_rng(1))
    assert np.abs(pair.w - w)[:2].max() <= 0.002 * (1 + 27)
    assert pair.plus.w[:2].max() <= 0.05


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"reset": -0.1}, "reset: expected 0 or more"),
        ({"reset_spread": np.nan}, "reset_spread: expected 0 or more"),
        ({"patience": 0}, "patience: expected a number above 0"),
    ],
)
def test_a_pair_that_makes_no_sense_is_refused(choice: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(preset("pcm").device, **choice)


def test_a_second_refresh_finds_nothing_to_do() -> None:
    pair = a_pair()
    worn(pair)
    pair.refresh(np.random.default_rng(1))
    w = pair.w.copy()
    took = pair.refresh(np.random.default_rng(1))
    assert (took.pulses, took.resets) == (0, 0)
    assert np.array_equal(pair.w, w)


def test_a_full_pair_whose_other_cell_is_empty_has_nothing_to_win() -> None:
    pair = a_pair()
    pair.set(np.full(pair.shape, 1.9))
    took = pair.refresh(np.random.default_rng(1))
    assert took == Refreshed(2 * 30 + 30, rows=6)
    assert np.array_equal(pair.w, np.full(pair.shape, 1.9))


def test_a_refresh_gives_up_on_cells_that_do_not_get_there() -> None:
    pair = a_pair(patience=3)
    worn(pair)
    took = pair.refresh(np.random.default_rng(1))
    assert took.pulses == 3 * 10


def test_noisy_pairs_come_back_to_within_their_noise() -> None:
    """The comparator stops at the first pulse that overshoots: by one step and five sigma of it."""
    pair = a_pair(Noise(CycleNoise(0.5)), (40, 5))
    for up, n in ((True, 300), (False, 230)):
        pair.pulses(np.arange(40), np.full((40, 5), n), up, np.random.default_rng(0))
    w = pair.w.copy()
    pair.refresh(np.random.default_rng(1))
    assert np.abs(pair.w - w).max() <= 0.002 * (1 + 27) * (1 + 5 * 0.5)
