"""Networks that answer together: what they give the classes is added up, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from ffnumpy.__main__ import main
from ffnumpy.data import load
from ffnumpy.ensemble import Ensemble
from ffnumpy.experiments import hybrid_images, supervised, top_down
from ffnumpy.experiments import vff_fully_connected as vff
from ffnumpy.experiments.saved import load_network
from ffnumpy.inference import Scores
from ffnumpy.layers.readout import softmax
from ffnumpy.supervised.names import changed

ROWS, LABELS = np.zeros((6, 1)), np.array([0, 1, 2, 0, 1, 2])
TABLES = arrays(np.float64, (6, 3), elements=st.floats(-30, 30))


class Known(NamedTuple):
    """A network whose scores are given."""

    goodness: NDArray | None
    logits: NDArray | None

    def scores(self, rows: NDArray) -> Scores:
        return Scores(self.goodness, self.logits)


@given(st.lists(st.tuples(TABLES, TABLES), min_size=1, max_size=4))
def test_scores_are_sums_over_the_members(tables: list[tuple[NDArray, NDArray]]) -> None:
    goodness, logits = Ensemble([Known(*pair) for pair in tables]).scores(ROWS)
    assert np.allclose(goodness, np.add.reduce([pair[0] for pair in tables]))
    assert np.allclose(logits, np.add.reduce([pair[1] for pair in tables]))


@given(st.lists(TABLES, min_size=2, max_size=4))
def test_summed_logits_name_the_class_of_the_largest_product(tables: list[NDArray]) -> None:
    product = np.prod([softmax(table) for table in tables], axis=0)
    named = Ensemble([Known(None, table) for table in tables]).predict(ROWS)
    assert np.allclose(product[np.arange(6), named], product.max(axis=1))


def test_an_ensemble_can_be_right_where_most_of_its_members_are_wrong() -> None:
    sure, unsure = np.eye(3)[LABELS] * 5.0, np.eye(3)[(LABELS + 1) % 3]
    measured = Ensemble([Known(t, t) for t in (sure, unsure, unsure)]).measure(ROWS, LABELS)
    assert measured["error"] == measured["error_softmax"] == 0
    assert measured["error_by_member"] == measured["error_softmax_by_member"] == [0, 1, 1]
    assert measured["confusion"] == [[2, 0, 0], [0, 2, 0], [0, 0, 2]]


def test_without_goodness_the_error_is_that_of_the_logits() -> None:
    right = np.eye(3)[LABELS]
    assert Ensemble([Known(None, right)]).measure(ROWS, LABELS).keys() == {
        "error", "confusion", "error_by_member"
    }  # fmt: skip
    assert Ensemble([Known(right, None)]).measure(ROWS, LABELS)["error_softmax"] is None


def test_members_that_answer_differently_are_refused() -> None:
    right = np.eye(3)[LABELS]
    for one, other, words in (
        (Known(right, right), Known(None, right), "1 of 2 have goodness"),
        (Known(right, right), Known(right, None), "1 of 2 have a readout"),
        (Known(None, right), Known(None, right[:, :2]), r"same classes; got \[3, 2\]"),
    ):
        with pytest.raises(ValueError, match=words):
            Ensemble([one, other]).measure(ROWS, LABELS)


def test_goodness_counts_in_units_of_its_temperature() -> None:
    """The same weights with T and 60 T say the same, 60 times as loudly in goodness."""
    data = load("strokes")
    rng, setting = np.random.default_rng, changed(supervised.QUICK, hidden=(20, 20))
    soft, hard = (
        supervised.network(changed(setting, temperature=T), 784, 10, rng(0)).scores(
            data.test_images[:20]
        )
        for T in (1.0, 60.0)
    )
    assert soft.goodness is not None
    assert np.allclose(soft.goodness, 60 * np.asarray(hard.goodness))


def test_a_vote_of_a_recurrent_net_is_the_log_odds_of_its_loss() -> None:
    net = top_down.network(top_down.QUICK, 784, 10, np.random.default_rng(0))
    last, more = net.layer.layers[-1], np.array([0.5, 2.0])
    G = last.loss.threshold + more * last.width
    log_odds = last.loss.value(G, np.ones(2)) - last.loss.value(G, -np.ones(2))
    assert np.allclose(log_odds, net.log_odds * more)


def test_a_cosine_of_groups_is_the_log_odds_of_their_loss() -> None:
    net = vff.network(vff.QUICK, 784, 10, np.random.default_rng(0))
    cosines = np.array([0.8, 0.1])  # of a positive case and of its negative
    loss, sign = net.groups[-1].contrast.loss, np.array([1.0, -1.0])
    odds = loss.value(cosines, sign) - loss.value(cosines[::-1], sign)
    assert np.allclose(odds, net.log_odds * (cosines[0] - cosines[1]))


@pytest.mark.parametrize("T", [0.5, 30.0])
def test_decay_and_push_weigh_as_much_beside_the_slopes_at_every_temperature(T: float) -> None:
    """At θ a slope is 1/(2T): ε times it, ε times decay and ε times the push do not know T."""

    def moves(temperature: float) -> list[float]:
        own = changed(hybrid_images.QUICK, temperature=temperature)
        layer = hybrid_images.network(own, 784, 10, np.random.default_rng(0)).layers[0]
        (slope,) = layer.loss.slope(np.array([300.0]), np.ones(1))
        rate = layer.weights.schedule(0)
        assert slope == 0.5 / temperature
        return [rate * slope, rate * layer.weights.decay, rate * layer.peer.strength]

    assert np.allclose(moves(T), moves(1.0))


def test_a_readout_that_has_learned_nothing_is_no_member() -> None:
    net = hybrid_images.network(hybrid_images.QUICK, 784, 10, np.random.default_rng(0))
    assert net.scores(np.ones((2, 784))) == (None, None)
    with pytest.raises(ValueError, match="learned nothing"):
        Ensemble([net, net]).predict(np.ones((2, 784)))


SMALL = ("--data", "strokes", "--train-images", "300", "--hidden", "30,20", "--epochs", "1")
EXPERIMENTS = {
    "top_down": ("--hidden", "10,10"),
    "hybrid_images": ("--hidden", "20,20,20", "--readout-epochs", "1"),
    "backprop": ("--hidden", "20"),
    "cifar10": ("--rule", "backprop", "--field", "3"),
    "vff_fully_connected": ("--hidden", "20,20,20"),
}


def trained(tmp_path: Path, seed: int, *arguments: str) -> Path:
    model = tmp_path / f"{arguments[0]}-{seed}.npz"
    assert main([*arguments, "--seed", str(seed), "--save", str(model)]) == 0
    return model


def evaluated(tmp_path: Path, *models: Path) -> dict:
    out = tmp_path / "evaluation.json"
    assert main(["evaluate", *map(str, models), "--out", str(out)]) == 0
    return dict(json.loads(out.read_text()))


def test_evaluate_asks_several_models_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models = [trained(tmp_path, seed, "train", *SMALL) for seed in (0, 1)]
    apart = [evaluated(tmp_path, model) for model in models]
    capsys.readouterr()
    together = evaluated(tmp_path, *models)
    assert [one["seed"] for one in together["networks"]] == [0, 1]
    for key in ("test_error", "test_error_softmax"):
        assert together[f"{key}_by_member"] == [one[key] for one in apart]
    networks, data = [load_network(model)[0] for model in models], load("strokes")
    summed = sum(network.scores(data.test_images).goodness for network in networks)
    assert together["test_error"] == np.mean(summed.argmax(axis=1) != data.test_labels)
    assert "by network 2 alone" in capsys.readouterr().out


def test_evaluate_counts_the_layers_that_the_run_counted(tmp_path: Path) -> None:
    out = tmp_path / "run.json"
    model = trained(tmp_path, 0, "train", *SMALL, "--count-layers", "1", "--out", str(out))
    run, again = json.loads(out.read_text()), evaluated(tmp_path, model)
    assert again["test_error"] == run["test_error"] == run["test_error_by_layer"][0]
    assert again["networks"][0]["count_layers"] == [1]
    other = trained(tmp_path, 1, "train", *SMALL)
    both = evaluated(tmp_path, model, other)
    assert both["test_error_by_member"][0] == run["test_error"]
    assert [one["count_layers"] for one in both["networks"]] == [[1], [2]]


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_networks_of_every_experiment_can_be_members(name: str, tmp_path: Path) -> None:
    command = ("experiment", "run", name, "--train-images", "100", "--epochs", "1")
    models = [trained(tmp_path, seed, *command, *EXPERIMENTS[name]) for seed in (0, 1)]
    alone, both = evaluated(tmp_path, models[0]), evaluated(tmp_path, *models)
    assert both["test_error_by_member"][0] == alone["test_error"]
    assert ("test_error_softmax" in both) == ("test_error_softmax" in alone)


def test_models_that_make_no_ensemble_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = trained(tmp_path, 0, "train", *SMALL)
    other = trained(tmp_path, 0, "experiment", "run", "backprop", "--train-images", "100",
                    "--epochs", "1", "--hidden", "20")  # fmt: skip
    capsys.readouterr()
    for models, words in (
        ((model, model), "given twice"),
        ((model, other), "1 of 2 have goodness"),
    ):
        assert main(["evaluate", *map(str, models)]) == 2
        assert words in capsys.readouterr().err
    assert main(["evaluate", str(model), str(model), "--out", str(model)]) == 2
