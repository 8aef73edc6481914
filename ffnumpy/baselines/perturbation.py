"""Weight perturbation: learning from what a random change of all weights does to the loss.

It needs no slope of anything between weights and loss, and pays for it: an estimate along one
random direction of n weights has a mean squared cosine of 1/n with the true gradient, so the number
of passes grows with n.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ffnumpy.layers.readout import log_softmax

__all__ = ["WeightPerturbation"]


class WeightPerturbation:
    """A network as a black box from weights and inputs to logits.

    Each step evaluates the batch's mean of ``log p(label)`` at w + σξ and w − σξ, with ξ standard
    normal, and moves the weights by ``ε (difference/2σ) ξ``. In expectation that is the gradient of
    the mean. It has a layer's `learn`.

    If `logits` is noisy, its noise is another one at each end, as it would be on a chip, which
    cannot play its noise again. What it adds to the estimate grows as 1/σ, and what curvature adds
    grows as σ².

    Parameters
    ----------
    values : sequence of arrays
        The weights, changed in place.
    logits : callable, (values, x) -> (batch, classes) array
    rate : float
        ε.
    sigma : float
        σ.
    rng : numpy.random.Generator

    Source: [Hinton2022] Section 1 compares with it; [Williams1992] for the estimate.
    """

    def __init__(
        self,
        values: Sequence[NDArray],
        logits: Callable[[Sequence[NDArray], NDArray], NDArray],
        rate: float,
        sigma: float,
        rng: np.random.Generator,
    ) -> None:
        self.values, self.logits = list(values), logits
        self.rate, self.sigma, self.rng = rate, sigma, rng

    def forward(self, x: NDArray) -> tuple[NDArray, None]:
        """Return the logits, and no goodness."""
        return self.logits(self.values, x), None

    def gradient(self, x: NDArray, labels: NDArray) -> list[NDArray]:
        """Estimate the slope of the mean log probability, one array for each of `values`."""
        xi = [self.rng.standard_normal(v.shape).astype(v.dtype) for v in self.values]
        ends = [self._log_p(x, labels, xi, side * self.sigma) for side in (1, -1)]
        slope = (ends[0] - ends[1]) / (2 * self.sigma)
        return [slope * direction for direction in xi]

    def _log_p(self, x: NDArray, labels: NDArray, xi: list[NDArray], by: float) -> float:
        moved = [v + by * direction for v, direction in zip(self.values, xi, strict=True)]
        log_p = log_softmax(self.logits(moved, x))
        return float(log_p[np.arange(len(labels)), labels].mean())

    def learn(self, x: NDArray, labels: NDArray) -> NDArray:
        """Move the weights; return the batch unchanged."""
        for value, slope in zip(self.values, self.gradient(x, labels), strict=True):
            value += value.dtype.type(self.rate) * slope
        return x

    def arrays(self) -> dict[str, NDArray]:
        """Return the weights, by name."""
        return {f"values{n}": v for n, v in enumerate(self.values)}

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Load what `arrays` returned, in place."""
        for name, mine in self.arrays().items():
            mine[...] = arrays[name]
