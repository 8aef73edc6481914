"""Learning fast: one case takes every layer to a desired goodness in one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy import rule
from ffnumpy.activations import relu
from ffnumpy.goodness import sum_of_squares
from ffnumpy.layers.layer import Layer
from ffnumpy.normalisation import normalise, squared_length
from ffnumpy.weights.outer import Outer

__all__ = ["one_step"]


def one_step(layers: Sequence[Layer], x: Any, target: float | Sequence[float]) -> list[float]:
    """Take every layer to a desired goodness Σ y² at once, from one case.

    Each layer adds ``Δw_j = ε y_j x`` with ``ε = (√(S*/S) − 1)/‖x‖²``, a bias counting as an input
    of 1. No layer waits for the one below: its input keeps its direction and is normalised.

    Parameters
    ----------
    layers : sequence of Layer
        ReLU layers whose goodness is Σ y². Changed in place, all of them or (on error) none.
    x : (1, n_in) array or Labelled
        One case.
    target : float or one float per layer
        S*.

    Returns
    -------
    list of float
        The goodness S that each layer had before the step.

    Raises
    ------
    ValueError
        If there is more than one case, or a layer is silent (S = 0) or has another activation or
        goodness; the message names the layer.

    Source: [Hinton2022] Section 8.
    """
    check_one(x)
    targets = np.broadcast_to(np.asarray(target, float), (len(layers),))
    steps, goodness = [], []
    for number, (layer, wanted) in enumerate(zip(layers, targets, strict=True), 1):
        try:
            check_kind(layer)
            y, S = active(layer, x)
            steps.append((layer.weights, towards(float(wanted), x, y, S)))
        except ValueError as error:
            raise ValueError(f"layer {number}: {error}") from None
        goodness.append(S)
        x = normalise(y, layer.target)
    for weights, outer in steps:
        weights.add(outer)
    return goodness


def active(layer: Layer, x: Any) -> tuple[NDArray, float]:
    """Return the activity of a layer for one case, (1, width), and its goodness Σ y²."""
    y = layer.activation.value(layer.weights.forward(x))
    return y, float(squared_length(y)[0])


def towards(target: float, x: Any, y: NDArray, S: float, share: float = 1.0) -> Outer:
    """Return what to add to the weights, so that √S goes a share of the way to √S*."""
    return Outer(x, share * rule.one_step_rate(S, target, float(squared_length(x)[0]) + 1.0) * y)


def check_one(x: Any) -> None:
    """Raise a ValueError if a batch is not one case."""
    if x.shape[0] != 1:
        raise ValueError(f"one_step takes one case; got {x.shape[0]}. Pass x[:1].")


def check_kind(layer: Layer) -> None:
    """Raise a ValueError unless a layer has ReLUs and the sum of squares as its goodness."""
    if layer.activation.name != relu.name:
        raise ValueError(f"one_step needs ReLU; got {layer.activation.name}")
    if layer.goodness.name != sum_of_squares.name:
        raise ValueError(f"one_step takes Σ y² to its target; got {layer.goodness.name}")
