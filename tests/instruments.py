"""A bench of instruments: a source of voltages, a voltmeter, and a look into a ledger."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from hardware_sim.circuits.converters import Dac, Probe
from hardware_sim.energy.ledger import Entry, Ledger
from hardware_sim.energy.prices import Price
from hardware_sim.signals import Signal, Voltage


def volts(values: Any, volt: float = 1.0, *, dtype: type = float) -> Voltage:
    """Return numbers as voltages on lines, `volt` for a 1 [V]."""
    return Dac(Ledger(), volt=volt, dtype=dtype).forward(values)[0]


def read(signal: Signal) -> NDArray:
    """Return the values of a signal [V or A]."""
    return Probe(Ledger()).read(signal)


def charged(ledger: Ledger) -> dict[Price, tuple[int, int]]:
    """Return (operations, uses) by price."""
    return {entry.price: (entry.operations, entry.uses) for entry in ledger.entries}


def entry_of(ledger: Ledger, price: Price) -> Entry:
    """Return what a ledger has under a price, an empty entry where it has nothing."""
    return next((e for e in ledger.entries if e.price is price), Entry(price))
