"""Tables of the chip's physics, made of the objects that the simulation computes with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from docutils.nodes import Node
from sphinx.util.docutils import SphinxDirective

from hardware_sim.constants import BOLTZMANN, CHARGE, ROOM, Constant
from hardware_sim.devices import PRESETS
from hardware_sim.energy.prices import EVERY

PREFIXES = ((1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"), (1e-12, "p"), (1e-15, "f"))


def quantity(value: float, unit: str) -> str:
    """Return a number with its unit, in the prefix that suits it."""
    size, prefix = next((p for p in PREFIXES if abs(value) >= 0.9999 * p[0]), PREFIXES[-1])
    return f"{value / size:.4g} {prefix}{unit}"


def row(cells: Iterable[object]) -> str:
    """Return a row of a table."""
    return "| " + " | ".join(map(str, cells)) + " |"


def table(head: tuple[str, ...], rows: Iterable[Iterable[object]]) -> str:
    """Return a table in Markdown."""
    return "\n".join([row(head), row("---" for _ in head), *map(row, rows)])


def source(key: str) -> str:
    """Return a source as a link to the references, or that it is assumed."""
    return key if key == "assumed" else f"[{key}](repository/references.md)"


def ends(constant: Constant) -> tuple[str, ...]:
    """Return the cells of a constant: name, low, nominal, high, source."""
    values = (constant.low, constant.nominal, constant.high)
    return (
        constant.name,
        *(quantity(value, constant.unit) for value in values),
        source(constant.source),
    )


RANGE = ("constant", "low", "nominal", "high", "source")


def constants() -> str:
    """Return every constant that a price is made of."""
    found = {c.name: c for price in EVERY for c in (*price.factors, *price.times)}
    return table(RANGE, (ends(found[name]) for name in sorted(found)))


def physical() -> str:
    """Return the constants of nature, and room temperature."""
    rows = (
        ("Boltzmann's constant k", f"{BOLTZMANN} J/K", "exact since 2019", source("SI2019")),
        ("elementary charge q", f"{CHARGE} C", "exact since 2019", source("SI2019")),
        ("room temperature", f"{ROOM:g} K", "of every part, unless said", "assumed"),
    )
    return table(("constant", "value", "", "source"), rows)


def prices() -> str:
    """Return every price as the product that it is."""
    rows = (
        (
            price.block,
            price.operation,
            " × ".join(factor.name for factor in price.factors) or "nothing",
            quantity(price.joules(), "J"),
            price.unit,
        )
        for price in EVERY
    )
    return table(("block", "operation", "one unit costs", "nominal", "one unit is"), rows)


def conductances() -> str:
    """Return the ends of every device's range."""
    found = {}
    for preset in PRESETS.values():
        span = preset.device.cell.conductance
        found.update({end.name: end for end in (span.minimum, span.maximum)})
    return table(RANGE, map(ends, found.values()))


def devices() -> str:
    """Return the published devices with what each fit is valid for and leaves out."""
    rows = ((p.name, source(p.source), p.fit, p.valid, p.not_modelled) for p in PRESETS.values())
    return table(("device", "source", "where from", "valid for", "not modelled"), rows)


TABLES: dict[str, Callable[[], str]] = {
    made.__name__: made for made in (constants, physical, prices, conductances, devices)
}


class ChipTable(SphinxDirective):
    """One of the tables, by name."""

    required_arguments = 1

    def run(self) -> list[Node]:
        """Return the table."""
        return self.parse_text_to_nodes(TABLES[self.arguments[0]]())


def setup(app: Any) -> dict[str, Any]:
    """Add the directive ``chip-table``."""
    app.add_directive("chip-table", ChipTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
