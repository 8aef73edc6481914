"""The ledger: what was done on a chip, how often, and what that costs in joules and seconds.

Parts enter amounts; a price turns an amount into joules. Every price is a product of constants, so
any constant can be set to its low or high value afterwards, without another run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from hardware_sim.constants import Constant
from hardware_sim.energy.prices import BY_NAME, Kind, Price, Value, nominal

__all__ = ["Entry", "Ledger"]


@dataclass
class Entry:
    """A line of the ledger.

    Attributes
    ----------
    price : Price
    amount : float
        Units that the price is paid for: operations, or whatever their energy is proportional to.
    operations : int
    uses : int
        How often everything else had to wait for them.
    """

    price: Price
    amount: float = 0.0
    operations: int = 0
    uses: int = 0

    def joules(self, value: Value = nominal) -> float:
        """Return the energy of this line [J]."""
        return self.amount * self.price.joules(value)


class Ledger:
    """Everything that a chip did. Parts receive it as an argument and enter what they do."""

    def __init__(self) -> None:
        self._entries: dict[Price, Entry] = {}

    def charge(
        self, price: Price, operations: int, amount: float | None = None, uses: int = 1
    ) -> None:
        """Enter some operations that ran side by side, `uses` times one after another.

        Parameters
        ----------
        price : Price
        operations : int
        amount : float, optional
            Units that the price is paid for; by default one per operation.
        uses : int
            0 if nothing else had to wait.
        """
        entry = self._entries.get(price)
        if entry is None:
            entry = self._entries[price] = Entry(price)
        entry.amount += operations if amount is None else amount
        entry.operations += operations
        entry.uses += uses

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The lines, in the order of their first entry."""
        return tuple(self._entries.values())

    def count(self, kind: Kind) -> int:
        """Return the number of operations of a kind; ``count("adc")`` matters most.

        Raises
        ------
        ValueError
            If there is no such kind.
        """
        if kind not in get_args(Kind):
            raise ValueError(f"kind: expected one of {', '.join(get_args(Kind))}; got {kind}")
        return sum(e.operations for e in self._entries.values() if e.price.kind == kind)

    def joules(self, value: Value = nominal) -> float:
        """Return the energy of everything but the instruments [J]."""
        return sum(self.blocks(value).values())

    def blocks(self, value: Value = nominal) -> dict[str, float]:
        """Return the energy of every block [J]; instruments are not part of the chip."""
        blocks: dict[str, float] = {}
        for entry in self._entries.values():
            if entry.price.kind != "probe":
                block = entry.price.block
                blocks[block] = blocks.get(block, 0.0) + entry.joules(value)
        return blocks

    def seconds(self, value: Value = nominal) -> float:
        """Return the time that the operations took, one after another [s]."""
        return sum(e.uses * e.price.seconds(value) for e in self._entries.values())

    def constants(self) -> tuple[Constant, ...]:
        """Return every constant that a price contains, each once."""
        prices = [entry.price for entry in self._entries.values() if entry.price.kind != "probe"]
        return tuple(dict.fromkeys(c for price in prices for c in (*price.factors, *price.times)))

    def sensitivity(self) -> list[tuple[Constant, float, float]]:
        """Return every uncertain constant with the energy at its low and its high value [J]."""
        uncertain = [c for c in self.constants() if c.low < c.high]
        return [
            (c, self.joules(_moved(c, c.low)), self.joules(_moved(c, c.high))) for c in uncertain
        ]

    def bounds(self) -> tuple[float, float]:
        """Return the energy with all constants at their low, and all at their high values [J]."""
        return self.joules(lambda c: c.low), self.joules(lambda c: c.high)

    def since(self, before: Ledger) -> Ledger:
        """Return a ledger of what was entered after `before`, a `copy` of this one, was taken."""
        later = Ledger()
        for price, entry in self._entries.items():
            old = before._entries.get(price, Entry(price))
            later._entries[price] = Entry(
                price,
                entry.amount - old.amount,
                entry.operations - old.operations,
                entry.uses - old.uses,
            )
        return later

    def without(self, block: str) -> Ledger:
        """Return a ledger of everything but one block."""
        others = Ledger()
        others._entries = {
            price: replace(entry) for price, entry in self._entries.items() if price.block != block
        }
        return others

    def copy(self) -> Ledger:
        """Return the ledger as it stands."""
        return self.since(Ledger())

    @contextmanager
    def unbilled(self) -> Iterator[None]:
        """Forget what is entered in the meantime, such as the tests between two passes."""
        before = self.copy()
        try:
            yield
        finally:
            self._entries = before._entries

    def lines(self) -> list[dict[str, Any]]:
        """Return the lines for a record: block, operation, kind, operations, amount, joules."""
        return [
            {
                "block": e.price.block,
                "operation": e.price.operation,
                "kind": e.price.kind,
                "operations": e.operations,
                "amount": e.amount,
                "uses": e.uses,
                "joules": e.joules(),
            }
            for e in self._entries.values()
        ]

    def restore_lines(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Take over lines that `lines` returned, in place of what was entered.

        Raises
        ------
        ValueError
            If a line names no price of `hardware_sim.energy.prices`.
        """
        entries = [
            Entry(_named(line), float(line["amount"]), int(line["operations"]), int(line["uses"]))
            for line in lines
        ]
        self._entries = {entry.price: entry for entry in entries}

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a continued run needs: one column of `lines` each, (lines,)."""
        entries = self.entries
        return {
            "block": np.array([e.price.block for e in entries], np.str_),
            "operation": np.array([e.price.operation for e in entries], np.str_),
            "operations": np.array([e.operations for e in entries], np.int64),
            "amount": np.array([e.amount for e in entries], np.float64),
            "uses": np.array([e.uses for e in entries], np.int64),
        }

    def restore(self, arrays: Mapping[str, NDArray]) -> None:
        """Take over what `arrays` returned, in place of what was entered.

        Raises
        ------
        ValueError
            If a line names no price of `hardware_sim.energy.prices`.
        """
        columns = {name: arrays[name].tolist() for name in self.arrays()}
        rows = zip(*columns.values(), strict=True)
        self.restore_lines(dict(zip(columns, row, strict=True)) for row in rows)


def _named(line: Mapping[str, Any]) -> Price:
    """Return the price of a line."""
    name = line["block"], line["operation"]
    if name not in BY_NAME:
        raise ValueError(
            f"a ledger's line: expected a block and an operation of hardware_sim.energy.prices; "
            f"got {name[0]}, {name[1]}. If an older version wrote it, its chip had other circuits "
            f"and prices: train it anew."
        )
    return BY_NAME[name]


def _moved(moved: Constant, to: float) -> Value:
    return lambda constant: to if constant is moved else constant.nominal
