"""The sheets by topic: another one for every seed, in small numbers.

What a key says is computed by the library. A second way, complex steps, counting, or the same sum
in another order, says by how much that could be wrong.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ffnumpy.worksheets.of_layers import goodness, normalising, one_step, rule
from ffnumpy.worksheets.of_the_chip import crossbar, ledger, pulses
from ffnumpy.worksheets.sheets import Sheet

__all__ = ["TOPICS", "draw"]

TOPICS: dict[str, Callable[[np.random.Generator], Sheet]] = {
    "rule": rule,
    "one-step": one_step,
    "goodness": goodness,
    "normalise": normalising,
    "crossbar": crossbar,
    "pulses": pulses,
    "ledger": ledger,
}


def draw(topic: str, seed: int) -> Sheet:
    """Return the sheet of a topic for a seed.

    Raises
    ------
    KeyError
        If there is no such topic.
    """
    return TOPICS[topic](np.random.default_rng(seed))
