"""Arrays of cells: what a pulse does, what it leaves alone, and how it is random."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hardware_sim.constants import Constant
from hardware_sim.devices.addressing import struck
from hardware_sim.devices.cells import Cells
from hardware_sim.devices.device import ConductanceRange, Device
from hardware_sim.devices.noise import CycleNoise, Noise, gaussian
from hardware_sim.devices.one_sided import OneSidedCells, OneSidedPair
from hardware_sim.devices.pairs import Pair, PairCells
from hardware_sim.devices.presets import IDEAL, PRESETS
from hardware_sim.devices.push_pull import PushPullCells, PushPullPair
from hardware_sim.devices.rules import (
    ConstantStep,
    ExponentialShape,
    ExponentialStep,
    PowerStep,
    SoftBounds,
)
from hardware_sim.devices.variation import Spread

LAW = settings(deadline=None, max_examples=40, derandomize=True)
seeds = st.integers(0, 2**32 - 1)
PUSH_PULL = PushPullPair(PRESETS["gokmen-vlasov"].device)  # type: ignore[arg-type]
DEVICES: dict[str, Any] = {name: p.device for name, p in PRESETS.items()}
DEVICES |= {"ideal": IDEAL, "push-pull": PUSH_PULL}
every_device = pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)
ways = st.sampled_from(["pulses", "pulses_at_once", "charge"])
ALIKE, SILENT = Spread(), Noise()
RANGE = ConductanceRange(
    Constant("G_min", 1e-6, 1e-6, 1e-6, "S"), Constant("G_max", 9e-6, 9e-6, 9e-6, "S")
)
LARGE = 200  # an array of LARGE × LARGE cells for statistics


def made(
    rule: Any, noise: Noise = SILENT, shape: tuple[int, int] = (LARGE, LARGE), **kw: Any
) -> Cells:
    device = Device(rule, kw.pop("spread", ALIKE), noise, kw.pop("conductance", RANGE), **kw)
    return device.manufacture(shape, np.random.default_rng(5))


def everywhere(cells: Any, n: float) -> tuple[NDArray, NDArray]:
    return np.arange(cells.shape[0]), np.full(cells.shape, n)


def drawn_case(seed: int, device: Any, dtype: Any) -> tuple[Any, NDArray, NDArray, Any]:
    """Return cells somewhere in their range, some active rows and their counts, a generator."""
    rng = np.random.default_rng(seed)
    n_rows, n_cols = rng.integers(1, 9, 2)
    cells = device.manufacture((n_rows, n_cols), rng, dtype)
    cells.set(rng.normal(0, 0.5, cells.shape), rng)
    rows = np.sort(rng.choice(n_rows, rng.integers(0, n_rows + 1), replace=False))
    counts = rng.poisson(0.7, (len(rows), n_cols)).astype(dtype)
    return cells, rows, counts, rng


def halves(cells: Any) -> list[Cells]:
    return [cells.plus, cells.minus] if isinstance(cells, PairCells) else [cells]


@LAW
@given(seed=seeds)
def test_struck_finds_what_two_loops_find(seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns, rows = rng.integers(1, 7), np.sort(rng.choice(9, rng.integers(0, 9), replace=False))
    counts = rng.poisson(0.7, (len(rows), columns))
    index, number = struck(rows, counts, columns)
    expected = [
        (row * columns + column, counts[i, column])
        for i, row in enumerate(rows)
        for column in range(columns)
        if counts[i, column]
    ]
    assert list(zip(index, number, strict=True)) == expected


def test_counts_of_other_rows_are_refused() -> None:
    cells = made(ConstantStep(), shape=(4, 3))
    with pytest.raises(
        ValueError, match=r"shape \(2, 3\), a line for each active row; got \(4, 3\)"
    ):
        cells.pulses(np.arange(2), np.ones((4, 3)), True, np.random.default_rng(0))


@every_device
@LAW
@given(seed=seeds, way=ways, up=st.booleans(), dtype=st.sampled_from(["f4", "f8"]))
def test_a_cell_without_a_count_keeps_every_bit_and_the_others_keep_their_bounds(
    device: Any, seed: int, way: str, up: bool, dtype: str
) -> None:
    cells, rows, counts, rng = drawn_case(seed, device, dtype)
    w, seen = cells.w.copy(), cells.seen.copy()
    total = getattr(cells, way)(rows, counts, up, rng)
    assert total == cells.moving * counts.sum()
    untouched = np.ones(cells.shape, bool)
    untouched[rows] = counts == 0
    assert np.array_equal(cells.w[untouched], w[untouched])
    assert np.array_equal(cells.seen[untouched], seen[untouched])
    assert cells.w.dtype == cells.seen.dtype == cells.conductance().dtype == dtype
    for half in halves(cells):
        assert np.all((half.low <= half.w) & (half.w <= half.high))


@every_device
@LAW
@given(seed=seeds, way=ways, dtype=st.sampled_from(["f4", "f8"]))
def test_the_same_seed_gives_the_same_bytes(device: Any, seed: int, way: str, dtype: str) -> None:
    found = []
    for _ in range(2):
        cells, rows, counts, rng = drawn_case(seed, device, dtype)
        getattr(cells, way)(rows, counts, seed % 2 == 0, rng)
        found.append({name: array.tobytes() for name, array in cells.arrays().items()})
    assert found[0] == found[1]


@every_device
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_restored_cells_go_on_as_if_never_stopped(device: Any, dtype: str) -> None:
    cells, rows, counts, _ = drawn_case(3, device, dtype)
    twin = device.manufacture(cells.shape, np.random.default_rng(9), dtype)
    twin.restore({name: array.copy() for name, array in cells.arrays().items()})
    for one in (cells, twin):
        one.pulses(rows, counts, True, np.random.default_rng(1))
        one.elapse(1000)
    assert np.array_equal(cells.w, twin.w)
    assert np.array_equal(cells.seen, twin.seen)


def test_restore_names_the_array_that_does_not_fit() -> None:
    small, large = made(ConstantStep(), shape=(2, 2)), made(ConstantStep(), shape=(2, 3))
    with pytest.raises(ValueError, match=r"w: expected shape \(2, 2\), got \(2, 3\)"):
        small.restore(large.arrays())


@LAW
@given(seed=seeds, n=st.integers(0, 8), up=st.booleans())
def test_pulses_follow_one_another(seed: int, n: int, up: bool) -> None:
    spread = Spread(0.3, 0.1, 0.3, 0.3)
    one, other = (made(PowerStep(step=0.05), spread=spread, shape=(3, 3)) for _ in range(2))
    rows, counts = everywhere(one, n)
    rng = np.random.default_rng(seed)
    assert one.pulses(rows, counts, up, rng) == 9 * n
    for _ in range(n):
        other.pulses(*everywhere(other, 1), up, rng)
    assert np.array_equal(one.w, other.w)


# n = 40,000 cells of standard deviation σ: their mean deviates by σ/√n, their standard deviation by
# σ/√2n (normal deviates). All bounds are 5 sigma. Nothing comes near a bound of w.
def assert_moments(found: NDArray, mean: float, sigma: float) -> None:
    assert abs(found.mean() - mean) <= 5 * sigma / math.sqrt(found.size) + 1e-15
    assert abs(found.std() - sigma) <= 5 * sigma / math.sqrt(2 * found.size) + 1e-15


@pytest.mark.parametrize("way", ["pulses", "pulses_at_once", "charge"])
@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize("noise", [CycleNoise(relative=0.5), CycleNoise(additive=0.5)])
def test_n_constant_steps_have_n_times_the_mean_and_the_variance_of_one(
    way: str, up: bool, noise: CycleNoise
) -> None:
    cells = made(ConstantStep(step=0.001), Noise(noise))
    getattr(cells, way)(*everywhere(cells, 6), up, np.random.default_rng(1))
    assert_moments(cells.w, 0.006 if up else -0.006, math.sqrt(6) * 0.5 * 0.001)


def test_a_fraction_of_a_pulse_has_that_fraction_of_its_mean_and_variance() -> None:
    cells = made(ConstantStep(step=0.001), Noise(CycleNoise(relative=0.5)))
    assert cells.charge(*everywhere(cells, 0.3), True, np.random.default_rng(1)) == pytest.approx(
        0.3 * cells.w.size, rel=1e-12
    )
    assert_moments(cells.w, 0.0003, math.sqrt(0.3) * 0.5 * 0.001)


@pytest.mark.parametrize(
    ("noise", "expected"),
    [
        (CycleNoise(relative=0.4), 0.4 * (1 - 0.5)),
        (CycleNoise(additive=0.4), 0.4),
        (CycleNoise(slope=0.4), 0.4 * 0.5),
        (CycleNoise(0.1, 0.2, 0.4), 0.1 * (1 - 0.5) + 0.2 + 0.4 * 0.5),
    ],
)
def test_noise_is_relative_to_the_move_or_to_the_step_or_grows_with_w(
    noise: CycleNoise, expected: float
) -> None:
    cells = made(SoftBounds(step=0.001), Noise(noise))
    cells.set(np.full(cells.shape, 0.5))
    cells.pulses(*everywhere(cells, 1), True, np.random.default_rng(1))
    assert_moments(cells.w, 0.5 + 0.001 * (1 - 0.5), expected * 0.001)


def test_the_quick_normals_have_the_moments_of_normals() -> None:
    # n = 2²⁰ draws with moments 0, 1, 0, 3, 15, 105 to well below the bounds: ξ, ξ², ξ³, ξ⁴ deviate
    # by √(1/n), √(2/n), √(15/n), √(96/n); 5 sigma. Correlation of neighbours: √(1/n).
    n = 2**20
    xi = gaussian(np.random.default_rng(0), n, np.float32).astype(float)
    for power, mean, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert abs((xi**power).mean() - mean) <= 5 * math.sqrt(variance / n)
    assert abs((xi[1:] * xi[:-1]).mean()) <= 5 * math.sqrt(1 / n)
    assert gaussian(np.random.default_rng(0), 3, np.float64).dtype == np.float64


@LAW
@given(parts=st.lists(st.floats(0, 20), min_size=1, max_size=5), up=st.booleans())
def test_charges_add_up(parts: list[float], up: bool) -> None:
    cells = made(ConstantStep(step=0.001), shape=(2, 2))
    for part in parts:
        cells.charge(*everywhere(cells, part), up, np.random.default_rng(0))
    expected = math.fsum(parts) * (0.001 if up else -0.001)
    assert np.abs(cells.w - expected).max() <= 1e-14


@pytest.mark.parametrize("rule", [SoftBounds, PowerStep])
@pytest.mark.parametrize("up", [True, False])
def test_the_bias_of_pulses_at_once_shrinks_as_their_step(rule: Any, up: bool) -> None:
    """Relative to the move it is ``(n − 1)/2 · Δ |size′|`` to leading order."""
    biases = []
    for step in (0.02, 0.01, 0.005, 0.0025):
        arguments = {"exponent": 2.0} if rule is PowerStep else {}
        one, other = (made(rule(-1, 1, step, **arguments), shape=(1, 1)) for _ in range(2))
        one.pulses(*everywhere(one, 8), up, np.random.default_rng(0))
        other.pulses_at_once(*everywhere(other, 8), up, np.random.default_rng(0))
        biases.append(float(abs(other.w - one.w)[0, 0] / abs(one.w)[0, 0]))
    slope = 0.5 if rule is PowerStep else 1.0
    assert biases[-1] == pytest.approx(7 / 2 * 0.0025 * slope, rel=0.05)
    ratios = np.array(biases[:-1]) / np.array(biases[1:])
    assert np.all(np.abs(ratios - 2) <= 0.25)
    assert abs(ratios[-1] - 2) < abs(ratios[0] - 2)


def test_charge_is_as_many_pulses_in_the_mean_where_steps_are_small() -> None:
    # n = 40,000 cells of σ = √8 · 0.3 Δ each way: the two means differ by √2 σ/√n; 5 sigma, and
    # the bias of the test above.
    step = 0.001
    one, other = (made(SoftBounds(step=step), Noise(CycleNoise(0.3))) for _ in range(2))
    one.pulses(*everywhere(one, 8), True, np.random.default_rng(0))
    other.charge(*everywhere(other, 8.0), True, np.random.default_rng(1))
    bias = 28 * step**2
    bound = 5 * math.sqrt(2 * 8) * 0.3 * step / LARGE
    assert abs(other.w.mean() - one.w.mean() - bias) <= bound


@every_device
@pytest.mark.parametrize("way", ["pulses", "pulses_at_once", "charge"])
def test_stuck_cells_never_move(device: Any, way: str) -> None:
    pair = isinstance(device, Pair)
    cell = device.cell if pair else device
    spread = Spread(0.3, 0.01, 0.1, 0.1, stuck=0.5)
    rule = ConstantStep() if device is IDEAL else cell.rule
    broken = Device(rule, spread, Noise(cell.noise.cycle), cell.conductance, True, 100.0)
    cells = broken.manufacture((20, 20), np.random.default_rng(0))
    w, rng = cells.w.copy(), np.random.default_rng(1)
    for up in (True, False):
        getattr(cells, way)(*everywhere(cells, 3), up, rng)
    cells.elapse(50)
    cells.set(np.zeros(cells.shape))
    assert cells.stuck.any()
    assert np.array_equal(cells.w[cells.stuck], w[cells.stuck])
    assert not cells.w[~cells.stuck].any()


@LAW
@given(first=st.floats(0, 1000), second=st.floats(0, 1000), w=st.floats(-1, 1))
def test_leaks_are_exponential_and_add_up(first: float, second: float, w: float) -> None:
    cells = made(ConstantStep(), shape=(1, 1), lifetime=300.0)
    cells.set(np.full((1, 1), w))
    cells.elapse(first)
    cells.elapse(second)
    assert abs(cells.w[0, 0] - w * math.exp(-(first + second) / 300)) <= 1e-14


def test_without_a_lifetime_nothing_leaks() -> None:
    cells = made(ConstantStep(), shape=(2, 2))
    cells.set(np.full((2, 2), 0.3))
    cells.elapse(1e9)
    assert np.array_equal(cells.w, np.full((2, 2), 0.3))


def test_a_leak_keeps_what_the_last_write_left_of_deviation() -> None:
    cells = made(ConstantStep(step=0.1), Noise(write=1.0), lifetime=10.0, shape=(5, 5))
    cells.set(np.full((5, 5), 0.3), np.random.default_rng(0))
    deviation = cells.seen - cells.w
    cells.elapse(5)
    assert np.abs(cells.seen - cells.w - deviation).max() <= 1e-15
    assert np.abs(deviation).min() > 0


def test_every_write_redraws_the_apparent_deviation_and_leaves_the_state_alone() -> None:
    far = ConductanceRange(
        Constant("G", 1e-3, 1e-3, 1e-3, "S"), Constant("G", 1.001e-3, 1.001e-3, 1.001e-3, "S")
    )
    cells = made(ConstantStep(step=0.001), Noise(write=20.0), conductance=far)
    rng, before = np.random.default_rng(1), np.zeros(cells.shape)
    assert np.array_equal(cells.seen, cells.w)
    for n in (1, 2):
        cells.pulses(*everywhere(cells, 1), True, rng)
        deviation = cells.seen - cells.w
        assert np.all(cells.w == pytest.approx(n * 0.001, rel=1e-12))
        assert_moments(deviation, 0.0, 0.02)
        assert_moments(deviation - before, 0.0, 0.02 * math.sqrt(n))
        before = deviation


def test_what_is_seen_is_the_state_unless_something_comes_between() -> None:
    plain = made(ConstantStep(), Noise(CycleNoise(0.3), read=0.1, low_frequency=0.1))
    assert plain.seen is plain.w


@LAW
@given(seed=seeds, levels=st.integers(2, 40))
def test_finitely_many_levels_are_seen_and_the_state_is_continuous(seed: int, levels: int) -> None:
    stepped = ConductanceRange(RANGE.minimum, RANGE.maximum, levels=levels)
    cells = made(SoftBounds(-0.75, 1.25, 0.01), conductance=stepped, shape=(4, 4))
    rng = np.random.default_rng(seed)
    cells.set(rng.uniform(-0.75, 1.25, cells.shape))
    cells.pulses(np.array([1, 2]), rng.poisson(2, (2, 4)), True, rng)
    spacing = 2 / (levels - 1)
    place = (cells.seen + 0.75) / spacing
    assert np.abs(place - np.rint(place)).max() <= 1e-12 * levels
    assert np.abs(cells.seen - cells.w).max() <= spacing / 2 * (1 + 1e-12)


@pytest.mark.parametrize("levels", [2, 3, 16])
def test_individuals_of_a_wider_range_have_no_level_more(levels: int) -> None:
    stepped = ConductanceRange(RANGE.minimum, RANGE.maximum, levels=levels)
    spread = Spread(low=0.5, high=0.5)
    cells = made(ConstantStep(), spread=spread, conductance=stepped, shape=(50, 50))
    cells.set(np.random.default_rng(0).uniform(-3, 3, cells.shape))
    assert np.abs(cells.w).max() > 1.5
    np.testing.assert_allclose(np.unique(cells.seen), np.linspace(-1, 1, levels), atol=1e-15)


@every_device
def test_the_difference_of_a_pairs_conductances_is_what_is_seen(device: Any) -> None:
    cells, rows, counts, rng = drawn_case(11, device, "f8")
    cells.pulses(rows, counts, True, rng)
    difference = cells.conductance() - cells.counterpart()
    assert np.abs(difference - device.cell.unit * cells.seen).max() <= 1e-12 * device.cell.unit


@pytest.mark.parametrize("device", [p.device for p in PRESETS.values()], ids=PRESETS)
def test_no_conductance_is_negative(device: Any) -> None:
    cells = device.manufacture((50, 50), np.random.default_rng(0))
    for _ in range(20):
        cells.pulses(*everywhere(cells, 60), False, np.random.default_rng(1))
    lowest = min(cells.conductance().min(), cells.counterpart().min())
    assert lowest >= -1e-12 * device.cell.unit


def test_the_cells_at_a_bound_are_counted_without_the_stuck() -> None:
    cells = made(ConstantStep(step=0.1), spread=Spread(stuck=0.3), shape=(20, 20))
    assert cells.at_bounds() == 0
    cells.pulses(np.arange(5), np.full((5, 20), 30), True, np.random.default_rng(0))
    cells.pulses(np.arange(5, 10), np.full((5, 20), 30), False, np.random.default_rng(0))
    expected = (~cells.stuck[:10]).sum() / (~cells.stuck).sum()
    assert cells.at_bounds() == pytest.approx(expected, rel=1e-12)
    assert made(ConstantStep(), spread=Spread(stuck=1.0)).at_bounds() == 0


def a_pair(noise: Noise = SILENT, shape: tuple[int, int] = (6, 5), **kw: Any) -> OneSidedCells:
    shape_of_pulses = ExponentialShape(-1.0, 0.0, 2.5, 2.5, -27.0, -2.0)
    cell = Device(ExponentialStep(0.0, 2.0, 0.002, shape_of_pulses), ALIKE, noise, RANGE)
    return OneSidedPair(cell, 0.01, 0.005, **kw).manufacture(shape, np.random.default_rng(3))


@LAW
@given(seed=seeds, up=st.booleans(), way=ways)
def test_one_sided_cells_only_rise_and_each_has_its_direction(
    seed: int, up: bool, way: str
) -> None:
    pair, rng = a_pair(), np.random.default_rng(seed)
    plus, minus = pair.plus.w.copy(), pair.minus.w.copy()
    rows, counts = np.array([1, 4]), rng.poisson(1, (2, 5))
    getattr(pair, way)(rows, counts, up, rng)
    moved, still = (pair.plus.w, pair.minus.w) if up else (pair.minus.w, pair.plus.w)
    before, same = (plus, minus) if up else (minus, plus)
    assert np.array_equal(still, same)
    assert np.array_equal(moved[rows] > before[rows], counts > 0)
    assert np.array_equal(pair.w, pair.plus.w - pair.minus.w)


def test_a_pair_is_set_to_any_difference_in_its_range() -> None:
    pair, wanted = a_pair(), np.linspace(-2, 2, 30).reshape(6, 5)
    pair.set(wanted)
    assert np.array_equal(pair.w, wanted)
    assert pair.at_bounds() == pytest.approx(2 / 30)
    pair.elapse(10)
    assert np.array_equal(pair.w, wanted)


def worn(pair: OneSidedCells) -> None:
    """Pulse both cells of rows 0 and 1 far up."""
    for up, n in ((True, 300), (False, 230)):
        pair.pulses(np.array([0, 1]), np.full((2, 5), n), up, np.random.default_rng(0))


@pytest.mark.parametrize("rows", [None, np.array([1, 3])])
def test_a_refresh_keeps_the_differences_and_empties_the_cells(rows: NDArray | None) -> None:
    pair = a_pair()
    worn(pair)
    w, plus = pair.w.copy(), pair.plus.w.copy()
    assert pair.plus.w[:2].min() > 0.75 * 2
    assert pair.minus.w[:2].min() > 0.25 * 2
    took = pair.refresh(np.random.default_rng(1), rows)
    done = [0, 1] if rows is None else [1]
    rest = [row for row in range(6) if row not in done]
    largest = 0.002 * (1 + 27)
    assert np.array_equal(pair.plus.w[rest], plus[rest])
    assert np.array_equal(pair.w[rest], w[rest])
    assert np.all((w[done] <= pair.w[done]) & (pair.w[done] <= w[done] + largest))
    assert pair.minus.w[done].max() <= 0.05
    assert took.resets == 2 * 5 * len(done)
    looked = 30 if rows is None else 10
    cells = 5 * len(done)
    assert took.decisions == 2 * looked + cells + took.pulses + cells


def test_a_refresh_of_negative_differences_pulses_the_other_cell() -> None:
    pair = a_pair()
    worn(pair)
    pair.plus, pair.minus = pair.minus, pair.plus
    pair._subtract(np.arange(30))
    w = pair.w.copy()
    assert pair.w[:2].max() < 0
    pair.refresh(np.random.default_rng(1))
    assert np.abs(pair.w - w)[:2].max() <= 0.002 * (1 + 27)
    assert pair.plus.w[:2].max() <= 0.05


def test_a_second_refresh_finds_nothing_to_do() -> None:
    pair = a_pair()
    worn(pair)
    pair.refresh(np.random.default_rng(1))
    w = pair.w.copy()
    took = pair.refresh(np.random.default_rng(1))
    assert (took.pulses, took.resets) == (0, 0)
    assert np.array_equal(pair.w, w)


def test_a_full_pair_whose_other_cell_is_empty_has_nothing_to_win() -> None:
    pair = a_pair()
    pair.set(np.full(pair.shape, 1.9))
    took = pair.refresh(np.random.default_rng(1))
    assert took == (2 * 30 + 30, 0, 0)
    assert np.array_equal(pair.w, np.full(pair.shape, 1.9))


def test_a_refresh_gives_up_on_cells_that_do_not_get_there() -> None:
    pair = a_pair(patience=3)
    worn(pair)
    took = pair.refresh(np.random.default_rng(1))
    assert took.pulses == 3 * 10


def test_noisy_pairs_come_back_to_within_their_noise() -> None:
    """The comparator stops at the first pulse that overshoots: by one step and five sigma of it."""
    pair = a_pair(Noise(CycleNoise(0.5)), (40, 5))
    for up, n in ((True, 300), (False, 230)):
        pair.pulses(np.arange(40), np.full((40, 5), n), up, np.random.default_rng(0))
    w = pair.w.copy()
    pair.refresh(np.random.default_rng(1))
    assert np.abs(pair.w - w).max() <= 0.002 * (1 + 27) * (1 + 5 * 0.5)


@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize("start", [0.0, 0.97, 1.0])
def test_pulses_in_one_call_are_like_as_many_calls_also_at_a_bound(start: float, up: bool) -> None:
    # Noise of 3 steps a pulse throws cells back from their bound after each pulse, so that it
    # matters that every pulse is clipped. Means of 10,000 cells each: 5 sigma of their difference.
    rule, noise = ConstantStep(step=0.01), Noise(CycleNoise(relative=3.0))
    sign, shape, n = (1 if up else -1), (100, 100), 12
    together, apart = made(rule, noise, shape), made(rule, noise, shape)
    for cells in (together, apart):
        cells.set(np.full(shape, sign * start))
    together.pulses(*everywhere(together, n), up, np.random.default_rng(1))
    rng = np.random.default_rng(2)
    for _ in range(n):
        apart.pulses(*everywhere(apart, 1), up, rng)
    deviation = np.sqrt((together.w.var() + apart.w.var()) / together.w.size)
    assert abs(together.w.mean() - apart.w.mean()) <= 5 * deviation
    assert abs(together.w.std() / apart.w.std() - 1) <= 5 * np.sqrt(1 / 10_000)


def push_pull(rule: Any, noise: Noise = SILENT, **kw: Any) -> PushPullCells:
    cell = Device(rule, kw.pop("spread", ALIKE), noise, RANGE)
    return PushPullPair(cell).manufacture((LARGE, LARGE), np.random.default_rng(7))


@LAW
@given(seed=seeds, up=st.booleans(), way=ways)
def test_a_push_pull_pair_of_equal_steps_is_a_cell_of_twice_the_range(
    seed: int, up: bool, way: str
) -> None:
    rng = np.random.default_rng(seed)
    pair, one = push_pull(ConstantStep(step=0.01)), made(ConstantStep(-2.0, 2.0, 0.02))
    w = rng.uniform(-2, 2, one.shape)
    rows, counts = np.array([1, 4]), rng.poisson(30, (2, LARGE))
    for cells in (pair, one):
        cells.set(w)
        getattr(cells, way)(rows, counts, up, rng)
    assert np.allclose(pair.w, one.w, rtol=0, atol=1e-12)
    assert pair.at_bounds() == pytest.approx(one.at_bounds(), abs=1e-3)


@pytest.mark.parametrize("up", [True, False], ids=["up", "down"])
def test_noise_and_asymmetry_of_a_push_pull_pair_average_out_in_part(up: bool) -> None:
    # N = 40,000: a standard deviation deviates by 1/√(2N) of itself; 5 of them. One pulse moves
    # w by ±2Δ with √2 times the deviations of a cell, that is relative to the move 1/√2 of them.
    bound = 5 / math.sqrt(2) / LARGE
    sign, rng = (1 if up else -1), np.random.default_rng(1)
    noisy = push_pull(ConstantStep(step=0.001), Noise(CycleNoise(relative=0.3)))
    noisy.pulses(*everywhere(noisy, 1), up, rng)
    moved = sign * noisy.w / noisy.mean_step
    assert abs(moved.mean() - 1) <= 5 * 0.3 / math.sqrt(2) / LARGE
    assert moved.std() == pytest.approx(0.3 / math.sqrt(2), rel=bound)
    uneven = push_pull(ConstantStep(step=0.001), spread=Spread(asymmetry=0.1))
    uneven.pulses(*everywhere(uneven, 1), up, rng)
    there = uneven.w.copy()
    uneven.pulses(*everywhere(uneven, 1), not up, rng)
    tilt = sign * uneven.w / (2 * there - uneven.w)  # (Δ₊ − Δ₋)/(Δ₊ + Δ₋)
    assert tilt.std() == pytest.approx(0.1 / math.sqrt(2), rel=bound)


def test_a_push_pull_pair_counts_the_pulses_of_both_cells() -> None:
    pair, rng = push_pull(ConstantStep(step=0.001)), np.random.default_rng(0)
    rows, counts = np.array([0, 3]), rng.poisson(1.0, (2, LARGE))
    assert pair.moving == 2
    for way in ("pulses", "pulses_at_once", "charge"):
        assert getattr(pair, way)(rows, counts, True, rng) == 2 * counts.sum()
