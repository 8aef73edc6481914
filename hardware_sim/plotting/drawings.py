"""Drawings of how a crossbar is read, and of how it is written."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

from hardware_sim.plotting import ACCENT, DARK, GREY

__all__ = ["crossbar_drawing", "pulse_trains"]

PAIR, APART = 3.0, 1.3  # widths of a pair of columns, and between its two columns
CELL = (0.44, 0.2)  # a resistor's symbol
HIGH = 0.7  # of a pulse, of the distance between two lines


def crossbar_drawing(
    ax: Axes, V: NDArray, G_plus: NDArray, G_minus: NDArray, current: NDArray
) -> Axes:
    """Draw the rows, columns, cells and amplifiers of a small array, with what is on each.

    Parameters
    ----------
    ax : Axes
    V : (n,) array
        On the rows [V].
    G_plus, G_minus : (n, m) arrays
        Of the cells [S]; the darker a cell, the higher its conductance.
    current : (m,) array
        Differences of the column currents, one an amplifier [A].
    """
    n, m = G_plus.shape
    right, bottom = PAIR * (m - 1) + APART, -float(n)
    for i, volt in enumerate(V):
        ax.plot([-1.1, right + 0.5], [-i, -i], color=DARK, linewidth=1.2)
        ax.text(-1.2, -i, f"$V_{{{i + 1}}}$ = {volt:.2f} V", ha="right", va="center")
    largest = max(G_plus.max(), G_minus.max())
    for j in range(m):
        for side, G in enumerate((G_plus, G_minus)):
            x = PAIR * j + APART * side
            ax.plot([x, x], [0.45, bottom - 0.1], color=ACCENT, linewidth=1.2)
            ax.text(x, 0.55, f"$G^{'+-'[side]}$", ha="center", va="bottom", color=ACCENT)
            for i in range(n):
                _cell(ax, x, -float(i), float(G[i, j]), float(G[i, j] / largest))
        _amplifier(ax, PAIR * j, bottom - 0.1, current[j], f"$I_{{{j + 1}}}$")
    ax.set_aspect("equal")
    ax.set(xticks=[], yticks=[], xlim=(-2.8, right + 2.2), ylim=(bottom - 1.8, 1.1))
    ax.spines[:].set_visible(False)
    ax.set_xlabel("pairs of columns; each ends at an amplifier, which holds it at 0 V")
    ax.set_ylabel("rows, each driven with a voltage")
    ax.text(right + 0.6, 0.55, "cells in µS", va="bottom", fontsize="small")
    return ax


def _cell(ax: Axes, x: float, y: float, G: float, share: float) -> None:
    """Draw a resistor from a row to a column, and its conductance beside it."""
    ax.plot([x - 0.5, x], [y, y - 0.5], color=DARK, linewidth=0.8)
    width, height = CELL
    symbol = Rectangle((-width / 2, -height / 2), width, height)
    turned = Affine2D().rotate_deg(-45).translate(x - 0.25, y - 0.25)
    symbol.set(transform=turned + ax.transData, zorder=3, edgecolor=DARK)
    symbol.set_facecolor(str(round(1 - 0.75 * share**2, 3)))
    ax.add_patch(symbol)
    ax.plot([x - 0.5, x], [y, y - 0.5], ".", color=DARK, markersize=4, zorder=4)
    ax.text(x + 0.06, y - 0.28, f"{1e6 * G:.3g}", ha="left", va="center", fontsize="x-small")


def _amplifier(ax: Axes, x: float, y: float, current: float, name: str) -> None:
    """Draw the amplifier of a pair of columns, which subtracts their currents."""
    top, tip, middle = y - 0.1, y - 0.9, x + APART / 2
    corners = np.array([[x - 0.3, top], [x + APART + 0.3, top], [middle, tip]])
    for at, sign in ((x, "+"), (x + APART, "−")):
        ax.plot([at, at], [y, top], color=ACCENT, linewidth=1.2)
        ax.text(at + 0.02, top - 0.04, sign, ha="center", va="top", fontsize="small", zorder=4)
    ax.add_patch(Polygon(corners, facecolor="white", edgecolor=DARK, zorder=3))
    ax.plot([middle, middle], [tip, tip - 0.25], color=ACCENT, linewidth=1.2)
    text = f"{name} = {1e6 * current:+.2f} µA".replace("-", "−")
    ax.text(middle, tip - 0.32, text, ha="center", va="top", color=ACCENT)


def pulse_trains(ax: Axes, on_rows: NDArray, on_columns: NDArray) -> Axes:
    """Draw which lines fire in which slot; under them, the cells on which two pulses meet.

    Parameters
    ----------
    ax : Axes
    on_rows, on_columns : (lines, slots) arrays of 0 and 1
    """
    (rows, slots), columns = on_rows.shape, len(on_columns)
    met = (on_rows[:, np.newaxis] * on_columns).reshape(-1, slots).astype(int)
    names = [f"row {i + 1}" for i in range(rows)] + [f"column {j + 1}" for j in range(columns)]
    for i in range(rows):
        for j in range(columns):
            names.append(f"cell {i + 1}, {j + 1}, pulses: {met[i * columns + j].sum()}")
    trains = [*on_rows, *on_columns, *met]
    colours = [DARK] * rows + [GREY] * columns + [ACCENT] * len(met)
    places = -np.arange(len(trains), dtype=float)
    places[rows:] -= 0.5
    places[rows + columns :] -= 0.5
    for train, place, colour in zip(trains, places, colours, strict=True):
        ax.bar(np.flatnonzero(train) + 0.5, HIGH, 0.8, bottom=place, color=colour)
        ax.axhline(place, color=colour, linewidth=0.6)
    ax.set_yticks(places + HIGH / 2, names)
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(0, slots)
    ax.set_xlabel("time [slots]")
    ax.set_ylabel("where a pulse falls")
    ax.set_title(f"{met.sum()} of {met.size} chances are coincidences")
    return ax
