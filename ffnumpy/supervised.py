"""A whole network as one recipe makes it: what learns, what answers, what is saved."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ffnumpy.baselines.backprop import Backprop, ClassCases
from ffnumpy.cases.batches import Cases, LabelledCases
from ffnumpy.cases.encoding import Encoding
from ffnumpy.cases.negatives import FixedWrong, Negatives, ReadoutNegatives
from ffnumpy.experiments.supervised import Recipe
from ffnumpy.inference import (
    Evaluation,
    confusion_matrix,
    evaluate,
    first_counted,
    neutral_activities,
    predict,
)
from ffnumpy.layers.layer import LayerLike
from ffnumpy.layers.readout import Readout
from ffnumpy.training import one_after_another
from ffnumpy.weights.dense import Dense
from ffnumpy.weights.threads import Shared

__all__ = ["BackpropModel", "ForwardForwardModel", "Model", "build"]


class Model(Protocol):
    """What a run, a checkpoint and the command line ask of a network."""

    encoding: Encoding
    stages: int
    hidden_layers: int

    def learners(self, stage: int) -> Sequence[LayerLike]:
        """Return the layers as they learn in one stage of the training, from 0."""

    def cases(self, rows: NDArray, labels: NDArray, rng: np.random.Generator, seed: int) -> Cases:
        """Return the training set as the layers are to see it."""

    def evaluate(
        self, rows: NDArray, labels: NDArray, counted: Sequence[int] | None = None
    ) -> Evaluation:
        """Return the errors on a data set; by default the layers that the recipe names vote."""

    def predict(self, rows: NDArray) -> NDArray:
        """Return the classes of rows as the data set holds them."""

    def parts(self) -> dict[str, Any]:
        """Return whatever has `arrays` and `restore`, by name."""

    def weights(self) -> Sequence[Shared]:
        """Return the weights that cores can share while the network learns."""


class ForwardForwardModel:
    """Layers and a readout.

    Parameters
    ----------
    recipe : Recipe
    columns : int
        Of the data set's rows: pixels, or a table's columns.
    classes : int
    rng : numpy.random.Generator
        Draws the weights.
    epochs, updates_per_epoch : int
        For the learning-rate schedule; `epochs` of each layer when they learn one after another.

    Attributes
    ----------
    layers : list of Layer
    readout : Readout or None
    encoding : Encoding
    widths : tuple of int
        Of the hidden layers.
    stages : int
        1 if all layers learn together, else one for each layer.
    """

    def __init__(
        self,
        recipe: Recipe,
        columns: int,
        classes: int,
        rng: np.random.Generator,
        epochs: int = 0,
        updates_per_epoch: int = 1,
    ) -> None:
        self.recipe, hidden = recipe, recipe.network.hidden
        self.encoding = recipe.encoding(classes)
        schedule = recipe.schedule(epochs, updates_per_epoch)
        widths = (self.encoding.inputs(columns), *hidden)
        self.layers = [
            recipe.layer(n_in, width, schedule, rng)
            for n_in, width in zip(widths, hidden, strict=False)
        ]
        self.stages = 1 if recipe.learning.order == "together" else len(self.layers)
        self.readout: Readout | None = None
        if recipe.feeding.negatives != "fixed":
            read = hidden[first_counted(len(hidden)) :]
            always = recipe.schedule(epochs * self.stages, updates_per_epoch)
            self.readout = recipe.readout(read, classes, always)
        self.widths, self.hidden_layers = hidden, len(hidden)

    def learners(self, stage: int) -> Sequence[LayerLike]:
        """Return all layers, or those up to `stage` with all but the last one frozen."""
        return self.layers if self.stages == 1 else one_after_another(self.layers, stage)

    def cases(
        self, rows: NDArray, labels: NDArray, rng: np.random.Generator, seed: int
    ) -> LabelledCases:
        """Return stacked positives and negatives of this training set."""
        negatives = self._negatives(labels, rng)
        batch = self.recipe.feeding.batch
        return LabelledCases(rows, labels, self.encoding, negatives, batch, seed)

    def _negatives(self, labels: NDArray, rng: np.random.Generator) -> Negatives:
        if self.readout is None:
            return FixedWrong(labels, self.encoding.classes, rng)
        return ReadoutNegatives(
            lambda features: neutral_activities(self.layers, self.encoding, features),
            self.readout,
            rng,
            hard=self.recipe.feeding.negatives == "hard",
        )

    def evaluate(
        self, rows: NDArray, labels: NDArray, counted: Sequence[int] | None = None
    ) -> Evaluation:
        """Return the errors by both inference methods, and by layer."""
        counted = self.recipe.voting() if counted is None else counted
        return evaluate(self.layers, self.readout, self.encoding, rows, labels, counted)

    def predict(self, rows: NDArray) -> NDArray:
        """Return the labels with the largest goodness, (n,)."""
        return predict(self.layers, self.encoding, rows, self.recipe.voting())

    def parts(self) -> dict[str, Any]:
        """Return the layers and the readout's weights."""
        parts: dict[str, Any] = {f"layer{i}": layer for i, layer in enumerate(self.layers, 1)}
        return parts if self.readout is None else {**parts, "readout": self.readout.weights}

    def weights(self) -> Sequence[Shared]:
        """Return the layers' weights."""
        return [layer.weights for layer in self.layers if isinstance(layer.weights, Dense)]


