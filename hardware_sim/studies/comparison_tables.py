"""The five ways side by side: errors, conversions, energy, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ffnumpy.commands import percent
from hardware_sim.constants import Constant
from hardware_sim.energy.costs import Cost
from hardware_sim.energy.prices import nominal
from hardware_sim.energy.report import COUNTED, MICRO, NANO, span
from hardware_sim.studies.comparison import Result

__all__ = ["tables", "turning_points"]

COLUMNS = ("ADC", "DAC", "comparators", "energy [nJ]", "latency [µs]", "if digital [nJ]")


def tables(results: list[Result]) -> list[str]:
    """Return all tables and verdicts: nominal values, and all constants at low and high ends."""
    return [
        main_table(results),
        use_table(results),
        block_table("training", results, lambda r: r.training),
        block_table("use", results, lambda r: r.inference),
        sensitive_table(results),
        rivalry_line("Training", results, lambda r: r.training),
        rivalry_line("Use", results, lambda r: r.inference),
        programming_line(results),
    ]


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table, its first column to the left, the others to the right."""
    names = list(head)
    lines = [names, ["---", *["---:"] * (len(names) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def cost_cells(result: Result, cost: Cost | None) -> list[str]:
    """Return conversions, decisions, energy, latency, and what 8-bit arithmetic would take."""
    if cost is None:
        return ["–"] * 6
    if result.letter == "a":
        return [*["–"] * 5, span(cost.joules, NANO)]
    counts = [f"{cost.ledger.count(kind) / cost.of:.0f}" for kind in COUNTED]
    return [*counts, span(cost.joules, NANO), span(cost.seconds, MICRO), "–"]


def main_table(results: list[Result]) -> str:
    """Return errors and the costs of the training."""
    return table(
        ("training, one image", "test error", *COLUMNS),
        ([f"{r.letter} {r.name}", percent(r.error), *cost_cells(r, r.training)] for r in results),
    )


def use_table(results: list[Result]) -> str:
    """Return the costs of an answer."""
    return table(
        ("use, one image", *COLUMNS),
        ([f"{r.letter} {r.name}", *cost_cells(r, r.inference)] for r in results),
    )


def block_table(what: str, results: list[Result], cost: Callable[[Result], Cost | None]) -> str:
    """Return the energy by block."""
    blocks = {r.letter: found.blocks() for r in results if (found := cost(r)) and r.letter != "a"}
    names = dict.fromkeys(name for found in blocks.values() for name in found)
    rows = (
        [name, *(span(of[name], NANO) if name in of else "–" for of in blocks.values())]
        for name in names
    )
    return table((f"{what}, by block [nJ]", *blocks), rows)


def sensitive_table(results: list[Result], most: int = 4) -> str:
    """Return the constants that move the energy of a training step most, one at a time."""
    rows = []
    for r in results:
        if r.training and r.letter != "a":
            ranked = sorted(r.training.ledger.sensitivity(), key=lambda line: line[1] - line[2])
            for constant, low, high in ranked[:most]:
                ends = low / r.training.of, r.training.joules[1], high / r.training.of
                limits = f"{constant.low:.3g} … {constant.high:.3g} {constant.unit}".rstrip()
                rows.append([r.letter, constant.name, limits, span(ends, NANO)])
    return table(("", "constant alone", "between", "training, one image [nJ]"), rows)


def at_end(name: str, end: str) -> Callable[[Constant], float]:
    """Return a choice of values: one constant at its low or its high end, the others nominal."""
    return lambda c: getattr(c, end if c.name == name else "nominal")


def turning_points(one: Cost, other: Cost) -> list[str]:
    """Return the constants that, alone at an end, turn which of two needs less energy."""

    def first_needs_less(at: Callable[[Constant], float] = nominal) -> bool:
        return one.ledger.joules(at) / one.of < other.ledger.joules(at) / other.of

    names = dict.fromkeys(c.name for cost in (one, other) for c in cost.ledger.constants())
    return [
        f"{name} {end}"
        for name in names
        for end in ("low", "high")
        if first_needs_less(at_end(name, end)) != first_needs_less()
    ]


def rivalry_line(what: str, results: list[Result], cost: Callable[[Result], Cost | None]) -> str:
    """Return how the chip without converters stands against backpropagation, and how surely."""
    one, other = (cost(r) for letter in "bd" for r in results if r.letter == letter)
    assert one is not None
    assert other is not None
    ratio, turns = one.joules[1] / other.joules[1], turning_points(one, other)
    than = f"{ratio:.2g} times" if ratio > 1 else f"1/{1 / ratio:.2g} of"
    certain = "turned by " + ", ".join(turns) if turns else "no constant alone turns that"
    return f"{what}: (b) needs {than} the energy of (d); {certain}.\n"


def programming_line(results: list[Result]) -> str:
    """Return what the programming of (e) took."""
    e = next(r for r in results if r.programming)
    assert e.programming is not None
    clipped, missed = (
        ", ".join(f"{100 * p:.2g} %" for p in e.notes[n]) for n in ("clipped", "missed")
    )
    whole = MICRO * e.programming.joules[1] * e.programming.of
    return (
        f"Programming (e): {span(e.programming.joules, NANO)} nJ a cell, {whole:.3g} µJ the chip, "
        f"once; of its layers' "
        f"weights {clipped} were clipped to the device's range, {missed} not reached.\n"
    )
