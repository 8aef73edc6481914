"""Settings: every choice by name, back and forth, refused by name, and built as chosen."""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ffnumpy import experiments, optimisers
from ffnumpy.activations import student_t
from ffnumpy.experiments import pytorch_example, supervised
from ffnumpy.goodness import BY_NAME as GOODNESS
from ffnumpy.layers.layer import Layer
from ffnumpy.losses import Logistic, SoftplusMargin
from ffnumpy.optimisers import Schedule, Smoothed
from ffnumpy.supervised import Feeding, Learning, Pixels, Setting, Supervised
from ffnumpy.supervised.names import NAMES, changed, flat, leaves
from ffnumpy.weights.dense import Dense

ONCE = Schedule(0.01)
ALLOWED = {name: tuple(known) for name, known in NAMES.items()}
SETTINGS = {name: experiments.named(name).FULL for name in experiments.names()}
positive = st.floats(1e-6, 1e3)
choices = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.sampled_from(allowed) for name, allowed in ALLOWED.items()},
        "hidden": st.lists(st.integers(1, 5000), min_size=1, max_size=4).map(tuple),
        "rate": positive,
        "strength": positive,
        "batch": st.integers(1, 10**6),
        "decay": st.floats(0, 1),  # of which the rate leaves something, below
        "peer": st.floats(0, 1),
        "threshold": st.none() | st.floats(-10, 10),
        "temperature": st.none() | positive,
        "falling": st.booleans(),
        "overwrite": st.booleans(),
    },
).filter(
    lambda c: (
        (c.get("loss") != "softplus-margin" or c.get("threshold") is None)
        and c.get("rate", 0.01) * c.get("decay", 0.001) <= 1
    )
)


def layer(**changes: Any) -> Layer:
    setting, rng = changed(Setting(), **changes), np.random.default_rng(0)
    return setting.layer(setting.dense(5, 8, ONCE, rng), rng)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(chosen=choices)
def test_a_setting_goes_through_json_and_back(chosen: dict[str, Any]) -> None:
    setting, usual = changed(Setting(), **chosen), flat(Setting())
    names = flat(setting)
    shown = {n: list(v) if isinstance(v, tuple) else v for n, v in chosen.items()}
    assert {name: names[name] for name in chosen} == shown
    assert {n: v for n, v in names.items() if n not in chosen} == {
        n: v for n, v in usual.items() if n not in chosen
    }
    assert changed(Setting(), **names) == setting
    assert changed(Setting(), **json.loads(json.dumps(names))) == setting


@pytest.mark.parametrize("name", SETTINGS)
def test_every_experiments_settings_go_through_json_and_back(name: str) -> None:
    module = experiments.named(name)
    for setting in (module.FULL, module.QUICK):
        assert changed(module.FULL, **json.loads(json.dumps(flat(setting)))) == setting


def test_changing_leaves_the_setting_itself() -> None:
    setting = Setting()
    changed(setting, rate=1.0, hidden=(3,))
    assert setting == Setting()


@pytest.mark.parametrize("name", ALLOWED)
def test_a_choice_that_does_not_exist_is_named_with_those_that_do(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}: expected one of .*; got nonsense") as error:
        changed(Setting(), **{name: "nonsense"})
    assert all(allowed in str(error.value) for allowed in ALLOWED[name])


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        *((name, bad) for name in ("rate", "batch", "strength") for bad in (0, -1, math.nan)),
        *((name, bad) for name in ("decay", "peer") for bad in (-0.1, math.nan)),
        *(("hidden", bad) for bad in ((), (5, 0), (10.5,), ("10",), 10, "10", None)),
        *((name, "1") for name in ("rate", "batch", "strength", "decay", "peer", "temperature")),
        *((name, None) for name in ("rate", "batch", "strength", "decay", "peer")),
        *((name, bad) for name in ("falling", "overwrite") for bad in (1, "no", None)),
        ("batch", 2.5),
        ("epochs", -1),
        ("threshold", "1"),
        ("goodness", 3),
        ("activation", None),
    ],
)
def test_a_number_that_makes_no_sense_is_named(name: str, bad: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name}: expected"):
        changed(Setting(), **{name: bad})


def test_a_name_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="no such choice in a setting: colour, speed"):
        changed(Setting(), rate=0.1, speed=3, colour="red")


@pytest.mark.parametrize("name", SETTINGS)
def test_no_leaf_stands_in_two_groups_and_no_group_is_too_large(name: str) -> None:
    def sizes(setting: Any) -> list[int]:
        inner = [getattr(setting, f.name) for f in fields(setting) if f.name not in NAMES]
        groups = [group for group in inner if is_dataclass(group)]
        return [len(fields(setting)), *(n for group in groups for n in sizes(group))]

    setting = SETTINGS[name]
    assert max(sizes(setting)) <= 6
    assert len(leaves(setting)) == sum(sizes(setting)) - (len(sizes(setting)) - 1)


@pytest.mark.parametrize("setting", [supervised.AUTHOR, supervised.FULL, pytorch_example.FULL])
def test_a_preset_makes_sense_and_builds(setting: Setting) -> None:
    small = changed(setting, hidden=tuple(5 + n for n in range(len(setting.hidden))), epochs=2)
    net = Supervised(small, 20, 3, np.random.default_rng(0), 4)
    error = net.measure(np.full((9, 20), 100, np.uint8), np.arange(9) % 3)["error"]
    assert 0 <= error <= 1


def test_the_presets_are_the_nets_they_are_named_for() -> None:
    assert Setting() == supervised.AUTHOR
    assert supervised.AUTHOR.hidden == (1000,) * 3
    assert supervised.FULL.hidden == (2000,) * 4
    assert pytorch_example.FULL.hidden == (500, 500)


