"""One update in small integers, to redo with pencil and paper."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.activations import relu
from ffnumpy.goodness import sum_of_squares
from ffnumpy.losses import Logistic, sigmoid
from ffnumpy.normalisation import normalise
from ffnumpy.rule import delta, one_step_rate, outer_product

__all__ = ["Example", "draw", "holds", "sheet"]

RATE = 0.01
QUOTIENT_STEP = 1e-5
LIMIT = 1e-7  # of the difference between Eq. 3 and the quotient, relative to the largest slope
ANSWER = re.compile("⟦(.*?)⟧", re.DOTALL)  # what is worked out stands between these brackets
NUMBER = re.compile(r"-?\d[\d.]*(?:e[-+]\d+)?")
GAP = "______"


class Example(NamedTuple):
    """One case for one layer without biases: x (3,), W (3, 3), θ."""

    x: NDArray
    W: NDArray
    threshold: float


def draw(seed: int = 0) -> Example:
    """Draw small integers that turn two units on and one off, with p near ½."""
    rng = np.random.default_rng(seed)
    while True:
        x, W = rng.integers(1, 4, 3), rng.integers(-2, 3, (3, 3))
        z = x @ W
        S = int(np.sum(np.maximum(z, 0) ** 2))
        if np.count_nonzero(z > 0) == 2 and 2 <= S <= 25 and 0 not in z:
            return Example(x, W, float(S + rng.integers(-1, 2)))


def _activity(example: Example, W: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Return z and y, (1, 3), and S, (1,), of the example's input with these weights."""
    z = (example.x @ W)[np.newaxis].astype(float)
    y = relu.value(z)
    return z, y, sum_of_squares.value(y)


def _log_p(example: Example, W: NDArray) -> float:
    S = _activity(example, W)[2]
    return float(Logistic(example.threshold).value(S, np.ones(1))[0])


def _shifted(example: Example, by: float) -> NDArray:
    """Return log p with one weight after another shifted, (3, 3)."""
    shifted = np.empty(example.W.shape)
    for index in np.ndindex(shifted.shape):
        step = np.zeros(shifted.shape)
        step[index] = by
        shifted[index] = _log_p(example, example.W + step)
    return shifted


def difference_quotient(example: Example) -> NDArray:
    """Return ∂log p/∂W by central differences, one weight after another, (3, 3)."""
    up, down = (_shifted(example, by) for by in (QUOTIENT_STEP, -QUOTIENT_STEP))
    return (up - down) / (2 * QUOTIENT_STEP)


def holds(seed: int = 0) -> bool:
    """Return whether Eq. 3 agrees with the difference quotient on the sheet of a seed."""
    example = draw(seed)
    gradient = _slopes(example)[1]
    return _distance(example) <= LIMIT * float(np.abs(gradient).max())


def _distance(example: Example) -> float:
    return float(np.abs(difference_quotient(example) - _slopes(example)[1]).max())


def sheet(seed: int = 0, blank: bool = False) -> str:
    """Return the worked example of a seed as text; every number is computed as training does.

    Parameters
    ----------
    seed : int
    blank : bool
        Whether what is to be worked out is left blank, for a class.
    """
    example = draw(seed)
    parts = (
        f"One case, worked by hand (seed {seed})",
        _judgement(example),
        _update(example, 1),
        _proof(example),
        _update(example, -1),
        _one_step(example),
    )
    return _answered("\n\n".join(parts) + "\n", blank)


def _answered(text: str, blank: bool) -> str:
    """Return the text with its answers, or with a gap for every number of them."""
    if not blank:
        return ANSWER.sub(r"\1", text)
    gaps = ANSWER.sub(lambda found: NUMBER.sub(GAP, found[1]), text)
    return re.sub(r"(\[) +(_)|(_) {3,}(_)", lambda m: "[_" if m[1] else "_  _", gaps)


def _slopes(example: Example, sign: int = 1) -> tuple[float, NDArray]:
    """Return the slope of the log probability in S and, by Eq. 3, in W, (3, 3)."""
    z, y, S = _activity(example, example.W)
    slope = Logistic(example.threshold).slope(S, np.full(1, sign))
    factors = delta(sum_of_squares.pull_back(y, slope), relu.slope(z))
    return float(slope[0]), outer_product(example.x[np.newaxis], factors)


