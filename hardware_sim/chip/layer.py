"""The chip: layers that look and learn in volts, and how one individual chip is manufactured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot, inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hardware_sim.arrays.crossbar import ArrayNoise, Crossbar
from hardware_sim.chip.design import Layout
from hardware_sim.circuits import goodness as circuits
from hardware_sim.circuits.converters import Dac
from hardware_sim.circuits.goodness import (
    AutomaticGain,
    Comparator,
    LogisticGate,
    RectifierLike,
    Squarer,
    TransimpedanceAmplifier,
    resistor_noise,
)
from hardware_sim.devices.device import Device
from hardware_sim.devices.push_pull import Pair
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from hardware_sim.signals import Voltage, learning, one_read
from hardware_sim.updates.coincidence import (
    Coincidence,
    Drive,
    Engine,
    WidthTimesAmplitude,
    refresh,
)
from hardware_sim.validation import above_zero

__all__ = [
    "AnalogLayer",
    "Neurons",
    "Writing",
    "amplifiers",
    "first_weights",
    "manufacture",
    "one_step",
]

UPDATES_PER_SAMPLE = 2  # a positive case and a negative one


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
    cells.set(weights / layout.scale.weight, rng)
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