@pytest.mark.parametrize("good", GOODNESS)
def test_the_loss_has_the_goodness_own_threshold_and_temperature_unless_told(good: str) -> None:
    kind = GOODNESS[good]
    assert layer(goodness=good).loss == Logistic(kind.threshold(8), kind.temperature(8))
    given = layer(goodness=good, threshold=0.0, temperature=3.0)
    assert given.loss == Logistic(0.0, 3.0)  # a threshold of zero is a threshold


def test_the_softplus_margin_is_the_same_for_sum_and_mean_of_squares() -> None:
    total = layer(loss="softplus-margin").loss
    mean = layer(loss="softplus-margin", goodness="mean-of-squares").loss
    assert isinstance(total, SoftplusMargin)
    assert isinstance(mean, SoftplusMargin)
    assert mean.alpha == pytest.approx(8 * total.alpha, rel=1e-12)
    assert total.alpha == 1.0


@settings(deadline=None, max_examples=50, derandomize=True)
@given(T=st.floats(0.01, 1000), seed=st.integers(0, 99))
def test_far_from_its_threshold_a_layer_learns_alike_if_all_goes_with_the_temperature(
    T: float, seed: int
) -> None:
    # Slopes are proportional to 1/T, so ε goes with T, decay and the peers' push with 1/T.
    x = np.random.default_rng(seed).random((6, 9)).astype(np.float32)

    def learnt(T: float) -> Any:
        """Return the weights after three steps of positive cases that are far too weak."""
        setting = changed(
            Setting(), temperature=T, rate=0.01 * T, decay=1.0 / T, peer=0.06 / T, threshold=1e6
        )
        rng = np.random.default_rng(seed)
        built = setting.layer(setting.dense(9, 8, setting.learning.schedule(10, 5), rng), rng)
        for _ in range(3):
            built.learn(x, np.ones(6))
        return built.arrays()["values"]

    usual = learnt(1.0)
    assert np.abs(learnt(T) - usual).max() <= 1e-5 * np.abs(usual).max()


def test_a_layer_is_built_as_chosen() -> None:
    assert layer(activation="student-t", peer=0.0).activation.name == "student-t"
    built = layer(peer=0.5, decay=0.25, optimiser="momentum", length="unit")
    assert built.peer is not None
    assert built.peer.strength == 0.5
    assert built.target == 1.0
    assert isinstance(built.weights, Dense)
    assert built.weights.decay == 0.25
    assert built.weights.optimiser == optimisers.Momentum()
    assert built.weights.values.dtype == np.float32
    assert layer(peer=0.0).peer is None
    assert layer().target is None


def test_initial_weights_have_a_bias_only_if_uniform() -> None:
    for initial, has_bias in (("normal", False), ("uniform", True)):
        weights = layer(initial=initial).weights
        assert isinstance(weights, Dense)
        assert weights.bias.any() == has_bias


def test_the_rate_falls_only_if_wanted() -> None:
    falling, constant = Learning(), Learning(falling=False)
    assert falling.schedule(10, 3)(29) == pytest.approx(0.001, rel=1e-12)
    assert constant.schedule(10, 3)(29) == 0.01


def test_the_readout_has_a_rate_and_a_decay_of_its_own_and_starts_undecided() -> None:
    setting = changed(Setting(), hidden=(9, 8, 7), rate=0.5, decay=0.7)
    readout = setting.readout(3, Schedule(0.5, 4, 2))
    assert readout.weights.shape == (15, 3)
    assert not readout.weights.values.any()
    assert readout.weights.schedule(0) == 0.1
    assert readout.weights.schedule(7) == pytest.approx(0.1 / 4, rel=1e-12)
    assert readout.weights.decay == 0.003


@pytest.mark.parametrize("pixels", ["bytes", "standardised"])
def test_a_labels_input_is_as_bright_as_a_white_pixel(pixels: str) -> None:
    scale = NAMES["pixels"][pixels]
    encoding = Feeding(pixels=scale).encoding(3, None)
    white = encoding.features(np.full((1, 8), 255, np.uint8)).rows
    assert np.allclose(white, encoding.one_hot(np.array([0])).max(), rtol=1e-5, atol=0)
    twice = Feeding(pixels=scale, strength=2.0).encoding(3, None)
    assert twice.strength == pytest.approx(2 * encoding.strength, rel=1e-12)


def test_as_they_are_leaves_numbers_alone() -> None:
    rows = np.array([[0.0, 0.0, -3.5, 7.0]])
    encoding = Feeding(pixels=NAMES["pixels"]["as-they-are"]).encoding(2, None)
    assert encoding.features(rows).rows.tolist() == [[-3.5, 7.0]]


@pytest.mark.parametrize("name", ["rate", "decay", "peer", "strength", "threshold", "temperature"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_finite_number_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"^{name}: expected"):
        changed(Setting(), **{name: value})


def test_a_margin_has_no_threshold() -> None:
    with pytest.raises(ValueError, match="threshold: the softplus margin"):
        changed(Setting(), loss="softplus-margin", threshold=1.0)


@pytest.mark.parametrize(
    "leaf",
    [{"activation": student_t(2)}, {"optimiser": Smoothed(0.5)}, {"pixels": Pixels(0.0, 2.0, 1.0)}],
    ids=lambda leaf: next(iter(leaf)),
)
def test_an_object_without_a_name_of_ours_is_not_taken_for_one(leaf: dict[str, Any]) -> None:
    ((name, value),) = leaf.items()
    assert flat(changed(Setting(), **leaf))[name].startswith("own: ")
    with pytest.raises(ValueError, match=f"{name}: expected one of .*; got own: "):
        changed(Setting(), **{name: flat(changed(Setting(), **{name: value}))[name]})
