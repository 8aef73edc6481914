"""A finding says no more than chance allows, and a figure shows the same."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import f_oneway

from ffnumpy.plotting import title_of
from hardware_sim.plotting.degradation import degradation_curve, degradation_sheet
from hardware_sim.studies.degradation import Point
from hardware_sim.studies.nonidealities import QUANTITIES
from hardware_sim.studies.text.degradation import chance, finding
from hardware_sim.studies.trials import TrialResult


def points_of(*errors: tuple[float, ...]) -> list[Point]:
    """Return points of `stuck` with these errors."""
    found = zip(QUANTITIES["stuck"].values, errors, strict=False)
    return [
        Point(value, tuple(TrialResult(n, e, 1e-9, 0.0) for n, e in enumerate(each)))
        for value, each in found
    ]


def test_the_finding_is_a_rise_only_where_it_is_clear() -> None:
    stuck = QUANTITIES["stuck"]
    rising = points_of((0.1, 0.11, 0.12), (0.1, 0.12, 0.11), (0.16, 0.16, 0.17))
    assert finding(stuck, rising) == "Error rises by 5.3 points from 0 % to 5 %"
    unclear = points_of((0.1, 0.2, 0.3), (0.2, 0.2, 0.25))
    assert finding(stuck, unclear) == "No clear rise between 0 % and 1 %"
    assert finding(stuck, points_of((0.5, 0.5))) == "No clear rise between 0 % and 0 %"


def test_chance_is_that_of_an_analysis_of_variance() -> None:
    errors = ((0.1, 0.2, 0.3), (0.15, 0.2, 0.31), (0.3, 0.35, 0.5))
    assert chance(points_of(*errors)) == pytest.approx(f_oneway(*errors).pvalue)
    assert chance(points_of((0.1, 0.1), (0.2, 0.2))) == 0
    assert chance(points_of((0.1, 0.1), (0.1, 0.1))) == 1


def test_a_best_value_in_the_middle_is_named() -> None:
    points = points_of((0.39, 0.41), (0.1, 0.1), (0.2, 0.2))
    assert finding(QUANTITIES["stuck"], points) == "Error rises by 30 points from 1 % to 0 %"


def test_error_bars_are_the_standard_deviation_over_chips() -> None:
    from matplotlib.figure import Figure

    points = points_of((0.1, 0.2, 0.3), (0.6, 0.7, 0.8))
    ax = degradation_curve(Figure().subplots(), QUANTITIES["stuck"], points, [0.05, 0.15])
    (container,) = ax.containers
    bars = container.lines[2][0].get_segments()  # type: ignore[attr-defined]
    np.testing.assert_allclose([b[:, 1] for b in bars], [[10, 30], [60, 80]])
    assert title_of(ax) == "Error rises by 50 points from 0 % to 1 %"
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0", "1"]
    np.testing.assert_allclose(ax.lines[0].get_ydata(), 10)


def test_the_sheet_shows_energy_where_it_is_of_interest() -> None:
    points = points_of((0.1, 0.2), (0.3, 0.4))
    sheet = degradation_sheet(
        [(QUANTITIES["stuck"], points), (QUANTITIES["train"], points)], [0.1, 0.1]
    )
    labels = [ax.get_ylabel() for ax in sheet.axes]
    assert labels == ["test error [%]", "test error [%]", "training on one image [nJ], nominal"]
