"""Costs on paper: a range for the terminal, every line for the record."""

from __future__ import annotations

from typing import Any

from hardware_sim.energy.costs import Cost
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.prices import Kind

__all__ = [
    "COUNTED",
    "MICRO",
    "NANO",
    "WIDTH",
    "Triple",
    "cost_record",
    "ledger_record",
    "span",
]

NANO, MICRO = 1e9, 1e6
WIDTH = 100  # characters of a printed line
Triple = tuple[float, float, float]
COUNTED: tuple[Kind, ...] = ("adc", "dac", "comparator")


def span(values: Triple, unit: float = 1.0) -> str:
    """Return ``nominal [low … high]``."""
    low, middle, high = (f"{unit * value:.3g}" for value in values)
    return f"{middle} [{low} … {high}]"


def triple(values: Triple) -> dict[str, float]:
    """Return a low, a nominal and a high value for the record."""
    return dict(zip(("low", "nominal", "high"), values, strict=True))


def cost_record(cost: Cost | None) -> dict[str, Any] | None:
    """Return a cost for the record: of one image or cell, except the ledger's lines, of all."""
    if cost is None:
        return None
    ledger, of = cost.ledger, cost.of
    kinds: tuple[Kind, ...] = (*COUNTED, "pulse", "digital")
    return {
        "of": of,
        "operations": {kind: ledger.count(kind) / of for kind in kinds},
        "joules": triple(cost.joules),
        "joules_by_block": {name: triple(values) for name, values in cost.blocks().items()},
        "seconds": triple(cost.seconds),
        "sensitivity": sensitivity_record(cost),
        "ledger": ledger.lines(),
    }


def sensitivity_record(cost: Cost) -> list[dict[str, Any]]:
    """Return the energy of one with each uncertain constant alone at its low and its high end."""
    return [
        {
            "constant": c.name,
            "unit": c.unit,
            "source": c.source,
            **triple((c.low, c.nominal, c.high)),
            "joules": triple((low / cost.of, cost.joules[1], high / cost.of)),
        }
        for c, low, high in cost.ledger.sensitivity()
    ]


def ledger_record(ledger: Ledger, uncertain: Ledger) -> dict[str, Any]:
    """Return the counts, energy and time of all images of a run, for the record.

    `uncertain` is the same ledger `with_conductance`; the bounds of the energy are its own.
    """
    return {
        "adc_conversions": ledger.count("adc"),
        "dac_conversions": ledger.count("dac"),
        "comparator_decisions": ledger.count("comparator"),
        "joules": ledger.joules(),
        "joules_by_block": ledger.blocks(),
        "joules_bounds": list(uncertain.bounds()),
        "chip_seconds": ledger.seconds(),
        "ledger": ledger.lines(),
    }
