"""Figures: what their titles claim, and that nothing is drawn that is not there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ffnumpy import plotting
from ffnumpy.plotting import title_of

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
    assert title_of(ax) == "66.7 % of cases lie on their side of θ"


def test_a_histogram_without_a_threshold_compares_pairs(ax: Axes) -> None:
    plotting.goodness_histogram(ax, np.array([3.0, 4.0, 1.0, 5.0]), np.array([1, 5, 0, 4]), None)
    assert labels(ax) == ["wrong label", "true label"]
    assert not ax.lines
    assert title_of(ax) == "75.0 % of pairs lie in the right order"


@pytest.mark.parametrize("classes", [3, 10])
def test_only_the_labels_pixels_are_blank_in_a_receptive_field(ax: Axes, classes: int) -> None:
    plotting.receptive_fields(ax, 1.0 + RNG.random((26, 4)), (5, 5), range(4), 2, classes)
    drawn: Any = ax.images[0].get_array()
    assert np.array_equal(np.flatnonzero(drawn[:5, :5] == 0), np.arange(classes))
    assert drawn[:5, :5].max() == 1


@pytest.mark.reports
def test_a_receptive_field_is_what_was_learned_without_the_bias(ax: Axes) -> None:
    change = np.zeros((3 + 4 + 1, 2))  # three labels before four pixels
    change[3:7, 0], change[3:7, 1] = [1, -2, 0, 2], 0
    change[-1], change[:3] = 100, 50
    plotting.receptive_fields(ax, change, (2, 2), range(2), 2, labels=0)
    drawn: Any = ax.images[0].get_array()
    assert drawn[:2, :2].tolist() == [[0.5, -1], [0, 1]]
    assert ax.images[0].get_cmap().name == plotting.SIGNED
    assert not drawn[:2, 4:].any(), "a unit that has learned nothing is blank"


@pytest.mark.reports
def test_a_confusion_matrix_names_the_commonest_mistake(ax: Axes) -> None:
    plotting.confusion_matrix(ax, [[5, 0, 1], [3, 6, 0], [0, 0, 7]], ["cat", "dog", "eel"])
    assert title_of(ax) == ("4 of 22 are named wrongly; most often dog is named cat: 3 of 9")
    written = [text.get_text() for text in ax.texts]
    assert written == ["5", "", "1", "3", "6", "", "", "", "7"]
    plotting.confusion_matrix(ax, [[5, 0], [0, 6]])
    assert title_of(ax) == "0 of 11 are named wrongly"


@pytest.mark.reports
def test_learning_curves_may_have_the_error_on_training_images(ax: Axes) -> None:
    plotting.learning_curves(ax, [epoch(1, error=0.5), epoch(2, error=0.25)], trained=0.125)
    assert ax.lines[-1].get_xydata().tolist() == [[2, 12.5]]  # type: ignore[union-attr]
    assert "12.50 % on training images" in title_of(ax)
    assert "training images" in labels(ax)


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
    assert title_of(ax) == "Error at the end: 12.50 % by goodness, 50.00 % by softmax"
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
