"""What a read sees of a state: the nearest level, and what the last write left beside it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hardware_sim.devices.noise import gaussian
from hardware_sim.devices.technology import Technology

__all__ = [
    "apparent",
    "nearest_level",
]


def nearest_level(technology: Technology, w: NDArray) -> NDArray:
    """Return the nearest of a technology's levels to each state, or a copy if it has all states.

    Parameters
    ----------
    technology : Technology
    w : array
        States; the result has the same shape.
    """
    rule, levels = technology.rule, technology.levels
    if not levels:
        return w.copy()
    spacing = (rule.high - rule.low) / (levels - 1)
    nearest = np.clip(np.rint((w - rule.low) / spacing), 0, levels - 1)
    return nearest * spacing + rule.low


def apparent(technology: Technology, w: NDArray, rng: np.random.Generator) -> NDArray:
    """Return what a read sees of states that were just written, (n,); no conductance is below 0.

    Parameters
    ----------
    technology : Technology
    w : (n,) array
        The states.
    rng : numpy.random.Generator
        Draws the deviation that the write leaves.
    """
    visible = nearest_level(technology, w)
    if technology.noise.write:
        spread = technology.noise.write * technology.rule.step
        visible += spread * gaussian(rng, w.size, visible.dtype)
        np.maximum(visible, -technology.reference / technology.unit, out=visible)
    return visible
