"""Weights: anything to multiply by and add an outer product to. There is no third verb."""

from ffnumpy.weights.dense import Dense, normal, uniform
from ffnumpy.weights.outer import Outer, Weights
from ffnumpy.weights.threads import Cores, shared

__all__ = ["Cores", "Dense", "Outer", "Weights", "normal", "shared", "uniform"]
