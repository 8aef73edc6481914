"""The learning rule, Eq. 3 and Section 8 of the paper, and nothing else.

A layer with input ``x`` computes ``z = x W``, ``y = f(z)`` and one number per case, its goodness
``G(y)``. A loss turns the goodness into ``log p``, the log probability of having classified the
case correctly. Raising ``log p`` by gradient ascent gives each weight three factors, all of them
local:

    Δw_ij  =  ε · x_i · (∂log p/∂G · ∂G/∂y_j · f'(z_j))

With ReLU and ``G = Σ y²`` the bracket is ``2 · ∂log p/∂Σy² · y_j``, which is the paper's Eq. 3.
`ffnumpy.reference` has the whole update of a layer in plain lines.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["delta", "one_step_rate", "outer_product"]


def delta(dlogp_dy: NDArray, dy_dz: NDArray) -> NDArray:
    """Return ∂log p/∂z, the factor of Eq. 3 that a unit knows, without the rate.

    Parameters
    ----------
    dlogp_dy : (batch, width) array
        ``∂log p/∂G · ∂G/∂y``: the slope of the loss, one number per case and the only thing that
        the units of a layer share, pulled back through the goodness
        (`ffnumpy.goodness.Goodness.pull_back`).
    dy_dz : (batch, width) array
        Slope of the activation, ``f'(z)``.

    Returns
    -------
    (batch, width) array
        ``∂log p/∂G · ∂G/∂y · f'(z)``. Source: [Hinton2022] Eq. 3, in general form.

    Examples
    --------
    >>> dlogp_dG, dG_dy = np.array([[0.5]]), np.array([[4.0, 0.0]])
    >>> delta(dlogp_dG * dG_dy, dy_dz=np.array([[1.0, 0.0]]))
    array([[2., 0.]])
    """
    return dlogp_dy * dy_dz


def outer_product(x: NDArray, delta: NDArray, out: NDArray | None = None) -> NDArray:
    """Return ``Δw = x.T @ delta`` summed over the cases, shape (n_in, n_out), without the rate.

    `x` is a (batch, n_in) array or anything whose transpose NumPy can multiply, such as
    `ffnumpy.cases.Labelled`. Source: [Hinton2022] Eq. 3.
    """
    return np.matmul(x.T, delta, out=out)


def one_step_rate(S: float, target: float, x_square: float = 1.0) -> float:
    """Return the ε with which ``Δw_j = ε y_j x`` takes Σ y² from `S` to `target` in one step.

    The step scales every active ``y_j`` by ``1 + ε ‖x‖²``, so ``ε = (√(S*/S) − 1)/‖x‖²``: the
    direction of y, and with it the next layer's input, is unchanged. It holds for one case, ReLU
    and the sum of squares. A trained bias is an input of 1 and counts in `x_square`.

    Raises
    ------
    ValueError
        If `S` is zero (no unit is active, so no step can help) or an argument is negative.

    Source: [Hinton2022] Section 8, where ‖x‖ = 1.

    Examples
    --------
    >>> one_step_rate(S=4.0, target=9.0)
    0.5
    """
    if not (S > 0 and target >= 0 and x_square > 0):
        raise ValueError(
            f"one step needs a goodness above zero, a target of at least zero and an input that is "
            f"not zero; got S = {S}, S* = {target}, ‖x‖² = {x_square}. With S = 0 no unit is "
            f"active: show the layer another case or reinitialise it."
        )
    return float((np.sqrt(target / S) - 1.0) / x_square)
