"""What a refresh of cells took, to be priced."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Refreshed"]


class Refreshed(NamedTuple):
    """The operations of a refresh, to be priced; there is no converter among them.

    Attributes
    ----------
    decisions : int
        Of comparators; 0 means that such cells need no refresh.
    pulses, resets : int
        On cells.
    rows : int
        That were read to be compared, all columns at once.
    """

    decisions: int = 0
    pulses: int = 0
    resets: int = 0
    rows: int = 0

    def and_more(self, *others: Refreshed) -> Refreshed:
        """Return what this refresh and others took together."""
        return Refreshed(*(sum(numbers) for numbers in zip(self, *others, strict=True)))
