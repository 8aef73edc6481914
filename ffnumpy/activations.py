"""Activation functions ``y = f(z)``, each with its hand-derived slope ``f'(z)``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

__all__ = ["BY_NAME", "Activation", "relu", "student_t"]


@dataclass(frozen=True)
class Activation:
    """An activation and its slope, both elementwise on an array of any shape.

    Attributes
    ----------
    name : str
    value : callable
        ``f(z)``; analytic away from its kinks, so that a complex step passes through it.
    slope : callable
        ``f'(z)`` for real z.
    has_kink : bool
        Whether ``f'`` jumps at z = 0, so that no difference quotient can be trusted there.
    """

    name: str
    value: Callable[[NDArray], NDArray]
    slope: Callable[[NDArray], NDArray]
    has_kink: bool


def _relu(z: NDArray) -> NDArray:
    return z.clip(0, np.inf)


def _relu_slope(z: NDArray) -> NDArray:
    return np.greater(z, 0).astype(z.dtype)


# y = max(z, 0)     f' = 1 where z > 0, else 0. (NumPy orders complex numbers by their real part;
# clip is three times as fast as maximum.)
relu = Activation("relu", _relu, _relu_slope, has_kink=True)


def _student_t(z: NDArray, nu: float) -> NDArray:
    return 0.5 * (nu + 1) * np.log1p(z * z / nu)


def _student_t_slope(z: NDArray, nu: float) -> NDArray:
    return (nu + 1) * z / (nu + z * z)


def student_t(nu: float = 1.0) -> Activation:
    """Return the negative log density under a Student t with `nu` degrees of freedom.

    ``y = ½(ν+1) log(1 + z²/ν)``, the constant dropped; ``f' = (ν+1) z/(ν + z²)``.
    Source: [Hinton2022] Section 11.

    Raises
    ------
    ValueError
        If `nu` is not a number above 0.
    """
    if not 0 < nu < np.inf:
        raise ValueError(
            f"a Student t needs finite degrees of freedom above 0; got nu = {nu}. "
            f"For the limit of infinitely many, take a large nu."
        )
    return Activation(
        "student-t" if nu == 1 else f"student-t({nu:g})",
        partial(_student_t, nu=nu),
        partial(_student_t_slope, nu=nu),
        has_kink=False,
    )


BY_NAME = {a.name: a for a in (relu, student_t())}
