"""Where the domains meet: the Dac on the way in; the counted Adc and the Probe on the way out."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from hardware_sim.signals import Signal, Voltage, check_kind, count, refuse_while_learning
from hardware_sim.validation import above_zero, plain_numbers

__all__ = ["Adc", "Converted", "Dac", "Probe"]


def quantised(values: NDArray, step: float) -> NDArray:
    """Return values rounded to whole steps; a step of 0 leaves them as they are."""
    return np.rint(values / step) * values.dtype.type(step) if step else values


@dataclass(frozen=True)
class Dac:
    """Numbers to voltages. It is the first layer of a chip's list; its `learn` only converts.

    Attributes
    ----------
    ledger : Ledger
    volt : float
        Voltage of the number 1 [V].
    bits : float
        Resolution; infinite means exact.
    full_scale : float
        Largest number. Numbers out of range come out as the nearer end of the range.
    dtype : data type of the signals
    signed : bool
        Whether the range is −full_scale … full_scale, or 0 … full_scale.

    Examples
    --------
    >>> Dac(Ledger()).forward(np.array([[0.5, 1.0]]))[0]
    <Voltage in V, 1 × 2>
    """

    ledger: Ledger
    volt: float = Scale.volt
    bits: float = inf
    full_scale: float = inf
    dtype: DTypeLike = np.float64
    signed: bool = False

    def __post_init__(self) -> None:
        plain_numbers(self, "volt", "bits", "full_scale")
        above_zero(volt=self.volt)
        above_zero(endless=True, full_scale=self.full_scale)
        fewest = "2 bits" if self.signed else "1 bit"
        if self.bits != inf and not (self.bits >= 1 + self.signed and self.full_scale < inf):
            raise ValueError(
                f"Dac: expected at least {fewest} and a finite full scale to divide; got "
                f"{self.bits} bits, full scale {self.full_scale}"
            )

    def forward(self, x: Any) -> tuple[Voltage, None]:
        """Return the voltages of numbers, (reads, lines), and no goodness.

        `x` is an array or anything with `toarray`, such as `ffnumpy.cases.labelled.Labelled`. A
        line that carries the same number in the next read is not converted again.
        """
        values = np.array(x.toarray() if hasattr(x, "toarray") else x, self.dtype, ndmin=2)
        if values.ndim != 2 or not np.isfinite(values).all():
            raise ValueError(
                f"Dac: expected a table of finite numbers, one row a read; got {values.shape}"
            )
        changed = values.shape[1] + int(np.count_nonzero(values[1:] != values[:-1]))
        self.ledger.charge(prices.DAC, changed, uses=len(values))
        if self.full_scale < inf:
            values = quantised(values, self.full_scale / (2.0 ** (self.bits - self.signed) - 1))
            values = np.clip(values, -self.full_scale if self.signed else 0.0, self.full_scale)
        return Voltage._of(values * values.dtype.type(self.volt)), None

    def learn(self, x: Any, sign: Any) -> Voltage:
        """Return the voltages; a converter has nothing to learn."""
        return self.forward(x)[0]


@dataclass(frozen=True)
class Adc:
    """Voltages to numbers. The ledger counts every conversion and its price.

    Attributes
    ----------
    ledger : Ledger
    volt : float
        Voltage of the number 1 [V].
    bits : int
    full_scale : float
        Largest number.
    signed : bool
        Whether the range is −full_scale … full_scale, or 0 … full_scale.
    """

    ledger: Ledger
    volt: float
    bits: int
    full_scale: float
    signed: bool = False

    def __post_init__(self) -> None:
        plain_numbers(self, "volt", "bits", "full_scale")
        above_zero(volt=self.volt)
        fewest = "2 bits" if self.signed else "1 bit"
        if not (1 + self.signed <= self.bits < inf and 0 < self.full_scale < inf):
            raise ValueError(
                f"Adc: expected at least {fewest} and a full scale above 0, both finite; got "
                f"{self.bits} bits, full scale {self.full_scale}"
            )

    @property
    def step(self) -> float:
        """The number that one code stands for. One code is 0; a signed Adc leaves one unused."""
        return self.full_scale / (2.0 ** (self.bits - self.signed) - 1)

    def convert(self, voltage: Voltage) -> NDArray:
        """Return numbers, (reads, lines): rounded to a code and clipped to the range."""
        check_kind("an Adc", voltage)
        count("adc", voltage._si.size)
        self.ledger.charge(prices.adc(self.bits), voltage._si.size, uses=len(voltage._si))
        low = -self.full_scale if self.signed else 0.0
        return quantised(np.clip(voltage._si / self.volt, low, self.full_scale), self.step)


@dataclass(frozen=True)
class Converted:
    """A layer that carries the signal through numbers and back: an Adc, then a Dac.

    Between two analog layers it makes the usual mixed-signal chip of them.

    Attributes
    ----------
    adc : Adc
    dac : Dac
    """

    adc: Adc
    dac: Dac

    def forward(self, voltage: Voltage) -> tuple[Voltage, None]:
        """Return the same signal after both conversions, and no goodness."""
        return self.dac.forward(self.adc.convert(voltage))

    def learn(self, voltage: Voltage, sign: Any) -> Voltage:
        """Return the same signal after both conversions."""
        return self.forward(voltage)[0]


@dataclass(frozen=True)
class Probe:
    """An instrument beside the chip: it reads any signal exactly, but never while a layer learns.

    Attributes
    ----------
    ledger : Ledger
        Lists its readings apart from what the chip does.
    """

    ledger: Ledger

    def read(self, signal: Signal) -> NDArray:
        """Return the values [V or A], (reads, lines), a copy.

        Raises
        ------
        DomainError
            While a layer learns.
        """
        refuse_while_learning("Probe")
        count("probe", signal._si.size)
        self.ledger.charge(prices.PROBE, signal._si.size, uses=0)
        return signal._si.copy()
