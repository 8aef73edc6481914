"""The sheets: one function for each topic, which draws small numbers and works everything out.

What a key says is computed by the library. A second way, complex steps, counting, or the same sum
in another order, says by how much that could be wrong; tests hold it near the rounding, and those
of the chip's sheets against the simulated chip.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from ffnumpy.goodness import sum_of_squares
from ffnumpy.losses import Logistic, sigmoid
from ffnumpy.normalisation import normalise
from ffnumpy.proofs.differences import complex_step
from ffnumpy.rule import delta, one_step_rate, outer_product
from ffnumpy.worksheets.sheets import Question, Sheet, apart, numbers

__all__ = ["TOPICS", "draw"]

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
    p = float(sigmoid(np.array(S - theta)))
    moved, measured = [], []
    for sign in (1.0, -1.0):
        loss = Logistic(theta)
        slope = loss.slope(np.array([S]), np.array([sign]))
        factors = delta(sum_of_squares.pull_back(y[np.newaxis], slope), (z > 0)[np.newaxis])
        moved.append(RATE * outer_product(x[np.newaxis], factors))
        measured.append(RATE * complex_step(partial(_log_p, loss, x, sign), W))
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
            Question("S after that update", f"S = {after[1]:.4f}"),
            Question(
                "Which weights move in neither case, and why?",
                "those to the unit that is off: y_j = 0 is a factor of its update",
            ),
        ],
        apart(moved, measured),
    )


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


def crossbar(rng: np.random.Generator) -> Sheet:
    """Return a sheet on a crossbar that multiplies: Ohm's law and Kirchhoff's."""
    plus, minus = (rng.integers(1, 10, (3, 2)).astype(float) for _ in range(2))
    V = rng.integers(1, 4, 3) / 10
    currents = V @ (plus - minus)
    power = V**2 @ (plus + minus).sum(axis=1)
    each = V[:, np.newaxis] * (plus - minus)
    joules = power * 1e-6 * 10e-9
    return Sheet(
        "A crossbar multiplies",
        "Row i is driven with the voltage V_i. The cell of row i and column j passes V_i G_ij "
        "(Ohm), and the currents of a column add up (Kirchhoff). A weight is the difference of two "
        "cells: I_j = Σ_i V_i (G⁺_ij − G⁻_ij). The columns are held at 0 V.",
        {"V [V]": numbers(V), "G⁺ [µS]": numbers(plus), "G⁻ [µS]": numbers(minus)},
        [
            Question("G⁺ − G⁻ [µS]", numbers(plus - minus)),
            Question("V_i (G⁺ − G⁻)_ij of every crossing [µA]", numbers(each)),
            Question("the current of each column [µA]", numbers(currents)),
            Question(
                "the power that the cells take, Σ V_i² (G⁺ + G⁻)_ij [µW]", numbers(float(power))
            ),
            Question("the energy of a read of 10 ns [fJ]", numbers(joules * 1e15)),
            Question(
                "how many multiplications and additions that was, and the energy of one [fJ]",
                f"{plus.size} of each, {joules * 1e15 / plus.size:.4g} fJ for both",
            ),
        ],
        apart([currents], [each.sum(axis=0)]),
    )


def pulses(rng: np.random.Generator) -> Sheet:
    """Return a sheet on writing by coincidence of two trains of pulses."""
    slots = 10
    rows, columns = (rng.integers(1, 8, n) / 10 for n in (2, 2))
    drawn = [rng.random((len(p), slots)) < p[:, np.newaxis] for p in (rows, columns)]
    together = (drawn[0][:, np.newaxis] & drawn[1]).sum(axis=2)
    expected = slots * np.outer(rows, columns)
    none = (1 - np.outer(rows, columns)) ** slots
    counted = [[int(sum(a & b)) for b in drawn[1]] for a in drawn[0]]
    return Sheet(
        "Writing by coincidence",
        "In every slot row i fires with probability p_i and column j with q_j, each on its own. A "
        "cell moves by one pulse where both fire. On average that is slots · p_i q_j pulses: a "
        "product, and nobody has multiplied.",
        {
            "p": numbers(rows),
            "q": numbers(columns),
            "slots": str(slots),
            "row 1": _train(drawn[0][0]),
            "row 2": _train(drawn[0][1]),
            "column 1": _train(drawn[1][0]),
            "column 2": _train(drawn[1][1]),
        },
        [
            Question("the pulses that each cell gets from the trains above", numbers(together)),
            Question("the pulses that each cell gets on average", numbers(expected)),
            Question("the probability that a cell gets none at all", numbers(none)),
            Question("A pulse moves a cell by 20 nS. Its mean change [nS]", numbers(20 * expected)),
            Question(
                "Twice the slots and half of every p: the mean number of pulses, and its variance, "
                "slots · p q (1 − p q)?",
                f"{numbers(2 * slots * np.outer(rows / 2, columns))}: the same\n"
                f"variance, before\n{numbers(_variance(slots, rows, columns))}\n"
                f"and after\n{numbers(_variance(2 * slots, rows / 2, columns))}: a little larger",
            ),
        ],
        apart([together], [counted]),
    )


def _variance(slots: int, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    both = np.outer(rows, columns)
    return slots * both * (1 - both)


def _train(fired: np.ndarray) -> str:
    return "".join("|" if slot else "." for slot in fired)


def ledger(rng: np.random.Generator) -> Sheet:
    """Return a sheet on an energy bill: what an image costs, and where."""
    names = ["read of a cell", "amplifier", "write pulse", "A-to-D conversion"]
    reads, amplifiers, written = rng.integers(2, 9, 3) * (1000, 10, 100)
    counts = np.array([reads, amplifiers, written, 0])
    converted = rng.integers(2, 9) * 10
    joules = np.array([rng.integers(1, 5) * 0.01, rng.integers(1, 9), rng.integers(1, 9) * 0.1, 2])
    each = counts * joules
    total, rival = float(each.sum()), float(each[:2].sum() + converted * joules[3])
    lines = [f"{n:<18} {c:>6} × {j:g} pJ" for n, c, j in zip(names, counts, joules, strict=True)]
    largest = names[int(each.argmax())]
    return Sheet(
        "An energy bill",
        "A ledger counts what a chip does for one image, and a price turns a count into joules. "
        "Prices are for one operation; the chip's path has no A-to-D conversion.",
        {"counts": "\n".join(lines), "rival": f"reads, amplifiers, {converted} conversions"},
        [
            Question("the energy of each line [pJ]", numbers(each)),
            Question("the energy of the image [nJ]", f"{total:.4g} pJ = {total / 1000:.4g} nJ"),
            Question(
                "the largest line, and its share",
                f"{largest}: {100 * each.max() / total:.3g} %",
            ),
            Question("the energy of the rival's image [nJ]", f"{rival / 1000:.4g} nJ"),
            Question(
                "how many conversions the rival may make before it needs as much [whole number]",
                _break_even(float(each[2]), float(joules[3])),
            ),
        ],
        apart([total], [float(counts @ joules)]),
    )


def _break_even(writing: float, conversion: float) -> str:
    return f"{writing:.4g} pJ of writing / {conversion:g} pJ = {int(writing // conversion)}"


TOPICS: dict[str, Callable[[np.random.Generator], Sheet]] = {
    "rule": rule,
    "one-step": one_step,
    "goodness": goodness,
    "normalise": normalising,
    "crossbar": crossbar,
    "pulses": pulses,
    "ledger": ledger,
}


def draw(topic: str, seed: int) -> Sheet:
    """Return the sheet of a topic for a seed.

    Raises
    ------
    KeyError
        If there is no such topic.
    """
    return TOPICS[topic](np.random.default_rng(seed))
