"""What Forward-Forward is compared with. Only here may a slope cross a layer."""

from ffnumpy.baselines.backprop import Backprop, ClassCases
from ffnumpy.baselines.classes import ByClass
from ffnumpy.baselines.counts import CountTable
from ffnumpy.baselines.perceptron import Perceptron
from ffnumpy.baselines.perturbation import WeightPerturbation
from ffnumpy.baselines.staged import StagedBackprop

__all__ = [
    "Backprop",
    "ByClass",
    "ClassCases",
    "StagedBackprop",
    "CountTable",
    "Perceptron",
    "WeightPerturbation",
]
