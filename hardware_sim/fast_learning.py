"""Learning fast: one case takes every layer to a desired goodness, at once or a part of the way.

`FastLayer` and `FastNumbers` give the one-step rule the two verbs of a layer, so that the very loop
that trains by Eq. 3 learns by it. `reached` measures how near a chip comes to what it was to reach;
`as_it_comes`, how well it learns from a stream of which it sees every image once.

Source: [Hinton2022] Section 8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy import rule
from ffnumpy.inputs import Encoding, squared_length
from ffnumpy.layers import Layer, LayerLike, normalise
from ffnumpy.training import single_rows, train
from ffnumpy.weights import Dense, Outer
from hardware_sim.cells import Noise
from hardware_sim.chip import AnalogLayer, manufacture
from hardware_sim.converters import Dac, Probe
from hardware_sim.device_pairs import Pair
from hardware_sim.devices import ConductanceRange, Device, Spread
from hardware_sim.layout import EXACT, UNLIMITED, Layout, Limits, Tolerances
from hardware_sim.ledger import Ledger
from hardware_sim.presets import IDEAL
from hardware_sim.pulses import Coincidence, Engine, WidthTimesAmplitude
from hardware_sim.runs import IMAGE_BITS, IMAGE_SCALE, Learner, Plan, SingleRun
from hardware_sim.scale import Scale
from hardware_sim.signals import Voltage
from hardware_sim.update_rules import ConstantStep

__all__ = [
    "Condition",
    "ContinualPlan",
    "FastLayer",
    "FastLearner",
    "FastNumbers",
    "Goals",
    "Reached",
    "as_it_comes",
    "conditions",
    "reached",
    "real_chip",
    "single_cases",
    "without_errors",
]


@dataclass(frozen=True)
class Goals:
    """Where a case is to take a layer of N units, and how much of the way at once.

    Attributes
    ----------
    above, below : float
        S*/N of positive and of negative cases.
    share : float
        η: the part of the way from √S to √S*. 1 goes all the way and forgets most for it.

    Raises
    ------
    ValueError
        If they are not in order.
    """

    above: float = 1.5
    below: float = 0.5
    share: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.below < self.above < inf:
            raise ValueError(
                f"expected goodness goals 0 ≤ below < above; got {self.below} and {self.above}"
            )
        if not 0 < self.share <= 1:
            raise ValueError(f"share: expected a part of the way above 0, 1 at most; {self.share}")

    def target(self, sign: Any, width: int) -> float:
        """Return S* of a case of this sign, (1,) or a number, in a layer of so many units."""
        return width * (self.above if np.ravel(sign)[0] > 0 else self.below)


@dataclass(frozen=True)
class FastLayer:
    """A layer of a chip whose `learn` is the one-step rule."""

    layer: AnalogLayer
    goals: Goals

    def forward(self, voltage: Voltage) -> tuple[Voltage, Voltage]:
        """Return the layer's own forward."""
        return self.layer.forward(voltage)

    def learn(self, voltage: Voltage, sign: Any) -> Voltage:
        """Move the goodness of one case towards its goal; return the activity from before."""
        target = self.goals.target(sign, self.layer.array.shape[1])
        return self.layer.reach(voltage, target, self.goals.share)


@dataclass(frozen=True)
class FastNumbers:
    """The same in numbers: a ReLU layer on `Dense` weights whose `learn` is the one-step rule."""

    layer: Layer
    goals: Goals

    def forward(self, x: Any) -> tuple[NDArray, NDArray]:
        """Return the layer's own forward."""
        return self.layer.forward(x)

    def learn(self, x: Any, sign: Any) -> NDArray:
        """Move the goodness of one case, (1, n_in), towards its goal.

        A silent layer stays as it is, as a chip's does: no y, no pulse.
        """
        weights = self.layer.weights
        assert isinstance(weights, Dense)
        y = self.layer.activation.value(weights.forward(x))
        S = float(squared_length(y)[0])
        if S > 0:
            target = self.goals.target(sign, y.shape[1])
            rate = rule.one_step_rate(S, target, float(squared_length(x)[0]) + 1.0)
            weights.add(Outer(x, self.goals.share * rate * y))
        return normalise(y)


def _fast(layer: LayerLike, goals: Goals) -> LayerLike:
    if isinstance(layer, AnalogLayer):
        return FastLayer(layer, goals)
    return FastNumbers(layer, goals) if isinstance(layer, Layer) else layer


class FastLearner(Learner):
    """Another learner, taught by the one-step rule.

    Parameters
    ----------
    learner : Learner
        A chip or its twin in numbers.
    goals : Goals
    """

    def __init__(self, learner: Learner, goals: Goals) -> None:
        self.learner, self.ledger = learner, learner.ledger
        self.layers = [_fast(layer, goals) for layer in learner.layers]

    def strongest(self, x: Any) -> int:
        """Return what the other learner answers."""
        return self.learner.strongest(x)


# How near


class Condition(NamedTuple):
    """Under what a goodness is to be reached.

    Attributes
    ----------
    group : str
        What is varied.
    value : float
        To what.
    layout : Layout
    device : Device or Pair
    engine : Engine or None
        None means the device's usual one.
    dac_bits : float
    """

    group: str
    value: float
    layout: Layout
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


def without_errors(lines: Sequence[int], scale: Scale, **more: Any) -> Layout:
    """Return the drawing of a chip in float64 without noise or mismatch, but for `more`."""
    layout = Layout(tuple(lines), scale, EXACT, limits=UNLIMITED, dtype=np.float64)
    return replace(layout, **more)


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
    layout = without_errors(lines, scale, tolerances=Tolerances(), limits=Limits())
    return Condition("chip as manufactured", scale.weight, layout, device, None, IMAGE_BITS)


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
    rng, ledger, layout = np.random.default_rng(seed), Ledger(), condition.layout
    chip = manufacture(layout, condition.device, rng, ledger, engine=condition.engine)
    full_scale = inf if condition.dac_bits == inf else IMAGE_SCALE
    dac = Dac(ledger, layout.scale.volt, condition.dac_bits, full_scale, layout.dtype)
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


# A stream


class ContinualPlan(Plan):
    """A plan for a stream of which nobody knows the end: ε stays as it is."""

    def schedule(self, images: int) -> Callable[[int], float]:
        """Return ε by the number of updates."""
        return lambda updates: self.rate


def as_it_comes(run: SingleRun) -> Iterator[tuple[int, bool]]:
    """Show every image of a pass once; yield where it stands and whether it was answered wrongly.

    The learner is asked before it is shown the label: the errors are those on images never seen.
    """
    cases, learner = run.cases, run.learner
    for index in cases.indices():
        every = cases.encoding.every_label(cases.encoding.features(cases.rows[index]))
        wrong = learner.strongest(every) != cases.labels[index[0]]
        for _ in train(learner.layers, single_rows([cases.stacked(index)])):
            pass
        yield int(index[0]), bool(wrong)
