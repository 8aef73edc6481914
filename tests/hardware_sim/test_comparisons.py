from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import hardware_sim
from ffnumpy.baselines.backprop import Backprop
from ffnumpy.inputs import Encoding
from ffnumpy.layers import normalise
from ffnumpy.weights import Dense
from hardware_sim import prices
from hardware_sim.chip import first_weights, manufacture
from hardware_sim.comparisons import (
    VARIANTS,
    Bench,
    ConvertedLearner,
    Cost,
    Setting,
    compare,
    digital_estimate,
    program,
    train_to_the_end,
    with_conductance,
)
from hardware_sim.converters import Dac, Probe
from hardware_sim.inference import label_goodness
from hardware_sim.layout import EXACT, UNLIMITED, Layout, Tolerances
from hardware_sim.ledger import Ledger
from hardware_sim.mixed_signal import UPKEEP, ArrayBackprop, BackpropRun, Resolution, build
from hardware_sim.presets import IDEAL, preset
from hardware_sim.pulses import write_verify
from hardware_sim.runs import ChipLearner, NumberLearner, Plan, SingleRun
from hardware_sim.scale import Scale

LINES = (30, 12, 9, 5)
MANY_BITS = 50  # a code is 1e-15 of the full scale
SMALL = Plan((8, 6), rate=0.01, passes=1, seed=3)


def ideal(lines: tuple[int, ...] = LINES) -> Layout:
    return Layout(lines, tolerances=EXACT, limits=UNLIMITED, dtype=np.float64)


def array_and_numbers(
    bits: int, rate: float = 0.01, seed: int = 0
) -> tuple[ArrayBackprop, Backprop]:
    """Return backpropagation on an ideal array and in numbers, from the same weights."""
    rng = np.random.default_rng(seed)
    resolution = Resolution(bits, activity=64.0, logit=64.0, delta=64.0)  # nothing is clipped
    chip = build(ideal(), IDEAL, rng, Ledger(), resolution, lambda updates: rate)
    weights = first_weights(LINES, np.random.default_rng(seed))
    return chip, Backprop([Dense(w, rate) for w in weights])


def weights_of(chip: ArrayBackprop) -> list[NDArray]:
    scale = Scale().weight
    return [layer.array.cells.seen * scale for layer in chip.layers]


def case(seed: int) -> tuple[NDArray, NDArray]:
    rng = np.random.default_rng(seed)
    return normalise(rng.random((1, LINES[0]))), rng.integers(0, LINES[-1], 1)


def largest_error(found: list[NDArray], wanted: list[NDArray]) -> float:
    """Return the largest deviation of any array, relative to its largest element."""
    pairs = zip(found, wanted, strict=True)
    return max(float(np.abs(a - b).max() / np.abs(b).max()) for a, b in pairs)


@pytest.mark.parametrize("seed", range(5))
def test_the_gradient_on_an_ideal_array_is_that_of_numbers(seed: int) -> None:
    chip, numbers = array_and_numbers(MANY_BITS, seed=seed)
    before = [w.copy() for w in weights_of(chip)]
    x, label = case(seed)
    logits = chip.learn(x, label)
    assert np.abs(logits - numbers.learn(x, label)).max() < 1e-10 * np.abs(logits).max()
    moves = [a - b for a, b in zip(weights_of(chip), before, strict=True)]
    wanted = [d.values - b for d, b in zip(numbers.weights, before, strict=True)]
    assert largest_error(moves, wanted) < 1e-10


def test_many_steps_stay_those_of_numbers() -> None:
    chip, numbers = array_and_numbers(MANY_BITS)
    for seed in range(30):
        chip.learn(*case(seed))
        numbers.learn(*case(seed))
    assert largest_error(weights_of(chip), [d.values for d in numbers.weights]) < 1e-8


def test_the_error_of_the_gradient_shrinks_by_half_with_each_bit() -> None:
    errors = []
    for bits in (12, 16, 20):
        found = []
        for seed in range(20):
            (chip, numbers), (x, label) = array_and_numbers(bits, seed=seed), case(seed)
            before = [w.copy() for w in weights_of(chip)]
            chip.learn(x, label)
            numbers.learn(x, label)
            moves = [a - b for a, b in zip(weights_of(chip), before, strict=True)]
            wanted = [d.values - b for d, b in zip(numbers.weights, before, strict=True)]
            found.append(largest_error(moves, wanted))
        errors.append(np.median(found))
    assert 8 < errors[0] / errors[1] < 32
    assert 8 < errors[1] / errors[2] < 32


