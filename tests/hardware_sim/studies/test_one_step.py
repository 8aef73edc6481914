"""What one step reaches, ideally and with errors."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from chips import normalised_cases
from ffnumpy.cases import OneHot
from ffnumpy.layers.fast import Goals
from hardware_sim.chip.design import Design
from hardware_sim.devices.presets import preset
from hardware_sim.learning.learners import image_dac
from hardware_sim.learning.plan import Plan
from hardware_sim.scale import Scale
from hardware_sim.studies.one_step import (
    AS_MANUFACTURED,
    LEVELS,
    Reached,
    nearness,
    points,
    reached,
    single_cases,
)
from hardware_sim.studies.trials import Trial

LINES = (40, 30, 24)
BASE = Trial(Plan(LINES[1:]), Design(LINES, Scale()), preset("gokmen-vlasov").device)
GOALS = Goals(1.5, 1 / 6)
POINTS = points(BASE)


def missed(varied: str, value: float, n: int = 200) -> NDArray:
    """Return |S/S* − 1| of n cases, (n, layers)."""
    return np.abs(
        reached(POINTS[varied].trials[value], GOALS, normalised_cases(n, LINES[0])).ratio - 1
    )


def test_every_point_is_another_chip() -> None:
    trials = [trial for group in POINTS.values() for trial in group.trials.values()]
    assert len(trials) == 7 + 10 + 4 + 4 + 1
    assert len(set(map(repr, trials))) == len(trials)
    assert all(isinstance(trial, Trial) for trial in trials)
    assert list(POINTS)[-1] == AS_MANUFACTURED


def test_without_errors_every_layer_reaches_its_goal_and_keeps_its_direction() -> None:
    found = reached(POINTS["levels"].trials[math.inf], GOALS, normalised_cases(200, LINES[0]))
    assert found.ratio.shape == found.cosine.shape == (200, 2)
    assert np.abs(found.ratio - 1).max() <= 1e-12
    assert (1 - found.cosine).max() <= 1e-12
    assert np.count_nonzero(found.up) == 100


def test_few_levels_err_by_no_more_than_their_step() -> None:
    """The part of ‖x‖² that rounding loses is what the raise of √S misses.

    With x̂ = x + e, |e| ≤ h/2, √S/√S* = 1 + (1 − √(S₀/S*)) x·e/‖x‖², and |x·e| ≤ ‖x‖ h √n/2, so
    with ‖x‖² = n (the bias only helps) √S misses √S* by less than |1 − √(S₀/S*)| h/2.
    """
    x = normalised_cases(200, LINES[0])
    for levels in (16, 64, 256):
        h = 8.0 / levels
        ratio = reached(POINTS["levels"].trials[levels], GOALS, x).ratio[:, 0]
        # S₀ is below 4 S* for every one of these cases: an untrained S is near N/2, 3 N/6.
        assert np.abs(np.sqrt(ratio) - 1).max() <= h / 2


def test_the_error_shrinks_with_the_levels() -> None:
    errors = [np.median(missed("levels", levels)) for levels in LEVELS]
    # Half for each bit. n = 400 ratios a level; one sigma of their medians is 6 %, if normal:
    # 5 sigma of the quotient are 41 %.
    assert errors[1] / errors[5] == pytest.approx(16, rel=0.5)
    assert errors[-1] <= 1e-12


def test_pulses_that_are_shaped_keep_the_direction_and_pulses_by_chance_turn_it() -> None:
    shaped = reached(POINTS["levels"].trials[8], GOALS, normalised_cases(40, LINES[0]))
    trains = reached(
        POINTS["step, trains of 31"].trials[0.01], GOALS, normalised_cases(40, LINES[0])
    )
    assert (1 - shaped.cosine).max() <= 1e-12
    assert np.median(1 - trains.cosine) > 1e-3
    assert (1 - trains.unmoved).max() <= 1e-12, "nothing is read with noise here"


def test_long_trains_of_smaller_steps_come_nearer() -> None:
    """What chance makes of n pulses is off by √n of n: a tenth of the step, 1/√10 of the error."""
    little, much = (np.median(missed("step, trains of 1023", step, 60)) for step in (1e-3, 1e-2))
    # n = 120 ratios each, of whose medians one sigma is 11 %: 3 sigma of the quotient are 45 %.
    assert much / little == pytest.approx(math.sqrt(10), rel=0.45)


def test_a_short_train_of_small_steps_does_not_get_there() -> None:
    """31 slots of a step are all that a cell can move: too little where the steps are small."""
    found = reached(
        POINTS["step, trains of 31"].trials[1e-4], GOALS, normalised_cases(40, LINES[0])
    )
    assert np.median(found.ratio[found.up]) < 0.8
    assert np.median(found.ratio[~found.up]) > 1.2


@pytest.mark.parametrize(
    ("varied", "values"), [("amplifier noise", (0.01, 0.1)), ("read noise", (0, 0.03))]
)
def test_more_noise_misses_by_more(varied: str, values: tuple[float, float]) -> None:
    little, much = (np.median(missed(varied, value)) for value in values)
    assert much > 1.5 * little


def test_every_case_finds_the_first_weights() -> None:
    """The same case in other company reaches the same, where nothing is random."""
    x = normalised_cases(3, LINES[0])
    trial = POINTS["levels"].trials[16]
    alone = reached(trial, GOALS, x[:1], chips=1).ratio
    last = reached(trial, GOALS, np.vstack([x[1:], x[:1]]), chips=1).ratio
    assert np.array_equal(alone[0], last[-1])


def real_chip(seed: int) -> Reached:
    """Return what cases reach on the chip as manufactured with this seed."""
    (trial,) = points(BASE.seeded(seed))[AS_MANUFACTURED].trials.values()
    return reached(trial, GOALS, normalised_cases(8, LINES[0]), dac_of=image_dac)


def test_a_real_chip_is_the_same_for_the_same_seed_alone() -> None:
    one, same, other = (real_chip(seed) for seed in (0, 0, 1))
    assert np.array_equal(one.ratio, same.ratio)
    assert not np.array_equal(one.ratio, other.ratio)


def test_single_cases_have_mean_square_one_in_double_precision() -> None:
    rows = np.random.default_rng(0).integers(0, 256, (5, 40)).astype(np.uint8)
    x = single_cases(rows[:4], np.arange(4), OneHot())
    assert x.shape == (4, 40)
    assert np.abs(np.mean(x**2, axis=1) - 1).max() <= 1e-14
    assert np.all(x[np.arange(4), np.arange(4)] > 0)


def test_the_usual_dac_brings_images_in_on_the_chip_as_manufactured_alone() -> None:
    base, x = replace(BASE, design=Design((40, 6))), normalised_cases(4, LINES[0])
    for near in nearness(base, x, GOALS):
        trial = points(base)[near.varied].trials[near.value]
        usual = reached(trial, GOALS, x, dac_of=image_dac).ratio
        assert np.array_equal(near.reached.ratio, usual) == (near.varied == AS_MANUFACTURED)
