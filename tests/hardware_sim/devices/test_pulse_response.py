"""The published devices against another simulator: what pulses up and then down do to them.

`RESPONSES` was measured with aihwkit 1.2.0 in its own C++ core: 3,000 devices of each preset of the
same name, one pulse at a time, from w = 0. It has the number of pulses up, that of pulses down
after them, and the mean and standard deviation of w over the devices. That program leaves stuck
cells out and knows no conductances, so both are left out here, with the bound at 0 S.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pytest

from hardware_sim.constants import Constant
from hardware_sim.devices.device import ConductanceRange, Device
from hardware_sim.devices.presets import preset

RESPONSES = """\
gokmen-vlasov,1,0,0.001592,0.000702
gokmen-vlasov,101,0,0.160606,0.048803
gokmen-vlasov,401,0,0.609916,0.182120
gokmen-vlasov,800,0,0.911611,0.271262
gokmen-vlasov,800,101,0.751092,0.256040
gokmen-vlasov,800,800,-0.337147,0.332275
idealised,1,0,0.000198,0.000084
idealised,101,0,0.020167,0.006054
idealised,401,0,0.080044,0.023922
idealised,800,0,0.159493,0.047666
idealised,800,101,0.139344,0.041692
idealised,800,800,-0.000202,0.004713
reram-exponential,1,0,0.001039,0.098387
reram-exponential,101,0,0.141905,0.127402
reram-exponential,401,0,0.535890,0.198654
reram-exponential,800,0,0.866420,0.268222
reram-exponential,800,101,0.291486,0.235982
reram-exponential,800,800,-0.698735,0.271239
reram-soft-bounds,1,0,0.006135,0.114517
reram-soft-bounds,101,0,0.181073,0.144878
reram-soft-bounds,401,0,0.561049,0.212353
reram-soft-bounds,800,0,0.842475,0.250774
reram-soft-bounds,800,101,0.437504,0.210864
reram-soft-bounds,800,800,-0.475390,0.233486
reram-array-om,1,0,0.126545,0.186387
reram-array-om,3,0,0.299712,0.252498
reram-array-om,12,0,0.644163,0.323352
reram-array-om,22,0,0.775574,0.333156
reram-array-om,22,3,0.175708,0.368019
reram-array-om,22,22,-0.653829,0.429891
reram-array-hfo2,1,0,0.464867,0.406216
reram-array-hfo2,2,0,0.602553,0.428160
reram-array-hfo2,7,0,0.849001,0.469239
reram-array-hfo2,12,0,0.888478,0.471282
reram-array-hfo2,12,2,-0.354039,0.558780
reram-array-hfo2,12,12,-0.898879,0.567804
capacitor,1,0,0.005039,0.001646
capacitor,51,0,0.253535,0.030958
capacitor,201,0,0.935999,0.079876
capacitor,400,0,0.998455,0.068998
capacitor,400,51,0.732551,0.076311
capacitor,400,400,-0.901376,0.142531
ecram-li,1,0,0.001980,0.000633
ecram-li,101,0,0.199734,0.021025
ecram-li,401,0,0.770124,0.077273
ecram-li,800,0,1.170694,0.057864
ecram-li,800,101,0.844546,0.059858
ecram-li,800,800,-0.573999,0.105043
ecram-mo,1,0,0.000296,0.000555
ecram-mo,101,0,0.028538,0.006376
ecram-mo,401,0,0.111283,0.015520
ecram-mo,800,0,0.217453,0.026006
ecram-mo,800,101,0.184012,0.023861
ecram-mo,800,800,-0.027182,0.020966
pcm,1,0,0.293005,0.198486
pcm,26,0,1.373320,0.362575
pcm,101,0,1.604374,0.355836
pcm,200,0,1.613967,0.356486
pcm,226,0,1.608371,0.357000
pcm,400,0,1.615288,0.352475
"""

DEVICES, OURS = 3000, 20_000
LIST = 32_768
"""How many normal numbers aihwkit 1.2.0 draws noise from on a CPU (its `rng.h`, FIXED_LIST_SIZE).

Their mean is not 0 but has a standard deviation of 1/√LIST, and is the same for all devices and
pulses: noise of s times the step makes every step larger or smaller by s/√LIST of it.
"""

FAR = 4.0
"""Standard deviations that nothing may be off: for 120 comparisons, once in 130 trials."""


class Response(NamedTuple):
    """Mean and deviation of w over many devices after some pulses."""

    up: int
    down: int
    mean: float
    deviation: float


def responses() -> dict[str, list[Response]]:
    lines = [line.split(",") for line in RESPONSES.split()]
    return {
        name: [Response(int(u), int(d), float(m), float(s)) for _, u, d, m, s in group]
        for name, group in groupby(lines, key=lambda line: line[0])
    }


def endless(name: str) -> Device:
    """Return the cell of a preset without stuck cells and without a bound at zero conductance."""
    cell = preset(name).device.cell
    ends = (Constant("G", g, g, g, "S") for g in (1.0, 1.001))
    return replace(
        cell, spread=replace(cell.spread, stuck=0.0), conductance=ConductanceRange(*ends)
    )


def pulsed(device: Device, wanted: list[Response]) -> Iterator[np.ndarray]:
    """Yield what reads see of many cells after each number of pulses."""
    rng, given = np.random.default_rng(0), [0, 0]
    cells = device.manufacture((1, OURS), rng)
    for response in wanted:
        for way, total in enumerate((response.up, response.down)):
            if more := total - given[way]:
                cells.pulse(np.arange(OURS), np.full(OURS, more), way == 0, rng)
                given[way] = total
        yield cells.seen[0]


@pytest.mark.parametrize("name", responses())
def test_devices_answer_pulses_as_in_another_simulator(name: str) -> None:
    wanted, device = responses()[name], endless(name)
    noise, travelled, last = device.noise.cycle, 0.0, 0.0
    share = 1 / DEVICES + 1 / OURS
    for theirs, ours in zip(wanted, pulsed(device, wanted), strict=True):
        mean, deviation = ours.mean(), ours.std()
        travelled, last = travelled + abs(theirs.mean - last), theirs.mean
        common = (
            noise.relative + noise.additive
        ) * travelled + device.noise.write * device.mean_step
        assert abs(theirs.mean - mean) <= FAR * np.sqrt(deviation**2 * share + common**2 / LIST)
        fourth = np.mean(((ours - mean) / deviation) ** 4)
        assert abs(theirs.deviation / deviation - 1) <= FAR * np.sqrt((fourth - 1) / 4 * share)
