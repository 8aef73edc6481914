"""Networks that learn labels, and every choice of how one is made and trained.

`FFClassifier`, several experiments and the chip's floating-point twin are such networks.
"""

from ffnumpy.supervised.network import Supervised, in_double_precision
from ffnumpy.supervised.setting import (
    AS_THEY_ARE,
    BYTES,
    STANDARDISED,
    Feeding,
    Learning,
    Objective,
    Pixels,
    Setting,
    Units,
    fixed,
    hard,
    uniform_labels,
)

__all__ = [
    "AS_THEY_ARE",
    "BYTES",
    "STANDARDISED",
    "Feeding",
    "Learning",
    "Objective",
    "Pixels",
    "Setting",
    "Supervised",
    "Units",
    "fixed",
    "hard",
    "in_double_precision",
    "uniform_labels",
]
