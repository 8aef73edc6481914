"""FFClassifier keeps scikit-learn's conventions, and is the library's own training underneath."""

from __future__ import annotations

import importlib
import pickle
import re
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.datasets import load_iris, make_blobs
from sklearn.model_selection import train_test_split
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    parametrize_with_checks,
)

from ffnumpy.classifier import FFClassifier
from ffnumpy.classifier.scaling import Columns
from ffnumpy.data import strokes
from ffnumpy.experiments import supervised
from ffnumpy.runs import DivergedError
from ffnumpy.supervised.names import changed

CHECKED = [
    FFClassifier(),
    FFClassifier(inference="softmax"),
    FFClassifier(negatives="fixed"),
    FFClassifier((20,), negatives="uniform", optimiser="smoothed", rate=0.1, batch=10),
]
QUICK: dict[str, Any] = {"hidden": (8, 8), "epochs": 3, "random_state": 0}


@pytest.fixture
def _array_api(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let scikit-learn run the check that it skips where this variable is not set."""
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")


@pytest.fixture(scope="module")
def blobs() -> tuple[NDArray, NDArray]:
    return make_blobs(60, n_features=3, centers=3, random_state=0)


@pytest.fixture(scope="module")
def digits() -> strokes.Dataset:
    return strokes.dataset(400, 500)


@pytest.mark.usefixtures("_array_api")
@parametrize_with_checks(CHECKED)
def test_scikit_learns_own_checks(estimator: FFClassifier, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize("estimator", CHECKED)
def test_named_columns(estimator: FFClassifier) -> None:
    pytest.importorskip("pandas")
    check_dataframe_column_names_consistency("FFClassifier", estimator)


def weights(classifier: FFClassifier) -> list[bytes]:
    parts = classifier.model_.parts().values()
    return [array.tobytes() for part in parts for array in part.arrays().values()]


@pytest.mark.parametrize("inference", ["goodness", "softmax"])
def test_learns_a_real_table(inference: str) -> None:
    X, X_test, y, y_test = train_test_split(*load_iris(return_X_y=True), random_state=0)
    classifier = FFClassifier(inference=inference, random_state=0).fit(X, y)
    assert classifier.score(X_test, y_test) > 0.9


def test_learns_images_better_than_one_error_in_four(digits: strokes.Dataset) -> None:
    classifier = FFClassifier(overwrite_pixels=True, random_state=0)
    classifier.fit(digits.train_images, digits.train_labels)
    assert 1 - classifier.score(digits.test_images, digits.test_labels) < 0.25


def test_the_label_hides_the_pixels_that_it_overwrites(digits: strokes.Dataset) -> None:
    images, scribbled = digits.train_images, digits.train_images.copy()
    scribbled[:, :10] = 255
    classifier = FFClassifier(overwrite_pixels=True, **QUICK).fit(images, digits.train_labels)
    expected = classifier.decision_function(images)
    np.testing.assert_array_equal(classifier.decision_function(scribbled), expected)


@pytest.mark.parametrize("negatives", ["hard", "uniform", "fixed"])
def test_fit_is_a_run_of_the_library(negatives: str, digits: strokes.Dataset) -> None:
    images, labels = digits.train_images, digits.train_labels
    choices: dict[str, Any] = {"hidden": (8, 8), "negatives": negatives, "strength": 2.0}
    choices |= {"rate": 0.02, "optimiser": "smoothed", "batch": 64}
    classifier = FFClassifier(**choices, epochs=3, overwrite_pixels=True, random_state=5)
    classifier.fit(images, labels)
    seed = int(np.random.RandomState(5).randint(2**31))
    run = supervised.start(changed(supervised.AUTHOR, **choices, epochs=3), digits, seed)
    while not run.finished:
        for _ in run.steps():
            pass
    expected = [a.tobytes() for p in run.parts.values() for a in p.arrays().values()]
    assert weights(classifier) == expected
    agree = classifier.predict(digits.test_images) == run.network.predict(digits.test_images)
    assert agree.mean() > 0.99  # float64 and float32 may part at a tie


@pytest.mark.parametrize("negatives", ["hard", "uniform"])
def test_epochs_of_partial_fit_are_a_fit(negatives: str, blobs: tuple[NDArray, NDArray]) -> None:
    classifier = FFClassifier(negatives=negatives, falling=False, **QUICK)
    by_epoch = clone(classifier)
    for _ in range(3):
        by_epoch.partial_fit(*blobs, classes=[0, 1, 2])
    classifier.fit(*blobs)
    assert weights(by_epoch) == weights(classifier)
    assert by_epoch.n_epochs_ == classifier.n_epochs_ == 3


def test_partial_fit_learns_from_classes_that_come_apart(blobs: tuple[NDArray, NDArray]) -> None:
    X, y = blobs
    classifier = FFClassifier(random_state=0).partial_fit(X[y == 2], y[y == 2], classes=[0, 1, 2])
    for _ in range(100):
        classifier.partial_fit(X, y)
    assert classifier.score(X, y) > 0.9


def test_same_random_state_same_bytes(blobs: tuple[NDArray, NDArray]) -> None:
    first, second, other = (FFClassifier(**QUICK | {"random_state": s}) for s in (0, 0, 1))
    assert weights(first.fit(*blobs)) == weights(second.fit(*blobs))
    assert weights(first) != weights(other.fit(*blobs))


def test_a_pickled_copy_goes_on_as_the_original(blobs: tuple[NDArray, NDArray]) -> None:
    for name in ("sum-of-squares", "negative-mean-of-squares", "unsquared-sum"):
        original = FFClassifier(goodness=name, **QUICK).fit(*blobs)
        copy = pickle.loads(pickle.dumps(original))
        assert weights(copy.partial_fit(*blobs)) == weights(original.partial_fit(*blobs))


@pytest.mark.parametrize(
    "names",
    [["b", "a", "long name"], [-7, 0, 10**12], [2.0, 1.0, 0.0], np.array(["x", "y", "z"], object)],
)
def test_labels_of_any_type_come_back(names: Any, blobs: tuple[NDArray, NDArray]) -> None:
    X, y = blobs[0], np.asarray(names)[blobs[1]]
    classifier = FFClassifier(random_state=0).fit(X, y)
    predicted = classifier.predict(X)
    assert predicted.dtype == y.dtype
    assert np.mean(predicted == y) > 0.9
    np.testing.assert_array_equal(classifier.classes_, np.unique(y))


def test_binary_labels_of_bool(blobs: tuple[NDArray, NDArray]) -> None:
    X, y = blobs[0], blobs[1] == 0
    classifier = FFClassifier(random_state=0).fit(X, y)
    decision = classifier.decision_function(X)
    assert decision.shape == (60,)
    np.testing.assert_array_equal(decision > 0, classifier.predict(X))


def test_units_of_the_columns_do_not_matter(blobs: tuple[NDArray, NDArray]) -> None:
    X, y = blobs
    units = np.array([1024, 1, 1 / 64])  # powers of two: exact
    classifier, other = (FFClassifier(**QUICK).fit(x, y) for x in (X, X * units))
    assert weights(classifier) == weights(other)


def test_a_constant_column_is_ignored(blobs: tuple[NDArray, NDArray]) -> None:
    X, y = blobs
    classifier = FFClassifier(**QUICK).fit(np.c_[X, np.full(60, 0.1)], y)
    expected = classifier.decision_function(np.c_[X, np.full(60, 0.1)])
    np.testing.assert_array_equal(
        classifier.decision_function(np.c_[X, np.full(60, 9e9)]), expected
    )


def test_nothing_but_constant_columns_and_blank_images() -> None:
    X, y = np.zeros((6, 4)), [0, 1] * 3
    for images in (False, True):
        assert np.isfinite(
            FFClassifier(overwrite_pixels=images, **QUICK).fit(X, y).decision_function(X)
        ).all()


def test_probabilities_only_where_there_are_some(blobs: tuple[NDArray, NDArray]) -> None:
    assert not hasattr(FFClassifier(), "predict_proba")
    assert not hasattr(FFClassifier(inference="softmax", negatives="fixed"), "predict_proba")
    classifier = FFClassifier(inference="softmax", **QUICK).fit(*blobs)
    probabilities = classifier.predict_proba(blobs[0])
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)
    assert probabilities.min() >= 0


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"inference": "guess"}, "inference: expected one of"),
        ({"inference": "softmax", "negatives": "fixed"}, "needs the softmax readout"),
        ({"negatives": "easy"}, "negatives: expected one of hard, uniform, fixed; got easy"),
        ({"overwrite_pixels": True}, "images with more pixels than the 3"),
        ({"epochs": 0}, "epochs: expected a whole number, 1 or more; got 0"),
        ({"epochs": 2.5}, "epochs: expected a whole number, 1 or more; got 2.5"),
        ({"epochs": "5"}, "epochs: expected a whole number, 1 or more; got '5'"),
        ({"hidden": 10}, "hidden: expected the widths of the hidden layers, as in (100, 100); got"),
        ({"hidden": (10.5,)}, "hidden: expected at least one width, each a whole number"),
        ({"hidden": "10"}, "hidden: expected at least one width, each a whole number"),
        ({"batch": 0}, "batch: expected a whole number, 1 or more; got 0"),
        ({"batch": 2.5}, "batch: expected a whole number, 1 or more; got 2.5"),
        ({"rate": "fast"}, "rate: expected a number above 0; got 'fast'"),
    ],
)
def test_senseless_choices_are_refused(
    choices: dict[str, Any], message: str, blobs: tuple[NDArray, NDArray]
) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        FFClassifier(**choices).fit(*blobs)


def test_numpys_own_numbers_are_numbers_too(blobs: tuple[NDArray, NDArray]) -> None:
    choices = {"hidden": np.array([8, 8]), "epochs": np.int64(3), "rate": np.float32(0.01)}
    classifier = FFClassifier(**choices, falling=np.bool_(True)).fit(*blobs)  # as in a grid search
    assert classifier.n_epochs_ == 3


def test_an_inference_that_does_not_exist_is_refused_by_predict(
    blobs: tuple[NDArray, NDArray],
) -> None:
    classifier = FFClassifier(**QUICK).fit(*blobs).set_params(inference="guess")
    for answer in (classifier.predict, classifier.decision_function):
        with pytest.raises(ValueError, match=r"inference: expected one of .*; got 'guess'"):
            answer(blobs[0])


def test_a_readout_that_was_not_trained_cannot_answer(blobs: tuple[NDArray, NDArray]) -> None:
    classifier = FFClassifier(negatives="fixed", **QUICK).fit(*blobs)
    with pytest.raises(ValueError, match="needs the softmax readout"):
        classifier.set_params(inference="softmax").predict(blobs[0])


def test_partial_fit_refuses_surprises(blobs: tuple[NDArray, NDArray]) -> None:
    with pytest.raises(ValueError, match="first call of partial_fit"):
        FFClassifier().partial_fit(*blobs)
    classifier = FFClassifier(**QUICK).partial_fit(*blobs, classes=[0, 1, 2])
    with pytest.raises(ValueError, match=r"also got \[3 4 5\]"):
        classifier.partial_fit(blobs[0], blobs[1] + 3)
    with pytest.raises(ValueError, match="as before"):
        classifier.partial_fit(*blobs, classes=[0, 1])


def test_one_class_is_refused(blobs: tuple[NDArray, NDArray]) -> None:
    with pytest.raises(ValueError, match="at least two classes; got one class"):
        FFClassifier().fit(blobs[0], np.ones(60))


def test_without_scikit_learn_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.base", None)
    for name in ("ffnumpy.classifier", "ffnumpy.classifier.estimator"):
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ImportError, match=re.escape('pip install ".[sklearn]"')):
        importlib.import_module("ffnumpy.classifier")


def test_the_library_itself_does_without_scikit_learn() -> None:
    program = (
        "import sys; sys.modules['sklearn'] = None\n"
        "import ffnumpy, ffnumpy.runs.run, ffnumpy.__main__\n"
        "try: ffnumpy.FFClassifier\n"
        "except ImportError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("FFClassifier needs scikit-learn")


@pytest.mark.reports
def test_weights_that_diverge_are_reported(blobs: tuple[NDArray, NDArray]) -> None:
    classifier = FFClassifier(rate=1e30, optimiser="plain", decay=0.0, random_state=0)
    with np.errstate(all="ignore"), pytest.raises(DivergedError, match="smaller rate"):
        classifier.fit(*blobs)
    with np.errstate(all="ignore"), pytest.raises(ValueError, match="no longer finite"):
        classifier.predict(blobs[0])


@pytest.mark.reports
@pytest.mark.parametrize("rows", [1, 3])
def test_a_stream_learns_however_few_rows_it_begins_with(
    rows: int, blobs: tuple[NDArray, NDArray]
) -> None:
    X, y = blobs
    classifier = FFClassifier(random_state=0)
    for _ in range(10):
        for n in range(0, len(X), rows):
            classifier.partial_fit(X[n : n + rows], y[n : n + rows], classes=[0, 1, 2])
    assert classifier.score(X, y) > 0.9
    np.testing.assert_allclose(classifier.offset_, X.mean(axis=0))
    np.testing.assert_allclose(classifier.gain_, 1 / X.std(axis=0))


def test_a_stream_of_images_may_begin_with_a_blank_one(digits: strokes.Dataset) -> None:
    images, labels = digits.train_images, digits.train_labels
    classifier = FFClassifier(overwrite_pixels=True, random_state=0)
    classifier.partial_fit(np.zeros_like(images[:1]), labels[:1], classes=range(10))
    for _ in range(40):
        classifier.partial_fit(images, labels)
    assert classifier.score(digits.test_images, digits.test_labels) > 0.6
    assert classifier.gain_ == np.float32(1 / images.max())


BAD_COLUMNS: dict[str, Any] = {
    "nearly the largest double": lambda rng: rng.choice([0, 1.7e308], 60),
    "one sentinel": lambda rng: np.r_[rng.normal(size=59), 1.79e308],
    "tiny": lambda rng: rng.normal(size=60) * 1e-200,
    "subnormal": lambda rng: rng.integers(0, 9, 60) * 5e-324,
    "rounding": lambda rng: np.where(rng.random(60) < 0.5, 0.1 + 0.2, 0.3),
    "timestamps": lambda rng: 1.7e9 + rng.normal(size=60),
    "one in sixty": lambda rng: np.r_[1.0, np.zeros(59)],
}


@pytest.mark.reports
@pytest.mark.parametrize("kind", BAD_COLUMNS)
def test_a_bad_column_spoils_no_other(kind: str, blobs: tuple[NDArray, NDArray]) -> None:
    column = BAD_COLUMNS[kind](np.random.default_rng(0))
    X, y = np.c_[blobs[0], column], blobs[1]
    classifier = FFClassifier(random_state=0).fit(X, y)
    assert classifier.score(X, y) > 0.9
    for largest in (1.7e308, -1.7e308, 0.0):
        assert np.isfinite(classifier.decision_function(np.full((1, 4), largest))).all()


def test_a_column_that_is_rounding_alone_counts_as_constant() -> None:
    column = np.where(np.arange(60) % 2, 0.1 + 0.2, 0.3)[:, np.newaxis]
    assert Columns.of(column).gain == 0
    assert Columns.of(1.7e9 + np.arange(60.0)[:, np.newaxis]).gain > 0


@pytest.mark.parametrize("cut", [1, 7, 59])
def test_rows_in_two_groups_give_the_scale_of_all(cut: int) -> None:
    """The mean and variance of a union follow from those of its parts, in any unit."""
    X = np.random.default_rng(0).normal(3, 2, (60, 3)) * [1e-200, 1, 1e200]
    whole, joined = Columns.of(X), Columns.of(X[:cut]).seen(X[cut:])
    np.testing.assert_allclose(joined.offset, whole.offset, rtol=1e-12)
    np.testing.assert_allclose(joined.gain, whole.gain, rtol=1e-12)
    again = whole.seen(X)
    assert again.gain.tobytes() == whole.gain.tobytes()
    assert again.offset.tobytes() == whole.offset.tobytes()


@pytest.mark.reports
def test_ink_under_the_label_is_refused_with_the_remedy(digits: strokes.Dataset) -> None:
    inked = digits.train_images.copy()
    inked[:, :10] = 255
    with pytest.raises(ValueError, match="overwrite_pixels=False"):
        FFClassifier(overwrite_pixels=True, **QUICK).fit(inked, digits.train_labels)
