"""How an individual chip is manufactured: its cells, its circuits' mismatch, its first weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import hypot, inf

import numpy as np
from numpy.typing import NDArray

from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.chip.design import Design
from hardware_sim.chip.layer import AnalogLayer, Neurons, Writing
from hardware_sim.circuits.amplifiers import TransimpedanceAmplifier, mismatch, resistor_noise
from hardware_sim.circuits.goodness import LogisticGate, Squarer
from hardware_sim.circuits.normaliser import AutomaticGain
from hardware_sim.devices.device import Device
from hardware_sim.devices.pairs import Pair
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from hardware_sim.updates.coincidence import Coincidence
from hardware_sim.updates.engine import Engine
from hardware_sim.updates.shaped_pulse import WidthTimesAmplitude

__all__ = [
    "amplifiers",
    "first_weights",
    "manufacture",
    "usual_engine",
]


def manufacture(
    design: Design,
    device: Device | Pair,
    rng: np.random.Generator,
    ledger: Ledger,
    rate: Callable[[int], float] | float = 0.01,
    engine: Engine | None = None,
) -> list[AnalogLayer]:
    """Draw one individual chip: its cells, the mismatch of its circuits, its first weights.

    Parameters
    ----------
    design : Design
    device : Device or Pair
    rng : numpy.random.Generator
    ledger : Ledger
    rate : float or callable, number of updates -> ε
    engine : Engine, optional
        By default pulse width × amplitude where the device's change follows the charge, and trains
        of coincidences where it comes in steps.

    Returns
    -------
    list of AnalogLayer
        From the input up. A `Dac` goes before them. The first weights are drawn from `rng` before
        anything else, so that a floating-point twin can start from the same weights.
    """
    engine = engine or usual_engine(device, design.scale)
    follow = rate if callable(rate) else lambda updates: rate
    return [
        AnalogLayer(
            _array(design, device, weights, rng),
            _neurons(design, device, weights.shape[1], rng),
            Writing(engine, follow),
            design.scale,
            rng,
            ledger,
        )
        for weights in first_weights(design.lines, rng)
    ]


def usual_engine(device: Device | Pair, scale: Scale) -> Engine:
    """Return the engine that a device's physics allows."""
    return (
        WidthTimesAmplitude(scale, full_scale=inf)
        if device.cell.follows_charge
        else Coincidence(scale)
    )


def first_weights(lines: Sequence[int], rng: np.random.Generator) -> list[NDArray]:
    """Draw weights N(0, 1/n_in) with a last row of zeros, the biases, (n_in + 1, n_out) per layer.

    Parameters
    ----------
    lines : sequence of int
        The number of inputs, then the number of neurons of each layer.
    rng : numpy.random.Generator

    Source: [HintonCode].
    """
    drawn = []
    for n_in, n_out in pairwise(lines):
        weights = rng.standard_normal((n_in + 1, n_out)) / np.sqrt(n_in)
        weights[-1] = 0
        drawn.append(weights)
    return drawn


def _array(
    design: Design, device: Device | Pair, weights: NDArray, rng: np.random.Generator
) -> Crossbar:
    cells, cell = device.manufacture(weights.shape, rng, design.dtype), device.cell
    cells.set(weights / design.scale.weight, rng)
    warm = cell.conductance.factor(design.limits.temperature)
    noise = ArrayNoise(
        design.limits.noise_temperature,
        white=warm * cell.read_noise,
        low_frequency=cell.noise.low_frequency,
    )
    siemens = warm * cell.unit, warm * cell.reference
    return Crossbar(cells, *siemens, design.scale.volt, noise, design.access)


def amplifiers(
    design: Design, device: Device | Pair, n: int, rng: np.random.Generator
) -> TransimpedanceAmplifier:
    """Draw the amplifiers of n lines of an array; R_f turns 1 V at a weight of 1 into 1 V."""
    scale, off, dtype = design.scale, design.tolerances, np.dtype(design.dtype)
    limits, resistance = design.limits, scale.weight / device.cell.unit
    return TransimpedanceAmplifier(
        resistance,
        mismatch(rng, off.gain, n, dtype),
        (off.offset * scale.volt * rng.standard_normal((1, n))).astype(dtype),
        limits.saturation,
        hypot(off.noise * scale.volt, resistor_noise(resistance, limits.noise_temperature)),
    )


def _neurons(design: Design, device: Device | Pair, n: int, rng: np.random.Generator) -> Neurons:
    scale, off, dtype = design.scale, design.tolerances, np.dtype(design.dtype)
    limits, amplifier = design.limits, amplifiers(design, device, n, rng)
    squarer = Squarer(scale.goodness / scale.volt**2, mismatch(rng, off.squarer, n, dtype))
    wrong = off.comparator * scale.goodness * rng.standard_normal()
    gate = LogisticGate(n * scale.goodness, limits.temperature, offset=float(wrong))
    relative = mismatch(rng, off.normaliser, n, dtype)
    gain = AutomaticGain(n * scale.goodness, limits.gain, relative, limits.saturation)
    return Neurons(amplifier, design.rectifier, squarer, gate, gain)
