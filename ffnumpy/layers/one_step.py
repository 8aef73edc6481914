"""Learning fast: one case takes every layer to a desired goodness in one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

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
    if x.shape[0] != 1:
        raise ValueError(f"one_step takes one case; got {x.shape[0]}. Pass x[:1].")
    targets = np.broadcast_to(np.asarray(target, float), (len(layers),))
    steps, goodness = [], []
    for number, (layer, wanted) in enumerate(zip(layers, targets, strict=True), 1):
        _check_kind(number, layer)
        y = layer.activation.value(layer.weights.forward(x))
        S = float(squared_length(y)[0])
        try:
            rate = rule.one_step_rate(S, float(wanted), float(squared_length(x)[0]) + 1.0)
        except ValueError as error:
            raise ValueError(f"layer {number}: {error}") from None
        steps.append((layer.weights, Outer(x, rate * y)))
        goodness.append(S)
        x = normalise(y, layer.target)
    for weights, outer in steps:
        weights.add(outer)
    return goodness


def _check_kind(number: int, layer: Layer) -> None:
    if layer.activation.name != relu.name:
        raise ValueError(f"layer {number}: one_step needs ReLU; got {layer.activation.name}")
    if layer.goodness.name != sum_of_squares.name:
        raise ValueError(
            f"layer {number}: one_step takes Σ y² to its target; got {layer.goodness.name}"
        )
