"""The five ways side by side: errors, conversions, energy, and how certain these are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from textwrap import fill

from ffnumpy.commands import percent
from hardware_sim.constants import Constant
from hardware_sim.energy.costs import Cost
from hardware_sim.energy.prices import nominal
from hardware_sim.energy.report import COUNTED, MICRO, NANO, WIDTH, span
from hardware_sim.learning.run import Bench
from hardware_sim.studies.comparison import (
    BACKPROP,
    CHIP,
    CONVERTED,
    FLOATING_POINT,
    NOT_PRICED,
    PROGRAMMED,
    Result,
    Rivals,
)
from hardware_sim.studies.trials import Trial, task_line

__all__ = ["document", "headline", "result_line", "table", "turning_points"]

COLUMNS = ("ADC", "DAC", "comparators", "energy [nJ]", "latency [µs]")
EXPLAINED = {
    FLOATING_POINT: "the rule in float64, on no chip",
    CHIP: "no conversion but that of the image",
    CONVERTED: "an ADC and a DAC between the layers",
    BACKPROP: "on the same arrays",
    PROGRAMMED: "the floating-point weights, written into a chip",
}
CostOf = Callable[[Result], Cost | None]


def headline(names: Sequence[str], base: Trial, bench: Bench, rivals: Rivals) -> str:
    """Return what is compared, as text; `names` are those of the data set and the device."""
    data, device = names
    parts = f"{device}, {base.design.access.name}, {rivals.bits} bits, seed {base.plan.seed}"
    return f"{task_line(base, bench, data)}\n{parts}"


def result_line(result: Result) -> str:
    """Return a result as a line: what it is, and its error."""
    return f"{result.name:<22} {EXPLAINED[result.way]:<56} {percent(result.error):>8}"


def document(head: str, results: list[Result]) -> str:
    """Return all tables and verdicts: nominal values, and all constants at low and high ends."""
    parts = [
        f"{head}.\n\n"
        + paragraph(
            "Energies and times: nominal [all uncertain constants low … all high]; the record has "
            "every constant alone."
        ),
        *tables(results),
        "What these numbers leave out:\n\n" + "".join(map(bullet, NOT_PRICED)),
    ]
    return "\n".join(parts)


def tables(results: list[Result]) -> list[str]:
    """Return the tables, then the verdicts."""
    return [
        training_table(results),
        use_table(results),
        block_table("training", results, lambda r: r.training),
        block_table("use", results, lambda r: r.inference),
        sensitivity_table(results),
        rivalry_line("Training", results, lambda r: r.training),
        rivalry_line("Use", results, lambda r: r.inference),
        programming_line(results),
    ]


def paragraph(text: str) -> str:
    """Return text in lines that fit a terminal."""
    return fill(text, WIDTH) + "\n"


def bullet(text: str) -> str:
    """Return an item of a list in lines that fit a terminal."""
    return fill(text, WIDTH, initial_indent="- ", subsequent_indent="  ") + "\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table, its first column to the left, the others to the right.

    Columns that make a line wider than a terminal go to a further table, behind the first column.
    """
    names, *lines = list(head), *map(list, rows)
    for count in range(len(names), 1, -1):
        text = _table([names[:count], *(line[:count] for line in lines)])
        if count == 2 or max(map(len, text.splitlines())) <= WIDTH:
            break
    if count == len(names):
        return text
    return text + "\n" + table(*_without_columns(names, lines, count))


def _without_columns(
    names: list[str], lines: list[list[str]], count: int
) -> tuple[list[str], list[list[str]]]:
    """Return the first column and those from `count` on."""
    return [names[0], *names[count:]], [[line[0], *line[count:]] for line in lines]


