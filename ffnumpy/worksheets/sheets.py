"""A sheet: what is given, what is asked, and the answers that were computed and checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["Question", "Sheet", "apart", "key", "numbers", "page"]

GAP = "________"


class Question(NamedTuple):
    """One thing to work out.

    Attributes
    ----------
    text : str
    answer : str
        With every intermediate number.
    """

    text: str
    answer: str


class Sheet(NamedTuple):
    """A sheet for one seed.

    Attributes
    ----------
    title : str
    says : str
        What it is about, in a sentence or two, with the equations.
    given : dict of str to str
        Quantities by their letters.
    questions : list of Question
    checked : float
        By how much the answers differ from a second way to compute them, relative to the largest.
    """

    title: str
    says: str
    given: dict[str, str]
    questions: list[Question]
    checked: float


def numbers(values: ArrayLike, digits: int = 4) -> str:
    """Return a number, a row or a matrix as people write it.

    Examples
    --------
    >>> print(numbers([[1, 2.5], [-3, 0]]))
    [  1  2.5]
    [ -3    0]
    """
    array = np.asarray(values, float)
    if array.ndim == 0:
        return _one(float(array), digits)
    if array.ndim == 1:
        return "[" + "  ".join(_one(v, digits) for v in array) + "]"
    cells = [[_one(v, digits) for v in row] for row in array]
    width = max(len(cell) for row in cells for cell in row)
    return "\n".join("[" + "  ".join(cell.rjust(width) for cell in row) + "]" for row in cells)


def _one(value: float, digits: int) -> str:
    return f"{value + 0.0:.{digits}g}"


def page(sheet: Sheet, seed: int) -> str:
    """Return the sheet to be filled in, as Markdown."""
    return "\n".join(_head(sheet, seed, "") + _asked(sheet.questions, answered=False))


def key(sheet: Sheet, seed: int) -> str:
    """Return the key, as Markdown."""
    ways = f"Computed by the library, and in another way: they differ by {sheet.checked:.0e}."
    answers = _asked(sheet.questions, answered=True)
    return "\n".join([*_head(sheet, seed, ": key"), *answers, ways, ""])


def _head(sheet: Sheet, seed: int, what: str) -> list[str]:
    given = [line for name, value in sheet.given.items() for line in _quantity(name, value)]
    return [f"# {sheet.title}{what} (sheet {seed})", "", sheet.says, "", "```", *given, "```", ""]


def _quantity(name: str, value: str) -> list[str]:
    first, *rest = value.split("\n")
    return [f"{name:<8} = {first}", *(f"{'':<11}{line}" for line in rest)]


def _asked(questions: Sequence[Question], answered: bool) -> list[str]:
    lines = []
    for number, (text, answer) in enumerate(questions, 1):
        below = ["```", *answer.split("\n"), "```"] if answered else [GAP]
        lines += [f"{number}. {text}", "", *(f"   {line}" for line in below), ""]
    return lines


def apart(some: Any, others: Any) -> float:
    """Return the largest difference of two ways to compute something, relative to the largest."""
    a, b = (np.concatenate([np.ravel(part) for part in map(np.asarray, x)]) for x in (some, others))
    return float(np.abs(a - b).max() / (np.abs(b).max() or 1.0))
