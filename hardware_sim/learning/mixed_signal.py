"""Arrays with converters on both their sides, and the transposed read that the rival needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.crossed import weight_sums
from hardware_sim.chip.design import Design
from hardware_sim.circuits.amplifiers import TransimpedanceAmplifier
from hardware_sim.circuits.converters import Adc, Dac
from hardware_sim.energy.ledger import Ledger
from hardware_sim.learning.learners import image_full_scale
from hardware_sim.signals import Current, Voltage, same_lines

__all__ = ["MixedLayer", "Resolution", "TwoWayCrossbar", "converters"]


@dataclass(frozen=True)
class Resolution:
    """Bits and full scales of the converters, in activities; on rows 10 are the supply by default.

    Attributes
    ----------
    bits : int
        Of all converters.
    image : float or None
        Full scale of the input's Dac; None means what no row of mean square 1 exceeds.
    activity, logit : float
        Full scale of hidden activities, of logits.
    drive : float
        What the largest error of a layer is driven with at most.
    delta : float
        Full scale of what the transposed read returns.
    """

    bits: int = 8
    image: float | None = None
    activity: float = 10.0
    logit: float = 16.0
    drive: float = 10.0
    delta: float = 8.0


class TwoWayCrossbar(Crossbar):
    """A crossbar whose columns can be driven and whose rows can be read.

    Forward-Forward has no use for that, and a `Crossbar` cannot do it.

    Attributes
    ----------
    imbalance_of_rows : (1, n_in) array or float
        By what fraction too much of the current of G⁻ is subtracted on each row.
    """

    imbalance_of_rows: NDArray | float = 0.0

    @classmethod
    def of(cls, array: Crossbar, imbalance_of_rows: NDArray | float = 0.0) -> Self:
        """Return the cells of a crossbar, the very same, with drivers and readers on both sides."""
        siemens = array.unit, array.reference
        off, tile = array.imbalance, array.tile
        both = cls(array.cells, *siemens, array.bias, array.noise, array.access, off, tile)
        both.imbalance_of_rows = imbalance_of_rows
        return both

    def transposed_currents(
        self, voltage: Voltage, rng: np.random.Generator, ledger: Ledger
    ) -> Current:
        """Return the differential row currents of driven columns, (reads, n_in).

        ``I_i = Σ_j V_j (G⁺_ij − G⁻_ij)``, with the noise and the price of this direction; the bias
        row is left open.
        """
        same_lines("the columns of a crossbar", voltage, self.shape[1])
        plus, minus = self.cells.sides()
        sides = plus[:-1].T, minus[:-1].T if minus.ndim else minus
        conductances = self._total(weight_sums(*sides), self.shape[1])
        on, off = np.ones(voltage.shape, bool), self.imbalance_of_rows
        return self._read(self._crossed(voltage, sides), conductances, rng, ledger, on, off)


class MixedLayer(NamedTuple):
    """An array with converters on both its sides.

    Attributes
    ----------
    array : TwoWayCrossbar
    columns, rows : TransimpedanceAmplifier
        For the multiplication, and for the transposed one.
    inputs : Dac
        Of the activities, on the rows.
    outputs : Adc
        Behind the columns; the range of a hidden layer's begins at 0, which rectifies for nothing.
    errors : Adc
        Behind the rows.
    """

    array: TwoWayCrossbar
    columns: TransimpedanceAmplifier
    rows: TransimpedanceAmplifier
    inputs: Dac
    outputs: Adc
    errors: Adc


def converters(
    design: Design, ledger: Ledger, resolution: Resolution, number: int, hidden: bool
) -> tuple[Dac, Adc, Adc]:
    """Return a layer's converters: onto the rows, behind the columns, behind the rows."""
    scale, bits = design.scale, resolution.bits
    image = resolution.image or image_full_scale(design)
    onto = resolution.activity if number else image
    behind = resolution.activity if hidden else resolution.logit
    return (
        Dac(ledger, scale.volt, bits, onto, design.dtype),
        Adc(ledger, scale.output, bits, behind, signed=not hidden),
        Adc(ledger, scale.output, bits, resolution.delta, signed=True),
    )
