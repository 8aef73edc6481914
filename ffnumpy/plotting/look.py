"""The look that all figures share, which is that of ``house.mplstyle``."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.style import context

__all__ = ["house", "title_of"]

house = context("ffnumpy.plotting.house")
"""Decorates a function that draws a whole figure, so that it draws in the common look."""


def title_of(ax: Axes) -> str:
    """Return the title of some axes, on whichever side a style has put it."""
    return next(filter(None, (ax.get_title(loc=loc) for loc in ("left", "center", "right"))), "")
