"""An ideal chip beside float64: one step differs by rounding, free running by more and more."""

from __future__ import annotations

import numpy as np
import pytest

from ffnumpy.cases import OneHot
from ffnumpy.data import load
from hardware_sim.learning.plan import Plan
from hardware_sim.scale import Scale
from hardware_sim.studies.divergence import differences

DATA = load("strokes")
ROWS, LABELS = DATA.train_images[:60], DATA.train_labels[:60]
PLAN = Plan((16, 12), rate=0.03, passes=2)


def test_from_the_same_weights_a_step_differs_by_rounding_and_free_steps_by_more() -> None:
    restarted, free = (
        np.array(list(differences(PLAN, Scale(), ROWS, LABELS, restart, OneHot())))
        for restart in (True, False)
    )
    assert restarted.shape == free.shape == (2 * 2 * 60, 2)  # cases, layers
    assert 0 < restarted.max() <= 1e-14
    assert np.array_equal(free[0], restarted[0])
    assert np.all(free[-1] > restarted[-1])


@pytest.mark.parametrize("scale", [Scale(), Scale(0.3, 1.7, 0.01)])
def test_what_stands_for_one_does_not_matter(scale: Scale) -> None:
    found = np.array(list(differences(PLAN, scale, ROWS[:10], LABELS[:10], True, OneHot())))
    assert found.max() <= 1e-14