def test_backpropagation_pays_for_what_it_needs() -> None:
    chip, _ = array_and_numbers(8)
    chip.learn(*case(0))
    hidden, classes = sum(LINES[1:-1]), LINES[-1]
    assert chip.ledger.count("adc") == hidden + classes + hidden  # forward, and transposed
    assert chip.ledger.count("dac") == LINES[0] + hidden + classes + 2 * hidden
    kept = next(e for e in chip.ledger.entries if e.price is prices.MEMORY)
    assert kept.operations == 2 * (hidden + classes + hidden)  # errors, activities; in and out
    assert kept.amount == kept.operations * 8 / 64
    before = chip.ledger.copy()
    chip.predict(case(0)[0])
    assert chip.ledger.since(before).count("adc") == hidden + classes
    assert chip.ledger.since(before).count("pulse") == 0


def test_the_rivals_cells_leak_and_are_refreshed_too() -> None:
    leaking = replace(IDEAL, lifetime=1000.0)
    rng = np.random.default_rng(0)
    chip = build(ideal(), leaking, rng, Ledger(), Resolution(8), lambda updates: 1e-12)
    before = [layer.array.cells.w.copy() for layer in chip.layers]
    for seed in range(UPKEEP):
        chip.learn(*case(seed))
    for layer, w in zip(chip.layers, before, strict=True):
        wanted = w * np.exp(-UPKEEP / 1000)
        assert np.abs(layer.array.cells.w - wanted).max() < 1e-6 * np.abs(w).max()


def test_backpropagation_takes_one_image_at_a_time() -> None:
    chip, _ = array_and_numbers(8)
    with pytest.raises(ValueError, match="one case"):
        chip.learn(np.ones((2, LINES[0])), np.array([0, 1]))


def noiseless(name: str) -> tuple[Any, Any, np.random.Generator, Ledger]:
    """Return an array of a real device, and its conductances G⁺ and G⁻."""
    rng, ledger = np.random.default_rng(0), Ledger()
    (layer,) = manufacture(replace(ideal(), lines=(7, 4)), preset(name).device, rng, ledger)
    layer.array.noise = replace(layer.array.noise, temperature=0.0)
    cells = layer.array.cells
    return layer.array, (cells.conductance(), cells.counterpart()), rng, ledger


@pytest.mark.parametrize("name", ["gokmen-vlasov", "reram-soft-bounds", "pcm"])
def test_the_transposed_read_obeys_ohm_and_kirchhoff(name: str) -> None:
    array, (plus, minus), rng, ledger = noiseless(name)
    v = rng.standard_normal((1, 4))
    current = array.transposed_currents(Dac(ledger, volt=1.0).forward(v)[0], rng, ledger)
    found = Probe(ledger).read(current)
    wanted = v @ (plus - minus)[:-1].T
    assert np.abs(found - wanted).max() < 1e-12 * np.abs(wanted).max()


def test_the_transposed_read_costs_what_it_dissipates() -> None:
    array, (plus, minus), rng, ledger = noiseless("gokmen-vlasov")
    v = rng.standard_normal((1, 4))
    array.transposed_currents(Dac(ledger, volt=1.0).forward(v)[0], rng, ledger)
    read = next(e for e in ledger.entries if e.price is prices.READ)
    power = float((v**2 @ (plus + minus)[:-1].T).sum())
    assert read.amount == pytest.approx(power, rel=1e-12)


def test_the_transposed_read_is_as_noisy_as_the_physics_says() -> None:
    array, (plus, minus), rng, ledger = noiseless("gokmen-vlasov")
    array.noise = replace(array.noise, temperature=300.0)
    still = Dac(ledger).forward(np.zeros((4000, 4)))[0]
    found = Probe(ledger).read(array.transposed_currents(still, rng, ledger))
    variance = 4 * 1.380649e-23 * 300 * (plus + minus)[:-1].sum(axis=1) / (2 * 10e-9)
    # n = 4000: the variance of a variance is 2/n of its square; five standard deviations
    assert np.abs(found.var(axis=0) / variance - 1).max() < 5 * np.sqrt(2 / 4000)


def images(n: int, seed: int = 0) -> tuple[NDArray, NDArray]:
    rng = np.random.default_rng(seed)
    rows = (rng.random((n, 30)) * 255).astype(np.uint8)
    return rows, rng.integers(0, 10, n)


def bench() -> Bench:
    return Bench(*images(12), *images(7, 1))


def trained(learner: Any, plan: Plan) -> Any:
    train_to_the_end(SingleRun(learner, *images(12), plan))
    return learner


def test_converters_of_many_bits_change_nothing_but_the_bill() -> None:
    layout = ideal((30, 8, 6))
    plain = trained(ChipLearner(SMALL, layout, IDEAL, 12), SMALL)
    setting = Setting(SMALL, layout, IDEAL, bits=MANY_BITS)
    converted = trained(ConvertedLearner(setting, 12), SMALL)
    for one, other in zip(plain.chip, converted.chip, strict=True):
        gap = np.abs(one.array.cells.seen - other.array.cells.seen).max()
        assert gap < 1e-9 * np.abs(one.array.cells.seen).max()
    assert plain.ledger.count("adc") == 0
    reads = SMALL.candidates + 2
    assert converted.ledger.count("adc") == 12 * reads * 8


