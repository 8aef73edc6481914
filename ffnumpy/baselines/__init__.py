"""What Forward-Forward is compared with. Only here may a slope cross a layer."""

from ffnumpy.baselines.backprop import Backprop, ClassCases

__all__ = ["Backprop", "ClassCases"]
