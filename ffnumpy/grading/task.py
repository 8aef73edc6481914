"""What a student writes, the numbers that it must give, and the mistakes that have a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["TRAINING", "Case", "Function", "Task", "Training"]

Case = tuple[Any, ...]


Function = Callable[..., Any]


@dataclass(frozen=True)
class Task:
    """One function to write.

    Attributes
    ----------
    name : str
        Of the function.
    arguments : str
        As they stand in its ``def``.
    says : str
        What it is to return.
    draw : callable, rng -> arguments
        One case.
    right : callable, arguments -> numbers
        A number, an array, or a tuple of them.
    mistakes : dict
        From what to tell the student to what comes out of that mistake.
    parts : tuple of str
        What the parts of an answer are called, if there are several.
    """

    name: str
    arguments: str
    says: str
    draw: Callable[[np.random.Generator], Case]
    right: Function
    mistakes: dict[str, Function] = field(default_factory=dict)
    parts: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        """The first line of the function."""
        return f"def {self.name}({self.arguments}):"


# slope


@dataclass(frozen=True)
class Training:
    """A whole training loop, judged by the error that it reaches on images that it has not seen.

    Attributes
    ----------
    name, arguments, says : str
        As of a `Task`.
    images, unseen : int
        To learn from, and to be asked about.
    error : float
        That must be reached.
    """

    name: str = "train"
    arguments: str = "rows, labels, classes, rng"
    says: str = (
        "a function ``predict(rows)`` of a network that has learned these rows of pixels, "
        "(n, 784) bytes, and their labels by Forward-Forward; the first ten pixels are blank"
    )
    images: int = 2000
    unseen: int = 500
    error: float = 0.25

    @property
    def head(self) -> str:
        """The first line of the function."""
        return f"def {self.name}({self.arguments}):"


TRAINING = Training()
"""The composition: right parts that are put together wrongly learn nothing."""
