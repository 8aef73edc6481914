"""The Forward-Forward algorithm in plain NumPy, every update derived by hand and proved.

>>> import ffnumpy
>>> check = ffnumpy.check_slope(lambda x: x**2, lambda x: 2 * x, [1.0, 2.0])
>>> check.complex_step < 1e-12
True

Start with `ffnumpy.rule`, one screen. `ffnumpy.layers.layer` and `ffnumpy.training` are the network and
its loop, `ffnumpy.proofs.slopes` is the proof, `ffnumpy.data` loads images. `FFClassifier` needs
scikit-learn and is loaded when it is first asked for.
"""

from typing import TYPE_CHECKING, Any

from ffnumpy.cases.batches import LabelledCases
from ffnumpy.cases.encoding import Encoding
from ffnumpy.cases.labelled import Features, Labelled
from ffnumpy.data import load
from ffnumpy.experiments.supervised import PRESETS, Recipe
from ffnumpy.inference import predict
from ffnumpy.layers.layer import Layer
from ffnumpy.layers.one_step import one_step
from ffnumpy.normalisation import normalise
from ffnumpy.proofs.differences import check_slope
from ffnumpy.runs.run import Run
from ffnumpy.training import train
from ffnumpy.weights.dense import Dense
from ffnumpy.weights.outer import Outer

if TYPE_CHECKING:
    from ffnumpy.classifier import FFClassifier as FFClassifier

__version__ = "0.1.0"
__all__ = [
    "PRESETS",
    "Dense",
    "Encoding",
    "Features",
    "Labelled",
    "LabelledCases",
    "Layer",
    "Outer",
    "Recipe",
    "Run",
    "check_slope",
    "load",
    "normalise",
    "one_step",
    "predict",
    "train",
]


def __getattr__(name: str) -> Any:
    if name == "FFClassifier":
        from ffnumpy.classifier import FFClassifier

        return FFClassifier
    raise AttributeError(f"module 'ffnumpy' has no attribute {name!r}")
