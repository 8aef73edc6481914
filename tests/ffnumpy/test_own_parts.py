"""Parts of the user's own: in the library, an experiment and the estimator, saved and loaded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ffnumpy import FFClassifier, Layer, check_slope, experiments, load
from ffnumpy.__main__ import main
from ffnumpy.activations import Activation
from ffnumpy.cases import UniformWrong
from ffnumpy.experiments import supervised
from ffnumpy.experiments.saved import load_network, resumed, save_run
from ffnumpy.goodness import Goodness, sum_of_squares
from ffnumpy.losses import Logistic
from ffnumpy.runs import checkpoint
from ffnumpy.runs.checkpoint import CheckpointError
from ffnumpy.supervised.names import changed, flat
from ffnumpy.supervised.setting import WrongLabels

pytestmark = pytest.mark.reports
ROOT = Path(__file__).parents[2]
SMALL: dict[str, Any] = {"hidden": (8, 6), "epochs": 2}


def _power(y: NDArray) -> NDArray:
    return np.sum(y**4, axis=1)


quartic = Goodness("quartic", _power, lambda y: 4 * y**3, lambda width: 3.0 * width)
leaky = Activation(
    "leaky", lambda z: np.where(z.real > 0, z, z / 10), lambda z: np.where(z > 0, 1, 0.1), True
)


class Strict(Logistic):
    """A logistic loss that counts twice."""

    def value(self, G: NDArray, sign: NDArray) -> NDArray:
        return 2 * super().value(G, sign)

    def slope(self, G: NDArray, sign: NDArray) -> NDArray:
        return 2 * super().slope(G, sign)


class Forgetful(Layer):
    """A layer that forgets a little at every update."""

    def learn(self, x: Any, sign: NDArray) -> Any:
        self.weights.values *= 1 - 1e-4
        return super().learn(x, sign)


next_label = WrongLabels(lambda network, labels, rng: UniformWrong(network.encoding.classes, rng))
OWN: dict[str, Any] = {
    "goodness": quartic,
    "activation": leaky,
    "loss": Strict,
    "layer": Forgetful,
    "negatives": next_label,
}


def few() -> Any:
    from dataclasses import replace

    digits = load("strokes")
    part = {name: getattr(digits, name)[:60] for name in ("train_images", "train_labels")}
    part |= {name: getattr(digits, name)[:30] for name in ("test_images", "test_labels")}
    return replace(digits, **part)


def everything(run: Any) -> dict[str, NDArray]:
    return {f"{n}/{k}": a for n, part in run.parts.items() for k, a in part.arrays().items()}


def test_the_goodness_of_these_tests_has_its_slope() -> None:
    y = np.random.default_rng(0).normal(size=(3, 5))
    assert check_slope(quartic.value, quartic.slope, y).complex_step < 1e-12


@pytest.mark.parametrize("leaf", OWN)
def test_it_is_used_saved_loaded_and_goes_on_bit_for_bit(leaf: str, tmp_path: Path) -> None:
    data, own = few(), {leaf: OWN[leaf]}
    setting = changed(supervised.QUICK, **SMALL, **own)
    whole, stopped = (supervised.start(setting, data, 3) for _ in range(2))
    list(whole.steps())
    list(stopped.steps())
    path = tmp_path / "m.npz"
    save_run(path, stopped, "supervised", setting, data)
    again = resumed(path, data, **own)
    for run in (whole, again):
        list(run.steps())
    first, second = everything(whole), everything(again)
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[name], second[name]) for name in first)
    usual = supervised.start(changed(supervised.QUICK, **SMALL), data, 3)
    list(usual.steps())
    list(usual.steps())
    assert not all(np.array_equal(a, first[n]) for n, a in everything(usual).items() if n in first)
    network, about = load_network(path, **own)
    assert about["setting"][leaf].startswith("own: ")
    assert len(network.predict(data.test_images)) == 30


def test_a_file_names_its_parts_and_brings_no_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, setting = few(), changed(supervised.QUICK, **SMALL, goodness=quartic)
    path = tmp_path / "m.npz"
    save_run(path, supervised.start(setting, data, 3), "supervised", setting, data)
    assert checkpoint.about(path)["setting"]["goodness"] == "own: quartic"
    with pytest.raises(CheckpointError, match=r"'quartic'.*load_network\(path, goodness=…\)"):
        load_network(path)
    with pytest.raises(CheckpointError, match="goodness 'own: quartic'; got 'own: sum-of-squares'"):
        load_network(path, goodness=sum_of_squares)
    with pytest.raises(CheckpointError, match="goodness 'own: quartic'; got 'own: cubic'"):
        load_network(path, goodness=Goodness("cubic", _power, _power, float))
    for command in (["evaluate", str(path)], ["train", "--resume", str(path)]):
        assert main(command) != 0
        assert "quartic" in capsys.readouterr().err or command[0] == "train"


def test_other_data_are_refused_to_go_on_with(tmp_path: Path) -> None:
    data, setting = few(), changed(supervised.QUICK, **SMALL, goodness=quartic)
    path = tmp_path / "m.npz"
    save_run(path, supervised.start(setting, data, 3), "supervised", setting, data)
    with pytest.raises(CheckpointError, match="got other data"):
        resumed(path, load("strokes"), goodness=quartic)


def test_a_named_part_is_saved_by_its_name() -> None:
    assert flat(changed(supervised.QUICK, goodness=sum_of_squares))["goodness"] == "sum-of-squares"


X = np.random.default_rng(0).normal(np.arange(40)[:, np.newaxis] % 2 * 3.0, 1.0, (40, 3))
Y = np.arange(40) % 2


@pytest.mark.parametrize("leaf", OWN)
def test_the_estimator_takes_it(leaf: str) -> None:
    own: dict[str, Any] = {leaf: OWN[leaf], "peer": 0.06 if leaf != "activation" else 0.0}
    one = FFClassifier((12, 10), epochs=80, random_state=0, **own).fit(X, Y)
    usual = FFClassifier((12, 10), epochs=80, random_state=0).fit(X, Y)
    assert one.score(X, Y) > 0.8
    weights, others = (c.model_.layers[0].arrays()["values"] for c in (one, usual))
    assert leaf == "negatives" or not np.array_equal(weights, others)  # one other class


def test_a_callback_sees_every_epoch_and_may_stop() -> None:
    seen: list[int] = []

    def watch(classifier: FFClassifier) -> bool:
        seen.append(classifier.n_epochs_)
        return len(seen) == 3

    FFClassifier((6, 5), epochs=9, random_state=0, callback=watch).fit(X, Y)
    assert seen == [1, 2, 3]


def test_the_python_of_the_page_runs_and_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "your_own.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert blocks
    names: dict[str, Any] = {}
    for block in blocks:
        lines = [line for line in block.splitlines() if line.strip()]
        assert len([line for line in lines if "import" not in line]) <= 12
        exec(block, names)


@pytest.mark.parametrize("name", ["sleep", "two_towers", "hybrid_blurs"])
def test_a_run_that_could_not_be_loaded_again_is_not_saved(name: str, tmp_path: Path) -> None:
    module, path = experiments.named(name), tmp_path / "m.npz"
    data = load("strokes")
    with pytest.raises(ValueError, match=f"{name}: compares networks and saves none"):
        save_run(path, module.start(module.QUICK, data, 0), name, module.QUICK, data)
    assert not path.exists()
