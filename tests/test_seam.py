"""The seam: what every substrate's layer must do with its two verbs, `forward` and `learn`.

To put another substrate under these laws, add it to SUBSTRATES; where a law cannot hold for it,
say which and why in `exempt`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from chips import ideal_design
from ffnumpy.cases.labelled import Features, Labelled
from ffnumpy.layers.layer import Frozen, Layer, LayerLike
from ffnumpy.normalisation import normalise
from ffnumpy.training import train
from ffnumpy.weights.dense import Dense, normal
from hardware_sim.chip.design import Design
from hardware_sim.chip.manufacture import manufacture
from hardware_sim.circuits.converters import Dac, Probe
from hardware_sim.devices.device import Device
from hardware_sim.devices.presets import IDEAL, preset
from hardware_sim.energy.ledger import Ledger

N_IN, WIDTH, CLASSES = 12, 20, 3
SINGLE_ROWS, REPEATS, ROWS, BATCHES = "single rows", "repeats", "rows", "batches"
RISES, TELLS, HANDS_ON, LENGTH = "goodness rises", "tells apart", "hands on", "length"
LAWS = (SINGLE_ROWS, REPEATS, ROWS, BATCHES, RISES, TELLS, HANDS_ON, LENGTH)


def plain_case(rng: np.random.Generator, rows: int) -> Any:
    return normalise(rng.standard_normal((rows, N_IN)))


def labelled_case(rng: np.random.Generator, rows: int) -> Any:
    pixels = Features(rng.random(((rows + 1) // 2, N_IN - CLASSES)))
    return Labelled(pixels, np.eye(CLASSES)[rng.integers(0, CLASSES, rows)])


def case_for_a_chip(rng: np.random.Generator, rows: int) -> Any:
    """Return numbers of 0 or more, as images and activities are: pulses have no sign."""
    return normalise(rng.exponential(size=(rows, N_IN)))


def dense_layer(rng: np.random.Generator) -> Layer:
    return Layer(Dense(normal(N_IN, WIDTH, rng, float), 1e-3))


class ChipLayer:
    """A layer of a chip between a Dac and an instrument: numbers in, numbers out."""

    def __init__(
        self, device: Device, design: Design, rate: float, rng: np.random.Generator
    ) -> None:
        self.scale, self.ledger = design.scale, Ledger()
        self.dac = Dac(self.ledger, design.scale.volt, dtype=design.dtype)
        (self.layer,) = manufacture(design, device, rng, self.ledger, rate)

    def forward(self, x: Any) -> tuple[NDArray, NDArray]:
        activity, goodness = self.layer.forward(self.dac.forward(x)[0])
        probe = Probe(self.ledger)
        return probe.read(activity) / self.scale.volt, (
            probe.read(goodness)[:, 0] / self.scale.goodness
        )

    def learn(self, x: Any, sign: Any) -> NDArray:
        activity = self.layer.learn(self.dac.learn(x, sign), sign)
        return Probe(self.ledger).read(activity) / self.scale.volt


def ideal_chip(rng: np.random.Generator) -> ChipLayer:
    return ChipLayer(IDEAL, ideal_design((N_IN, WIDTH)), 0.1, rng)


def real_chip(rng: np.random.Generator) -> ChipLayer:
    return ChipLayer(preset("gokmen-vlasov").device, Design((N_IN, WIDTH)), 0.1, rng)


@dataclass(frozen=True)
class Substrate:
    """How a substrate's layer of N_IN inputs is made, shown a case, and read.

    `case` maps a generator and a number of rows to an input, the same input for the same seed;
    `read` turns what the layer says into numbers. `exempt` maps a law to the reason why not.
    """

    name: str
    make: Callable[[np.random.Generator], LayerLike]
    case: Callable[[np.random.Generator, int], Any] = plain_case
    read: Callable[[Any], NDArray] = np.asarray
    exempt: dict[str, str] = field(default_factory=dict)


SUBSTRATES = [
    Substrate("dense", dense_layer),
    Substrate("dense-labelled", dense_layer, labelled_case),
    Substrate(
        "frozen",
        lambda rng: Frozen(dense_layer(rng)),
        exempt={
            RISES: "a frozen layer has finished learning",
            TELLS: "a frozen layer has finished learning",
        },
    ),
    Substrate(
        "ideal-chip",
        ideal_chip,
        case_for_a_chip,
        exempt={BATCHES: "a chip keeps no batch: it would need an analog memory"},
    ),
    Substrate(
        "real-chip",
        real_chip,
        case_for_a_chip,
        exempt={
            REPEATS: "every read of a real chip has its own noise",
            ROWS: "every read of a real chip has its own noise",
            BATCHES: "a chip keeps no batch: it would need an analog memory",
            RISES: "noise of reads and pulses may hide what one step did",
            LENGTH: "amplifiers of the gain control differ by some percent",
        },
    ),
]


def every_substrate(law: str) -> Any:
    """Run a test on all substrates; those exempt from the law are skipped with their reason."""
    assert all(exempt in LAWS for s in SUBSTRATES for exempt in s.exempt)
    return pytest.mark.parametrize(
        "substrate",
        [
            pytest.param(
                s,
                id=s.name,
                marks=[pytest.mark.skip(reason=s.exempt[law])] if law in s.exempt else [],
            )
            for s in SUBSTRATES
        ],
    )


def numbers(substrate: Substrate, said: tuple[Any, Any]) -> tuple[NDArray, NDArray]:
    return substrate.read(said[0]), substrate.read(said[1])


def alternating(rng: np.random.Generator, substrate: Substrate, cases: int) -> list[Any]:
    """Return single rows, positive and negative in turn, with their signs."""
    signs = [np.array([1.0 if n % 2 == 0 else -1.0]) for n in range(cases)]
    return [(substrate.case(rng, 1), sign) for sign in signs]


@every_substrate(SINGLE_ROWS)
def test_a_single_row_has_one_activity_and_one_goodness(substrate: Substrate) -> None:
    rng = np.random.default_rng(0)
    layer, x = substrate.make(rng), substrate.case(rng, 1)
    activity, goodness = numbers(substrate, layer.forward(x))
    assert activity.shape == (1, WIDTH)
    assert goodness.shape == (1,)
    assert goodness[0] > 0
    assert substrate.read(layer.learn(x, np.ones(1))).shape == (1, WIDTH)


@every_substrate(REPEATS)
def test_forward_on_a_single_row_is_repeatable(substrate: Substrate) -> None:
    rng = np.random.default_rng(0)
    layer, x = substrate.make(rng), substrate.case(rng, 1)
    activity, goodness = numbers(substrate, layer.forward(x))
    again = numbers(substrate, layer.forward(x))
    assert np.array_equal(activity, again[0])
    assert np.array_equal(goodness, again[1])


@every_substrate(REPEATS)
@pytest.mark.parametrize("seed", range(3))
def test_forward_changes_nothing(substrate: Substrate, seed: int) -> None:
    rng = np.random.default_rng(seed)
    looked_at = substrate.make(rng)
    left_alone = copy.deepcopy(looked_at)
    for x, sign in alternating(rng, substrate, 4):
        for _ in range(3):
            looked_at.forward(substrate.case(rng, 1))
            looked_at.forward(x)
        one, other = (layer.learn(copy.deepcopy(x), sign) for layer in (looked_at, left_alone))
        assert np.array_equal(substrate.read(one), substrate.read(other))
    x = substrate.case(rng, 1)
    one, other = (numbers(substrate, layer.forward(x)) for layer in (looked_at, left_alone))
    assert np.array_equal(one[0], other[0])
    assert np.array_equal(one[1], other[1])


@every_substrate(REPEATS)
def test_learn_returns_what_forward_would_have_returned_before(substrate: Substrate) -> None:
    rng = np.random.default_rng(1)
    layer = substrate.make(rng)
    for x, sign in alternating(rng, substrate, 6):
        before = substrate.read(layer.forward(x)[0]).copy()
        assert np.array_equal(substrate.read(layer.learn(x, sign)), before)


@every_substrate(ROWS)
def test_a_batch_is_its_rows_one_below_the_other(substrate: Substrate) -> None:
    rng = np.random.default_rng(2)
    layer, x = substrate.make(rng), substrate.case(rng, 8)
    activity, goodness = numbers(substrate, layer.forward(x))
    assert activity.shape == (8, WIDTH)
    assert goodness.shape == (8,)
    rows = x.toarray() if isinstance(x, Labelled) else x
    for row, one, good in zip(rows, activity, goodness, strict=True):
        alone = numbers(substrate, layer.forward(row[np.newaxis]))
        assert np.abs(alone[0] - one).max() <= 1e-12 * np.abs(one).max()
        assert alone[1][0] == pytest.approx(good, rel=1e-12)


@every_substrate(BATCHES)
def test_learn_on_a_batch_returns_what_forward_would_have_returned(substrate: Substrate) -> None:
    rng = np.random.default_rng(3)
    layer, sign = substrate.make(rng), np.repeat([1.0, -1.0], 4)
    for _ in range(4):
        x = substrate.case(rng, 8)
        before = substrate.read(layer.forward(x)[0]).copy()
        assert np.array_equal(substrate.read(layer.learn(x, sign)), before)


@every_substrate(RISES)
@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["positive rises", "negative falls"])
def test_learning_moves_the_goodness_to_the_side_of_its_sign(
    substrate: Substrate, sign: float
) -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        layer, x = substrate.make(rng), substrate.case(rng, 1)
        goodness = [substrate.read(layer.forward(x)[1])[0]]
        for _ in range(3):
            layer.learn(x, np.array([sign]))
            goodness.append(substrate.read(layer.forward(x)[1])[0])
        assert np.all(sign * np.diff(goodness) > 0), seed


@every_substrate(TELLS)
def test_learning_tells_positives_from_negatives(substrate: Substrate) -> None:
    rng = np.random.default_rng(5)
    layer = substrate.make(rng)
    positive, negative = substrate.case(rng, 1), substrate.case(rng, 1)
    for _ in range(50):
        layer.learn(positive, np.array([1.0]))
        layer.learn(negative, np.array([-1.0]))
    good, bad = (substrate.read(layer.forward(x)[1])[0] for x in (positive, negative))
    assert good > bad


@every_substrate(HANDS_ON)
def test_another_layer_can_learn_from_what_a_layer_hands_on(
    substrate: Substrate,
) -> None:
    rng = np.random.default_rng(6)
    layers = [substrate.make(rng), Layer(Dense(normal(WIDTH, 7, rng, float), 1e-3))]
    shown = list(train(layers, alternating(rng, substrate, 6)))
    assert shown == [1, 2, 3, 4, 5, 6]


@every_substrate(LENGTH)
def test_the_activity_has_a_mean_square_of_one(substrate: Substrate) -> None:
    rng = np.random.default_rng(6)
    layer = substrate.make(rng)
    for x, sign in alternating(rng, substrate, 6):
        layer.learn(x, sign)
    activity = substrate.read(layer.forward(substrate.case(rng, 1))[0])
    assert np.mean(activity**2) == pytest.approx(1.0, rel=1e-12)
