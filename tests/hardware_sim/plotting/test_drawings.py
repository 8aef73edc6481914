"""The drawings say what is on the lines, and mark where two pulses meet."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ffnumpy.plotting import blank, title_of
from hardware_sim.plotting import ACCENT
from hardware_sim.plotting.drawings import crossbar_drawing, pulse_trains


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_a_crossbar_is_drawn_with_every_voltage_conductance_and_current() -> None:
    V, plus = np.array([0.1, 0.0, 0.2]), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 7.5]]) * 1e-6
    minus = np.full_like(plus, 6e-6)
    figure, ax = blank()
    crossbar_drawing(ax, V, plus, minus, V @ (plus - minus))
    found = words(figure)
    assert {"$V_{1}$ = 0.10 V", "$V_{2}$ = 0.00 V", "$V_{3}$ = 0.20 V"} <= set(found)
    assert {"$I_{1}$ = −0.70 µA", "$I_{2}$ = −0.10 µA"} <= set(found)
    assert found.count("6") == 6
    assert {"1", "2", "3", "4", "5", "7.5"} <= set(found)
    assert sum(isinstance(patch, Rectangle) for patch in ax.patches) == 12


def test_a_pulse_is_drawn_where_row_and_column_fire_at_once() -> None:
    rows = np.array([[1, 1, 0, 0], [0, 1, 1, 1]])
    columns = np.array([[1, 0, 0, 1]])
    _, ax = blank()
    pulse_trains(ax, rows, columns)
    bars = [p for p in ax.patches if isinstance(p, Rectangle)]
    met = [p for p in bars if p.get_facecolor() == to_rgba(ACCENT)]
    assert len(bars) == rows.sum() + columns.sum() + 2
    assert sorted(p.get_x() + p.get_width() / 2 for p in met) == [0.5, 3.5]
    assert [t.get_text() for t in ax.get_yticklabels()][-2:] == [
        "cell 1, 1, pulses: 1",
        "cell 2, 1, pulses: 1",
    ]
    assert title_of(ax) == "2 of 8 chances are coincidences"
