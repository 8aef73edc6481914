"""Labelled images as a structured matrix: labels kept apart, images multiplied once.

A label enters the first layer linearly, so ``W·(label, image) = W_label·label + W_image·image`` for
any label. `Labelled` is a batch of such inputs with ``@`` and ``.T @``. It multiplies its images
once, however many labels each carries, and remembers that product until the weights change.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.normalisation import TINY, squared_length
from ffnumpy.validation import check_floating

__all__ = [
    "Features",
    "Labelled",
]


class Features:
    """Rows of a batch without their labels, and one remembered product.

    Parameters
    ----------
    rows : (batch, n_features) float array

    Raises
    ------
    ValueError
        If the rows are not a table of floating-point numbers.
    """

    def __init__(self, rows: NDArray) -> None:
        check_floating("features", rows)
        self.rows = rows
        with np.errstate(over="ignore"):  # it is told below, with what to do
            self.squares = squared_length(rows)
        if not np.isfinite(self.squares).all():
            raise ValueError(
                f"features: expected rows with a finite Σ x²; some are not numbers, infinite, or "
                f"too long for {rows.dtype}. Replace them, or scale the rows down."
            )
        self._product: tuple[Any, int, NDArray] | None = None

    def times(self, matrix: NDArray, owner: Any = None) -> NDArray:
        """Return ``rows @ matrix``; remember it under the version of `owner`, a `Dense`."""
        if owner is None:
            return self.rows @ matrix
        if self._product is None or self._product[:2] != (owner, owner.version):
            self._product = (owner, owner.version, owner.cores.matmul(self.rows, matrix))
        return self._product[2]


class Labelled:
    """Inputs ``s · (code, features)``: k label codes for each of B rows of features, stacked.

    Row r carries ``codes[r]`` and the features of row ``r mod B``; its scale s gives it the target
    length. NumPy multiplies it as it would the (k·B, n_in) array that `toarray` returns.

    Parameters
    ----------
    features : Features
        B rows.
    codes : (k·B, n_codes) array
    target : float or None
        Squared length of every row; None means n_in, that is mean square 1.
    labels : (k·B,) int array, optional
        What the codes stand for, for a readout that learns from the same batch.

    Raises
    ------
    ValueError
        If the number of codes is not a multiple of the number of rows.
    """

    def __init__(
        self,
        features: Features,
        codes: NDArray,
        target: float | None = None,
        labels: NDArray | None = None,
    ) -> None:
        check_floating("codes", codes)
        if len(codes) % len(features.rows):
            raise ValueError(
                f"expected a whole number of label codes for each of the {len(features.rows)} "
                f"rows; got {len(codes)} codes"
            )
        self.features, self.labels = features, labels
        self.copies = len(codes) // len(features.rows)
        self.shape = (len(codes), codes.shape[1] + features.rows.shape[1])
        self.target = self.shape[1] if target is None else target
        squares = np.tile(features.squares, self.copies) + squared_length(codes)
        self.scale = np.sqrt(self.target / (squares + TINY))[:, np.newaxis].astype(codes.dtype)
        self.codes = codes * self.scale

    def squared_length(self) -> NDArray:
        """Return ‖x‖² of every row, (k·B,): the target, or 0 for a row of zeros."""
        squares = np.tile(self.features.squares, self.copies)
        return squares * self.scale[:, 0] ** 2 + squared_length(self.codes)

    def toarray(self) -> NDArray:
        """Return the same inputs as one plain (k·B, n_in) array."""
        return np.hstack([self.codes, np.tile(self.features.rows, (self.copies, 1)) * self.scale])

    def __matmul__(self, weights: Any) -> NDArray:
        matrix = getattr(weights, "matrix", weights)
        owner = None if matrix is weights else weights
        n_codes = self.codes.shape[1]
        product = self.features.times(matrix[n_codes:], owner)
        z = (product * self._by_copy(self.scale)).reshape(self.shape[0], -1)
        z += self.codes @ matrix[:n_codes]
        return z

    def _by_copy(self, array: NDArray) -> NDArray:
        return array.reshape(self.copies, -1, array.shape[1])

    def factors(self, delta: NDArray) -> list[tuple[NDArray, NDArray]]:
        """Return ``x.T @ delta`` as two products of plain arrays, one below the other.

        The deltas of an image's copies are added up before the one product with the images.
        """
        shared = self._by_copy(delta * self.scale).sum(axis=0)
        return [(self.codes, delta), (self.features.rows, shared)]

    @property
    def T(self) -> _Transposed:
        """The transpose, for ``x.T @ delta`` and nothing else."""
        return _Transposed(self)


class _Transposed(np.lib.mixins.NDArrayOperatorsMixin):
    """``x.T``, for NumPy's `matmul` with an array on its right."""

    def __init__(self, x: Labelled) -> None:
        self.x = x
        self.shape = x.shape[::-1]

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if ufunc is not np.matmul or method != "__call__" or inputs[0] is not self:
            return NotImplemented
        products = [pre.T @ post for pre, post in self.x.factors(inputs[1])]
        return np.concatenate(products, out=kwargs.get("out", (None,))[0])
