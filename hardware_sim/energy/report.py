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
    "bill",
    "cost_record",
    "ledger_record",
    "span",
]

NANO, MICRO = 1e9, 1e6
WIDTH = 100  # characters of a printed line
Triple = tuple[float, float, float]
WRITING, UPDATES = ("update", "refresh"), 2  # blocks of writing; updates in an image's training
COUNTED: tuple[Kind, ...] = ("adc", "dac", "comparator")


def span(values: Triple, unit: float = 1.0) -> str:
    """Return ``nominal [low … high]``."""
    low, middle, high = (f"{unit * value:.3g}" for value in values)
    return f"{middle} [{low} … {high}]"


def bill(cost: Cost, item: str = "an image") -> list[str]:
    """Return the energy of one item as lines for a terminal: by block, the largest first, in all.

    Whatever has blocks of writing also gets a line for an update of all layers, of which an image
    makes two: one for its true label, one for a wrong one.
    """
    present = ((name, span) for name, span in cost.blocks().items() if span[-1])
    spans = dict(sorted(present, key=lambda block: -block[1][1]))
    whole = {item: cost.joules}
    written = [spans[name] for name in WRITING if name in spans]
    if written:
        low, middle, high = (sum(ends) / UPDATES for ends in zip(*written, strict=True))
        whole["an update"] = (low, middle, high)
    return [
        "      energy [nJ]    nominal   all constants low … high; most of them are assumed",
        *(block_line(name, span) for name, span in {**spans, **whole}.items()),
    ]


def block_line(name: str, joules: Triple) -> str:
    """Return the energy of a block as one line [nJ]."""
    low, middle, high = (NANO * end for end in joules)
    return f"      {name:<12} {middle:9.3f}   {low:8.3f} … {high:.4g}"


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
