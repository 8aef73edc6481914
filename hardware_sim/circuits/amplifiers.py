"""Column amplifiers, with their noise, their mismatch and the bias that their load asks for.

A long column is cut into tiles, each with an amplifier of its own, and a second stage adds up their
outputs. An amplifier that holds a conductance ΣG at ground has a transconductance A ΣG, where A is
its loop gain. So its own noise at the input, 4kTγ/(A ΣG) per hertz, comes out as γ/A times the
thermal noise of its cells, and its input offset as ``1 + R_f ΣG`` times itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, inf, sqrt

import numpy as np
from numpy.typing import NDArray

from hardware_sim.constants import BOLTZMANN, LOOP_GAIN, READ_BANDWIDTH
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.signals import Current, Voltage, check_kind
from hardware_sim.validation import above_zero, not_negative, plain_numbers

__all__ = [
    "TransimpedanceAmplifier",
    "Values",
    "amplifier_noise",
    "feedback_noise",
    "mismatch",
    "noise_gain",
    "resistor_noise",
]


Values = NDArray | float

NOISE_FACTOR = 1.5
"""γ of an amplifier, 1 for a single transistor in weak inversion; assumed."""


def resistor_noise(resistance: float, temperature: float) -> float:
    """Return the thermal noise of a resistor within the bandwidth of a read, √(4 k T B R) [V]."""
    return sqrt(4 * BOLTZMANN * temperature * READ_BANDWIDTH * resistance)


def amplifier_noise(load: float, resistance: float, temperature: float) -> float:
    """Return the output noise that an amplifier adds to that of the cells on its column [V].

    Parameters
    ----------
    load : float
        ΣG on the column, of all its tiles, the resistors of their sum among them [S].
    resistance : float
        R_f [Ω].
    temperature : float
        [K].
    """
    own = NOISE_FACTOR / LOOP_GAIN.nominal * load
    return resistance * resistor_noise(own, temperature)


def noise_gain(loads: Sequence[float], resistance: float) -> float:
    """Return how large the independent input offsets of tiles come out at their sum.

    Parameters
    ----------
    loads : (tiles,) sequence of float
        ΣG of each tile's column [S].
    resistance : float
        R_f [Ω].
    """
    return hypot(*(1 + resistance * load for load in loads))


def feedback_noise(resistance: float, tiles: int, temperature: float) -> float:
    """Return the noise that so many tiles' resistors, and those of their sum, make of 4kTBR_f [V].

    Each tile has one, and each tile's output goes through another into a second stage with its own.
    """
    return resistor_noise(resistance * (2 * tiles + 1 if tiles > 1 else 1), temperature)


def mismatch(rng: np.random.Generator, sigma: float, n: int, dtype: np.dtype) -> NDArray:
    """Return n factors 1 + σξ, (1, n). None is below 0.1, so that no part changes its sign."""
    return np.maximum(1 + sigma * rng.standard_normal((1, n)), 0.1).astype(dtype)


@dataclass(frozen=True)
class TransimpedanceAmplifier:
    """The amplifiers of each column: ``V = R_f · gain · I + offset + noise``, within their supply.

    The tiles of a column are one amplifier here. That is exact as long as no tile alone reaches the
    supply, which is not modelled: the first stage may have less gain than R_f, and the second more.

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
        Standard deviation of the output noise, that of R_f and that of the amplifier [V].
    loads : (tiles,) sequence of float
        ΣG that each amplifier of one column holds at ground [S]; its bias current is in proportion
        to it.
    """

    resistance: float
    gain: Values = 1.0
    offset: Values = 0.0
    saturation: float = inf
    noise: float = 0.0
    loads: Sequence[float] = (0.0,)

    def __post_init__(self) -> None:
        plain_numbers(self, *vars(self))
        above_zero(resistance=self.resistance, tiles=self.tiles)
        not_negative(**{f"load {n}": load for n, load in enumerate(self.loads, 1)})
        above_zero(endless=True, saturation=self.saturation)
        not_negative(noise=self.noise)

    @property
    def tiles(self) -> int:
        """Amplifiers of one column."""
        return len(self.loads)

    def read(
        self,
        current: Current,
        rng: np.random.Generator,
        ledger: Ledger,
        awake: NDArray | None = None,
    ) -> Voltage:
        """Return the output voltages, (reads, n).

        Parameters
        ----------
        current : Current
            (reads, n).
        rng : numpy.random.Generator
        ledger : Ledger
        awake : (reads, tiles) array of bool, optional
            The tiles that are read; the sums of the others are held. By default all are.
        """
        check_kind("an amplifier", current, Current)
        v = current._si * self.resistance
        v *= self.gain
        v += self.offset
        if self.noise:
            v += v.dtype.type(self.noise) * rng.standard_normal(v.shape, v.dtype)
        if self.saturation < inf:
            np.clip(v, -self.saturation, self.saturation, out=v)
        on = np.ones((len(v), self.tiles), bool) if awake is None else awake
        self._charge(v, on.sum(axis=0), ledger)
        return Voltage._of(v)

    def _charge(self, v: NDArray, read: NDArray, ledger: Ledger) -> None:
        """Enter how often each tile was read, of which second stages make sums."""
        (reads, columns), tiles = v.shape, int(read.sum())
        ledger.charge(prices.AMPLIFIER, tiles * columns, columns * float(read @ self.loads), reads)
        if self.tiles > 1:
            ledger.charge(prices.HOLD, tiles * columns, uses=0)
            resistors = (self.tiles + 1) / self.resistance
            ledger.charge(prices.SUMMING, v.size, v.size * resistors, uses=reads)