def _probability(example: Example) -> float:
    S = _activity(example, example.W)[2]
    return float(sigmoid(S - example.threshold)[0])


def _judgement(example: Example) -> str:
    x, W, threshold = example
    z, y, (S,) = _activity(example, W)
    return f"""\
  input              x = {_row(x)}
  weights            W = {_matrix(W, 23)}
  threshold          θ = {threshold:g}
  total input        z = x W = ⟦{_row(z[0])}⟧
  activity           y = max(z, 0) = ⟦{_row(y[0])}⟧
  goodness           S = Σ y² = ⟦{S:g}⟧
  probability        p = 1/(1 + e^(θ − S)) = ⟦1/(1 + e^({threshold - S:g})) = {
        _probability(example):.6f}⟧
  normalised output  y/√(S/3) = ⟦{_row(normalise(y)[0], 6)}⟧"""


def _update(example: Example, sign: int) -> str:
    """Return the update of the case, if it is positive, or negative."""
    slope, gradient = _slopes(example, sign)
    moved = example.W + RATE * gradient
    z, y, (after,) = _activity(example, moved)
    before = _activity(example, example.W)[2][0]
    what, factor, name = ("positive", "(1 − p)", "log p")
    if sign < 0:
        what, factor, name = ("negative", "(−p)", "log (1 − p)")
    words = "rose" if after > before else "fell"
    return f"""\
  If it is a {what} case:
  slope of {name + " ":<10}∂{name}/∂S = {factor[1:-1]} = ⟦{slope:.6f}⟧
  Eq. 3              ∂{name}/∂w_ij = 2 · {factor} · y_j · x_i
                     = ⟦{_matrix(gradient, 23)}⟧
  step, ε = {RATE:g}     Δw = ε · ∂{name}/∂w
                     = ⟦{_matrix(RATE * gradient, 23)}⟧
  new weights        W + Δw
                     = ⟦{_matrix(moved, 23)}⟧
  new total input    z′ = x (W + Δw) = ⟦{_row(z[0], 6)}⟧
  new activity       y′ = max(z′, 0) = ⟦{_row(y[0], 6)}⟧
  new goodness       S = ⟦{after:.6f}⟧   (it {words} by ⟦{abs(after - before):.6f}⟧)"""


def _proof(example: Example) -> str:
    up, down = (_shifted(example, by) for by in (QUOTIENT_STEP, -QUOTIENT_STEP))
    return f"""\
  log p(w + h)       with h = {QUOTIENT_STEP:g}, weight by weight
                     = ⟦{_matrix(up, 23, 10)}⟧
  log p(w − h)       = ⟦{_matrix(down, 23, 10)}⟧
  Is it the slope?   (log p(w + h) − log p(w − h))/2h
                     = ⟦{_matrix(difference_quotient(example), 23)}⟧
  largest difference from Eq. 3: ⟦{_distance(example):.1e}⟧"""


def _one_step(example: Example) -> str:
    x, W, _ = example
    _, y, (S,) = _activity(example, W)
    wanted, square = 4 * S, int(x @ x)
    rate = one_step_rate(S, wanted, square)
    (after,) = _activity(example, W + outer_product(x[np.newaxis], rate * y))[2]
    return f"""\
  In one step        to S* = 4 S: S* = ⟦{wanted:g}⟧
                     ‖x‖² = Σ x² = ⟦{square}⟧
                     ε = (√(S*/S) − 1)/‖x‖² = ⟦(√4 − 1)/{square} = {rate:.6f}⟧
                     w_ij + ε · y_j · x_i gives Σ y² = ⟦{after:g}⟧"""


def _row(numbers: NDArray, digits: int | None = None) -> str:
    return "[" + "  ".join(f"{n:g}" if digits is None else _cell(n, digits) for n in numbers) + "]"


def _cell(number: float, digits: int) -> str:
    return f"{number:g}" if float(number).is_integer() else f"{number:.{digits}f}"


def _matrix(numbers: NDArray, indent: int, digits: int = 6) -> str:
    cells = [[_cell(n, digits) for n in row] for row in numbers]
    width = max(len(cell) for row in cells for cell in row)
    rows = ["[" + "  ".join(cell.rjust(width) for cell in row) + "]" for row in cells]
    return ("\n" + " " * indent).join(rows)
