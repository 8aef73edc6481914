"""How an individual chip is manufactured: its cells, its circuits' mismatch, its first weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import hypot, inf, sqrt

import numpy as np
from numpy.typing import NDArray

from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.chip.design import Design, Limits
from hardware_sim.chip.layer import AnalogLayer, Neurons, Writing
from hardware_sim.circuits.amplifiers import (
    TransimpedanceAmplifier,
    amplifier_noise,
    feedback_noise,
    mismatch,
    noise_gain,
)
from hardware_sim.circuits.decision import SampleHold
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
    "imbalance",
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
    chip = [
        AnalogLayer(
            _array(design, device, weights, rng),
            _neurons(design, device, weights.shape, rng),
            Writing(engine, follow),
            design.scale,
            rng,
            ledger,
        )
        for weights in first_weights(design.lines, rng)
    ]
    chip[-1].drive(None)
    return chip


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
    rows, columns = weights.shape
    if design.access.disturb and not cells.disturbable:
        raise ValueError(
            f"access: expected no disturb with several cells a weight, of which it would not move "
            f"all; got {design.access.disturb}"
        )
    drawn = imbalance(design, rows, columns, rng)
    return Crossbar(
        cells, *siemens, design.scale.volt, noise, design.access, drawn, design.tiles(rows)[0]
    )


def imbalance(design: Design, driven: int, read: int, rng: np.random.Generator) -> NDArray:
    """Draw by what fraction too much is subtracted on each read line, (1, read lines).

    Each tile is off by itself, and has its share of the driven lines.
    """
    sigma = design.tolerances.subtraction * hypot(*design.tiles(driven)) / driven
    return (sigma * rng.standard_normal((1, read))).astype(design.dtype)


def amplifiers(
    design: Design, device: Device | Pair, shape: tuple[int, int], rng: np.random.Generator
) -> TransimpedanceAmplifier:
    """Draw the amplifiers of an array, (driven lines, read lines).

    R_f turns an activity of 1 at a weight of 1 into an activity of 1. The load of a read line is
    that of two cells for each driven line, in the middle of their range.
    """
    scale, off, dtype = design.scale, design.tolerances, np.dtype(design.dtype)
    limits = design.limits
    resistance = scale.weight / device.cell.unit * scale.output / scale.volt
    loads = tuple(lines * device.cell.load for lines in design.tiles(shape[0]))
    offset = off.offset * noise_gain(loads, resistance)
    return TransimpedanceAmplifier(
        resistance,
        mismatch(rng, off.gain, shape[1], dtype),
        (offset * rng.standard_normal((1, shape[1]))).astype(dtype),
        limits.saturation,
        hypot(off.noise * scale.output, own_noise(limits, loads, resistance)),
        loads,
    )


def own_noise(limits: Limits, loads: Sequence[float], resistance: float) -> float:
    """Return the noise of a column's amplifiers, of their resistors and of what holds them [V]."""
    warm, tiles = limits.noise_temperature, len(loads)
    held = SampleHold(limits.capacitance, warm).noise
    summing = (tiles + 1) / resistance if tiles > 1 else 0.0
    return hypot(
        amplifier_noise(sum(loads) + summing, resistance, warm),
        feedback_noise(resistance, tiles, warm),
        held,  # of the activity
        held * sqrt(tiles) if tiles > 1 else 0.0,
    )


def _neurons(
    design: Design, device: Device | Pair, shape: tuple[int, int], rng: np.random.Generator
) -> Neurons:
    scale, off, dtype = design.scale, design.tolerances, np.dtype(design.dtype)
    limits, amplifier, n = design.limits, amplifiers(design, device, shape, rng), shape[1]
    squarer = Squarer(
        scale.goodness / scale.output**2, mismatch(rng, off.squarer, n, dtype), limits.saturation
    )
    wrong = off.comparator * scale.goodness * rng.standard_normal()
    threshold, steep = n * scale.goodness, scale.amplification
    gate = LogisticGate(threshold, limits.temperature, amplification=steep, offset=float(wrong))
    relative = mismatch(rng, off.normaliser, n, dtype)
    wanted = n * scale.goodness * (scale.volt / scale.output) ** 2
    gain = AutomaticGain(wanted, limits.gain, relative, limits.saturation)
    return Neurons(amplifier, design.rectifier, squarer, gate, gain)
