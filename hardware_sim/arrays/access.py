"""How lines reach the cells that they write: bare at their crossings, or behind transistors.

A pulse needs the whole write voltage across one cell and must leave the others alone. In a
*cross-point* array every cell joins its two lines at all times, so the voltage is put on in parts,
and cells that are not meant see one part. With an access transistor in each cell (*1T1R*) the row's
train drives the gates and the column's train the bit lines. The transistor conducts only where both
fire at once.

The classes count what a write puts on an array beside its pulses. What that costs is in
`hardware_sim.updates.engine`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Protocol

from numpy.typing import NDArray

from hardware_sim.validation import not_negative, plain_numbers

__all__ = ["ACCESSES", "Access", "Firings", "HalfVoltage", "Stress", "ThirdVoltage", "Transistor"]

Counts = NDArray | float


class Firings(NamedTuple):
    """How often lines fired during a write, for one cell of a pair.

    Attributes
    ----------
    rows, columns : float
        Over all rows, and over all columns.
    active : int
        Slots in which any line fired.
    """

    rows: float
    columns: float
    active: int


class Stress(NamedTuple):
    """What a write puts on an array beside its pulses.

    Attributes
    ----------
    halves, thirds : float
        Cells that saw a half or a third of the write voltage, once for every slot.
    lines, crossings : float
        Lines that fired, and the crossings on all lines that were charged to the write voltage; on
        a line that is charged to a part of it, a crossing counts as the square of the part.
    gate_lines, gates : float
        Lines of gates that were opened, and the gates on them.
    series : bool
        Whether the current of a pulse flows through a transistor as well.
    """

    halves: float = 0.0
    thirds: float = 0.0
    lines: float = 0.0
    crossings: float = 0.0
    gate_lines: float = 0.0
    gates: float = 0.0
    series: bool = False


class Access(Protocol):
    """How lines reach the cells that they write."""

    @property
    def name(self) -> str:
        """The name on the command line and in records."""

    @property
    def disturb(self) -> float:
        """By which fraction of a step a part of the voltage moves a cell."""

    def stress(self, shape: tuple[int, int], firings: Firings, pulses: float) -> Stress:
        """Return what a write puts on an array beside its pulses, for one cell of a pair.

        A row is connected to both cells of every pair, a column to one of them.

        Parameters
        ----------
        shape : (rows, columns)
            Of the pairs, the bias row counted.
        firings : Firings
        pulses : float
            Pulses on cells.
        """

    def partial(
        self, on_row: Counts, on_column: Counts, both: Counts, active: int
    ) -> tuple[Counts, Counts]:
        """Return in how many slots cells saw a part of the voltage, along and against the pulse.

        Parameters
        ----------
        on_row, on_column, both : arrays or float
            In how many slots each cell's row fired, its column, and both at once.
        active : int
            Slots in which any line fired.
        """


@dataclass(frozen=True)
class HalfVoltage:
    """Cross-point, V/2: half on the row, half on the column, all other lines at 0 V.

    A line that fires is charged as for the whole voltage, as in the source: an upper bound.

    Attributes
    ----------
    disturb : float
        Fraction of a step by which half the voltage moves a cell.

    Source: [Chen2018].
    """

    name: ClassVar[str] = "cross-point"

    disturb: float = 0.0

    def __post_init__(self) -> None:
        plain_numbers(self, "disturb")
        not_negative(disturb=self.disturb)

    def stress(self, shape: tuple[int, int], firings: Firings, pulses: float) -> Stress:
        """Return the half-selected cells: those of which one line fired."""
        rows, columns = shape
        crossings = firings.rows * 2 * columns + firings.columns * rows
        lines = firings.rows + firings.columns
        return Stress(halves=crossings - 2 * pulses, lines=lines, crossings=crossings)

    def partial(
        self, on_row: Counts, on_column: Counts, both: Counts, active: int
    ) -> tuple[Counts, Counts]:
        """Return how often one of the two lines fired alone, and 0."""
        return on_row + on_column - 2 * both, 0.0


@dataclass(frozen=True)
class ThirdVoltage:
    """Cross-point, V/3: rows that fire at V and the others at V/3, columns at 0 V and 2V/3.

    So every cell that is not selected sees V/3, along the pulse if one of its lines fires and
    against it if none does. That is a ninth of a pulse's energy rather than a quarter, on all cells
    of the array rather than on those of the lines that fire. Between two slots all lines return to
    0 V, so all are charged again in every slot.

    Attributes
    ----------
    disturb : float
        Fraction of a step by which a third of the voltage moves a cell.
    """

    name: ClassVar[str] = "cross-point-third"

    disturb: float = 0.0

    def __post_init__(self) -> None:
        plain_numbers(self, "disturb")
        not_negative(disturb=self.disturb)

    def stress(self, shape: tuple[int, int], firings: Firings, pulses: float) -> Stress:
        """Return all cells but the selected ones, in every slot in which a line fired."""
        (rows, columns), active = shape, firings.active
        crossings = (firings.rows + (active * rows - firings.rows) / 9) * 2 * columns
        crossings += (active * 2 * columns - firings.columns) * 4 / 9 * rows
        thirds = active * 2 * rows * columns - pulses
        return Stress(thirds=thirds, lines=firings.rows + firings.columns, crossings=crossings)

    def partial(
        self, on_row: Counts, on_column: Counts, both: Counts, active: int
    ) -> tuple[Counts, Counts]:
        """Return how often one line fired alone, and how often neither did."""
        return on_row + on_column - 2 * both, active - on_row - on_column + both


@dataclass(frozen=True)
class Transistor:
    """1T1R: the row's train drives gates, the column's train bit lines; no cell is half-selected.

    For reading, all gates are open; they are closed before a write and opened again after it. A
    closed transistor leaks nothing, and an open one without a voltage on its bit line carries
    nothing. The conductances of a device are those with its transistor in series, as they are
    measured; in a write the transistor takes a voltage in addition to the cell's.
    """

    name: ClassVar[str] = "1T1R"
    disturb: ClassVar[float] = 0.0

    def stress(self, shape: tuple[int, int], firings: Firings, pulses: float) -> Stress:
        """Return the lines, and the gates, which are those of both cells of a pair."""
        rows, columns = shape
        opened = firings.rows + rows
        return Stress(
            lines=firings.columns,
            crossings=firings.columns * rows,
            gate_lines=opened,
            gates=opened * 2 * columns,
            series=True,
        )

    def partial(
        self, on_row: Counts, on_column: Counts, both: Counts, active: int
    ) -> tuple[Counts, Counts]:
        """Return 0 and 0."""
        return 0.0, 0.0


_EVERY: tuple[Access, ...] = HalfVoltage(), ThirdVoltage(), Transistor()
ACCESSES = {access.name: access for access in _EVERY}
"""Every way by its name."""
