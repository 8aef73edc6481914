"""A layer behind a fixed function: an unfolding, a pooling, a black box without a derivative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.layers.layer import LayerLike
from ffnumpy.normalisation import normalise

__all__ = ["BlackBox", "Through"]


class Through:
    """A layer whose input passes through a function first; each layer still has one goodness.

    Parameters
    ----------
    function : callable, input of this layer -> input of the inner one
    layer : LayerLike
    """

    def __init__(self, function: Callable[[Any], Any], layer: LayerLike) -> None:
        self.function, self.layer = function, layer

    def forward(self, x: Any) -> tuple[Any, Any]:
        """Return what the inner layer makes of the function's output."""
        return self.layer.forward(self.function(x))

    def learn(self, x: Any, sign: Any) -> Any:
        """Let the inner layer learn from the function's output."""
        return self.layer.learn(self.function(x), sign)


class BlackBox:
    """A fixed random map with steps and noise, between two layers: it has no slope to send back.

    ``normalise(round(levels · tanh(x R))/levels + noise · ξ)``, with R ~ N(0, 1/width) drawn once
    and ξ standard normal, anew at each use.

    Parameters
    ----------
    width : int
        Of the layer below.
    rng : numpy.random.Generator
        Draws R, and then the noise.
    levels : int
        Steps of the output on either side of 0.
    noise : float

    Source: [Hinton2022] Section 1 names the case; this box is ours.
    """

    def __init__(
        self, width: int, rng: np.random.Generator, levels: int = 3, noise: float = 0.1
    ) -> None:
        self.matrix = (rng.standard_normal((width, width)) / np.sqrt(width)).astype(np.float32)
        self.rng, self.levels, self.noise = rng, levels, noise

    def __call__(self, x: NDArray) -> NDArray:
        """Return the output, (batch, width), of mean square 1."""
        steps = np.rint(self.levels * np.tanh(x @ self.matrix)) / self.levels
        noise = self.rng.standard_normal(steps.shape, np.float32)
        return normalise((steps + self.noise * noise).astype(np.float32))
