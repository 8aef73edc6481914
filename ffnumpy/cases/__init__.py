"""Cases: labelled images as structured inputs, their order, and their negatives."""

from ffnumpy.cases.batches import Array, Cases, LabelledCases, Rows, batches_in, single_rows
from ffnumpy.cases.encoding import Encoding, OneHot
from ffnumpy.cases.labelled import Features, Labelled
from ffnumpy.cases.negatives import (
    FixedWrong,
    HardWrong,
    Negatives,
    StrongestWrong,
    UniformWrong,
    hard_wrong,
    uniform_wrong,
)
from ffnumpy.cases.patterns import Claims, NoisePatterns, Patterned, noise_patterns
from ffnumpy.cases.towers import TwoTowers

__all__ = [
    "Array",
    "Cases",
    "Claims",
    "Encoding",
    "Features",
    "FixedWrong",
    "HardWrong",
    "Labelled",
    "LabelledCases",
    "Negatives",
    "NoisePatterns",
    "OneHot",
    "Patterned",
    "Rows",
    "StrongestWrong",
    "TwoTowers",
    "UniformWrong",
    "batches_in",
    "hard_wrong",
    "noise_patterns",
    "single_rows",
    "uniform_wrong",
]
