"""The answer: which layers vote, what capacitors hold of their goodness, and which label wins."""

from __future__ import annotations

import numpy as np
import pytest

from chips import ideal_design, make_chip
from hardware_sim.chip.decision import Decision, answer, label_goodness
from hardware_sim.chip.design import EXACT, UNLIMITED, Design, Limits
from hardware_sim.circuits.converters import Dac
from hardware_sim.circuits.decision import SampleHold
from hardware_sim.constants import BOLTZMANN
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from instruments import read


def test_the_answer_is_the_argmax_of_the_goodness_of_all_layers_but_the_first() -> None:
    for seed in range(10):
        dac, layers, _ = make_chip(ideal_design((20, 12, 8, 6)), seed=seed)
        x = np.vstack([np.random.default_rng(n).exponential(size=(1, 20)) for n in range(10)])
        signal, votes = dac.forward(x)[0], []
        for layer in layers:
            signal, goodness = layer.forward(signal)
            votes.append(read(goodness))
        expected = votes[1] + votes[2]
        found = read(label_goodness(dac, layers, x))
        assert np.abs(found - expected).max() <= 1e-12 * expected.max()
        assert answer(dac, layers, x) == int(np.argmax(expected))
        first = read(label_goodness(dac, layers, x, counted=[0]))
        assert np.abs(first - votes[0]).max() <= 1e-12 * votes[0].max()


def test_a_chip_of_one_layer_listens_to_it() -> None:
    dac, layers, _ = make_chip(ideal_design((20, 8)))
    x = np.vstack([np.random.default_rng(n).exponential(size=(1, 20)) for n in range(4)])
    expected = read(layers[0].forward(dac.forward(x)[0])[1])
    assert np.abs(read(label_goodness(dac, layers, x)) - expected).max() <= 1e-12 * expected.max()


def test_a_drawing_says_how_a_chip_decides() -> None:
    # Offsets of n = 5,000 inputs: 5 sigma of a standard deviation are 5/√(2n) of it, 5 %.
    design, n = Design(limits=Limits(250.0, 50.0, 20e-15)), 5000
    decision = Decision.draw(design, n, np.random.default_rng(0))
    assert decision.hold.noise == pytest.approx(np.sqrt(BOLTZMANN * 250 / 20e-15), rel=1e-12, abs=0)
    wanted = design.tolerances.comparator * design.scale.goodness
    assert abs(np.std(decision.winner.offset) / wanted - 1) <= 5 / np.sqrt(2 * n)


def test_an_exact_drawing_without_limits_decides_exactly() -> None:
    design = Design(tolerances=EXACT, limits=UNLIMITED)
    decision = Decision.draw(design, 10, np.random.default_rng(0))
    assert decision.hold == SampleHold(temperature=0)
    assert not np.any(decision.winner.offset)


@pytest.mark.parametrize("lines", [(20, 30), (20, 12, 30), (20, 12, 10, 20)])
def test_the_supply_cuts_a_held_goodness_at_its_headroom(lines: tuple[int, ...]) -> None:
    # 30 neurons vote in each of them; at the supply of 1 V the capacitor holds 40 thresholds.
    limits = Limits(headroom=40.0, thermal_noise=False)
    design = Design(lines, Scale(goodness=1e-3), limits=limits)
    hold = Decision.draw(design, 10, np.random.default_rng(0)).hold
    goodness = np.array([[0.0], [7.0], [1200.0], [1201.0], [1e6]])
    volts = Dac(Ledger(), volt=design.scale.goodness).forward(goodness)[0]
    held = read(hold.hold(volts, np.random.default_rng(0), Ledger()))
    assert held == pytest.approx(np.minimum(goodness, 1200) / 1200, rel=1e-12, abs=0)
