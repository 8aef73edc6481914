"""A layer on the chip: it multiplies, rectifies, squares, normalises and learns in volts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.circuits.amplifiers import TransimpedanceAmplifier
from hardware_sim.circuits.converters import Dac
from hardware_sim.circuits.decision import Comparator
from hardware_sim.circuits.goodness import LogisticGate, Squarer
from hardware_sim.circuits.normaliser import AutomaticGain, Driven
from hardware_sim.circuits.rectifiers import RectifierLike
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from hardware_sim.signals import Voltage, learning, one_read, untrapped
from hardware_sim.updates.engine import Drive, Engine
from hardware_sim.updates.write_verify import keep_up
from hardware_sim.validation import above_zero, not_negative

__all__ = [
    "AnalogLayer",
    "Neurons",
    "Writing",
    "reach_together",
]


UPDATES_PER_SAMPLE = 2  # a positive case and a negative one


@dataclass(frozen=True)
class Neurons:
    """The circuits of one layer, from the column currents to the activity and its goodness.

    Attributes
    ----------
    amplifier : TransimpedanceAmplifier
    rectifier : Rectifier or DiodeRectifier
    squarer : Squarer
    gate : LogisticGate
    gain : AutomaticGain
    """

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
        Updates between two refreshes of one-sided pairs. Leaks are computed as often.
    updates : int
        Number of updates so far.
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
        For the noise at each use.
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

    def drive(self, what: Driven) -> None:
        """Say what the gain control drives, see `AutomaticGain`."""
        self.neurons = replace(self.neurons, gain=replace(self.neurons.gain, drives=what))

    @untrapped
    def forward(self, voltage: Voltage) -> tuple[Voltage, Voltage]:
        """Return the normalised activity, (reads, n_out), and the goodness, (reads, 1).

        Several reads are the labels of one case, which are applied one after another.
        """
        activity, goodness = self._respond(voltage)
        return self.neurons.gain.normalise(activity, goodness, self.ledger), goodness

    @untrapped
    def learn(self, voltage: Voltage, sign: Any) -> Voltage:
        """Move the weights by Eq. 3; return the normalised activity from before the move.

        Parameters
        ----------
        voltage : Voltage
            One case, (1, n_in).
        sign : number or (1,) array
            The phase: +1 potentiates, −1 depresses.

        Raises
        ------
        DomainError
            If the case comes as numbers.
        ValueError
            If there is more than one case, because a chip keeps no batch, or if the sign is no
            phase.
        """
        one_read("AnalogLayer.learn", voltage)
        up = _phase(sign)
        with learning():
            activity, goodness = self._respond(voltage)
            wrong = self.neurons.gate.share(goodness, up, self.ledger)
            self._write(Drive(voltage, activity, up, wrong), self._next_rate())
            return self.neurons.gain.normalise(activity, goodness, self.ledger)

    def goal(self, goodness: float) -> Voltage:
        """Return S*, as Σ y², as the voltage of a goal, (1, 1); a Dac brings it onto the chip.

        Raises
        ------
        ValueError
            If it is below 0, as no goodness is.
        """
        not_negative(goal=goodness)
        return Dac(self.ledger, self.scale.goodness).forward(goodness)[0]

    @untrapped
    def reach(self, voltage: Voltage, goal: Voltage, share: float = 1.0) -> Voltage:
        """Take the goodness of one case to a goal in one step; return its normalised activity.

        ``Δw_j = η (√(S*/S) − 1) y_j x/‖x‖²``. The gain control knows √(S*/S), a comparator tells
        whether to potentiate or to depress the cells, and a fixed attenuator is η. With η below 1,
        √S goes that fraction of the way to √S*. Source: [Hinton2022] Section 8, where η = 1.

        The comparator has the offset drawn for the gate, which raises the gate's threshold but the
        comparator's voltage: on one chip the two err to opposite sides.

        Parameters
        ----------
        voltage : Voltage
            One case, (1, n_in), of mean square ``Scale.volt²``.
        goal : Voltage
            S*, (1, 1), as `goal` returns it.
        share : float
            η.
        """
        one_read("AnalogLayer.reach", voltage)
        if not 0 < share <= 1:
            raise ValueError(f"share: expected a fraction above 0, at most 1; got {share}")
        with learning():
            activity, goodness = self._respond(voltage)
            excess = self.neurons.gain.excess(goodness, goal, self.ledger)
            up = not Comparator(self.neurons.gate.offset).above(goodness, goal, self.ledger)
            self._write(Drive(voltage, activity, up, excess), share / (self.array.shape[0] + 1))
            return self.neurons.gain.normalise(activity, goodness, self.ledger)

    def _respond(self, voltage: Voltage) -> tuple[Voltage, Voltage]:
        neurons, ledger = self.neurons, self.ledger
        current = self.array.currents(voltage, self.rng, ledger)
        amplified = neurons.amplifier.read(current, self.rng, ledger, self.array.awake(voltage))
        activity = neurons.rectifier.pass_on(amplified, ledger)
        return activity, neurons.squarer.goodness(activity, ledger)

    def _next_rate(self) -> float:
        """Return Eq. 3's ``2 ε/T`` for the gate's share, designed for the T of a gate at 300 K."""
        temperature = self.neurons.gate.design_width / self.scale.goodness
        return 2 * self.writing.rate(self.writing.updates) / temperature

    def _write(self, drive: Drive, rate: float) -> None:
        self.writing.engine.write(self.array, drive, rate, self.rng, self.ledger)
        self.writing.updates += 1
        if self.writing.updates % self.writing.upkeep_every == 0:
            samples = self.writing.upkeep_every / UPDATES_PER_SAMPLE
            keep_up(self.array, samples, self.rng, self.ledger)

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a continued run needs, by name; those of the cells are no copies.

        The mismatch of the circuits is not among them: the same seed manufactures the same layer.
        """
        return {**self.array.arrays(), "updates": np.array(self.writing.updates)}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Take over what `arrays` returned, in place.

        Raises
        ------
        ValueError
            If the arrays or their shapes are not those of this layer.
        """
        of_cells = dict(arrays)
        updates = int(of_cells.pop("updates"))
        self.array.restore(of_cells)
        self.writing.updates = updates


def _phase(sign: Any) -> bool:
    """Return whether the phase is the positive one."""
    given = np.ravel(sign)
    if given.shape != (1,) or given[0] not in (1, -1):
        raise ValueError(f"sign: expected one phase, +1 or −1; got {sign}")
    return bool(given[0] > 0)


def reach_together(dac: Dac, layers: Sequence[AnalogLayer], x: Any, target: float) -> None:
    """Take every layer to a desired goodness from one case, each in one step.

    Parameters
    ----------
    dac : Dac
    layers : sequence of AnalogLayer
        From the input up.
    x : (1, n_in) array or anything with `toarray`
        The case.
    target : float
        S*, as Σ y².

    Source: [Hinton2022] Section 8.
    """
    voltage = dac.forward(x)[0]
    for layer in layers:
        voltage = layer.reach(voltage, layer.goal(target))
