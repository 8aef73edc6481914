"""Pulse, compare, pulse again: programming given weights, and refreshing one-sided pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hardware_sim.arrays.access import Firings
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.energy import prices
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from hardware_sim.updates.engine import UPKEEP, charge_pulses

__all__ = [
    "keep_up",
    "refresh",
    "write_verify",
]


RESETS = UPKEEP._replace(heat=UPKEEP.reset)
"""The prices of pulses that melt cells which heat changes."""


def refresh(array: Crossbar, rng: np.random.Generator, ledger: Ledger) -> None:
    """Rewrite the cells that run out of range, those of one-sided pairs; others stay as they are.

    Reads, comparators and pulses are entered in the ledger: a row is read and all its columns are
    compared at once, row follows row, and cells are pulsed one after another. A reset counts as a
    pulse. The amplifiers are biased for the same load as in any other read.
    """
    took = array.cells.refresh(rng)
    if not took.decisions:
        return
    load = array.tile * array.cells.technology.load * array.shape[1]
    ledger.charge(prices.ROW_READ, took.rows * array.shape[1], took.rows * load, uses=took.rows)
    ledger.charge(prices.VERIFY, took.decisions, uses=took.rows)
    for pulses, tariff in ((took.pulses, UPKEEP), (took.resets, RESETS)):
        if pulses:
            charge_pulses(array, Firings(pulses, pulses, pulses), pulses, pulses, ledger, tariff)
    array.changed()


def keep_up(array: Crossbar, samples: float, rng: np.random.Generator, ledger: Ledger) -> None:
    """Let the cells leak for a number of samples, then refresh those that run out of range."""
    array.cells.elapse(samples)
    array.changed()
    refresh(array, rng, ledger)


def write_verify(
    array: Crossbar,
    weights: NDArray,
    scale: Scale,
    rng: np.random.Generator,
    ledger: Ledger,
    rounds: int = 100,
) -> float:
    """Program given weights: pulse, compare, pulse again, until a comparator agrees.

    A cell is done when it is within half a step of its target. Each round compares every cell that
    is not done with its target from both sides, and gives it one pulse towards it.

    Parameters
    ----------
    array : Crossbar
    weights : (n_in + 1, n_out) array
        In weight units, the biases as the last row.
    scale : Scale
    rng : numpy.random.Generator
    ledger : Ledger
    rounds : int
        At most.

    Returns
    -------
    float
        Fraction of the cells that did not reach their targets.
    """
    cells = array.cells
    if weights.shape != cells.w.shape:
        raise ValueError(f"weights: expected shape {cells.w.shape}; got {weights.shape}")
    wanted, done = weights / scale.weight, np.zeros(weights.shape, bool)
    for _ in range(rounds):
        done |= np.abs(cells.seen - wanted) <= cells.mean_step / 2
        if done.all():
            break
        _towards(array, wanted, ~done, rng, ledger)
    return float(np.mean(np.abs(cells.seen - wanted) > cells.mean_step / 2))


def _towards(
    array: Crossbar, wanted: NDArray, waiting: NDArray, rng: np.random.Generator, ledger: Ledger
) -> None:
    """Compare the waiting cells with their targets, row by row, and give each one pulse."""
    cells, rows = array.cells, np.arange(len(wanted))
    ledger.charge(prices.VERIFY, 2 * int(np.count_nonzero(waiting)), uses=2 * len(rows))
    below = cells.seen < wanted  # before either pulse: a cell gets one a round
    for up in (True, False):
        wrong = waiting & (below if up else ~below)
        pulses = cells.pulses(rows, wrong.astype(cells.w.dtype), up, rng)
        fired = int(wrong.any(axis=1).sum())
        firings = Firings(fired, pulses / cells.moving, fired)
        charge_pulses(array, firings, pulses, len(rows), ledger, UPKEEP)
        array.changed()
