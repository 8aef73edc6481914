"""What an operation costs: the ledger, the prices, and the cost of an image or a cell."""

from hardware_sim.energy.costs import Cost, digital_estimate, with_conductance
from hardware_sim.energy.ledger import Entry, Ledger
from hardware_sim.energy.prices import Price
from hardware_sim.energy.timeline import Timeline

__all__ = [
    "Cost",
    "Entry",
    "Ledger",
    "Price",
    "Timeline",
    "digital_estimate",
    "with_conductance",
]
