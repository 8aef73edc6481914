"""The tasks of a layer: slope, normalising, update, one step, and all of them together.

A slope is measured and not written: it is the complex step of the log probability, so that nothing
but the definition has to be believed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.goodness import sum_of_squares
from ffnumpy.grading.task import Case, Function, Task
from ffnumpy.losses import Logistic, sigmoid
from ffnumpy.normalisation import normalise
from ffnumpy.proofs.differences import complex_step
from ffnumpy.rule import one_step_rate

__all__ = ["LAYER", "NORMALISE", "ONE_STEP", "SLOPE", "UPDATE"]


def _draw_slope(rng: np.random.Generator) -> Case:
    theta = float(rng.integers(1, 5))
    return theta + rng.normal(0, 1.5, 6), rng.choice([-1.0, 1.0], 6), theta


def _slope(G: NDArray, sign: NDArray, theta: float) -> NDArray:
    return complex_step(lambda g: Logistic(theta).value(g, sign), G)


def _p(G: NDArray, sign: NDArray, theta: float) -> NDArray:
    """Return the probability of having classified each case correctly."""
    return sigmoid(sign * (G - theta))


SLOPE = Task(
    "slope",
    "G, sign, theta",
    "∂log p/∂G of each case, (n,), where p = σ(sign · (G − θ)) and sign is +1 or −1",
    _draw_slope,
    _slope,
    {
        "the sign is flipped: training would lower the goodness of positive cases": lambda *a: (
            -_slope(*a)
        ),
        "the sign of the negative cases is flipped: their goodness has to fall": lambda *a: np.abs(
            _slope(*a)
        ),
        "this is p(1 − p), the slope of p; the slope of log p is 1 − p": lambda G, sign, theta: (
            sign * _p(G, sign, theta) * (1 - _p(G, sign, theta))
        ),
        "this is p itself; the slope is 1 − p, what is still missing": lambda G, sign, theta: (
            sign * _p(G, sign, theta)
        ),
        "negative cases get 1 − p where they get −p: their p is that of a positive case": (
            lambda G, sign, theta: 1 - sigmoid(G - theta)
        ),
    },
)


# normalise


def _draw_activity(rng: np.random.Generator) -> Case:
    y = np.maximum(rng.normal(0.3, 1, (5, rng.integers(3, 7))), 0)
    y[2] = 0
    return (y,)


def _over_all(y: NDArray) -> NDArray:
    return y / np.sqrt(np.mean(y**2))


NORMALISE = Task(
    "normalise",
    "y",
    "each row of y, (n, width), scaled to mean square 1; a row of zeros stays one",
    _draw_activity,
    normalise,
    {
        "this has length 1 and not mean square 1: the factor √width is missing": lambda y: (
            normalise(y, 1.0)
        ),
        "the whole batch is scaled by one number; every row has its own": _over_all,
        "this divides by the mean of y, not by the root of the mean square": lambda y: (
            y / np.maximum(y.mean(axis=1, keepdims=True), 1e-9)
        ),
        "this divides by the mean square; its root is missing": lambda y: (
            y / np.maximum(np.mean(y**2, axis=1, keepdims=True), 1e-9)
        ),
        "the mean is taken away first; only the length is removed": lambda y: normalise(
            y - y.mean(axis=1, keepdims=True)
        ),
    },
)


# update


def _draw_update(rng: np.random.Generator) -> Case:
    """Draw a batch, a layer of another width than its input, and a threshold near the goodness."""
    n, inputs, width = int(rng.integers(6, 9)), 3, int(rng.integers(4, 6))
    x, W, b = rng.normal(size=(n, inputs)), rng.normal(size=(inputs, width)), rng.normal(size=width)
    S = np.sum(np.maximum(x @ W + b / 4, 0) ** 2, axis=1)
    sign = rng.permutation(np.where(np.arange(n) < n // 2, 1.0, -1.0))
    theta, rate = np.median(S) + rng.uniform(0.5, 1), rng.uniform(0.05, 0.3)
    return x, W, b / 4, float(theta), sign, float(rate)


def _log_p(x: NDArray, W: NDArray, b: NDArray, theta: float, sign: NDArray) -> NDArray:
    z = x @ W + b
    y = np.where(z.real > 0, z, 0)
    return Logistic(theta).value(sum_of_squares.value(y), sign)


def _update(
    x: NDArray, W: NDArray, b: NDArray, theta: float, sign: NDArray, rate: float
) -> tuple[NDArray, NDArray]:
    """Return ε · ∂(mean log p)/∂W and the same for b, by complex steps."""
    scale = rate / len(x)
    return (
        scale * complex_step(lambda w: _log_p(x, w, b, theta, sign), W),
        scale * complex_step(lambda c: _log_p(x, W, c, theta, sign), b),
    )


def _with(
    slope: Callable[[NDArray, NDArray], NDArray] = lambda p, sign: sign * (1 - p),
    activity: Callable[[NDArray], NDArray] = lambda z: np.maximum(z, 0),
    goodness: Callable[[NDArray], NDArray] = lambda y: np.sum(y**2, axis=1),
) -> Function:
    """Return the update with another slope of log p, given p and sign, activity or goodness."""

    def update(
        x: NDArray, W: NDArray, b: NDArray, theta: float, sign: NDArray, rate: float
    ) -> tuple[NDArray, NDArray]:
        """Return ΔW and Δb."""
        z = x @ W + b
        y = np.maximum(z, 0)
        p = sigmoid(sign * (goodness(y) - theta))
        delta = 2 * slope(p, sign)[:, np.newaxis] * activity(z)
        return rate * x.T @ delta / len(x), rate * delta.mean(axis=0)

    return update


def _mean_square(y: NDArray) -> NDArray:
    return np.mean(y**2, axis=1)


def _of_normalised(
    x: NDArray, W: NDArray, b: NDArray, theta: float, sign: NDArray, rate: float
) -> tuple[NDArray, NDArray]:
    """Return what comes out if goodness and slope are those of the normalised activity."""
    y = normalise(np.maximum(x @ W + b, 0))
    p = sigmoid(sign * (np.sum(y**2, axis=1) - theta))
    delta = 2 * (sign * (1 - p))[:, np.newaxis] * y
    return rate * x.T @ delta / len(x), rate * delta.mean(axis=0)


TURNED = "ΔW is transposed: it is xᵀ δ, not δᵀ x"


def _scaled(by: Callable[[NDArray], float]) -> Function:
    return lambda x, *a: tuple(by(x) * part for part in _update(x, *a))


UPDATE = Task(
    "update",
    "x, W, b, theta, sign, rate",
    "ΔW, the shape of W, and Δb, the shape of b: ε times the slope of the mean log p over the "
    "cases, where z = x W + b, y = max(z, 0), G = Σ y², p = σ(sign · (G − θ))",
    _draw_update,
    _update,
    {
        "a factor 2 is missing: ∂Σy²/∂y = 2y": _scaled(lambda x: 0.5),
        "the sign is flipped: the weights go downhill": _scaled(lambda x: -1.0),
        "the sign of the negative cases is flipped: they have to lower their goodness": _with(
            slope=lambda p, sign: 1 - p
        ),
        "the slope of log p is 1 − p; this takes p(1 − p), the slope of p": _with(
            slope=lambda p, sign: sign * p * (1 - p)
        ),
        "this is the sum over the cases, where the mean is asked for": _scaled(len),
        TURNED: lambda *a: (_update(*a)[0].T, _update(*a)[1]),
        "this takes z for y: a unit that is off has no slope": _with(activity=lambda z: z),
        "this takes 1 for y where a unit is on: the slope of y² is 2y, not 2": _with(
            activity=lambda z: (z > 0).astype(float)
        ),
        "the activity is normalised before it enters the update; the rule takes y as it is": _with(
            activity=lambda z: normalise(np.maximum(z, 0))
        ),
        "the goodness is the mean of y²; here it is the sum": _with(goodness=_mean_square),
        "the goodness is the mean of y², with its slope 2y/N; here it is the sum": _with(
            activity=lambda z: np.maximum(z, 0) / z.shape[1], goodness=_mean_square
        ),
        "all of it is computed after normalising; goodness and slope are those of y itself": (
            _of_normalised
        ),
    },
    ("ΔW", "Δb"),
)


# one step


def _draw_one_step(rng: np.random.Generator) -> Case:
    x = rng.normal(size=5)
    return float(rng.uniform(1, 6)), float(rng.uniform(6, 12)), x


ONE_STEP = Task(
    "one_step",
    "S, S_star, x",
    "the ε of Section 8 with which Δw = ε y x takes Σ y² from S to S* in one step, for a layer "
    "with a bias, which learns as the weight of one more input, 1",
    _draw_one_step,
    lambda S, S_star, x: one_step_rate(S, S_star, float(x @ x) + 1),
    {
        "the bias is forgotten in ‖x‖²: it is one more input, so ‖x‖² = Σ x² + 1": (
            lambda S, S_star, x: one_step_rate(S, S_star, float(x @ x))
        ),
        "‖x‖² is missing: the paper has ‖x‖ = 1, these inputs are longer": lambda S, S_star, x: (
            one_step_rate(S, S_star, 1.0)
        ),
        "the root is missing: y grows by √(S*/S), Σ y² by S*/S": lambda S, S_star, x: (
            (S_star / S - 1) / (float(x @ x) + 1)
        ),
        "S and S* are exchanged": lambda S, S_star, x: one_step_rate(S_star, S, float(x @ x) + 1),
        "the −1 is missing: ε is what is added to y, relative to it": lambda S, S_star, x: (
            np.sqrt(S_star / S) / (float(x @ x) + 1)
        ),
    },
)


# a whole layer


def _layer(x: NDArray, W: NDArray, b: NDArray, *how: Any) -> tuple[NDArray, NDArray, NDArray]:
    dW, db = _update(x, W, b, *how)
    return normalise(np.maximum(x @ W + b, 0)), W + dW, b + db


def _late(x: NDArray, W: NDArray, b: NDArray, *how: Any) -> tuple[NDArray, NDArray, NDArray]:
    _, W, b = _layer(x, W, b, *how)
    return normalise(np.maximum(x @ W + b, 0)), W, b


def _moved(mistake: Function) -> Function:
    """Return what the layer gives if its update has a mistake."""

    def layer(x: NDArray, W: NDArray, b: NDArray, *how: Any) -> Case:
        """Return the output, and W and b as they are moved by that mistake."""
        dW, db = mistake(x, W, b, *how)
        return normalise(np.maximum(x @ W + b, 0)), W + dW, b + db

    return layer


LAYER = Task(
    "layer",
    "x, W, b, theta, sign, rate",
    "what one layer does with a batch: its output, the normalised activity of the forward pass, "
    "then the new W and the new b",
    _draw_update,
    _layer,
    {
        "the output is not normalised: the next layer would read this layer's goodness off its "
        "length": lambda x, W, b, *a: (np.maximum(x @ W + b, 0), *_layer(x, W, b, *a)[1:]),
        "the output is that of the new weights; the next layer gets the activity of the pass that "
        "was learned from": _late,
        **{words: _moved(mistake) for words, mistake in UPDATE.mistakes.items() if words != TURNED},
        "the weights are returned as they were": lambda x, W, b, *a: (_layer(x, W, b, *a)[0], W, b),
        "this returns the changes of W and b instead of the new ones": lambda x, W, b, *a: (
            _layer(x, W, b, *a)[0],
            *_update(x, W, b, *a),
        ),
    },
    ("the output", "W", "b"),
)


# the chip
