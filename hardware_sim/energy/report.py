"""How a cost is reported: as a range on the terminal, and in full in the record."""

from __future__ import annotations

from typing import Any

from hardware_sim.energy.costs import Cost
from hardware_sim.energy.prices import Kind

__all__ = ["COUNTED", "MICRO", "NANO", "Triple", "cost_record", "span"]

NANO, MICRO = 1e9, 1e6
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
    """Return a cost for the record, per image or cell; the ledger's lines are totals."""
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
        "sensitivity": [
            {
                "constant": c.name,
                "unit": c.unit,
                "source": c.source,
                **triple((c.low, c.nominal, c.high)),
                "joules": triple((low / of, cost.joules[1], high / of)),
            }
            for c, low, high in ledger.sensitivity()
        ],
        "ledger": ledger.lines(),
    }
