"""The whole update of a layer in plain lines, to read beside `ffnumpy.rule`.

No blocks, no threads, no structured input, nothing hidden in another file. It is what
`ffnumpy.layers.Layer` computes with ReLU, ``G = Σ y²`` and the author's optimiser, peers and decay;
a test checks that the two agree.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["learn"]


def learn(
    W: NDArray, g: NDArray, m: NDArray, x: NDArray, sign: NDArray, rate: float = 0.01
) -> NDArray:
    """Move a layer's weights by one batch, in place; return its normalised activity.

    Parameters
    ----------
    W : (n_in + 1, width) array
        Weights, and the biases as the last row.
    g : (n_in + 1, width) array
        Smoothed gradient, zeros at first.
    m : (width,) array
        Mean activity of each unit, 0.5 at first.
    x : (batch, n_in) array
        Normalised inputs, the positive cases first.
    sign : (batch,) array
        +1 for a positive case, −1 for a negative one.
    rate : float
        ε.

    Source: [Hinton2022] Eq. 1 and 3, [HintonCode].
    """
    x = np.hstack([x, np.ones((len(x), 1))])  # the bias is the weight of an input held at 1
    z = x @ W
    y = np.maximum(z, 0)
    p = 1 / (1 + np.exp(-(np.sum(y**2, axis=1) - y.shape[1])))  # Eq. 1 with θ = the width
    dlogp_dS = np.where(sign > 0, 1 - p, -p)  # log p rises on positives, log(1 − p) on negatives
    delta = 2 * dlogp_dS[:, np.newaxis] * y  # Eq. 3: y is 0 where the unit is off
    m[:] = 0.9 * m + 0.1 * y[sign > 0].mean(axis=0)
    delta[sign > 0] += 0.06 * (m.mean() - m)  # peers: the less active unit is pushed up
    g[:] = 0.9 * g + 0.1 * x.T @ delta / len(x)
    W[:-1] *= 1 - rate * 0.001  # decay, from which the biases are exempt
    W += rate * g
    return y / np.sqrt(np.mean(y**2, axis=1, keepdims=True) + 1e-30)
