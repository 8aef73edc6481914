"""The Forward-Forward algorithm in plain NumPy, every update derived by hand and proved.

>>> import ffnumpy
>>> check = ffnumpy.check_slope(lambda x: x**2, lambda x: 2 * x, [1.0, 2.0])
>>> check.complex_step < 1e-12
True

Start with `ffnumpy.rule`, one screen, and `ffnumpy.reference`, the whole update in plain lines.
`ffnumpy.layers` and `ffnumpy.training` are the network and its loop, `ffnumpy.proofs` is the proof,
`ffnumpy.experiments` is the paper, `ffnumpy.data` loads images. `FFClassifier` needs scikit-learn
and is loaded on first use.
"""

from typing import TYPE_CHECKING, Any

from ffnumpy.cases import Features, Labelled, LabelledCases, OneHot
from ffnumpy.data import load
from ffnumpy.inference import predict
from ffnumpy.layers import Layer, one_step
from ffnumpy.normalisation import normalise
from ffnumpy.proofs.differences import check_slope
from ffnumpy.runs.run import Run
from ffnumpy.training import train
from ffnumpy.weights import Dense, Outer

if TYPE_CHECKING:
    from ffnumpy.classifier import FFClassifier as FFClassifier

__version__ = "0.1.0"
__all__ = [
    "Dense",
    "Features",
    "Labelled",
    "LabelledCases",
    "Layer",
    "OneHot",
    "Outer",
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