class BackpropModel:
    """The baseline: the same widths and inputs, trained by backpropagation.

    What differs besides the rule: activities are not normalised between layers, and a softmax layer
    of the last one's width by classes takes the place of the goodness.
    """

    stages, hidden_layers = 1, 0

    def __init__(
        self,
        recipe: Recipe,
        columns: int,
        classes: int,
        rng: np.random.Generator,
        epochs: int = 0,
        updates_per_epoch: int = 1,
    ) -> None:
        self.batch = recipe.feeding.batch
        self.encoding = recipe.encoding(classes)
        schedule = recipe.schedule(epochs, updates_per_epoch)
        widths = (self.encoding.inputs(columns), *recipe.network.hidden, classes)
        self.network = Backprop([recipe.dense(a, b, schedule, rng) for a, b in pairwise(widths)])

    def learners(self, stage: int) -> Sequence[Any]:
        """Return the whole network as one layer."""
        return [self.network]

    def cases(
        self, rows: NDArray, labels: NDArray, rng: np.random.Generator, seed: int
    ) -> ClassCases:
        """Return the images with their classes; there are no negatives."""
        return ClassCases(rows, labels, self.encoding, self.batch, seed)

    def evaluate(
        self, rows: NDArray, labels: NDArray, counted: Sequence[int] | None = None
    ) -> Evaluation:
        """Return the softmax error; there is no goodness, and no layer to count."""
        predicted = self.predict(rows)
        error = float(np.mean(predicted != labels))
        confusion = confusion_matrix(labels, predicted, self.encoding.classes)
        return Evaluation(None, error, (), (), confusion)

    def predict(self, rows: NDArray) -> NDArray:
        """Return the most probable classes, (n,)."""
        return self.network.predict(self.encoding, rows)

    def parts(self) -> dict[str, Any]:
        """Return the layers' weights."""
        return {f"layer{i}": weights for i, weights in enumerate(self.network.weights, 1)}

    def weights(self) -> Sequence[Shared]:
        """Return none: its third product, ``δ Wᵀ``, is one that `Cores` do not share."""
        return []


def build(
    recipe: Recipe,
    columns: int,
    classes: int,
    rng: np.random.Generator,
    epochs: int = 0,
    updates_per_epoch: int = 1,
) -> ForwardForwardModel | BackpropModel:
    """Return a freshly drawn network. See `ForwardForwardModel` for the arguments."""
    kind = BackpropModel if recipe.network.rule == "backprop" else ForwardForwardModel
    return kind(recipe, columns, classes, rng, epochs, updates_per_epoch)
