"""Sheets about a layer: the rule, one step, goodness, normalising."""

from __future__ import annotations

from functools import partial

import numpy as np

from ffnumpy.goodness import sum_of_squares
from ffnumpy.losses import Logistic, sigmoid
from ffnumpy.normalisation import normalise
from ffnumpy.proofs.differences import complex_step
from ffnumpy.rule import delta, one_step_rate, outer_product
from ffnumpy.worksheets.sheets import Question, Sheet, apart, numbers

__all__ = ["goodness", "normalising", "one_step", "rule"]

RATE = 0.01


def _two_on(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw x (3,) and W (3, 3) of small integers that turn two units on, and return z too."""
    while True:
        x, W = rng.integers(1, 4, 3), rng.integers(-2, 3, (3, 3))
        z = x @ W
        if np.count_nonzero(z > 0) == 2 and 0 not in z and np.maximum(z, 0).max() <= 4:
            return x.astype(float), W.astype(float), z.astype(float)


def rule(rng: np.random.Generator) -> Sheet:
    """Return a sheet on Eq. 3: one layer, one case, as a positive and as a negative one."""
    x, W, z = _two_on(rng)
    y = np.maximum(z, 0)
    S = float(y @ y)
    theta = S + float(rng.integers(-1, 2))
    p, loss, signs = float(sigmoid(np.array(S - theta))), Logistic(theta), (1.0, -1.0)
    moved = [_eq_3(loss, x, z, sign) for sign in signs]
    measured = [RATE * complex_step(partial(_log_p, loss, x, sign), W) for sign in signs]
    after = [float(np.sum(np.maximum(x @ (W + dW), 0) ** 2)) for dW in moved]
    both = "Σ y² rises" if after[0] > S else "Σ y² falls"
    return Sheet(
        "The rule, by hand",
        "A layer without biases: z = x W, y = max(z, 0), S = Σ y², p = 1/(1 + e^(θ − S)), and "
        "Eq. 3, Δw_ij = 2 ε (1 − p) y_j x_i for a positive case, with −p in place of 1 − p for a "
        "negative one.",
        {"x": numbers(x), "W": numbers(W), "θ": numbers(theta), "ε": numbers(RATE)},
        [
            Question("z = x W", f"z = {numbers(z)}"),
            Question("y and S", f"y = {numbers(y)}\nS = {numbers(S)}"),
            Question("p", f"p = 1/(1 + e^({numbers(theta - S)})) = {p:.4f}\n1 − p = {1 - p:.4f}"),
            Question("ΔW, if the case is positive", numbers(moved[0])),
            Question(
                "S after that update: does it rise?",
                f"z′ = {numbers(x @ (W + moved[0]))}\nS = {after[0]:.4f}: {both}",
            ),
            Question("ΔW, if the case is negative", numbers(moved[1])),
            Question(
                "S after that update",
                f"z′ = {numbers(x @ (W + moved[1]))}\nS = {after[1]:.4f}",
            ),
            Question(
                "Which weights move in neither case, and why?",
                "those to the unit that is off: y_j = 0 is a factor of its update",
            ),
        ],
        apart(moved, measured),
    )


def _eq_3(loss: Logistic, x: np.ndarray, z: np.ndarray, sign: float) -> np.ndarray:
    """Return ΔW for a case of this sign, by the library's plain lines."""
    y = np.maximum(z, 0)
    slope = loss.slope(np.array([y @ y]), np.array([sign]))
    factors = delta(sum_of_squares.pull_back(y[np.newaxis], slope), (z > 0)[np.newaxis])
    return RATE * outer_product(x[np.newaxis], factors)


def _log_p(loss: Logistic, x: np.ndarray, sign: float, W: np.ndarray) -> np.ndarray:
    z = x @ W
    y = np.where(z.real > 0, z, 0)
    return loss.value(sum_of_squares.value(y[np.newaxis]), np.array([sign]))


def one_step(rng: np.random.Generator) -> Sheet:
    """Return a sheet on Section 8: the ε that takes Σ y² where it is wanted in a single step."""
    x, W, z = _two_on(rng)
    y, factor = np.maximum(z, 0), int(rng.choice([4, 9]))
    S, square = float(y @ y), float(x @ x)
    wanted = factor * S
    rate = one_step_rate(S, wanted, square)
    moved = outer_product(x[np.newaxis], rate * y[np.newaxis])
    after = np.maximum(x @ (W + moved), 0)
    root = round(factor**0.5)
    return Sheet(
        "Learning in one step",
        "The update Δw_ij = ε y_j x_i makes every active unit 1 + ε ‖x‖² times as active. So "
        "ε = (√(S*/S) − 1)/‖x‖² takes the goodness S = Σ y² to S* at once. There are no biases.",
        {"x": numbers(x), "W": numbers(W), "S*": f"{factor} S"},
        [
            Question("y and S", f"z = {numbers(z)}\ny = {numbers(y)}\nS = {numbers(S)}"),
            Question("S* and √(S*/S)", f"S* = {numbers(wanted)}\n√(S*/S) = {root}"),
            Question("‖x‖²", f"‖x‖² = {numbers(square)}"),
            Question("ε", f"ε = ({root} − 1)/{numbers(square)} = {rate:.4g}"),
            Question("ΔW", numbers(moved)),
            Question(
                "y and Σ y² with W + ΔW",
                f"y = {numbers(after)}\nΣ y² = {numbers(float(after @ after))} = S*",
            ),
            Question(
                "y/√(Σ y²) before and after: what does the next layer see of the step?",
                f"before {numbers(y / S**0.5)}\nafter  {numbers(after / wanted**0.5)}\nnothing",
            ),
        ],
        apart([float(after @ after), *after], [wanted, *(root * y)]),
    )


def goodness(rng: np.random.Generator) -> Sheet:
    """Return a sheet on goodness, threshold and temperature."""
    y = rng.integers(0, 4, (3, 4)).astype(float)
    theta = float(rng.integers(5, 12))
    S = sum_of_squares.value(y)
    probabilities = {T: sigmoid((S - theta) / T) for T in (1.0, 4.0)}
    slopes = {T: (1 - p) / T for T, p in probabilities.items()}
    measured = [complex_step(partial(_positive, theta, T), S) for T in slopes]
    return Sheet(
        "Goodness, threshold, temperature",
        "Goodness is S = Σ y². A case is called positive with p = σ((S − θ)/T), and the slope of "
        "log p of a positive case is (1 − p)/T.",
        {"y": numbers(y), "θ": numbers(theta)},
        [
            Question("S of each of the three cases", numbers(S)),
            Question("Which of them are more likely positive than not?", _above(S, theta)),
            Question("p of each at T = 1", numbers(probabilities[1.0])),
            Question("p of each at T = 4", numbers(probabilities[4.0])),
            Question(
                "the slope (1 − p)/T of each, as a positive case, at both T",
                "\n".join(f"T = {T:g}: {numbers(s)}" for T, s in slopes.items()),
            ),
            Question(
                "∂S/∂y of the first case, and what Eq. 3 makes of it",
                f"2 y = {numbers(2 * y[0])}: the factor 2 y_j of the update of unit j",
            ),
            Question(
                "Which temperature still teaches a case whose S is far above θ?",
                "the larger one: 1 − p has not vanished there",
            ),
        ],
        apart(list(slopes.values()), measured),
    )


def _positive(theta: float, T: float, S: np.ndarray) -> np.ndarray:
    return Logistic(theta, T).value(S, np.ones(len(S)))


def _above(S: np.ndarray, theta: float) -> str:
    above = [str(k) for k, s in enumerate(S, 1) if s > theta]
    equal = [str(k) for k, s in enumerate(S, 1) if s == theta]
    tie = f"; case {', '.join(equal)} is on the threshold" if equal else ""
    return (f"cases {', '.join(above)}" if above else "none") + tie


def normalising(rng: np.random.Generator) -> Sheet:
    """Return a sheet on normalising: what is removed, and what is left."""
    y = rng.integers(0, 5, (2, 4)).astype(float)
    y[:, 0] += 1
    longer = 3 * y[0]
    squares = np.mean(y**2, axis=1)
    after = normalise(y)
    return Sheet(
        "What normalising removes",
        "Each row of activities is divided by √(mean of y²), so that its mean square becomes 1. "
        "The next layer sees the direction, and nothing of the length, which is the goodness.",
        {"y": numbers(y)},
        [
            Question("Σ y² of each row", numbers(np.sum(y**2, axis=1))),
            Question("the mean of y² of each row, and its root", _roots(squares)),
            Question("y normalised", numbers(after)),
            Question("Σ y² of each normalised row", numbers(np.sum(after**2, axis=1))),
            Question(
                "the first row three times as large: its goodness, and what it is normalised to",
                f"S = {numbers(float(longer @ longer))}, nine times as much\n"
                f"{numbers(normalise(longer[np.newaxis])[0])}, the same",
            ),
            Question(
                "Could the second layer tell a positive from a negative case by the first one's "
                "goodness?",
                f"no: every row has Σ y² = {y.shape[1]} now; it has to find something new",
            ),
        ],
        apart([np.mean(after**2, axis=1), normalise(longer[np.newaxis])[0]], [[1, 1], after[0]]),
    )


def _roots(squares: np.ndarray) -> str:
    return f"mean {numbers(squares)}\nroot {numbers(np.sqrt(squares))}"
