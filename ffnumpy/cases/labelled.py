"""Labelled images as a structured matrix: images and labels kept apart, paid for once.

A label enters the first layer linearly, so ``W·(label, image) = W_label·label + W_image·image`` for
any label. `Labelled` is a batch of such inputs with ``@`` and ``.T @``. It multiplies its images
once however many labels each of them carries, and remembers that product until the weights change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ffnumpy.goodness import sum_of_squares
from ffnumpy.weights.dense import Dense

__all__ = ["Encoding", "Features", "Labelled", "squared_length"]

TINY = 1e-30  # keeps an all-zero row at zero; far too small to move any other


def squared_length(x: Any) -> NDArray:
    """Return ‖x‖² of every row, (batch,), for an array or a `Labelled`."""
    return x.squared_length() if isinstance(x, Labelled) else sum_of_squares.value(x)


def check_floating(what: str, array: NDArray) -> None:
    """Raise a ValueError unless an array is a table of floating-point numbers with a row."""
    if array.ndim != 2 or not len(array) or not np.issubdtype(array.dtype, np.inexact):
        raise ValueError(
            f"{what}: expected a table of floating-point numbers with at least one row; got "
            f"{array.dtype} of shape {array.shape}. Whole numbers would overflow: use astype."
        )


class Features:
    """Rows of a batch without their labels, and one remembered product.

    Parameters
    ----------
    rows : (batch, n_features) float array

    Raises
    ------
    ValueError
        If the rows are no table of floating-point numbers.
    """

    def __init__(self, rows: NDArray) -> None:
        check_floating("features", rows)
        self.rows = rows
        self.squares = squared_length(rows)
        self._product: tuple[Any, int, NDArray] | None = None

    def times(self, matrix: NDArray, owner: Any = None) -> NDArray:
        """Return ``rows @ matrix``; remember it if `owner`, a `Dense`, tells its version."""
        if owner is None:
            return self.rows @ matrix
        if self._product is None or self._product[:2] != (owner, owner.version):
            self._product = (owner, owner.version, owner.cores.matmul(self.rows, matrix))
        return self._product[2]


class Labelled:
    """Inputs ``s · (code, features)``: k label codes for each of B rows of features, stacked.

    Row r carries ``codes[r]`` and the features of row ``r mod B``; its scale s gives it the wanted
    length. NumPy multiplies it as it would the (k·B, n_in) array that `toarray` returns.

    Parameters
    ----------
    features : Features
        B rows.
    codes : (k·B, n_codes) array
    target : float or None
        Squared length of every row; None means n_in, that is mean square 1.

    Raises
    ------
    ValueError
        If the number of codes is not a multiple of the number of rows.
    """

    def __init__(self, features: Features, codes: NDArray, target: float | None = None) -> None:
        check_floating("codes", codes)
        if len(codes) % len(features.rows):
            raise ValueError(
                f"expected a whole number of label codes for each of the {len(features.rows)} "
                f"rows; got {len(codes)} codes"
            )
        self.features = features
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

    def __matmul__(self, weights: Dense | NDArray) -> NDArray:
        matrix = weights.matrix if isinstance(weights, Dense) else weights
        owner = weights if isinstance(weights, Dense) else None
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
        """The transpose, good for ``x.T @ delta`` and nothing else."""
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


@dataclass(frozen=True)
class Encoding:
    """How rows of data and class labels become inputs.

    A number v of the data becomes ``(v − offset) · gain``; the label is one-hot with the given
    strength, or ``strength/classes`` everywhere for the neutral label.

    Attributes
    ----------
    classes : int
    strength : float
        Value of the true label's input. Source: [HintonCode], 1.
    overwrite : bool
        Images: the label takes the place of the first pixels, which are blank. Tables: False, the
        label is put before the columns.
    target : float or None
        Squared length of an input; None means mean square 1.
    offset, gain : float or (n_features,) array
        The default turns bytes into 0…1.

    Raises
    ------
    ValueError
        If there are fewer than two classes, or the strength is not above 0.
    """

    classes: int = 10
    strength: float = 1.0
    overwrite: bool = True
    target: float | None = None
    offset: ArrayLike = 0.0
    gain: ArrayLike = 1 / 255

    def __post_init__(self) -> None:
        if self.classes < 2:
            raise ValueError(
                f"classes: expected at least 2, a true and a wrong one; got {self.classes}"
            )
        if not 0 < self.strength < np.inf:
            raise ValueError(
                f"strength: expected a number above 0, or the label says nothing; got "
                f"{self.strength}"
            )

    def inputs(self, columns: int) -> int:
        """Return the number of inputs that rows of so many columns make.

        Raises
        ------
        ValueError
            If the label would overwrite all there is.
        """
        if self.overwrite and columns <= self.classes:
            raise ValueError(
                f"expected images of more pixels than the {self.classes} that the label takes; got "
                f"{columns}. For a table, set overwrite to False."
            )
        return columns if self.overwrite else columns + self.classes

    def features(self, rows: NDArray) -> Features:
        """Return the rows, scaled, float32, without the pixels that the label takes."""
        kept = rows[:, self.classes :] if self.overwrite else rows
        scaled = kept.astype(np.float32)
        scaled -= np.asarray(self.offset, np.float32)
        scaled *= np.asarray(self.gain, np.float32)
        return Features(scaled)

    def one_hot(self, labels: NDArray) -> NDArray:
        """Return the labels' codes, (len(labels), classes)."""
        return np.eye(self.classes, dtype=np.float32)[labels] * np.float32(self.strength)

    def labelled(self, features: Features, *labels: NDArray) -> Labelled:
        """Return the features with each of several label vectors, stacked."""
        return Labelled(features, self.one_hot(np.concatenate(labels)), self.target)

    def neutral(self, features: Features) -> Labelled:
        """Return the features with the neutral label."""
        shape = (len(features.rows), self.classes)
        codes = np.full(shape, self.strength / self.classes, np.float32)
        return Labelled(features, codes, self.target)

    def every_label(self, features: Features) -> Labelled:
        """Return the features with label 0, then all with label 1, and so on."""
        labels = np.repeat(np.arange(self.classes), len(features.rows))
        return self.labelled(features, labels)
