"""The chip: layers that look and learn in volts, and how one individual chip is manufactured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import hypot, inf
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hardware_sim import circuits, prices
from hardware_sim.checks import above_zero, not_negative
from hardware_sim.circuits import (
    AutomaticGain,
    Comparator,
    LogisticGate,
    Rectifier,
    RectifierLike,
    SampleHold,
    Squarer,
    TransimpedanceAmplifier,
    WinnerTakeAll,
    resistor_noise,
)
from hardware_sim.constants import ROOM
from hardware_sim.converters import Dac
from hardware_sim.crossbar import ArrayNoise, Crossbar
from hardware_sim.devices import Device, Pair
from hardware_sim.ledger import Ledger
from hardware_sim.pulses import Coincidence, Drive, Engine, WidthTimesAmplitude, refresh
from hardware_sim.scale import Scale
from hardware_sim.signals import Voltage, learning, one_read

__all__ = [
    "EXACT",
    "UNLIMITED",
    "AnalogLayer",
    "Decision",
    "Layout",
    "Limits",
    "Neurons",
    "Tolerances",
    "Writing",
    "amplifiers",
    "answer",
    "first_weights",
    "label_goodness",
    "manufacture",
    "one_step",
]


@dataclass(frozen=True)
class Tolerances:
    """How unlike the drawing the periphery comes out: standard deviations.

    Attributes
    ----------
    noise : float
        Output noise of the amplifiers at each use, in activities (1 is `Scale.volt`). On images
        with their true labels the root mean square before the rectifier grows from 1 to 2 … 4 in
        the training, and to 4.6 where uneven steps let the weights wander: the default is 27 % of
        the first and 6 % of the last. Records of `hardware-sim train` have both numbers.
    gain, offset : float
        Of the amplifiers; the offset in activities, by default 2 % of the last.
    squarer, normaliser : float
        Relative gain of each neuron's squarer and of its amplifier in the gain control.
    comparator : float
        Offset of comparators, gates and the winner-take-all, in goodness; the latter compares what
        capacitors hold, which is goodness attenuated, see `Limits`.
    """

    noise: float = 0.27
    gain: float = 0.02
    offset: float = 0.09
    squarer: float = 0.05
    normaliser: float = 0.02
    comparator: float = 1.0

    def __post_init__(self) -> None:
        not_negative(**vars(self))


EXACT = Tolerances(0, 0, 0, 0, 0, 0)
UPDATES_PER_SAMPLE = 2  # a positive case and a negative one


@dataclass(frozen=True)
class Limits:
    """What no drawing can remove: temperature, and how far circuits go.

    Attributes
    ----------
    temperature : float
        Of the chip [K]: conductances and the slope of the gates follow it, and thermal noise.
    gain : float
        Largest gain of the gain control; assumed.
    capacitance : float
        That holds a label's goodness [F]; assumed.
    saturation : float
        Amplifiers give no more than this [V], capacitors hold no more: the supply, assumed.
    headroom : float
        How many times its threshold the goodness of an answer may be until its capacitor is full;
        assumed.
    thermal_noise : bool
        Whether cells, amplifiers' resistors and capacitors have it.
    """

    temperature: float = ROOM
    gain: float = 100.0
    capacitance: float = 10e-15
    saturation: float = prices.SUPPLY.nominal
    headroom: float = 16.0
    thermal_noise: bool = True

    def __post_init__(self) -> None:
        limits = self.gain, self.capacitance, self.saturation
        if not (0 < self.temperature < inf and min(limits) > 0 and 0 < self.headroom < inf):
            raise ValueError(
                f"expected temperature, gain, capacitance, saturation and headroom above 0, "
                f"temperature and headroom finite; got {self}"
            )

    @property
    def noise_temperature(self) -> float:
        """That of the thermal noise [K]; 0 means none."""
        return self.temperature if self.thermal_noise else 0.0


UNLIMITED = Limits(ROOM, inf, inf, inf, thermal_noise=False)


@dataclass(frozen=True)
class Layout:
    """The drawing that chips are made from.

    Attributes
    ----------
    lines : tuple of int
        Inputs, then the neurons of each layer.
    scale : Scale
    tolerances : Tolerances
    limits : Limits
    rectifier : Rectifier or DiodeRectifier
    dtype : data type of the simulation
    """

    lines: tuple[int, ...] = (784, 256, 256)
    scale: Scale = field(default_factory=Scale)
    tolerances: Tolerances = field(default_factory=Tolerances)
    limits: Limits = field(default_factory=Limits)
    rectifier: RectifierLike = field(default_factory=Rectifier)
    dtype: DTypeLike = np.float32

    def __post_init__(self) -> None:
        whole = all(isinstance(n, int | np.integer) for n in self.lines)
        if len(self.lines) < 2 or not whole or min(self.lines) < 1:
            raise ValueError(
                f"lines: expected the inputs and at least one layer, as (784, 256); "
                f"got {self.lines}"
            )


@dataclass(frozen=True)
class Neurons:
    """The circuits of one layer, from the column currents to the activity and its goodness."""

    amplifier: TransimpedanceAmplifier
    rectifier: RectifierLike
    squarer: Squarer
    gate: LogisticGate
    gain: AutomaticGain


@dataclass
class Writing:
    """How a layer's weights are moved.

    Attributes
    ----------
    engine : Engine
    rate : callable, number of updates -> ε
        Of Eq. 3, in weight units; the one owner of the learning rate.
    upkeep_every : int
        Updates between two refreshes of one-sided pairs; what leaks is computed as often.
    updates : int
        So far.
    """

    engine: Engine
    rate: Callable[[int], float]
    upkeep_every: int = 1000
    updates: int = 0

    def __post_init__(self) -> None:
        above_zero(upkeep_every=self.upkeep_every)


class AnalogLayer:
    """A layer on the chip: it multiplies, rectifies, squares, normalises and learns in volts.

    Parameters
    ----------
    array : Crossbar
    neurons : Neurons
    writing : Writing
    scale : Scale
    rng : numpy.random.Generator
        Of the noise at each use.
    ledger : Ledger
    """

    def __init__(
        self,
        array: Crossbar,
        neurons: Neurons,
        writing: Writing,
        scale: Scale,
        rng: np.random.Generator,
        ledger: Ledger,
    ) -> None:
        self.array, self.neurons, self.writing = array, neurons, writing
        self.scale, self.rng, self.ledger = scale, rng, ledger

    def forward(self, voltage: Voltage) -> tuple[Voltage, Voltage]:
        """Return the normalised activity, (reads, n_out), and the goodness, (reads, 1).

        Several reads are the labels of one case, applied one after another.
        """
        activity, goodness = self._respond(voltage)
        return self.neurons.gain.normalise(activity, goodness, self.ledger), goodness

    def learn(self, voltage: Voltage, sign: Any) -> Voltage:
        """Move the weights by Eq. 3; return the activity from before the move, normalised.

        Parameters
        ----------
        voltage : Voltage
            One case, (1, n_in).
        sign : number or (1,) array
            The phase: +1 potentiates, −1 depresses.

        Raises
        ------
        DomainError
            If the case comes in numbers.
        ValueError
            If there is more than one case, because a chip keeps no batch, or the sign is no phase.
        """
        one_read("AnalogLayer.learn", voltage)
        up = _phase(sign)
        with learning():
            activity, goodness = self._respond(voltage)
            wrong = self.neurons.gate.share(goodness, up, self.ledger)
            self._write(Drive(voltage, activity, wrong, up), self._next_rate())
            return self.neurons.gain.normalise(activity, goodness, self.ledger)

    def reach(self, voltage: Voltage, target: float, share: float = 1.0) -> Voltage:
        """Take the goodness of one case to `target` in one step; return its normalised activity.

        ``Δw_j = η (√(S*/S) − 1) y_j x/‖x‖²``: the gain control knows √(S*/S), a comparator says
        whether the cells are potentiated or depressed, a fixed attenuator is η. With η below 1, √S
        goes that part of the way to √S*. Source: [Hinton2022] Section 8, where η = 1.

        Parameters
        ----------
        voltage : Voltage
            One case, (1, n_in), of mean square `Scale.volt`².
        target : float
            S*, as Σ y².
        share : float
            η.
        """
        one_read("AnalogLayer.reach", voltage)
        if not (0 <= target < inf and 0 < share <= 1):
            raise ValueError(
                f"reach: expected a goodness of 0 or more and a share within 0 … 1; got {target}, "
                f"{share}"
            )
        wanted = target * self.scale.goodness
        with learning():
            activity, goodness = self._respond(voltage)
            excess = self.neurons.gain.excess(goodness, wanted, self.ledger)
            up = not Comparator(self.neurons.gate.offset).above(goodness, wanted, self.ledger)
            self._write(Drive(voltage, activity, excess, up), share / (self.array.shape[0] + 1))
            return self.neurons.gain.normalise(activity, goodness, self.ledger)

    def _respond(self, voltage: Voltage) -> tuple[Voltage, Voltage]:
        neurons, ledger = self.neurons, self.ledger
        current = self.array.currents(voltage, self.rng, ledger)
        activity = neurons.rectifier.pass_on(
            neurons.amplifier.read(current, self.rng, ledger), ledger
        )
        return activity, neurons.squarer.goodness(activity, ledger)

    def _next_rate(self) -> float:
        """Return Eq. 3's ``2 ε/T``, for the gate's share: drawn for the T of a gate at 300 K."""
        temperature = self.neurons.gate.design_width / self.scale.goodness
        return 2 * self.writing.rate(self.writing.updates) / temperature

    def _write(self, drive: Drive, rate: float) -> None:
        self.writing.engine.write(self.array, drive, rate, self.rng, self.ledger)
        self.writing.updates += 1
        if self.writing.updates % self.writing.upkeep_every == 0:
            self._keep_up()

    def _keep_up(self) -> None:
        """Let the cells leak for the samples since the last time; refresh one-sided pairs."""
        self.array.cells.elapse(self.writing.upkeep_every / UPDATES_PER_SAMPLE)
        self.array.changed()
        refresh(self.array, self.rng, self.ledger)

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a continued run needs, by name."""
        return {**self.array.cells.arrays(), "updates": np.array(self.writing.updates)}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Take over what `arrays` returned."""
        self.writing.updates = int(arrays["updates"])
        self.array.cells.restore(arrays)
        self.array.changed()


def _phase(sign: Any) -> bool:
    """Return whether the phase is the positive one."""
    given = np.ravel(sign)
    if given.shape != (1,) or given[0] not in (1, -1):
        raise ValueError(f"sign: expected one phase, +1 or −1; got {sign}")
    return bool(given[0] > 0)


def manufacture(
    layout: Layout,
    device: Device | Pair,
    rng: np.random.Generator,
    ledger: Ledger,
    rate: Callable[[int], float] | float = 0.01,
    engine: Engine | None = None,
) -> list[AnalogLayer]:
    """Draw one individual chip: its cells, the mismatch of its circuits, its first weights.

    Parameters
    ----------
    layout : Layout
    device : Device or Pair
    rng : numpy.random.Generator
    ledger : Ledger
    rate : float or callable, number of updates -> ε
    engine : Engine, optional
        By default pulse width × amplitude where the device's change follows the charge, trains of
        coincidences where it comes in steps.

    Returns
    -------
    list of AnalogLayer
        From the input up. A `Dac` goes before them. The first weights are the first that is drawn
        from `rng`, so that a twin in numbers can start from the same.
    """
    engine = engine or usual_engine(device, layout.scale)
    follow = rate if callable(rate) else lambda updates: rate
    return [
        AnalogLayer(
            _array(layout, device, weights, rng),
            _neurons(layout, device, weights.shape[1], rng),
            Writing(engine, follow),
            layout.scale,
            rng,
            ledger,
        )
        for weights in first_weights(layout.lines, rng)
    ]


def usual_engine(device: Device | Pair, scale: Scale) -> Engine:
    """Return the engine that a device's physics allows."""
    return (
        WidthTimesAmplitude(scale, full_scale=inf) if device.follows_charge else Coincidence(scale)
    )


