"""The sheet to be redone by hand: every number on it, worked out again from its first two lines."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from ffnumpy.proofs.by_hand import QUOTIENT_STEP, RATE, difference_quotient, draw, sheet

SEEDS = range(6)
NUMBER = r"-?\d+(?:\.\d+)?(?:e[-+]\d+)?"


def numbers(text: str) -> list[float]:
    return [float(n) for n in re.findall(NUMBER, text)]


def after(page: str, start: str, rows: int = 1) -> list[list[float]]:
    """Return the bracketed rows of numbers that follow `start` on the page."""
    brackets = re.findall(r"\[([^\]]*)\]", page[page.index(start) :])
    return [numbers(row) for row in brackets[:rows]]


def number(page: str, pattern: str) -> float:
    found = re.search(pattern + rf"({NUMBER})", page)
    assert found, pattern
    return float(found.group(1))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_number_on_the_sheet_follows_from_x_and_w(seed: int) -> None:
    page = sheet(seed)
    (x,), W = after(page, "x = "), after(page, "W = ", 3)
    theta = number(page, "θ = ")
    z = [sum(x[i] * W[i][j] for i in range(3)) for j in range(3)]
    y = [max(v, 0.0) for v in z]
    S = sum(v * v for v in y)
    p = 1 / (1 + math.exp(theta - S))
    slope = [[2 * (1 - p) * y[j] * x[i] for j in range(3)] for i in range(3)]
    moved = [[W[i][j] + RATE * slope[i][j] for j in range(3)] for i in range(3)]
    new = [max(sum(x[i] * moved[i][j] for i in range(3)), 0.0) for j in range(3)]
    assert after(page, "z = x W = ") == [z]
    assert after(page, "y = max(z, 0) = ") == [y]
    assert number(page, "S = Σ y² = ") == S
    assert number(page, r"1/\(1 \+ e\^\(-?\d+\)\) = ") == pytest.approx(p, abs=5.1e-7)
    assert number(page, "= 1 − p = ") == pytest.approx(1 - p, abs=5.1e-7)
    for start, expected in (
        ("Eq. 3 ", slope),
        ("step, ε", [[RATE * s for s in row] for row in slope]),
        ("Is it the slope?", slope),
    ):
        found = after(page, start, 3)
        assert np.allclose(found, expected, rtol=0, atol=2e-6), start
    assert number(page, "new goodness       S = ") == pytest.approx(
        sum(v * v for v in new), abs=5.1e-7
    )
    wanted, square = number(page, r"to S\* = "), sum(v * v for v in x)
    rate = (math.sqrt(wanted / S) - 1) / square
    assert number(page, r"/\d+ = ") == pytest.approx(rate, abs=5.1e-7)
    scaled = [[W[i][j] + rate * y[j] * x[i] for j in range(3)] for i in range(3)]
    reached = [max(sum(x[i] * scaled[i][j] for i in range(3)), 0.0) for j in range(3)]
    assert sum(v * v for v in reached) == pytest.approx(wanted, rel=1e-12)
    assert number(page, "gives Σ y² = ") == pytest.approx(wanted, rel=1e-5)
    assert number(page, "from Eq. 3: ") <= 1e-7 * np.abs(slope).max()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pencil_suffices(seed: int) -> None:
    x, W, theta = draw(seed)
    z = x @ W
    S = int((np.maximum(z, 0) ** 2).sum())
    assert x.dtype.kind == W.dtype.kind == "i"
    assert max(np.abs(x).max(), np.abs(W).max()) <= 3
    assert np.any(z > 0)
    assert np.any(z < 0)
    assert not np.any(z == 0)
    assert abs(S - theta) <= 1  # p is worth computing


@pytest.mark.parametrize("seed", SEEDS)
def test_the_quotient_is_taken_far_from_the_kink_and_confirms_eq_3(seed: int) -> None:
    example = draw(seed)
    x, W, theta = example
    z = x @ W
    assert np.abs(z).min() > np.abs(x).max() * QUOTIENT_STEP
    y = np.maximum(z, 0)
    p = 1 / (1 + math.exp(theta - float((y**2).sum())))
    expected = 2 * (1 - p) * np.outer(x, y)
    assert np.abs(difference_quotient(example) - expected).max() <= 1e-7 * np.abs(expected).max()


def test_a_seed_is_a_sheet_and_two_seeds_are_two() -> None:
    pages = [sheet(seed) for seed in SEEDS]
    assert pages == [sheet(seed) for seed in SEEDS]
    assert len({page.split("\n", 2)[2] for page in pages}) == len(pages)
