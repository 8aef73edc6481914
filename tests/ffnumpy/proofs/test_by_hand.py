"""The sheet to be redone by hand: every number on it, worked out again from its first two lines."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from ffnumpy.__main__ import main
from ffnumpy.proofs import by_hand
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
        ("new weights", moved),
    ):
        found = after(page, start, 3)
        assert np.allclose(found, expected, rtol=0, atol=2e-6), start
    assert number(page, "new goodness       S = ") == pytest.approx(
        sum(v * v for v in new), abs=5.1e-7
    )
    assert np.allclose(after(page, "z′ = ")[0], np.array(x) @ moved, rtol=0, atol=2e-6)
    assert np.allclose(after(page, "y′ = ")[0], new, rtol=0, atol=2e-6)
    assert number(page, "it rose by ") == pytest.approx(sum(v * v for v in new) - S, abs=1.1e-6)
    assert np.allclose(after(page, "y/√(S/3) = ")[0], np.array(y) / math.sqrt(S / 3), atol=1e-6)
    assert number(page, "Σ x² = ") == sum(v * v for v in x)
    wanted, square = number(page, r"4 S: S\* = "), sum(v * v for v in x)
    rate = (math.sqrt(wanted / S) - 1) / square
    assert number(page, r"/\d+ = ") == pytest.approx(rate, abs=5.1e-7)
    scaled = [[W[i][j] + rate * y[j] * x[i] for j in range(3)] for i in range(3)]
    reached = [max(sum(x[i] * scaled[i][j] for i in range(3)), 0.0) for j in range(3)]
    assert sum(v * v for v in reached) == pytest.approx(wanted, rel=1e-12)
    assert number(page, "gives Σ y² = ") == pytest.approx(wanted, rel=1e-5)
    assert number(page, "from Eq. 3: ") <= 1e-7 * np.abs(slope).max()


@pytest.mark.reports
@pytest.mark.parametrize("seed", SEEDS)
def test_the_negative_case_lowers_the_goodness_along_minus_p(seed: int) -> None:
    page = sheet(seed)
    x, W, theta = draw(seed)
    y = np.maximum(x @ W, 0)
    S = float((y**2).sum())
    p = 1 / (1 + math.exp(theta - S))
    negative = page[page.index("negative case") :]
    slope = -2 * p * np.outer(x, y)
    assert number(negative, "= −p = ") == pytest.approx(-p, abs=5.1e-7)
    assert np.allclose(after(negative, "Eq. 3", 3), slope, rtol=0, atol=2e-6)
    lowered = np.maximum(x @ (W + RATE * slope), 0)
    assert np.allclose(after(negative, "y′ = ")[0], lowered, rtol=0, atol=2e-6)
    fall = S - float((lowered**2).sum())
    assert fall > 0
    assert number(negative, "it fell by ") == pytest.approx(fall, abs=1.1e-6)


@pytest.mark.reports
@pytest.mark.parametrize("seed", SEEDS)
def test_the_quotient_follows_from_the_log_probabilities_on_the_sheet(seed: int) -> None:
    page = sheet(seed)
    up, down = (np.array(after(page, f"log p(w {s} h)  ", 3)) for s in "+−")
    quotient = (up - down) / (2 * QUOTIENT_STEP)  # of numbers that were printed to ten digits
    assert np.allclose(quotient, after(page, "Is it the slope?", 3), rtol=0, atol=1.1e-5)


@pytest.mark.reports
@pytest.mark.parametrize("seed", SEEDS)
def test_a_blank_sheet_has_the_questions_of_the_key_and_none_of_its_answers(seed: int) -> None:
    key, blank = sheet(seed), sheet(seed, blank=True)
    shown = blank[: blank.index("total input")]
    assert key.startswith(shown)
    assert after(blank, "x = ") == after(key, "x = ")
    for line, answered in zip(blank.splitlines(), key.splitlines(), strict=True):
        assert line == answered or "______" in line
    assert "⟦" not in key + blank
    for start in ("z = x W = ", "S = Σ y² = ", "Σ x² = ", "from Eq. 3: "):
        assert re.search(re.escape(start) + r"\[?______", blank), start


@pytest.mark.reports
def test_a_wrong_rule_is_told_by_the_exit_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "--by-hand"]) == 0
    assert main(["verify", "--by-hand", "--blank", "--key"]) == 0
    assert capsys.readouterr().out.count("\f") == 1
    monkeypatch.setattr(by_hand, "delta", lambda slope, f: slope * f / 2)
    assert main(["verify", "--by-hand"]) == 1
    assert "FAILS" in capsys.readouterr().out


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pencil_suffices(seed: int) -> None:
    x, W, theta = draw(seed)
    z = x @ W
    S = int((np.maximum(z, 0) ** 2).sum())
    assert x.dtype.kind == W.dtype.kind == "i"
    assert max(np.abs(x).max(), np.abs(W).max()) <= 3
    assert np.count_nonzero(z > 0) == 2  # so that one activity times another could be confused
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
