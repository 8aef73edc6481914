"""Sheets about the chip: a crossbar, pulses, an energy bill."""

from __future__ import annotations

import numpy as np

from ffnumpy.worksheets.sheets import Question, Sheet, apart, numbers

__all__ = ["crossbar", "ledger", "pulses"]


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
