"""A stream: asked before it is taught, row by row, and its score is saved."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases import LabelledCases, OneHot, UniformWrong
from ffnumpy.cases.stream import OneByOne, Prequential, running_error
from ffnumpy.training import train

CLASSES = 3


class Noting:
    """A layer that notes what it is shown."""

    def __init__(self, notes: list[Any]) -> None:
        self.notes = notes

    def forward(self, x: Any) -> tuple[Any, Any]:
        return x, None

    def learn(self, x: NDArray, sign: NDArray) -> NDArray:
        self.notes.append((x.shape, float(sign[0])))
        return x


def cases(n: int = 5) -> LabelledCases:
    rng = np.random.default_rng(0)
    rows, labels = rng.integers(0, 256, (n, 9), np.uint8), np.arange(n) % CLASSES
    rows[:, :CLASSES] = 0
    return LabelledCases(rows, labels, OneHot(CLASSES), UniformWrong(CLASSES, rng), 1)


def test_of_every_image_the_positive_case_is_shown_first_and_alone() -> None:
    notes: list[Any] = []
    list(train([OneByOne([Noting(notes), Noting(notes)])], cases()))
    assert notes == [((1, 9), sign) for _ in range(5) for sign in (1, 1, -1, -1)]


def test_the_network_is_asked_before_it_is_shown_the_label() -> None:
    order: list[str] = []
    asked = Prequential(lambda x: order.append("asked") or 0)  # type: ignore[func-returns-value]

    class Learner(Noting):
        def learn(self, x: Any, sign: Any) -> Any:
            order.append("taught")
            return x

    list(train([asked, Learner([])], cases()))
    assert order == ["asked", "taught"] * 5
    truth = [cases().labels[i[0]] for i in cases().indices()]
    assert asked.wrong == [label != 0 for label in truth]
    other = Prequential(lambda x: 0)
    other.restore(asked.arrays())
    assert other.wrong == asked.wrong


def test_a_running_error_is_a_mean_over_the_last_cases() -> None:
    wrong = np.random.default_rng(0).random(50) < 0.3
    expected = [wrong[max(0, n - 6) : n + 1].mean() for n in range(50)]
    assert np.allclose(running_error(wrong, 7), expected, rtol=1e-12)
