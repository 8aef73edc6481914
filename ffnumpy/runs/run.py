"""A training run: a network, its cases, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.batches import batches_in, check_labels
from ffnumpy.experiments.supervised import Recipe
from ffnumpy.layers.layer import LayerLike
from ffnumpy.supervised import build
from ffnumpy.training import train
from ffnumpy.weights.threads import shared

__all__ = ["Run"]


class Run:
    """Everything that a continued run needs.

    Parameters
    ----------
    recipe : Recipe
    rows : (n, columns) array
        Training set, as the data set holds it.
    labels : (n,) array of int
    classes : int
    epochs : int
        E of the learning-rate schedule; of each layer when they learn one after another.
    seed : int

    Attributes
    ----------
    total_epochs : int
        Epochs of the whole run, all stages counted.

    Raises
    ------
    ValueError
        If `epochs` is no whole number of 0 or more, or rows and labels do not fit each other.
    """

    def __init__(
        self,
        recipe: Recipe,
        rows: NDArray,
        labels: NDArray,
        classes: int,
        epochs: int,
        seed: int = 0,
    ) -> None:
        check_labels(rows, labels, classes)
        if not isinstance(epochs, int | np.integer) or epochs < 0:
            raise ValueError(f"epochs: expected a whole number, 0 or more; got {epochs!r}")
        self.recipe, self.classes, self.epochs, self.seed = recipe, classes, epochs, seed
        self.rng = np.random.default_rng(seed)
        updates = batches_in(len(rows), recipe.feeding.batch)
        self.model = build(recipe, rows.shape[1], classes, self.rng, epochs, updates)
        self.cases = self.model.cases(rows, labels, self.rng, seed)
        self.total_epochs = epochs * self.model.stages
        self._stage = -1
        self._learners: Sequence[LayerLike] = ()

    @property
    def finished(self) -> bool:
        """Whether all epochs are done."""
        return self.cases.epoch >= self.total_epochs

    def steps(self) -> Iterator[int]:
        """Train through the rest of the current epoch; yield after each batch.

        A large network is shared out among two cores until the last batch, or until the loop is
        left: NumPy's BLAS has one thread meanwhile, see `ffnumpy.weights.threads.shared`.
        """
        stage = min(self.cases.epoch // max(self.epochs, 1), self.model.stages - 1)
        if stage != self._stage:
            self._stage, self._learners = stage, self.model.learners(stage)
        return self._shared_steps()

    def _shared_steps(self) -> Iterator[int]:
        with shared(self.model.weights(), self.cases.batch):
            yield from train(self._learners, self.cases)
