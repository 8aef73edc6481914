"""The timeline of a chip: what is on, from when to when, and the charges in between.

A `Timeline` is a ledger that also keeps the order of its entries. A clock runs through the times
for which each operation keeps the others waiting, so the energy of a run is the integral of its
power over time, plus its charges.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.prices import Price

__all__ = ["Event", "Timeline"]


class Event(NamedTuple):
    """An entry of the ledger, placed in time.

    Attributes
    ----------
    price : Price
    start, stop : float
        While what is priced is on; equal for a charge that takes no time [s].
    joules : float
    """

    price: Price
    start: float
    stop: float
    joules: float

    @property
    def watts(self) -> float:
        """Mean power while it is on [W]; 0 for a charge."""
        return self.joules / (self.stop - self.start) if self.price.on else 0.0


class Timeline(Ledger):
    """A ledger that also keeps when everything happened, at nominal constants.

    Several reads one after another are one event of their whole length. What takes turns, such as
    the decisions and the pulses of a train's slots, is placed one after the other.

    Attributes
    ----------
    events : list of Event
        In the order of their entries.
    now : float
        Where the clock stands [s].
    """

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []
        self.now = 0.0

    def charge(
        self, price: Price, operations: int, amount: float | None = None, uses: int = 1
    ) -> None:
        """Enter operations as `Ledger.charge` does, and let the clock run on."""
        super().charge(price, operations, amount, uses)
        start, units = self.now, operations if amount is None else amount
        self.now += uses * price.seconds()
        stop, times = self.now, max(uses, 1)
        if price.on:
            start -= times * price.lead()
            stop = start + times * price.duration()
        self.events.append(Event(price, start, stop, units * price.joules()))

    @contextmanager
    def unbilled(self) -> Iterator[None]:
        """Forget what is entered in the meantime, and how long it took."""
        events, now = list(self.events), self.now
        with super().unbilled():
            try:
                yield
            finally:
                self.events, self.now = events, now

    def power(self, times: NDArray) -> NDArray:
        """Return the power of all that is on at each time, (n,) [W]; charges are left out."""
        total = np.zeros(len(times))
        for event in self.events:
            total[(event.start <= times) & (times < event.stop)] += event.watts
        return total
