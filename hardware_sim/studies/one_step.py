"""How close one step comes to the goodness it aims at, on chips with one error or with all.

Source: [Hinton2022] Section 8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases import Encoding
from ffnumpy.layers.fast import Goals
from ffnumpy.normalisation import squared_length
from hardware_sim.chip.design import EXACT, UNLIMITED, Design, Limits, Tolerances
from hardware_sim.chip.layer import AnalogLayer
from hardware_sim.chip.manufacture import manufacture
from hardware_sim.circuits.converters import Dac, Probe
from hardware_sim.devices.device import Device
from hardware_sim.devices.noise import Noise
from hardware_sim.devices.presets import IDEAL
from hardware_sim.devices.rules import ConstantStep
from hardware_sim.devices.variation import Spread
from hardware_sim.energy.ledger import Ledger
from hardware_sim.learning.learners import image_dac
from hardware_sim.learning.one_step import FastLayer
from hardware_sim.scale import Scale
from hardware_sim.studies.trials import Trial
from hardware_sim.updates.coincidence import Coincidence
from hardware_sim.updates.shaped_pulse import WidthTimesAmplitude

__all__ = [
    "AS_MANUFACTURED",
    "LEVELS",
    "ONE_CASE",
    "Nearness",
    "Reached",
    "nearness",
    "points",
    "reached",
    "single_cases",
    "without_errors",
]

AS_MANUFACTURED = "chip as manufactured"
ONE_CASE = Goals(1.5, 1 / 6)  # an untrained S is near N/2: three times as much, and a third of it
LEVELS = (8, 16, 32, 64, 128, 256, inf)
STEPS = (1e-2, 3e-3, 1e-3, 3e-4, 1e-4)
TRAINS = (31, 1023)
AMPLIFIER_NOISE = (0.01, 0.03, 0.1, 0.3)
READ_NOISE = (0, 3e-3, 1e-2, 3e-2)
LONGEST = 8.0  # pulse, as an x; no input is larger
WARM = replace(UNLIMITED, thermal_noise=True)
RANGE = 5.0  # in w, of the devices of which only the step is varied: no cell meets a bound

DacOf = Callable[[Design, Ledger], Dac]


def without_errors(lines: Sequence[int], scale: Scale, **more: Any) -> Design:
    """Return the design of a chip in float64 without noise or mismatch, except for `more`."""
    design = Design(tuple(lines), scale, EXACT, limits=UNLIMITED, dtype=np.float64)
    return replace(design, **more)


class Group(NamedTuple):
    """Chips of which one property is varied: trials by its value, and how cases come in."""

    trials: dict[float, Trial]
    dac_of: DacOf


def points(base: Trial) -> dict[str, Group]:
    """Return, by the property that is varied and by its value, chips with that one error.

    Cases come in without an error, except on the chip as manufactured, which has the usual Dac.

    "levels" of the pulse width are those of an ideal device. "step, trains of n" are devices that
    take pulses of one size, written by trains of at most n slots. "amplifier noise" is in
    activities. "read noise" of a cell is a fraction of its conductance range; the thermal noise of
    the array is added to it. The last is the chip as manufactured: the trial's own device with the
    usual tolerances and noise; its value is the weight of a cell.
    """
    lines, scale = base.design.lines, base.design.scale
    ideal = replace(base, design=without_errors(lines, scale), device=IDEAL, engine=None)
    usual = without_errors(lines, scale, tolerances=Tolerances(), limits=Limits())
    one_error = {
        "levels": {n: with_levels(ideal, n) for n in LEVELS},
        **{f"step, trains of {n}": {s: with_steps(ideal, n, s) for s in STEPS} for n in TRAINS},
        "amplifier noise": {noise: with_amplifier_noise(ideal, noise) for noise in AMPLIFIER_NOISE},
        "read noise": {noise: with_read_noise(ideal, noise) for noise in READ_NOISE},
    }
    manufactured = {scale.weight: replace(base, design=usual, engine=None)}
    groups = {varied: Group(trials, ideal_dac) for varied, trials in one_error.items()}
    return {**groups, AS_MANUFACTURED: Group(manufactured, image_dac)}


def with_levels(ideal: Trial, levels: float) -> Trial:
    """Return a chip whose pulses have widths of so many levels."""
    return replace(ideal, engine=WidthTimesAmplitude(ideal.design.scale, levels, LONGEST))


def with_steps(ideal: Trial, longest: int, step: float) -> Trial:
    """Return a chip of devices with equal steps and neither noise nor variation."""
    trains = Coincidence(ideal.design.scale, longest, at_once=True)  # exact for equal steps
    device = Device(ConstantStep(-RANGE, RANGE, step), Spread(), Noise(), IDEAL.conductance)
    return replace(ideal, device=device, engine=trains)


def with_amplifier_noise(ideal: Trial, noise: float) -> Trial:
    """Return a chip with this noise of its amplifiers."""
    design = replace(ideal.design, tolerances=replace(EXACT, noise=noise))
    return replace(ideal, design=design)


def with_read_noise(ideal: Trial, noise: float) -> Trial:
    """Return a chip with this noise of its cells, and with thermal noise."""
    device = replace(IDEAL, noise=Noise(read=noise))
    return replace(ideal, design=replace(ideal.design, limits=WARM), device=device)


class Reached(NamedTuple):
    """The results of many single cases.

    Attributes
    ----------
    up : (cases,) booleans
        Whether the goodness was to be raised.
    ratio : (cases, layers) array
        S after the step, over S*.
    cosine : (cases, layers) array
        Between the normalised outputs before and after the step.
    unmoved : (cases, layers) array
        Between two reads without a step: how far noise alone turns the output.
    """

    up: NDArray
    ratio: NDArray
    cosine: NDArray
    unmoved: NDArray


class Nearness(NamedTuple):
    """A point of the study: the property that is varied, its value, and what cases reached."""

    varied: str
    value: float
    reached: Reached


def single_cases(rows: NDArray, labels: NDArray, encoding: Encoding) -> NDArray:
    """Return labelled images as a chip gets them, in float64 of mean square 1, (cases, n_in)."""
    x = encoding.labelled(encoding.features(rows), labels).toarray().astype(np.float64)
    return x * np.sqrt(x.shape[1] / squared_length(x))[:, np.newaxis]


def nearness(base: Trial, x: NDArray, goals: Goals = ONE_CASE) -> Iterator[Nearness]:
    """Yield what the cases reached at every point."""
    for varied, (trials, dac_of) in points(base).items():
        for value, trial in trials.items():
            yield Nearness(varied, value, reached(trial, goals, x, dac_of=dac_of))


def ideal_dac(design: Design, ledger: Ledger) -> Dac:
    """Return a Dac without an error."""
    return Dac(ledger, design.scale.volt, dtype=design.dtype)


def reached(
    trial: Trial, goals: Goals, x: NDArray, chips: int = 4, dac_of: DacOf = ideal_dac
) -> Reached:
    """Take every layer of fresh chips to its goal, from one case at a time.

    Parameters
    ----------
    trial : Trial
        Its plan's seed says which individuals.
    goals : Goals
        Every other case that a chip gets is a positive one.
    x : (cases, n_in) array
        Of mean square 1; dealt to the chips in turn. Every case meets the first weights.
    chips : int
        Number of individuals; no more than there are pairs of cases.
    dac_of : callable, (design, ledger) -> Dac
    """
    chips = max(min(chips, len(x) // 2), 1)
    singles = [
        single
        for chip in range(chips)
        for single in _on_one_chip(trial, goals, x[chip::chips], chip, dac_of)
    ]
    up, *measured = zip(*singles, strict=True)
    ratio, cosine, unmoved = (np.array(values) for values in measured)
    return Reached(np.array(up), ratio, cosine, unmoved)


Measured = tuple[bool, NDArray, NDArray, NDArray]


def _on_one_chip(
    trial: Trial, goals: Goals, x: NDArray, number: int, dac_of: DacOf
) -> Iterator[Measured]:
    """Yield for every case on one chip whether it was raised, S/S* and the two cosines."""
    rng, ledger = np.random.default_rng([trial.plan.seed, number]), Ledger()
    chip = manufacture(trial.design, trial.device, rng, ledger, engine=trial.engine)
    dac = dac_of(trial.design, ledger)
    kept = [{name: a.copy() for name, a in layer.arrays().items()} for layer in chip]
    for turn, case in enumerate(x):
        for layer, arrays in zip(chip, kept, strict=True):
            layer.restore(arrays)
        yield _single(dac, chip, goals, case[np.newaxis], turn % 2 == 0)


def _single(
    dac: Dac, chip: Sequence[AnalogLayer], goals: Goals, case: NDArray, up: bool
) -> Measured:
    """Return the effect of one case on the chip."""
    sign = 1.0 if up else -1.0
    before, again = (_probed(dac, chip, case)[0] for _ in range(2))
    voltage = dac.learn(case, sign)
    for layer in chip:
        voltage = FastLayer(layer, goals).learn(voltage, sign)
    after, S = _probed(dac, chip, case)
    S_star = np.array([goals.target(sign, layer.array.shape[1]) for layer in chip])
    return up, S / S_star, _cosines(before, after), _cosines(before, again)


def _probed(dac: Dac, chip: Sequence[AnalogLayer], x: NDArray) -> tuple[list[NDArray], NDArray]:
    """Return the outputs of all layers [V] and their goodness, as Σ y², read by a probe."""
    probe, voltage, outputs, S = Probe(dac.ledger), dac.forward(x)[0], [], []
    for layer in chip:
        voltage, goodness = layer.forward(voltage)
        outputs.append(probe.read(voltage)[0])
        S.append(probe.read(goodness)[0, 0] / layer.scale.goodness)
    return outputs, np.array(S)


def _cosines(some: list[NDArray], others: list[NDArray]) -> NDArray:
    """Return the cosine between the outputs of each layer, (layers,); 0 of one that is all 0."""
    return np.array([_cosine(one, other) for one, other in zip(some, others, strict=True)])


def _cosine(one: NDArray, other: NDArray) -> float:
    lengths = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / lengths if lengths else 0.0
