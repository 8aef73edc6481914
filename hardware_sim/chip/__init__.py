"""The chip: its design, its layers, how one individual is manufactured, and how it answers."""

from hardware_sim.chip.decision import Decision, answer, label_goodness
from hardware_sim.chip.design import EXACT, UNLIMITED, Design, Limits, Tolerances
from hardware_sim.chip.layer import AnalogLayer, reach_together
from hardware_sim.chip.manufacture import first_weights, manufacture

__all__ = [
    "AnalogLayer",
    "Decision",
    "Design",
    "EXACT",
    "Limits",
    "Tolerances",
    "UNLIMITED",
    "answer",
    "first_weights",
    "label_goodness",
    "manufacture",
    "reach_together",
]
