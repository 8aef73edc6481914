"""What a record says of a trained chip: how much of the pulses on its cells cancelled."""

from __future__ import annotations

import numpy as np
import pytest

from hardware_sim.devices import Device, FastSlow, Pair, PushPullPair, Several, preset
from hardware_sim.devices.referred import Referred
from hardware_sim.studies.training import cancellation

RSB, CAPACITOR = preset("reram-soft-bounds").device, preset("capacitor").device.cell
STORES: dict[str, Device | Pair] = {
    "one": RSB,
    "push-pull": PushPullPair(RSB.cell),
    "one-sided": preset("pcm").device,
    "with a reference": Referred(RSB, 10),
    "several": Several.of(RSB, 3),
    "fast and slow": FastSlow.of(Several.of(RSB, 3), CAPACITOR),
}


@pytest.mark.parametrize("name", STORES)
def test_pulses_up_and_down_cancel(name: str) -> None:
    # 5 up and 3 down on every weight: 8 pulses for a net of 2, on two cells twice as many of each.
    rng = np.random.default_rng(0)
    cells = STORES[name].manufacture((4, 3), rng)
    rows = np.arange(4)
    cells.pulses(rows, np.full((4, 3), 5.0), True, rng)
    assert cancellation(cells) == 1
    cells.pulses(rows, np.full((4, 3), 3.0), False, rng)
    assert cancellation(cells) == pytest.approx(4.0, rel=1e-12)


@pytest.mark.parametrize("name", STORES)
def test_what_updates_give_is_counted_by_direction(name: str) -> None:
    rng, rows, one = np.random.default_rng(0), np.arange(4), np.ones((4, 3))
    cells = STORES[name].manufacture((4, 3), rng)
    cells.pulses(rows, 5 * one, True, rng)
    cells.charge(rows, 0.5 * one, True, rng)
    cells.charge(rows, 2.5 * one, False, rng)
    assert [np.unique(counts) for counts in cells.learned] == [[5.5], [2.5]]


def test_where_everything_cancels_there_is_no_ratio() -> None:
    rng = np.random.default_rng(0)
    cells = RSB.manufacture((2, 2), rng)
    assert cancellation(cells) == np.inf
