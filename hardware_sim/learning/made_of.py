"""What the layers of a learner are made of: `numbers` on a computer, or the `cells` of a chip.

Both make a learner of the same plan, the same design and the same first weights. So a program that
trains one trains the other when one name in it is changed. `ChipLearner` and `TwinLearner` take any
design and any device.
"""

from __future__ import annotations

from hardware_sim.chip.design import Design
from hardware_sim.devices.presets import preset
from hardware_sim.learning.learners import ChipLearner, TwinLearner
from hardware_sim.learning.plan import Plan
from hardware_sim.scale import Scale

__all__ = ["DEVICE", "cells", "numbers", "usual_design"]

PIXELS = 784  # of an image of 28 × 28
_USUAL = preset("gokmen-vlasov")
DEVICE = _USUAL.device
"""What a cell of the chip is: the specification of a resistive processing unit."""


def usual_design(plan: Plan, inputs: int = PIXELS) -> Design:
    """Return the design of a chip of this plan: the usual scale, tolerances and limits.

    Examples
    --------
    >>> usual_design(Plan(hidden=(200, 100))).lines
    (784, 200, 100)
    """
    return Design((inputs, *plan.hidden), Scale(weight=_USUAL.weight))


def numbers(plan: Plan, images: int, inputs: int = PIXELS) -> TwinLearner:
    """Make layers of float64 numbers: the floating-point twin of the chip that `cells` makes.

    Parameters
    ----------
    plan : Plan
    images : int
        In one pass, over which the rate falls.
    inputs : int
        Of the first layer, the label's among them.

    Examples
    --------
    >>> [layer.weights.matrix.shape for layer in numbers(Plan(hidden=(20, 10)), 1000).layers]
    [(784, 20), (20, 10)]
    """
    return TwinLearner(plan, usual_design(plan, inputs), images)


def cells(plan: Plan, images: int, inputs: int = PIXELS) -> ChipLearner:
    """Make layers of memory cells: one individual chip of the usual design and device.

    Parameters are those of `numbers`.

    Examples
    --------
    >>> [layer.array.shape for layer in cells(Plan(hidden=(20, 10)), 1000).chip]
    [(784, 20), (20, 10)]
    """
    return ChipLearner(plan, usual_design(plan, inputs), DEVICE, images)
