"""One update in small integers, to redo with pencil and paper."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.activations import relu
from ffnumpy.goodness import sum_of_squares
from ffnumpy.losses import Logistic, sigmoid
from ffnumpy.rule import delta, one_step_rate, outer_product

__all__ = ["Example", "draw", "sheet"]

RATE = 0.01
QUOTIENT_STEP = 1e-5


class Example(NamedTuple):
    """One case for one layer without biases: x (3,), W (3, 3), θ."""

    x: NDArray
    W: NDArray
    threshold: float


def draw(seed: int = 0) -> Example:
    """Draw small integers that turn at least one unit on and one off, with p near ½."""
    rng = np.random.default_rng(seed)
    while True:
        x, W = rng.integers(1, 4, 3), rng.integers(-2, 3, (3, 3))
        z = x @ W
        S = int(np.sum(np.maximum(z, 0) ** 2))
        if z.min() < 0 and 2 <= S <= 25 and 0 not in z:
            return Example(x, W, float(S + rng.integers(-1, 2)))


def _activity(example: Example, W: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Return z and y, (1, 3), and S, (1,), of the example's input with these weights."""
    z = (example.x @ W)[np.newaxis].astype(float)
    y = relu.value(z)
    return z, y, sum_of_squares.value(y)


def _log_p(example: Example, W: NDArray) -> float:
    S = _activity(example, W)[2]
    return float(Logistic(example.threshold).value(S, np.ones(1))[0])


def difference_quotient(example: Example) -> NDArray:
    """Return ∂log p/∂W by central differences, one weight after another, (3, 3)."""
    quotient = np.empty(example.W.shape)
    for index in np.ndindex(quotient.shape):
        step = np.zeros(quotient.shape)
        step[index] = QUOTIENT_STEP
        rise = _log_p(example, example.W + step) - _log_p(example, example.W - step)
        quotient[index] = rise / (2 * QUOTIENT_STEP)
    return quotient


def sheet(seed: int = 0) -> str:
    """Return the worked example of a seed as text; every number is computed as training does."""
    example = draw(seed)
    parts = (
        f"One positive case, worked by hand (seed {seed})",
        _judgement(example),
        _update(example),
        _proof(example),
        _one_step(example),
    )
    return "\n\n".join(parts) + "\n"


def _slopes(example: Example) -> tuple[float, NDArray]:
    """Return ∂log p/∂S and, by Eq. 3, ∂log p/∂W, (3, 3)."""
    z, y, S = _activity(example, example.W)
    slope = Logistic(example.threshold).slope(S, np.ones(1))
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
  total input        z = x W = {_row(z[0])}
  activity           y = max(z, 0) = {_row(y[0])}
  goodness           S = Σ y² = {S:g}
  threshold          θ = {threshold:g}
  probability        p = 1/(1 + e^(θ − S)) = 1/(1 + e^({threshold - S:g})) = {
        _probability(example):.6f}"""


def _update(example: Example) -> str:
    slope, gradient = _slopes(example)
    (S,), (after,) = (_activity(example, W)[2] for W in (example.W, example.W + RATE * gradient))
    return f"""\
  slope of log p     ∂log p/∂S = 1 − p = {slope:.6f}
                     (a negative case would have −p = {-_probability(example):.6f})
  Eq. 3              ∂log p/∂w_ij = 2 · (1 − p) · y_j · x_i
                     = {_matrix(gradient, 23)}
  step, ε = {RATE:g}     Δw = ε · ∂log p/∂w
                     = {_matrix(RATE * gradient, 23)}
  new goodness       S = {after:.6f}   (it rose by {after - S:.6f})"""


def _proof(example: Example) -> str:
    gradient, quotient = _slopes(example)[1], difference_quotient(example)
    return f"""\
  Is it the slope?   (log p(w + h) − log p(w − h))/2h with h = {QUOTIENT_STEP:g}, weight by weight
                     = {_matrix(quotient, 23)}
  largest difference from Eq. 3: {np.abs(quotient - gradient).max():.1e}"""


def _one_step(example: Example) -> str:
    x, W, _ = example
    _, y, (S,) = _activity(example, W)
    wanted, square = 4 * S, int(x @ x)
    rate = one_step_rate(S, wanted, square)
    (after,) = _activity(example, W + outer_product(x[np.newaxis], rate * y))[2]
    return f"""\
  In one step        to S* = {wanted:g}: ε = (√(S*/S) − 1)/‖x‖² = (√4 − 1)/{square} = {rate:.6f}
                     w_ij + ε · y_j · x_i gives Σ y² = {after:g}"""


def _row(numbers: NDArray) -> str:
    return "[" + "  ".join(f"{n:g}" for n in numbers) + "]"


def _matrix(numbers: NDArray, indent: int) -> str:
    cells = [[f"{n:g}" if float(n).is_integer() else f"{n:.6f}" for n in row] for row in numbers]
    width = max(len(cell) for row in cells for cell in row)
    rows = ["[" + "  ".join(cell.rjust(width) for cell in row) + "]" for row in cells]
    return ("\n" + " " * indent).join(rows)