def test_an_ideal_device_is_programmed_to_half_a_pulse_and_has_the_goodness_of_numbers() -> None:
    plan = replace(SMALL, rate=0.05)
    layout = ideal((30, 8, 6))
    numbers = trained(NumberLearner(plan, layout, 12), plan)
    weights = [layer.arrays()["values"] for layer in numbers.numbers]
    learner, how = program(weights, layout, IDEAL, np.random.default_rng(0), quantile=1.0)
    assert how.clipped == [0.0, 0.0]
    assert how.missed == [0.0, 0.0]
    for layer, matrix, scale in zip(learner.chip, weights, how.scales, strict=True):
        assert np.abs(layer.array.cells.seen * scale - matrix).max() <= scale * 2.0**-11 + 1e-12
        matrix[...] = layer.array.cells.seen * scale  # the twin takes over what was written
    dac = Dac(learner.ledger, layout.scale.volt)  # of infinitely many bits
    encoding = Encoding()
    x: Any = encoding.every_label(encoding.features(images(1, 5)[0])).toarray().astype(float)
    goodness = Probe(learner.ledger).read(label_goodness(dac, learner.chip, x))[:, 0]
    activity, _ = numbers.numbers[0].forward(x)
    wanted = numbers.numbers[1].forward(activity)[1] * layout.scale.goodness
    assert np.abs(goodness - wanted).max() < 1e-12 * wanted.max()


def test_programming_and_use_have_ledgers_of_their_own() -> None:
    weights = first_weights((30, 8), np.random.default_rng(0))
    layout, device = Layout((30, 8)), preset("gokmen-vlasov").device
    learner, how = program(weights, layout, device, np.random.default_rng(1), rounds=50)
    assert how.cost.ledger.count("pulse") > 0
    assert how.cost.ledger.count("dac") == 0
    encoding, (rows, _) = Encoding(), images(1)
    learner.strongest(encoding.every_label(encoding.features(rows)))
    assert learner.ledger.count("pulse") == 0
    assert learner.ledger.count("adc") == 0
    assert learner.ledger.count("dac") == 30 + 9 * 2  # the image stays, the label moves on


def test_weights_beyond_the_quantile_are_clipped_to_the_range() -> None:
    weights = first_weights((30, 8), np.random.default_rng(0))
    device = preset("gokmen-vlasov").device
    _, how = program(weights, Layout((30, 8)), device, np.random.default_rng(1), 0.9, rounds=1)
    assert how.scales == [pytest.approx(np.quantile(np.abs(weights[0]), 0.9))]
    narrow = preset("ecram-li").device
    _, other = program(weights, Layout((30, 8)), narrow, np.random.default_rng(1), 0.9, rounds=1)
    assert other.scales == [pytest.approx(how.scales[0] / 0.8276)]
    assert how.clipped == [pytest.approx(0.1, abs=1 / weights[0].size)]
    with pytest.raises(ValueError, match="quantile"):
        program(weights, Layout((30, 8)), device, np.random.default_rng(1), 0.0)


def test_cells_leave_the_factory_at_zero_so_that_zeros_take_no_pulse() -> None:
    _, how = program([np.zeros((31, 8))], ideal((30, 8)), IDEAL, np.random.default_rng(0))
    assert how.cost.ledger.count("pulse") == 0


def test_a_written_cell_never_costs_a_conversion() -> None:
    (layer,) = manufacture(ideal((5, 3)), IDEAL, np.random.default_rng(0), Ledger())
    ledger = Ledger()
    write_verify(layer.array, np.zeros((6, 3)), Scale(), np.random.default_rng(1), ledger)
    assert ledger.count("adc") == 0


def test_conductance_is_one_more_uncertain_constant() -> None:
    ledger, device = Ledger(), preset("gokmen-vlasov").device
    ledger.charge(prices.READ, 1, 2e-6)
    ledger.charge(prices.ADC, 3)
    repriced = with_conductance(ledger, device)
    assert repriced.joules() == pytest.approx(ledger.joules(), rel=1e-12)
    factor = (6e-6 + 0.5e-6) / 12.5e-6, (50e-6 + 5e-6) / 12.5e-6
    (line,) = (s for s in repriced.sensitivity() if s[0].name.startswith("conductance"))
    other = 3 * prices.ADC.joules()
    for joules, by in zip(line[1:], factor, strict=True):
        assert joules - other == pytest.approx(by * (ledger.joules() - other), rel=1e-9)
    assert repriced.count("adc") == 3
    assert repriced.seconds() == ledger.seconds()