def _table(lines: Sequence[Sequence[str]]) -> str:
    names, *rows = lines
    ruled = [names, ["---", *["---:"] * (len(names) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in ruled) + "\n"


def cost_cells(result: Result, cost: Cost | None) -> list[str]:
    """Return conversions, decisions, energy and latency; an estimated energy is marked."""
    if cost is None:
        return ["–"] * 5
    if result.estimated:
        return ["–", "–", "–", f"{span(cost.joules, NANO)} *", "–"]
    counts = [f"{cost.ledger.count(kind) / cost.of:.0f}" for kind in COUNTED]
    return [*counts, span(cost.joules, NANO), span(cost.seconds, MICRO)]


def training_table(results: list[Result]) -> str:
    """Return errors and the costs of the training."""
    return table(
        ("training, one image", "test error", *COLUMNS),
        ([r.name, percent(r.error), *cost_cells(r, r.training)] for r in results),
    )


def use_table(results: list[Result]) -> str:
    """Return the costs of an answer."""
    return table(
        ("use, one image", *COLUMNS),
        ([r.name, *cost_cells(r, r.inference)] for r in results),
    )


def block_table(what: str, results: list[Result], cost_of: CostOf) -> str:
    """Return the energy by block."""
    blocks = {r.name: c.blocks() for r in results if (c := cost_of(r)) and not r.estimated}
    names = dict.fromkeys(name for each in blocks.values() for name in each)
    rows = (
        [name, *(span(of[name], NANO) if name in of else "–" for of in blocks.values())]
        for name in names
    )
    return table((f"{what}, by block [nJ]", *blocks), rows)


def sensitivity_table(results: list[Result], most: int = 4) -> str:
    """Return the constants that move the energy of a training step most, one at a time."""
    rows = []
    for r in results:
        if r.training and not r.estimated:
            ranked = sorted(r.training.ledger.sensitivity(), key=lambda line: line[1] - line[2])
            for constant, low, high in ranked[:most]:
                ends = low / r.training.of, r.training.joules[1], high / r.training.of
                limits = f"{constant.low:.3g} … {constant.high:.3g} {constant.unit}".rstrip()
                rows.append([r.name, constant.name, limits, span(ends, NANO)])
    return table(("", "constant alone", "between", "training, one image [nJ]"), rows)


def at_end(name: str, end: str) -> Callable[[Constant], float]:
    """Return a choice of values: one constant at its low or its high end, the others nominal."""
    return lambda c: getattr(c, end if c.name == name else "nominal")


def turning_points(one: Cost, other: Cost) -> list[str]:
    """Return the constants that, alone at an end, reverse which of two needs less energy."""

    def first_needs_less(at: Callable[[Constant], float] = nominal) -> bool:
        return one.ledger.joules(at) / one.of < other.ledger.joules(at) / other.of

    names = dict.fromkeys(c.name for cost in (one, other) for c in cost.ledger.constants())
    return [
        f"{name} {end}"
        for name in names
        for end in ("low", "high")
        if first_needs_less(at_end(name, end)) != first_needs_less()
    ]


def rivalry_line(what: str, results: list[Result], cost_of: CostOf) -> str:
    """Return how the chip compares with backpropagation in energy, and how certain that is."""
    one, other = (cost_of(r) for way in (CHIP, BACKPROP) for r in results if r.way == way)
    assert one is not None
    assert other is not None
    ratio, turns = one.joules[1] / other.joules[1], turning_points(one, other)
    than = f"{ratio:.2g} times" if ratio > 1 else f"1/{1 / ratio:.2g} of"
    certain = "reversed by " + ", ".join(turns) if turns else "no constant alone reverses that"
    return paragraph(f"{what}: the chip needs {than} the energy of backpropagation; {certain}.")


def programming_line(results: list[Result]) -> str:
    """Return the cost of programming the chip."""
    programmed = next(r for r in results if r.programming)
    assert programmed.programming is not None
    cost, notes = programmed.programming, programmed.notes
    clipped, missed = (
        ", ".join(f"{100 * part:.2g} %" for part in notes[name]) for name in ("clipped", "missed")
    )
    whole = MICRO * cost.joules[1] * cost.of
    return paragraph(
        f"Programming: {span(cost.joules, NANO)} nJ a cell, {whole:.3g} µJ the chip, once; of the "
        f"weights of its layers {clipped} were clipped to the device's range, {missed} not reached."
    )
