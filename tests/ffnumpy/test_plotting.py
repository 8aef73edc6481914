"""Figures: what their titles claim, and that nothing is drawn that is not there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ffnumpy import plotting
from ffnumpy.layers.layer import Layer
from ffnumpy.weights.dense import Dense

RNG = np.random.default_rng(0)


@pytest.fixture
def ax() -> Axes:
    return plotting.blank()[1]


def labels(ax: Axes) -> list[str]:
    legend = ax.get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


def test_a_histogram_has_a_threshold_and_a_title_about_it(ax: Axes) -> None:
    plotting.goodness_histogram(ax, np.array([3.0, 4.0, 1.0, 5.0]), np.array([1.0, 3.0]), 2.0)
    assert "threshold θ" in labels(ax)
    assert ax.get_title() == "66.7 % of cases lie on their side of θ"


def test_a_histogram_without_a_threshold_compares_pairs(ax: Axes) -> None:
    plotting.goodness_histogram(ax, np.array([3.0, 4.0, 1.0, 5.0]), np.array([1, 5, 0, 4]), None)
    assert labels(ax) == ["wrong label", "true label"]
    assert not ax.lines
    assert ax.get_title() == "75.0 % of pairs lie in the right order"


@pytest.mark.parametrize("classes", [3, 10])
def test_only_the_labels_pixels_are_blank_in_a_receptive_field(ax: Axes, classes: int) -> None:
    layer = Layer(Dense(1.0 + RNG.random((26, 4))))
    plotting.receptive_fields(ax, layer, (5, 5), range(4), 2, classes)
    drawn: Any = ax.images[0].get_array()
    assert np.array_equal(np.flatnonzero(drawn[:5, :5] == 0), np.arange(classes))
    assert drawn[:5, :5].max() == 1


def epoch(number: int, **errors: float | None) -> dict[str, Any]:
    return {"epoch": number, "seconds": 1.0, **errors}


def test_learning_curves_show_the_epochs_that_were_evaluated(ax: Axes) -> None:
    record = [
        epoch(1),
        epoch(2, error=0.5, error_softmax=0.25),
        epoch(3),
        epoch(4, error=0.125, error_softmax=0.5),
    ]
    plotting.learning_curves(ax, record)
    assert [line.get_xydata().tolist() for line in ax.lines] == [  # type: ignore[union-attr]
        [[2, 50], [4, 12.5]],
        [[2, 25], [4, 50]],
    ]
    assert ax.get_title() == "Error at the end: 12.50 % by goodness, 50.00 % by softmax"
    bottom, top = ax.get_ylim()
    assert bottom == 0
    assert top > 52


@pytest.mark.parametrize("number", [1, 60])
def test_epochs_are_whole_numbers_on_the_axis_even_if_there_is_but_one(
    ax: Axes, number: int
) -> None:
    plotting.learning_curves(ax, [epoch(number, error=None, error_softmax=0.25)])
    assert labels(ax) == ["one softmax pass"]
    inside = [t for t in ax.get_xticks() if ax.get_xlim()[0] <= t <= ax.get_xlim()[1]]
    assert number in inside
    assert all(tick == int(tick) for tick in inside)


def test_titles_are_no_wider_than_their_axes(ax: Axes) -> None:
    plotting.learning_curves(ax, [epoch(60, error=0.8888, error_softmax=0.8888)])
    figure = ax.figure
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    assert ax.title.get_window_extent().width <= ax.get_window_extent().width
