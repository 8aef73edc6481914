"""What one image or one cell costs: a ledger divided by their number, with its uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

from hardware_sim.constants import Constant
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.prices import nominal
from hardware_sim.validation import above_zero

__all__ = ["Cost", "digital_estimate", "with_conductance"]

BY_CONDUCTANCE = {
    price.operation
    for price in (
        *(prices.READ, prices.AMPLIFIER, prices.ROW_READ),
        *(prices.WRITE, prices.REFRESH, prices.HALF_SELECTED, prices.THIRD_SELECTED),
    )
}
"""Operations, of whatever block, whose energy is in proportion to the cells' conductance."""

BY_ITS_SQUARE = {prices.SERIES.operation}


@dataclass(frozen=True)
class Cost:
    """A ledger, and the number of images (or cells) that it was for.

    Attributes
    ----------
    ledger : Ledger
    of : int
        Images or cells.
    """

    ledger: Ledger
    of: int

    def __post_init__(self) -> None:
        above_zero(of=self.of)

    @property
    def joules(self) -> tuple[float, float, float]:
        """Energy per item at low, nominal and high constants [J]."""
        low, high = self.ledger.bounds()
        return low / self.of, self.ledger.joules() / self.of, high / self.of

    @property
    def seconds(self) -> tuple[float, float, float]:
        """Time per item at low, nominal and high constants [s]."""
        at = self.ledger.seconds
        low, high = at(lambda c: c.low), at(lambda c: c.high)
        return low / self.of, at() / self.of, high / self.of

    def blocks(self) -> dict[str, tuple[float, float, float]]:
        """Return each block's energy per item at low, nominal and high constants [J]."""
        low, middle, high = (
            self.ledger.blocks(at) for at in (lambda c: c.low, nominal, lambda c: c.high)
        )
        return {b: (low[b] / self.of, middle[b] / self.of, high[b] / self.of) for b in middle}


class Ends(Protocol):
    """A range of conductances, such as `hardware_sim.devices.device.ConductanceRange`."""

    @property
    def minimum(self) -> Constant:
        """The smallest conductance [S]."""

    @property
    def maximum(self) -> Constant:
        """The largest conductance [S]."""


def with_conductance(ledger: Ledger, conductance: Ends) -> Ledger:
    """Return a ledger in which the energy of the cells also follows their uncertain conductance.

    That energy is proportional to the conductance, or in a transistor to its square. It gets one
    more factor, nominally 1, or two, whose low and high values are those of ``G_min + G_max``
    relative to the nominal sum.

    Parameters
    ----------
    ledger : Ledger
    conductance : range with `minimum` and `maximum`
        Of one cell [S].
    """
    ends = conductance.minimum, conductance.maximum
    middle = sum(end.nominal for end in ends)
    low, high = sum(end.low for end in ends) / middle, sum(end.high for end in ends) / middle
    factor = Constant("conductance, relative", 1.0, low, high, "")
    repriced = Ledger()
    for entry in ledger.entries:
        if not (entry.operations or entry.amount or entry.uses):
            continue
        price = entry.price
        power = (price.operation in BY_CONDUCTANCE) + 2 * (price.operation in BY_ITS_SQUARE)
        if power:
            price = replace(price, factors=(*price.factors, *[factor] * power))
        repriced.charge(price, entry.operations, entry.amount, entry.uses)
    return repriced


def digital_estimate(lines: Sequence[int], images: int, reads: int, updates: int) -> Ledger:
    """Return what the rule would cost for one image in 8-bit digital arithmetic.

    This is an estimate and not a run. It counts multiply-adds and, for each of them, a weight of
    one byte that is fetched from memory; an update fetches and stores it. The labels share their
    image's product with the first layer. Dark pixels are not skipped.

    Parameters
    ----------
    lines : sequence of int
        Inputs, then the width of each layer.
    images : int
        How many products of an image with the first layer there are.
    reads : int
        How many passes through the layers above there are.
    updates : int
        How many updates every weight gets.
    """
    sizes = [(a + 1) * b for a, b in pairwise(lines)]
    looked, moved = images * sizes[0] + reads * sum(sizes[1:]), updates * sum(sizes)
    ledger = Ledger()
    ledger.charge(prices.DIGITAL_MAC, looked + moved, uses=0)
    ledger.charge(prices.MEMORY, looked + 2 * moved, (looked + 2 * moved) / 8, uses=0)
    return ledger
