"""Windows of text that a network invents: negative cases that need no label.

A negative is *teacher-forced*: a real window whose last character is replaced by what the network
predicts from the ten real ones before it; or *self-generated*: the window at the same place of a
string that the network has continued by itself, with its own predictions as the next input.

Source: [Hinton2022] Section 5; the two kinds as [HintonProblems] has them of an early draft. That a
wrong character is sampled, and never the real one, is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.negatives import hard_wrong
from ffnumpy.data.text import starts
from ffnumpy.validation import whole

__all__ = ["Invention", "SelfGenerated", "TeacherForced", "following", "one_hot"]

Logits = Callable[[NDArray], NDArray]


def one_hot(codes: NDArray, symbols: int) -> NDArray:
    """Return windows as a first layer takes them, one input of each ten × `symbols` on.

    Parameters
    ----------
    codes : (n, columns) array of int
    symbols : int

    Returns
    -------
    (n, columns · symbols) float32
        Of mean square 1: an input that is on is √symbols.
    """
    on = np.eye(symbols, dtype=np.float32) * np.float32(np.sqrt(symbols))
    return on[codes].reshape(len(codes), -1)


def following(before: NDArray, after: NDArray) -> NDArray:
    """Return the windows one character further on, which end in `after`.

    Examples
    --------
    >>> following(np.array([[1, 2, 3]]), np.array([4]))
    array([[2, 3, 4]])
    """
    return np.column_stack([before[:, 1:], after])


class Invention(Protocol):
    """A way to make negatives. What it keeps from one batch to the next is saved with the run."""

    def begin(self) -> None:
        """Prepare for an epoch, before any of its batches."""

    def __call__(self, features: NDArray, before: NDArray, after: NDArray, index: NDArray) -> Any:
        """Return a negative window for each row of a batch, (batch, columns).

        `features` are the windows `before` as inputs; `after` is the real next character and
        `index` the rows' place in the training set.
        """

    def arrays(self) -> dict[str, NDArray]:
        """Return what is kept."""

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Load what `arrays` returned."""


class TeacherForced:
    """Nine real characters and a wrong tenth, sampled from the prediction without the real one.

    Parameters
    ----------
    logits : callable, inputs (batch, n_in) -> (batch, symbols)
        The prediction of the next character, such as `NextCharacter.logits`.
    rng : numpy.random.Generator
    """

    def __init__(self, logits: Logits, rng: np.random.Generator) -> None:
        self.logits, self.rng = logits, rng

    def begin(self) -> None:
        """Prepare nothing."""

    def __call__(
        self, features: NDArray, before: NDArray, after: NDArray, index: NDArray
    ) -> NDArray:
        """Return a negative window for each row of a batch."""
        return following(before, hard_wrong(self.logits(features), after, self.rng))

    def arrays(self) -> dict[str, NDArray]:
        """Return nothing."""
        return {}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Load nothing."""


class SelfGenerated:
    """Windows of strings that the network generates before each epoch, all at once, as in sleep.

    Every passage of the training text is cut into strings. The first ten characters of a string are
    real; each further one is sampled from the softmax of the ten before it, of which more and more,
    and in the end all, were generated too. A generated character may be the real one: the negatives
    come from the network's own distribution, as they stand.

    Parameters
    ----------
    logits, rng
        As in `TeacherForced`.
    rows : (n, columns) array of int
        The training set, in the order of the text.
    labels : (n,) array of int
        The character after each window.
    symbols : int
    length : int
        Characters to generate in a string: 90 after 10 real ones make 100.
    """

    def __init__(
        self,
        logits: Logits,
        rng: np.random.Generator,
        rows: NDArray,
        labels: NDArray,
        symbols: int,
        length: int = 90,
    ) -> None:
        whole(length=length)
        self.logits, self.rng, self.rows, self.symbols = logits, rng, rows, symbols
        ends = np.append(starts(rows, labels)[1:], len(rows))
        passages = zip(starts(rows, labels), ends, strict=True)
        self.first = np.concatenate([np.arange(a, b, length) for a, b in passages])
        self.lengths = np.diff(np.append(self.first, len(rows)))
        self.dreamt = np.zeros_like(rows)

    def begin(self) -> None:
        """Generate every string."""
        now = self.rows[self.first]
        for step in range(self.lengths.max()):
            going = self.lengths > step
            logits = self.logits(one_hot(now[going], self.symbols))
            said = (logits + self.rng.gumbel(size=logits.shape)).argmax(axis=1)
            now[going] = following(now[going], said)
            self.dreamt[self.first[going] + step] = now[going]

    def __call__(
        self, features: NDArray, before: NDArray, after: NDArray, index: NDArray
    ) -> NDArray:
        """Return the generated window at the place of each row of a batch."""
        return self.dreamt[index]

    def arrays(self) -> dict[str, NDArray]:
        """Return the generated windows, of which an epoch that was stopped needs the rest."""
        return {"dreamt": self.dreamt}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Load what `arrays` returned."""
        self.dreamt[...] = arrays["dreamt"]