def test_the_digital_estimate_by_hand() -> None:
    ledger = digital_estimate((3, 2, 2), images=2, reads=5, updates=2)
    sizes = 4 * 2, 3 * 2
    looked, moved = 2 * sizes[0] + 5 * sizes[1], 2 * sum(sizes)
    assert ledger.count("digital") == looked + moved + looked + 2 * moved
    wanted = 0.23e-12 * (looked + moved) + 10e-12 / 8 * (looked + 2 * moved)
    assert ledger.joules() == pytest.approx(wanted, rel=1e-12)


@pytest.fixture(scope="module")
def results() -> list[Any]:
    device = preset("gokmen-vlasov").device
    return list(compare(Setting(SMALL, Layout((30, 8, 6)), device), bench()))


def test_all_ways_are_compared_in_order(results: list[Any]) -> None:
    assert [r.letter for r in results] == list(VARIANTS)
    assert all(0 <= r.error <= 1 for r in results)


def test_only_those_with_converters_convert(results: list[Any]) -> None:
    a, b, c, d, e = results
    assert [r.training.ledger.count("adc") > 0 for r in (a, b, c, d)] == [False, False, True, True]
    assert [r.inference.ledger.count("adc") > 0 for r in results] == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert c.inference.ledger.count("adc") == 7 * 10 * 8
    assert e.training is None
    assert e.programming.of == 31 * 8 + 9 * 6


def test_energies_lie_between_their_bounds_and_blocks_add_up(results: list[Any]) -> None:
    costs = [c for r in results for c in (r.training, r.inference, r.programming) if c]
    assert len(costs) == 10
    for cost in costs:
        low, middle, high = cost.joules
        assert 0 < low < middle < high
        assert cost.seconds[0] <= cost.seconds[1] <= cost.seconds[2]
        for n, total in enumerate(cost.joules):
            assert sum(v[n] for v in cost.blocks().values()) == pytest.approx(total, rel=1e-9)
        for constant, at_low, at_high in cost.ledger.sensitivity():
            assert low * cost.of <= at_low * (1 + 1e-12), constant.name
            assert at_high <= high * cost.of * (1 + 1e-12), constant.name


def test_the_same_seed_gives_the_same_comparison(results: list[Any]) -> None:
    device = preset("gokmen-vlasov").device
    again = compare(Setting(SMALL, Layout((30, 8, 6)), device), bench())
    for one, other in zip(results, again, strict=True):
        assert one.error == other.error
        assert one.inference.joules == other.inference.joules


def test_a_cost_is_that_of_one() -> None:
    ledger = Ledger()
    ledger.charge(prices.ADC, 6, uses=2)
    cost = Cost(ledger, 4)
    assert cost.joules[1] == pytest.approx(1.5 * prices.ADC.joules())
    assert cost.seconds[1] == pytest.approx(0.5 * prices.ADC.seconds())


def test_no_slope_is_carried_from_layer_to_layer_but_by_the_rival() -> None:
    package = Path(hardware_sim.__file__).parent
    found = {p.name for p in package.rglob("*.py") if "backward" in p.read_text().lower()}
    assert found == {"mixed_signal.py"}


def test_backpropagation_on_the_array_learns() -> None:
    rng = np.random.default_rng(0)
    prototypes = (rng.random((10, 30)) < 0.5) * 255
    labels = rng.integers(0, 10, 300)
    rows = prototypes[labels].astype(np.uint8)
    plan = Plan((20,), rate=0.02, passes=2, seed=0)
    run = BackpropRun(plan, Layout((30, 20)), preset("ecram-li").device, rows, labels)
    before = run.error_rate(rows[:100], labels[:100])
    train_to_the_end(run)
    assert run.error_rate(rows[:100], labels[:100]) < 0.2 < before


@pytest.mark.parametrize("letter", ["b", "c", "e"])
def test_every_chip_decides_by_its_own_parts(letter: str) -> None:
    # A winner-take-all whose offsets are far larger than any goodness always gives one answer.
    layout = Layout((30, 8), tolerances=Tolerances(comparator=1e9))
    device, plan = preset("gokmen-vlasov").device, Plan((8,))
    learner: Any
    if letter == "b":
        learner = ChipLearner(plan, layout, device, 1)
    elif letter == "c":
        learner = ConvertedLearner(Setting(plan, layout, device), 1)
    else:
        weights = first_weights((30, 8), np.random.default_rng(0))
        learner, _ = program(weights, layout, device, np.random.default_rng(1), rounds=5)
    (rows, _), encoding = images(3), Encoding()
    favoured = int(np.argmax(learner.decision.winner.offset))
    for row in rows:
        x = encoding.every_label(encoding.features(row[np.newaxis]))
        assert learner.strongest(x) == favoured
