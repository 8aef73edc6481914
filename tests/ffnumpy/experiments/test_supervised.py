"""Recipes: every choice by name, back and forth, refused by name, and built as chosen."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ffnumpy import optimisers
from ffnumpy.experiments.supervised import CHOICES, PRESETS, Recipe
from ffnumpy.goodness import BY_NAME as GOODNESS
from ffnumpy.layers.layer import Layer
from ffnumpy.losses import Logistic, SoftplusMargin
from ffnumpy.optimisers import Schedule
from ffnumpy.supervised import build
from ffnumpy.weights.dense import Dense

ONCE = Schedule(0.01)
positive = st.floats(1e-6, 1e3)
choices = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.sampled_from(allowed) for name, allowed in CHOICES.items()},
        "hidden": st.lists(st.integers(1, 5000), min_size=1, max_size=4).map(tuple),
        "rate": positive,
        "strength": positive,
        "batch": st.integers(1, 10**6),
        "decay": st.floats(0, 1),
        "peer": st.floats(0, 1),
        "threshold": st.none() | st.floats(-10, 10),
        "temperature": st.none() | positive,
        "falling": st.booleans(),
        "overwrite": st.booleans(),
    },
).filter(lambda c: c.get("loss") != "softplus-margin" or c.get("threshold") is None)


def layer(**changes: Any) -> Layer:
    return Recipe().changed(**changes).layer(5, 8, ONCE, np.random.default_rng(0))


@settings(deadline=None, max_examples=60, derandomize=True)
@given(chosen=choices)
def test_a_recipe_goes_through_json_and_back(chosen: dict[str, Any]) -> None:
    recipe = Recipe().changed(**chosen)
    flat = recipe.flat()
    assert {name: flat[name] for name in chosen} == chosen
    assert {n: v for n, v in flat.items() if n not in chosen} == {
        n: v for n, v in Recipe().flat().items() if n not in chosen
    }
    assert Recipe().changed(**flat) == recipe
    read = json.loads(json.dumps(flat))
    assert Recipe().changed(**{**read, "hidden": tuple(read["hidden"])}) == recipe


def test_changing_leaves_the_recipe_itself() -> None:
    recipe = Recipe()
    recipe.changed(rate=1.0, hidden=(3,))
    assert recipe == Recipe()


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_that_does_not_exist_is_named_with_those_that_do(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}: expected one of .*; got nonsense") as error:
        Recipe().changed(**{name: "nonsense"})
    assert all(allowed in str(error.value) for allowed in CHOICES[name])


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
        ("threshold", "1"),
        ("goodness", 3),
    ],
)
def test_a_number_that_makes_no_sense_is_named(name: str, bad: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name}: expected"):
        Recipe().changed(**{name: bad})


def test_a_name_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="no such choice in a recipe: colour, speed"):
        Recipe().changed(rate=0.1, speed=3, colour="red")


def test_no_name_stands_in_two_groups_and_no_group_is_too_large() -> None:
    groups = [fields(getattr(Recipe(), group.name)) for group in fields(Recipe)]
    names = [f.name for group in groups for f in group]
    assert len(names) == len(set(names)) == len(Recipe().flat())
    assert max(map(len, groups)) <= 6
    assert set(CHOICES) <= set(names)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_makes_sense_and_builds(name: str) -> None:
    preset = PRESETS[name]
    preset.check()
    small = preset.changed(hidden=tuple(5 + n for n in range(len(preset.network.hidden))))
    model = build(small, 20, 3, np.random.default_rng(0), 2, 4)
    labels = np.arange(9) % 3
    error = model.evaluate(np.full((9, 20), 100, np.uint8), labels).error
    assert error is not None
    assert 0 <= error <= 1


def test_the_presets_are_the_nets_they_are_named_for() -> None:
    hidden = {name: preset.network.hidden for name, preset in PRESETS.items()}
    assert hidden == {
        "author": (1000,) * 3,
        "paper": (2000,) * 4,
        "pytorch-example": (500, 500),
    }
    assert PRESETS["author"] == Recipe()


@pytest.mark.parametrize("good", GOODNESS)
def test_the_loss_has_the_goodness_own_threshold_and_temperature_unless_told(good: str) -> None:
    kind = GOODNESS[good]
    assert layer(goodness=good).loss == Logistic(kind.threshold(8), kind.temperature(8))
    told = layer(goodness=good, threshold=0.0, temperature=3.0)
    assert told.loss == Logistic(0.0, 3.0)  # a threshold of zero is a threshold


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
        recipe = Recipe().changed(
            temperature=T, rate=0.01 * T, decay=1.0 / T, peer=0.06 / T, threshold=1e6
        )
        rng = np.random.default_rng(seed)
        built = recipe.layer(9, 8, recipe.schedule(10, 5), rng)
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
    falling, constant = Recipe(), Recipe().changed(falling=False)
    assert falling.schedule(10, 3)(29) == pytest.approx(0.001, rel=1e-12)
    assert constant.schedule(10, 3)(29) == 0.01


def test_the_readout_has_a_rate_and_a_decay_of_its_own_and_starts_undecided() -> None:
    readout = Recipe().changed(rate=0.5, decay=0.7).readout((8, 7), 3, Schedule(0.5, 4, 2))
    assert readout.weights.shape == (15, 3)
    assert not readout.weights.values.any()
    assert readout.weights.schedule(0) == 0.1
    assert readout.weights.schedule(7) == pytest.approx(0.1 / 4, rel=1e-12)
    assert readout.weights.decay == 0.003


@pytest.mark.parametrize("pixels", ["bytes", "standardised"])
def test_a_labels_input_is_as_bright_as_a_white_pixel(pixels: str) -> None:
    encoding = Recipe().changed(pixels=pixels).encoding(3)
    white = encoding.features(np.full((1, 8), 255, np.uint8)).rows
    assert np.allclose(white, encoding.one_hot(np.array([0])).max(), rtol=1e-5, atol=0)
    twice = Recipe().changed(pixels=pixels, strength=2.0).encoding(3)
    assert twice.strength == pytest.approx(2 * encoding.strength, rel=1e-12)


def test_as_they_are_leaves_numbers_alone() -> None:
    rows = np.array([[0.0, 0.0, -3.5, 7.0]])
    encoding = Recipe().changed(pixels="as-they-are").encoding(2)
    assert encoding.features(rows).rows.tolist() == [[-3.5, 7.0]]


@pytest.mark.parametrize("name", ["rate", "decay", "peer", "strength", "threshold", "temperature"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_finite_number_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"^{name}: expected"):
        Recipe().changed(**{name: value})


def test_a_margin_has_no_threshold() -> None:
    with pytest.raises(ValueError, match="threshold: the softplus margin"):
        Recipe().changed(loss="softplus-margin", threshold=1.0)
