"""A network that learns labels: its layers, its readout, its encoding and the layers that vote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.batches import LabelledCases
from ffnumpy.cases.encoding import Encoding
from ffnumpy.inference import (
    Answering,
    EveryLabel,
    OnePass,
    Scores,
    answers,
    check_voters,
    neutral_activities,
    scored,
    votes,
)
from ffnumpy.layers.layer import in_float64
from ffnumpy.layers.readout import Readout, ReadoutLayer
from ffnumpy.supervised.setting import Setting
from ffnumpy.training import Learners
from ffnumpy.weights.outer import Weights

__all__ = ["Supervised", "in_double_precision"]


class Supervised:
    """Layers, a readout, an encoding, and the layers that vote.

    Parameters
    ----------
    setting : Setting
    columns : int
        Of the data set's rows: pixels, or a table's columns.
    classes : int
    rng : numpy.random.Generator
        Draws the weights.
    updates_per_epoch : int
        For the learning-rate schedule.
    encoding : Encoding, optional
        By default the setting's.
    weights : callable, (n_in, width, schedule, rng) -> Weights, optional
        Draws the weights of each layer, from the first up; by default `Setting.dense`.

    Attributes
    ----------
    layers : list of Layer
    readout : Readout or None
    reader : ReadoutLayer or None
        The readout as a layer of the list.
    encoding : Encoding
    voters : list of int
        Layers that vote, from 0.
    """

    def __init__(
        self,
        setting: Setting,
        columns: int,
        classes: int,
        rng: np.random.Generator,
        updates_per_epoch: int = 1,
        encoding: Encoding | None = None,
        weights: Callable[..., Weights] | None = None,
    ) -> None:
        self.setting, hidden = setting, setting.hidden
        usual = setting.feeding.encoding(classes, setting.units.length)
        self.encoding: Encoding = usual if encoding is None else encoding
        schedule = setting.learning.schedule(setting.epochs, updates_per_epoch)
        sizes = (self.encoding.inputs(columns), *hidden)
        draw = setting.dense if weights is None else weights
        drawn = (draw(a, b, schedule, rng) for a, b in zip(sizes, hidden, strict=False))
        self.layers = [setting.layer(own, rng) for own in drawn]
        self.voters = setting.units.voters(len(hidden))
        self.readout = self.reader = None
        if setting.has_readout:
            always = setting.learning.schedule(setting.epochs * setting.stages, updates_per_epoch)
            self.readout = setting.readout(classes, always)
            self.reader = ReadoutLayer(self.readout, self._neutral)

    def _neutral(self, features: Any) -> list[NDArray]:
        return neutral_activities(self.layers, self.encoding, features)

    def learners(self) -> Learners:
        """Return what learns in each epoch: the readout first, then the layers in their order."""
        order = self.setting.learning.order(self.layers, self.setting.epochs)
        first = [] if self.reader is None else [self.reader]
        return lambda epoch: [*first, *order(epoch)]

    def cases(
        self, rows: Any, labels: NDArray, rng: np.random.Generator, seed: int
    ) -> LabelledCases:
        """Return stacked positives and negatives of this training set.

        Raises
        ------
        ValueError
            As `LabelledCases` does.
        """
        feeding = self.setting.feeding
        negatives = feeding.negatives(self, labels, rng)
        return LabelledCases(rows, labels, self.encoding, negatives, feeding.batch, seed)

    def measure(
        self, rows: NDArray, labels: NDArray, counted: Sequence[int] | None = None
    ) -> dict[str, Any]:
        """Return the errors by both ways of answering, and by layer, as fractions.

        Parameters
        ----------
        rows, labels : arrays
        counted : sequence of int, optional
            Layers that vote, from 0; by default those of the setting.

        Returns
        -------
        dict
            `error`: by goodness for every label; `error_softmax`: by one neutral pass and the
            readout, None without one; `error_by_layer` and `error_softmax_by_layer`: of each layer
            alone (the readout does not read the first); `confusion`: of the goodness method,
            rows are true classes.
        """
        voters = check_voters(self.voters if counted is None else counted, len(self.layers))
        named, by_layer = answers(self._every_label(voters), self.encoding, rows)
        measured = {
            **scored(labels, named, self.encoding.classes),
            "error_softmax": None,
            "error_by_layer": np.mean(by_layer != labels, axis=1).tolist(),
            "error_softmax_by_layer": [],
        }
        if self.readout is not None:
            read, apart = answers(self._one_pass(self.readout), self.encoding, rows)
            measured["error_softmax"] = float(np.mean(read != labels))
            measured["error_softmax_by_layer"] = np.mean(apart != labels, axis=1).tolist()
        return measured

    def _every_label(self, voters: Sequence[int]) -> Answering:
        return EveryLabel(self.layers, self.encoding, voters)

    def _one_pass(self, readout: Readout) -> Answering:
        return OnePass(self.layers, self.encoding, readout)

    def scores(self, rows: NDArray) -> Scores:
        """Return every label's goodness, and the logits of the readout if there is one.

        Goodness is divided by T, that of the last layer that votes if layers differ.
        """
        width = self.setting.hidden[self.voters[-1]]
        T = self.setting.objective.temperature_of(width)
        goodness = votes(self._every_label(self.voters), self.encoding, rows) / T
        if self.readout is None:
            return Scores(goodness, None)
        return Scores(goodness, votes(self._one_pass(self.readout), self.encoding, rows))

    def predict(self, rows: NDArray) -> NDArray:
        """Return the labels with the largest goodness, (n,)."""
        return answers(self._every_label(self.voters), self.encoding, rows)[0]

    def parts(self) -> dict[str, Any]:
        """Return the layers and the readout's weights, by name."""
        parts: dict[str, Any] = {f"layer{i}": layer for i, layer in enumerate(self.layers, 1)}
        return parts if self.readout is None else {**parts, "readout": self.readout.weights}


def in_double_precision(network: Supervised, by_readout: bool = False) -> Answering:
    """Return a network's way of answering, computed in float64.

    An answer then does not depend on the other rows of its batch.

    Parameters
    ----------
    network : Supervised
    by_readout : bool
        In one pass by the readout, instead of every label's goodness.

    Raises
    ------
    ValueError
        If there is no readout to answer by.
    """
    layers = [in_float64(layer) for layer in network.layers]
    if not by_readout:
        return EveryLabel(layers, network.encoding, network.voters)
    if network.readout is None:
        raise ValueError(
            "expected a network with a readout; this one has none, as its negatives are fixed"
        )
    readout = Readout(network.readout.weights.astype(np.float64))
    return OnePass(layers, network.encoding, readout)
