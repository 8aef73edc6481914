"""How near one step comes to the goodness that it was to reach, on chips with one error or all.

Source: [Hinton2022] Section 8.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.encoding import Encoding
from ffnumpy.normalisation import squared_length
from hardware_sim.chip.design import EXACT, UNLIMITED, Design, Limits, Tolerances
from hardware_sim.chip.layer import AnalogLayer
from hardware_sim.chip.manufacture import manufacture
from hardware_sim.circuits.converters import Dac, Probe
from hardware_sim.devices.device import ConductanceRange, Device
from hardware_sim.devices.noise import Noise
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.presets import IDEAL
from hardware_sim.devices.rules import ConstantStep
from hardware_sim.devices.variation import Spread
from hardware_sim.energy.ledger import Ledger
from hardware_sim.learning.fast import FastLayer, Goals
from hardware_sim.learning.learners import IMAGE_BITS, IMAGE_SCALE
from hardware_sim.scale import Scale
from hardware_sim.updates.coincidence import Coincidence
from hardware_sim.updates.engine import Engine
from hardware_sim.updates.shaped_pulse import WidthTimesAmplitude

__all__ = [
    "Condition",
    "Reached",
    "conditions",
    "reached",
    "real_chip",
    "single_cases",
    "without_errors",
]


class Condition(NamedTuple):
    """Under what a goodness is to be reached.

    Attributes
    ----------
    group : str
        What is varied.
    value : float
        To what.
    design : Design
    device : Device or Pair
    engine : Engine or None
        None means the device's usual one.
    dac_bits : float
    """

    group: str
    value: float
    design: Design
    device: Device | Pair
    engine: Engine | None
    dac_bits: float = inf


LEVELS = (8, 16, 32, 64, 128, 256, inf)
STEPS = (1e-2, 3e-3, 1e-3, 3e-4, 1e-4)
TRAINS = (31, 1023)
AMPLIFIER = (0.01, 0.03, 0.1, 0.3)
READ = (0, 1e-3, 3e-3, 1e-2)
LONGEST = 8.0  # pulse, as an x; no input is larger
WARM = replace(UNLIMITED, thermal_noise=True)
RANGE = 5.0  # in w, of the devices of which only the step is varied: no cell meets a bound


def without_errors(lines: Sequence[int], scale: Scale, **more: Any) -> Design:
    """Return the drawing of a chip in float64 without noise or mismatch, but for `more`."""
    design = Design(tuple(lines), scale, EXACT, limits=UNLIMITED, dtype=np.float64)
    return replace(design, **more)


def conditions(lines: Sequence[int], scale: Scale) -> Iterator[Condition]:
    """Return one condition after another, each with one thing that is not ideal.

    "levels" of the pulse width on an ideal device; "step, trains of n" are devices that take
    pulses of one size, written by trains of at most n slots; "amplifier noise" in activities; "read
    noise" of a cell as a fraction of its conductance range, beside the array's thermal noise.
    """
    ideal = without_errors(lines, scale)
    for levels in LEVELS:
        engine = WidthTimesAmplitude(scale, levels, LONGEST)
        yield Condition("levels", levels, ideal, IDEAL, engine)
    for longest in TRAINS:
        trains = Coincidence(scale, longest, at_once=True)  # exact for steps all alike
        for step in STEPS:
            yield Condition(f"step, trains of {longest}", step, ideal, _stepping(step), trains)
    for noise in AMPLIFIER:
        noisy = replace(ideal, tolerances=replace(EXACT, noise=noise))
        yield Condition("amplifier noise", noise, noisy, IDEAL, None)
    for noise in READ:
        device = replace(IDEAL, noise=Noise(read=noise))
        yield Condition("read noise", noise, replace(ideal, limits=WARM), device, None)


def _stepping(step: float) -> Device:
    """Return a device of equal steps without noise or spread."""
    conductance: ConductanceRange = IDEAL.conductance
    return Device(ConstantStep(-RANGE, RANGE, step), Spread(), Noise(), conductance)


def real_chip(lines: Sequence[int], scale: Scale, device: Device | Pair) -> Condition:
    """Return the condition of a published device with the usual tolerances, noise and Dac."""
    design = without_errors(lines, scale, tolerances=Tolerances(), limits=Limits())
    return Condition("chip as manufactured", scale.weight, design, device, None, IMAGE_BITS)


class Reached(NamedTuple):
    """What came of many single cases.

    Attributes
    ----------
    up : (cases,) booleans
        Whether the goodness was to be raised.
    ratio : (cases, layers) array
        S after the step, over S*.
    cosine : (cases, layers) array
        Between the normalised outputs before and after the step.
    unmoved : (cases, layers) array
        Between two reads without a step: what noise alone turns.
    """

    up: NDArray
    ratio: NDArray
    cosine: NDArray
    unmoved: NDArray


def single_cases(
    rows: NDArray, labels: NDArray, encoding: Encoding | None = None, cases: int | None = None
) -> NDArray:
    """Return labelled images as a chip gets them, in float64 of mean square 1, (cases, n_in)."""
    encoding, few = encoding or Encoding(), slice(cases)
    x = encoding.labelled(encoding.features(rows[few]), labels[few]).toarray().astype(np.float64)
    return x * np.sqrt(x.shape[1] / squared_length(x))[:, np.newaxis]


def reached(
    condition: Condition, goals: Goals, x: NDArray, seed: int = 0, chips: int = 4
) -> Reached:
    """Take every layer of fresh chips to its goal, from one case at a time.

    Parameters
    ----------
    condition : Condition
    goals : Goals
        Every other case that a chip gets is a positive one.
    x : (cases, n_in) array
        Of mean square 1; dealt to the chips in turn. Every case finds the first weights.
    seed, chips : int
        Which individuals, and how many; no more than there are pairs of cases.
    """
    chips = max(min(chips, len(x) // 2), 1)
    found = [
        single
        for chip in range(chips)
        for single in _on_one_chip(condition, goals, x[chip::chips], [seed, chip])
    ]
    up, *measured = zip(*found, strict=True)
    ratio, cosine, unmoved = (np.array(values) for values in measured)
    return Reached(np.array(up), ratio, cosine, unmoved)


Measured = tuple[bool, NDArray, NDArray, NDArray]


def _on_one_chip(
    condition: Condition, goals: Goals, x: NDArray, seed: Sequence[int]
) -> Iterator[Measured]:
    """Yield for every case on the same chip whether it was raised, S/S* and the two cosines."""
    rng, ledger, design = np.random.default_rng(seed), Ledger(), condition.design
    chip = manufacture(design, condition.device, rng, ledger, engine=condition.engine)
    full_scale = inf if condition.dac_bits == inf else IMAGE_SCALE
    dac = Dac(ledger, design.scale.volt, condition.dac_bits, full_scale, design.dtype)
    kept = [{name: a.copy() for name, a in layer.arrays().items()} for layer in chip]
    for number, case in enumerate(x):
        for layer, arrays in zip(chip, kept, strict=True):
            layer.restore(arrays)
        yield _single(dac, chip, goals, case[np.newaxis], number % 2 == 0)


def _single(
    dac: Dac, chip: Sequence[AnalogLayer], goals: Goals, case: NDArray, up: bool
) -> Measured:
    """Return what one case did to the chip."""
    sign = 1.0 if up else -1.0
    before, again = (_probed(dac, chip, case)[0] for _ in range(2))
    voltage = dac.learn(case, sign)
    for layer in chip:
        voltage = FastLayer(layer, goals).learn(voltage, sign)
    after, S = _probed(dac, chip, case)
    S_star = np.array([goals.target(sign, layer.array.shape[1]) for layer in chip])
    return up, S / S_star, _cosines(before, after), _cosines(before, again)


def _probed(dac: Dac, chip: Sequence[AnalogLayer], x: NDArray) -> tuple[list[NDArray], NDArray]:
    """Return the outputs of all layers [V] and their goodness, as Σ y², read beside the chip."""
    probe, voltage, outputs, heard = Probe(dac.ledger), dac.forward(x)[0], [], []
    for layer in chip:
        voltage, goodness = layer.forward(voltage)
        outputs.append(probe.read(voltage)[0])
        heard.append(probe.read(goodness)[0, 0] / layer.scale.goodness)
    return outputs, np.array(heard)


def _cosines(some: list[NDArray], others: list[NDArray]) -> NDArray:
    """Return the cosine between the outputs of each layer, (layers,)."""
    pairs = zip(some, others, strict=True)
    return np.array([one @ other / np.sqrt((one @ one) * (other @ other)) for one, other in pairs])