def first_weights(lines: Sequence[int], rng: np.random.Generator) -> list[NDArray]:
    """Draw weights N(0, 1/n_in) with a bias row of zeros below, (n_in + 1, n_out) per layer.

    Source: [HintonCode].
    """
    drawn = []
    for n_in, n_out in pairwise(lines):
        weights = rng.standard_normal((n_in + 1, n_out)) / np.sqrt(n_in)
        weights[-1] = 0
        drawn.append(weights)
    return drawn


def _array(
    layout: Layout, device: Device | Pair, weights: NDArray, rng: np.random.Generator
) -> Crossbar:
    cells = device.manufacture(weights.shape, rng, layout.dtype)
    cells.set(weights / layout.scale.weight)
    limits, volt = layout.limits, layout.scale.volt
    warm = device.conductance.factor(limits.temperature)
    noise = ArrayNoise(
        limits.noise_temperature, 0.0, warm * device.read_noise, device.low_frequency
    )
    return Crossbar(cells, warm * device.unit, warm * device.reference, volt, noise)


def amplifiers(
    layout: Layout, device: Device | Pair, n: int, rng: np.random.Generator
) -> TransimpedanceAmplifier:
    """Draw the amplifiers of n lines of an array."""
    scale, off, dtype = layout.scale, layout.tolerances, np.dtype(layout.dtype)
    limits, resistance = layout.limits, scale.weight / device.unit
    return TransimpedanceAmplifier(
        resistance,
        circuits.mismatch(rng, off.gain, n, dtype),
        (off.offset * scale.volt * rng.standard_normal((1, n))).astype(dtype),
        limits.saturation,
        hypot(off.noise * scale.volt, resistor_noise(resistance, limits.noise_temperature)),
    )


