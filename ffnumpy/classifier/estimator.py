"""A Forward-Forward network as a scikit-learn estimator, for plain tables and for images."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ffnumpy.activations import Activation
from ffnumpy.cases.batches import batches_in
from ffnumpy.classifier.classes import check_classes, named, places
from ffnumpy.classifier.scaling import Brightness, Columns, Scale, root_mean_square_length, scaled
from ffnumpy.goodness import Goodness
from ffnumpy.inference import votes
from ffnumpy.layers.readout import softmax
from ffnumpy.runs.run import DivergedError, diverged
from ffnumpy.supervised import Setting, Supervised, in_double_precision
from ffnumpy.supervised.names import changed
from ffnumpy.supervised.setting import WrongLabels
from ffnumpy.training import train
from ffnumpy.weights.threads import shared

try:
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.metaestimators import available_if
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    raise ImportError(
        "FFClassifier needs scikit-learn 1.6 or later, which the rest of ffnumpy does not need; "
        'run: pip install ".[sklearn]" in the project\'s folder'
    ) from error

__all__ = ["FFClassifier"]

INFERENCES = ("goodness", "softmax")
NO_READOUT = (
    "inference='softmax' needs the softmax readout, which negatives='fixed' lacks. "
    "Fit with negatives='hard' or 'uniform', or set inference='goodness'."
)


def _has_probabilities(classifier: FFClassifier) -> bool:
    """Return whether there is a softmax and `predict` uses it."""
    return classifier.inference == "softmax" and classifier.negatives != "fixed"


class FFClassifier(ClassifierMixin, BaseEstimator):
    """A classifier that learns layer by layer to tell true labels from wrong ones.

    It learns from two forward passes, one with the true label among the inputs and one with a
    wrong label; nothing is sent back through the layers. It names the class whose label has the
    largest goodness, added up over all hidden layers but the first (or over the only one).

    Plain tables get the label as extra input columns, and each column is standardised with the
    mean and standard deviation of all data that `fit` or `partial_fit` has seen; a column is
    ignored as long as it is constant. In images the label takes the place of the first pixels, one
    for each class, and pixels are divided by the largest one so far.

    Parameters
    ----------
    hidden : sequence of int
        Widths of the hidden layers.
    epochs : int
        Passes through the data in `fit`.
    batch : int
        Rows in a batch.
    rate : float
        ε.
    falling : bool
        Whether the rate falls in the second half of `fit`'s epochs. `partial_fit`, which cannot
        know the end, keeps it constant; after `fit` it continues at the final rate.
    decay : float
        Of the weights, in units of ε.
    optimiser : {'adam', 'smoothed', 'momentum', 'plain'}
        Adam by default, whose one rate suits tables and images of any size; the author's program
        has 'smoothed' with a rate of 0.01.
    negatives : {'hard', 'uniform', 'fixed'} or WrongLabels
        Wrong labels: sampled from the softmax readout's mistakes; drawn evenly; or drawn evenly
        once for each row and call of `fit` or `partial_fit`, and then there is no readout.
    peer : float
        Strength of the push that brings the units' mean activities together.
    goodness, activation : str or object
        A name of `ffnumpy.goodness.BY_NAME` and of `ffnumpy.activations.BY_NAME`, or one's own.
    loss : {'logistic', 'softplus-margin'} or class
        How goodness becomes a probability, or a class of one's own.
    layer : 'standard' or class
        What a layer is: a class that is made and learns as `ffnumpy.Layer`.
    callback : callable, optional
        Called with the classifier after every epoch; if it returns True, training stops.
    strength : float, optional
        Value of the true label's input. By default the root mean square length of the scaled rows
        that are seen first, and again when more columns vary or pixels get brighter, so that the
        label weighs as much as all columns together. The author's program has 1 on images, which
        takes many more updates.
    inference : {'goodness', 'softmax'}
        What `predict` and `decision_function` use: one pass for every label, or one pass with
        a neutral label and the softmax readout.
    overwrite_pixels : bool
        Rows are images whose first pixels are blank and may be overwritten by the label.
    random_state : int, RandomState or None
        Draws the weights, the order of the batches and the wrong labels.

    Attributes
    ----------
    classes_ : (n_classes,) array
    n_features_in_ : int
    feature_names_in_ : (columns,) array of str
        Only if the columns of the data had names.
    model_ : ffnumpy.supervised.Supervised
        Its weights are float32, and so are the data that it is shown. `predict` and the like
        multiply in float64, so that an answer does not depend on the other rows.
    n_epochs_ : int
        Passes through data so far.
    offset_, gain_ : (columns,) arrays, or floats for images
        A value v becomes ``(v − offset) · gain``, of a table at most 10,000 either way.

    Source: [Hinton2022] Section 3.3 and [HintonCode]; tables are not in the paper.

    Examples
    --------
    >>> X, y = [[0.0], [0.1], [1.0], [1.1]], ["low", "low", "high", "high"]
    >>> print(FFClassifier(random_state=0).fit(X, y).predict([[0.2], [0.9]]))
    ['low' 'high']
    """

    def __init__(
        self,
        hidden: Sequence[int] = (100, 100),
        *,
        epochs: int = 50,
        batch: int = 20,
        rate: float = 0.002,
        falling: bool = True,
        decay: float = 0.001,
        optimiser: str = "adam",
        negatives: str | WrongLabels = "hard",
        peer: float = 0.06,
        goodness: str | Goodness = "sum-of-squares",
        activation: str | Activation = "relu",
        loss: str | type[Any] = "logistic",
        layer: str | type[Any] = "standard",
        strength: float | None = None,
        inference: str = "goodness",
        overwrite_pixels: bool = False,
        random_state: int | np.random.RandomState | None = None,
        callback: Callable[[FFClassifier], bool | None] | None = None,
    ) -> None:
        self.hidden = hidden
        self.epochs = epochs
        self.batch = batch
        self.rate = rate
        self.falling = falling
        self.decay = decay
        self.optimiser = optimiser
        self.negatives = negatives
        self.peer = peer
        self.goodness = goodness
        self.activation = activation
        self.loss = loss
        self.layer = layer
        self.callback = callback
        self.strength = strength
        self.inference = inference
        self.overwrite_pixels = overwrite_pixels
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> FFClassifier:
        """Train a new network for `epochs` epochs and return the estimator.

        Parameters
        ----------
        X : (n, n_features) array
        y : (n,) array of any labels

        Raises
        ------
        ValueError
            If the data or a parameter make no sense, or there is only one class.
        ffnumpy.runs.DivergedError
            If weights are no longer finite, as after too large a rate.
        """
        table, labels = validate_data(self, X, y)
        check_classification_targets(labels)
        self._start(table, np.unique(labels), self.falling)
        return self._train(table, labels, self.epochs)

    def partial_fit(
        self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None
    ) -> FFClassifier:
        """Train for one epoch on these rows, from the network's present state.

        Parameters
        ----------
        X : (n, n_features) array
        y : (n,) array of labels
        classes : (n_classes,) array, optional
            All labels that will ever occur; needed in the first call only.

        Raises
        ------
        ValueError
            If the first call does not name the classes, a label is not among them, or the data make
            no sense.
        ffnumpy.runs.DivergedError
            If weights are no longer finite; start again, with a smaller rate.
        """
        first = not hasattr(self, "model_")
        table, labels = validate_data(self, X, y, reset=first)
        check_classification_targets(labels)
        if first:
            self._start(table, named(classes), falling=False)
        elif classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(f"classes: expected {self.classes_} as before; got {classes}")
        if not first:
            self._look(table)
        return self._train(table, labels, epochs=1)

    def predict(self, X: ArrayLike) -> NDArray:
        """Return the labels, (n,), that `inference` names for the rows of X, (n, n_features)."""
        best = self._scores(X).argmax(axis=1)
        return self.classes_[best]

    def decision_function(self, X: ArrayLike) -> NDArray:
        """Return the scores whose largest `predict` picks, (n, n_classes).

        It is each label's summed goodness, or with ``inference='softmax'`` the logits. For two
        classes it is the second one's minus the first one's, (n,).
        """
        scores = self._scores(X)
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    @available_if(_has_probabilities)
    def predict_proba(self, X: ArrayLike) -> NDArray:
        """Return the softmax readout's probabilities, (n, n_classes).

        Exists with ``inference='softmax'`` only: goodness ranks labels and is not a probability,
        and the readout's could contradict a `predict` that uses goodness.
        """
        return softmax(self._scores(X))

    def _start(self, X: NDArray, classes: NDArray, falling: bool) -> None:
        self._check(X, classes)
        self.classes_, self.n_epochs_ = classes, 0
        self._scale: Scale = (Brightness if self.overwrite_pixels else Columns).of(X)
        self._seed = int(check_random_state(self.random_state).randint(2**31))
        self._rng = np.random.default_rng(self._seed)
        self.model_ = Supervised(
            self._setting(self._rows(X), falling),
            X.shape[1],
            len(classes),
            self._rng,
            batches_in(len(X), self.batch),
        )

    @property
    def offset_(self) -> NDArray | np.float32:
        """Subtracted from a value."""
        return self._scale.offset

    @property
    def gain_(self) -> NDArray | np.float32:
        """What a value is multiplied by then."""
        return self._scale.gain

    def _look(self, X: NDArray) -> None:
        """Let the scale see more rows; weigh the label anew if rows become longer by it."""
        before, self._scale = self._scale, self._scale.seen(X)
        if self._scale.size != before.size and self.strength is None:
            encoding: Any = self.model_.encoding
            strength = self._scale.length(self._rows(X))
            self.model_.encoding = replace(encoding, strength=strength)

    def _check(self, X: NDArray, classes: NDArray) -> None:
        check_classes(X, classes, self.overwrite_pixels)
        self._check_inference()
        if self.inference == "softmax" and self.negatives == "fixed":
            raise ValueError(NO_READOUT)
        if not isinstance(self.epochs, int | np.integer) or self.epochs < 1:
            raise ValueError(f"epochs: expected a whole number, 1 or more; got {self.epochs!r}")
        if not isinstance(self.hidden, Iterable):
            raise ValueError(
                f"hidden: expected the widths of the hidden layers, as in (100, 100); got "
                f"{self.hidden!r}"
            )

    def _check_inference(self) -> None:
        if self.inference not in INFERENCES:
            raise ValueError(f"inference: expected one of {INFERENCES}; got {self.inference!r}")

    def _setting(self, rows: NDArray, falling: bool) -> Setting:
        given = self.strength
        setting: Setting = changed(
            Setting(),
            hidden=tuple(self.hidden),
            epochs=self.epochs,
            goodness=self.goodness,
            activation=self.activation,
            loss=self.loss,
            layer=self.layer,
            rate=self.rate,
            falling=falling,
            decay=self.decay,
            optimiser=self.optimiser,
            peer=self.peer,
            batch=self.batch,
            negatives=self.negatives,
            strength=(root_mean_square_length(rows) or 1.0) if given is None else given,
            pixels="as-they-are",
            overwrite=self.overwrite_pixels,
        )
        return setting

    def _train(self, X: NDArray, y: NDArray, epochs: int) -> FFClassifier:
        cases = self.model_.cases(self._rows(X), places(y, self.classes_), self._rng, self._seed)
        cases.epoch = self.n_epochs_
        layers = self.model_.learners()(0)
        with shared(layers, cases.batch):
            for _ in range(epochs):
                for _ in train(layers, cases):
                    pass
                self.n_epochs_ = cases.epoch
                if self.callback is not None and self.callback(self):
                    break
        name = diverged(self.model_.parts())
        if name is not None:
            raise DivergedError(
                f"the weights of {name} are no longer finite after epoch {cases.epoch}. Fit again "
                f"with a smaller rate (it is {self.rate}) or decay ({self.decay})."
            )
        return self

    def _rows(self, X: NDArray) -> NDArray:
        """Return the data as the network takes them, float32."""
        return scaled(X, self._scale)

    def _scores(self, X: ArrayLike) -> NDArray:
        """Return summed goodness or logits, (n, n_classes)."""
        check_is_fitted(self, "model_")
        self._check_inference()
        rows = self._rows(validate_data(self, X, reset=False))
        if self.inference == "softmax" and self.model_.readout is None:
            raise ValueError(NO_READOUT)
        asked = in_double_precision(self.model_, by_readout=self.inference == "softmax")
        return votes(asked, self.model_.encoding, rows)
