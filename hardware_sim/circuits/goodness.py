"""The periphery circuits: each a small part with its own errors, drawn once when it is made.

A part is a frozen dataclass of what was manufactured. Its `draw` makes one individual with random
mismatch; the constructor with its defaults makes an ideal one. Every method that does something
takes the ledger and enters what it did; noise is drawn at each use.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from hardware_sim.constants import BOLTZMANN, CHARGE, ROOM
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.signals import Current, Voltage, one_read, same_lines
from hardware_sim.validation import above_zero, not_negative

__all__ = [
    "AutomaticGain",
    "Comparator",
    "DiodeRectifier",
    "LogisticGate",
    "PeakDetector",
    "Rectifier",
    "RectifierLike",
    "SampleHold",
    "Squarer",
    "TransimpedanceAmplifier",
    "WinnerTakeAll",
    "add",
    "thermal_voltage",
]

Values = NDArray | float
SMALLEST = 1e-30  # [V]; keeps the gain of a silent layer finite where nothing else limits it


def thermal_voltage(temperature: float = ROOM) -> float:
    """Return kT/q [V]; 25.9 mV at 300 K.

    Examples
    --------
    >>> round(thermal_voltage(300.0), 5)
    0.02585
    """
    return BOLTZMANN * temperature / CHARGE


def resistor_noise(resistance: float, temperature: float) -> float:
    """Return the thermal noise of a resistor within the bandwidth of a read, √(4 k T B R) [V]."""
    bandwidth = 1 / (2 * prices.READ_TIME.nominal)
    return sqrt(4 * BOLTZMANN * temperature * bandwidth * resistance)


def mismatch(rng: np.random.Generator, sigma: float, n: int, dtype: np.dtype) -> NDArray:
    """Return n factors 1 + σξ, (1, n), no factor below 0.1 so that no part changes its sign."""
    return np.maximum(1 + sigma * rng.standard_normal((1, n)), 0.1).astype(dtype)


@dataclass(frozen=True)
class TransimpedanceAmplifier:
    """One amplifier per column: ``V = R_f · gain · I + offset + noise``, within its supply.

    Attributes
    ----------
    resistance : float
        R_f [Ω].
    gain : (1, n) array or float
        Relative, ideally 1.
    offset : (1, n) array or float
        At the output [V].
    saturation : float
        The output stays within ± this [V].
    noise : float
        Standard deviation of the output noise [V], R_f's own and the amplifier's.
    """

    resistance: float
    gain: Values = 1.0
    offset: Values = 0.0
    saturation: float = inf
    noise: float = 0.0

    def __post_init__(self) -> None:
        above_zero(resistance=self.resistance)
        above_zero(endless=True, saturation=self.saturation)
        not_negative(noise=self.noise)

    def read(self, current: Current, rng: np.random.Generator, ledger: Ledger) -> Voltage:
        """Return the output voltages, (reads, n)."""
        v = current._si * self.resistance
        v *= self.gain
        v += self.offset
        if self.noise:
            v += v.dtype.type(self.noise) * rng.standard_normal(v.shape, v.dtype)
        if self.saturation < inf:
            np.clip(v, -self.saturation, self.saturation, out=v)
        ledger.charge(prices.AMPLIFIER, v.size, uses=len(v))
        return Voltage._of(v)


@dataclass(frozen=True)
class Rectifier:
    """An ideal rectifier passes what is above zero; on a chip, a diode in a feedback loop."""

    def pass_on(self, voltage: Voltage, ledger: Ledger) -> Voltage:
        """Return ``max(V, 0)``."""
        ledger.charge(prices.RECTIFIER, voltage._si.size, uses=len(voltage._si))
        return Voltage._of(voltage._si.clip(0, inf))


@dataclass(frozen=True)
class DiodeRectifier:
    """A rectifier with a soft knee: ``V = knee · log(1 + exp(V/knee))``, an ideal one far from 0.

    Attributes
    ----------
    knee : float
        Width of the knee [V]; a diode without feedback has n kT/q, a loop gain A divides it by A.
    """

    knee: float

    def __post_init__(self) -> None:
        if not self.knee > 0:
            raise ValueError(f"knee: expected volts above 0; got {self.knee}. Use Rectifier for 0.")

    def pass_on(self, voltage: Voltage, ledger: Ledger) -> Voltage:
        """Return the rectified voltage."""
        ledger.charge(prices.RECTIFIER, voltage._si.size, uses=len(voltage._si))
        knee = voltage._si.dtype.type(self.knee)
        return Voltage._of(knee * np.logaddexp(0, voltage._si / knee))


RectifierLike = Rectifier | DiodeRectifier


@dataclass(frozen=True)
class Squarer:
    """One squarer per neuron; their currents meet on one wire, whose resistor shows the goodness.

    The voltage is not cut at the supply. A gate is at 0 or 1 long before, if its threshold is well
    below the supply, which nothing checks; the gain control is assumed to follow the currents
    further up; what is held for an answer is attenuated first, and cut, see `SampleHold`.

    Attributes
    ----------
    coefficient : float
        V_S = coefficient · Σ_j gain_j V_j² [1/V].
    gain : (1, n) array or float
        Mismatch of each neuron's squarer, ideally 1.
    """

    coefficient: float
    gain: Values = 1.0

    def __post_init__(self) -> None:
        above_zero(coefficient=self.coefficient)

    def goodness(self, voltage: Voltage, ledger: Ledger) -> Voltage:
        """Return the goodness of every read as a voltage, (reads, 1). Kirchhoff does the sum."""
        v = voltage._si
        ledger.charge(prices.SQUARER, v.size, uses=len(v))
        squares = v * v
        squares *= self.gain
        return Voltage._of(self.coefficient * squares.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class LogisticGate:
    """A differential pair: ``1/(1 + exp(±(V_S − V_θ)/(n kT/q)))`` of its tail current goes on.

    Attributes
    ----------
    threshold : float
        V_θ [V].
    temperature : float
        Of the chip [K]; it sets the slope, as T does in the loss.
    slope_factor : float
        n of weak inversion.
    offset : float
        Input offset of the pair [V].
    """

    threshold: float
    temperature: float = ROOM
    slope_factor: float = 1.0
    offset: float = 0.0

    def __post_init__(self) -> None:
        above_zero(temperature=self.temperature, slope_factor=self.slope_factor)

    @property
    def width(self) -> float:
        """Thermal width n kT/q [V]: the goodness voltage that stands for one T of the loss."""
        return self.slope_factor * thermal_voltage(self.temperature)

    @property
    def design_width(self) -> float:
        """The same at room temperature [V], which whoever draws a chip reckons with."""
        return self.slope_factor * thermal_voltage()

    def share(self, goodness: Voltage, positive: bool, ledger: Ledger) -> Voltage:
        """Return the probability of having judged wrongly as a voltage of 0 … 1 V, (1, 1).

        1 − p on a positive case and p on a negative one: the size of ∂log p/∂S · T, whose sign is
        the phase.
        """
        one_read("a logistic gate", goodness)
        ledger.charge(prices.GATE, 1)
        x = (goodness._si - (self.threshold + self.offset)) / self.width
        return Voltage._of(expit(-x if positive else x))


@dataclass(frozen=True)
class AutomaticGain:
    """The normaliser: it takes the length from the activity and leaves the direction.

    Amplifiers of one common gain ``√(wanted/V_S)``, within a finite range.

    Attributes
    ----------
    wanted : float
        Goodness voltage of an activity that needs no gain [V].
    most : float
        Largest gain.
    gain : (1, n) array or float
        Error of each neuron's amplifier, ideally 1.
    saturation : float
        Of the output [V].
    """

    wanted: float
    most: float = inf
    gain: Values = 1.0
    saturation: float = inf

    def __post_init__(self) -> None:
        above_zero(wanted=self.wanted)
        above_zero(endless=True, most=self.most, saturation=self.saturation)

    def _common(self, goodness: Voltage) -> NDArray:
        """Return the common gain, (reads, 1): it stays inside the part."""
        floor = max(self.wanted / self.most**2, SMALLEST)
        return np.sqrt(self.wanted / np.maximum(goodness._si.astype(float), floor))

    def normalise(self, voltage: Voltage, goodness: Voltage, ledger: Ledger) -> Voltage:
        """Return the activity at its standard length, (reads, n)."""
        ledger.charge(prices.GAIN_CONTROL, voltage._si.size, uses=len(voltage._si))
        common = self._common(goodness).astype(voltage._si.dtype)
        v = voltage._si * common * self.gain
        return Voltage._of(np.minimum(v, self.saturation, out=v))

    def excess(self, goodness: Voltage, target: float, ledger: Ledger) -> Voltage:
        """Return ``|√(S*/S) − 1|`` of one case as a voltage, 1 V for 1, (1, 1).

        The gain is √(wanted/V_S) already, so no divider is needed: a fixed multiple of it, less 1.

        Parameters
        ----------
        goodness : Voltage
            (1, 1).
        target : float
            S* as a goodness voltage [V].
        ledger : Ledger

        Source: [Hinton2022] Section 8.
        """
        one_read("the gain control's excess", goodness)
        ledger.charge(prices.GAIN_CONTROL, 1)
        return Voltage._of(np.abs(sqrt(target / self.wanted) * self._common(goodness) - 1))


@dataclass(frozen=True)
class SampleHold:
    """A capacitor that keeps a voltage; each sample adds noise of variance kT/C.

    Attributes
    ----------
    capacitance : float
        [F]; infinite means without noise.
    temperature : float
        [K].
    attenuation : float
        What arrives is divided by this before it is held.
    saturation : float
        No more than this gets in [V].
    """

    capacitance: float = inf
    temperature: float = ROOM
    attenuation: float = 1.0
    saturation: float = inf

    def __post_init__(self) -> None:
        above_zero(endless=True, capacitance=self.capacitance, saturation=self.saturation)
        above_zero(attenuation=self.attenuation)
        not_negative(temperature=self.temperature)

    @property
    def noise(self) -> float:
        """√(kT/C) [V]."""
        return sqrt(BOLTZMANN * self.temperature / self.capacitance)

    def hold(self, voltage: Voltage, rng: np.random.Generator, ledger: Ledger) -> Voltage:
        """Return the voltage as held."""
        ledger.charge(prices.HOLD, voltage._si.size, uses=0)
        dtype = voltage._si.dtype
        v = np.minimum(voltage._si / dtype.type(self.attenuation), self.saturation)
        if self.noise:
            v += dtype.type(self.noise) * rng.standard_normal(v.shape, dtype)
        return Voltage._of(v)


@dataclass(frozen=True)
class Comparator:
    """Says which of two voltages is higher: one bit, and counted.

    Attributes
    ----------
    offset : float
        Input offset [V].
    """

    offset: float = 0.0

    def above(self, voltage: Voltage, reference: float, ledger: Ledger) -> bool:
        """Return whether a single voltage is above a reference [V]."""
        if voltage.shape != (1, 1):
            raise ValueError(f"a comparator takes one voltage; got {voltage.shape}")
        ledger.charge(prices.COMPARATOR, 1)
        return bool(voltage._si[0, 0] + self.offset > reference)


@dataclass(frozen=True)
class WinnerTakeAll:
    """Finds the largest of several held voltages: the chip's answer.

    Attributes
    ----------
    offset : (k,) array or float
        Mismatch of the inputs [V]; the first of them are used.
    """

    offset: Values = 0.0

    def pick(self, voltage: Voltage, ledger: Ledger) -> int:
        """Return which of k voltages, (k, 1), is the largest; ``k − 1`` decisions."""
        same_lines("a winner-take-all of single voltages", voltage, 1)
        ledger.charge(prices.WINNER, voltage.shape[0] - 1)
        offset = np.broadcast_to(self.offset, max(voltage.shape[0], np.size(self.offset)))
        return int(np.argmax(voltage._si[:, 0] + offset[: voltage.shape[0]]))


@dataclass(frozen=True)
class PeakDetector:
    """Follows the highest of many lines."""

    def peak(self, voltage: Voltage, ledger: Ledger) -> Voltage:
        """Return the highest voltage, (1, 1)."""
        one_read("a peak detector", voltage)
        ledger.charge(prices.PEAK, 1)
        return Voltage._of(voltage._si.max(axis=1, keepdims=True))


def add(voltages: list[Voltage], ledger: Ledger) -> Voltage:
    """Return the sum of goodness voltages: their currents on one wire, (reads, 1)."""
    total = voltages[0]._si.copy()
    for voltage in voltages[1:]:
        total += voltage._si
    ledger.charge(prices.ADDER, total.size * (len(voltages) - 1), uses=0)
    return Voltage._of(total)