def _neurons(layout: Layout, device: Device | Pair, n: int, rng: np.random.Generator) -> Neurons:
    scale, off, dtype = layout.scale, layout.tolerances, np.dtype(layout.dtype)
    limits, amplifier = layout.limits, amplifiers(layout, device, n, rng)
    squarer = Squarer(scale.goodness / scale.volt**2, circuits.mismatch(rng, off.squarer, n, dtype))
    wrong = off.comparator * scale.goodness * rng.standard_normal()
    gate = LogisticGate(n * scale.goodness, limits.temperature, offset=float(wrong))
    relative = circuits.mismatch(rng, off.normaliser, n, dtype)
    gain = AutomaticGain(n * scale.goodness, limits.gain, relative, limits.saturation)
    return Neurons(amplifier, layout.rectifier, squarer, gate, gain)


def one_step(dac: Dac, layers: Sequence[AnalogLayer], x: Any, target: float) -> None:
    """Take every layer to a desired goodness at once, from one case."""
    voltage = dac.forward(x)[0]
    for layer in layers:
        voltage = layer.reach(voltage, target)


@dataclass(frozen=True)
class Decision:
    """How a chip answers: capacitors hold the labels' goodness, a winner-take-all finds the best.

    The defaults are ideal parts.
    """

    hold: SampleHold = field(default_factory=SampleHold)
    winner: WinnerTakeAll = field(default_factory=WinnerTakeAll)

    @classmethod
    def draw(cls, layout: Layout, labels: int, rng: np.random.Generator) -> Decision:
        """Manufacture one for so many labels."""
        limits, volts = layout.limits, layout.scale.goodness
        offset = layout.tolerances.comparator * volts * rng.standard_normal(labels)
        threshold = sum(layout.lines[2:] or layout.lines[1:]) * volts
        attenuation = max(limits.headroom * threshold / limits.saturation, 1.0)
        hold = SampleHold(
            limits.capacitance, limits.noise_temperature, attenuation, limits.saturation
        )
        return cls(hold, WinnerTakeAll(offset))


def label_goodness(
    dac: Dac,
    layers: Sequence[AnalogLayer],
    x: Any,
    counted: Sequence[int] | None = None,
    hold: SampleHold | None = None,
) -> Voltage:
    """Return the goodness of every row of `x`, the labels of one case in turn, held, (labels, 1).

    `counted` are the layers that vote, from 0; by default all but the first.
    """
    voltage, heard = dac.forward(x)[0], []
    for layer in layers:
        voltage, goodness = layer.forward(voltage)
        heard.append(goodness)
    votes = range(min(1, len(layers) - 1), len(layers)) if counted is None else counted
    total = circuits.add([heard[n] for n in votes], layers[0].ledger)
    return (hold or SampleHold()).hold(total, layers[0].rng, layers[0].ledger)


def answer(
    dac: Dac, layers: Sequence[AnalogLayer], x: Any, decision: Decision | None = None
) -> int:
    """Return which label's goodness is the largest: ten held voltages and a winner-take-all."""
    decision = decision or Decision()
    held = label_goodness(dac, layers, x, hold=decision.hold)
    return decision.winner.pick(held, layers[0].ledger)
