"""Whole chips, ideal ones above all, and cases to show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hardware_sim.chip.design import EXACT, UNLIMITED, Design
from hardware_sim.chip.layer import AnalogLayer
from hardware_sim.chip.manufacture import manufacture
from hardware_sim.circuits.converters import Dac
from hardware_sim.devices.device import Device
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.presets import IDEAL
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from hardware_sim.updates.engine import Engine
from instruments import read

LINES = (20, 12, 8)
SCALE = Scale()


def ideal_design(lines: tuple[int, ...] = LINES, **more: Any) -> Design:
    """Return a design without mismatch, noise and limits, in double precision."""
    return Design(lines, tolerances=EXACT, limits=UNLIMITED, dtype=np.float64, **more)


def make_chip(
    design: Design,
    device: Device | Pair = IDEAL,
    seed: int = 0,
    rate: float = 0.01,
    engine: Engine | None = None,
) -> tuple[Dac, list[AnalogLayer], Ledger]:
    """Manufacture one chip; return its way in, its layers and the ledger of both."""
    ledger = Ledger()
    layers = manufacture(design, device, np.random.default_rng(seed), ledger, rate, engine)
    return Dac(ledger, design.scale.volt, dtype=design.dtype), layers, ledger


def weights_of(layer: AnalogLayer) -> NDArray:
    """Return the numbers that a layer's states stand for, the biases last."""
    return layer.array.cells.w * layer.scale.weight


def one_case(rng: np.random.Generator, n: int = LINES[0]) -> NDArray:
    """Return a case as a chip gets it: no number below zero, many of them zero."""
    return rng.exponential(size=(1, n)) * (rng.random((1, n)) < 0.6)


def normalised_cases(n: int, lines: int, seed: int = 0) -> NDArray:
    """Return cases as a chip gets them: not below zero, of mean square 1, none above 8."""
    rng = np.random.default_rng(seed)
    x = np.minimum(rng.exponential(size=(n, lines)), 3.0) * (rng.random((n, lines)) < 0.6)
    return x / np.sqrt(np.mean(x**2, axis=1, keepdims=True))


def learn_cases(
    dac: Dac, layers: Sequence[AnalogLayer], rng: np.random.Generator, cases: int
) -> list[NDArray]:
    """Learn random cases; return the outputs of the last layer."""
    way: list[Dac | AnalogLayer] = [dac, *layers]
    outputs = []
    for n in range(cases):
        signal: Any = one_case(rng)
        for part in way:
            signal = part.learn(signal, 1.0 if n % 2 == 0 else -1.0)
        outputs.append(read(signal))
    return outputs
