"""Training a chip, its floating-point twin and its rivals by the loop of `ffnumpy`."""

from hardware_sim.learning import made_of
from hardware_sim.learning.backprop import ArrayBackprop, backprop_error, backprop_run
from hardware_sim.learning.converted import ConvertedLearner
from hardware_sim.learning.fast import FastLearner
from hardware_sim.learning.learners import ChipLearner, Learner, TwinLearner
from hardware_sim.learning.one_step import FastLayer
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.programming import ProgrammedLearner, program
from hardware_sim.learning.run import Bench, error_on_the_bench, error_rate, single_run

__all__ = [
    "ArrayBackprop",
    "Bench",
    "ChipLearner",
    "ConvertedLearner",
    "FastLayer",
    "FastLearner",
    "Learner",
    "Plan",
    "ProgrammedLearner",
    "TwinLearner",
    "backprop_error",
    "backprop_run",
    "error_on_the_bench",
    "error_rate",
    "made_of",
    "program",
    "single_run",
]
