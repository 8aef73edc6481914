"""Checks of a part's numbers where it is made: they refuse what makes no sense."""

from __future__ import annotations

from math import inf

__all__ = ["above_zero", "not_negative"]


def above_zero(endless: bool = False, **values: float) -> None:
    """Raise a ValueError unless all values, by name, are above 0, and finite unless `endless`.

    Examples
    --------
    >>> above_zero(volt=0.1, weight=0.4)
    """
    for name, value in values.items():
        if not (value > 0 and (endless or value < inf)):
            raise ValueError(f"{name}: expected a number above 0; got {value}")


def not_negative(**values: float) -> None:
    """Raise a ValueError unless all values, by name, are finite and 0 or more."""
    for name, value in values.items():
        if not 0 <= value < inf:
            raise ValueError(f"{name}: expected 0 or more; got {value}")
