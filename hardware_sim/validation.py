"""Checks of a part's numbers where it is made: they refuse what makes no sense."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

__all__ = ["above_zero", "not_negative", "plain_numbers"]


def plain_numbers(part: Any, *names: str) -> None:
    """Put plain copies in the place of a part's numbers and arrays.

    A number of a class of its own could see whatever voltage it is multiplied with.

    Raises
    ------
    TypeError
        If one of them is neither a number nor an array of numbers.
    """
    for name in names:
        value = np.array(getattr(part, name), subok=False)
        if value.dtype.kind not in "biuf":
            raise TypeError(
                f"{type(part).__name__}: {name}: expected a number or an array of numbers; got "
                f"{type(getattr(part, name)).__name__}"
            )
        object.__setattr__(part, name, value if value.ndim else value.item())


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
