"""Arrays of cells: what a pulse does, what it leaves alone, and how it is random."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cells import LARGE, cells_of, everywhere, halves, ways
from hardware_sim.devices.device import Device
from hardware_sim.devices.noise import CycleNoise, Noise
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.presets import IDEAL, PRESETS
from hardware_sim.devices.push_pull import PushPullPair
from hardware_sim.devices.rules import (
    ConstantStep,
    PowerStep,
    SoftBounds,
)
from hardware_sim.devices.variation import Spread
from laws import LAW, assert_moments, seeds

PUSH_PULL = PushPullPair(PRESETS["gokmen-vlasov"].device)  # type: ignore[arg-type]
DEVICES: dict[str, Any] = {name: p.device for name, p in PRESETS.items()}
DEVICES |= {"ideal": IDEAL, "push-pull": PUSH_PULL}
every_device = pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)


def drawn_case(seed: int, device: Any, dtype: Any) -> tuple[Any, NDArray, NDArray, Any]:
    """Return cells somewhere in their range, some active rows and their counts, a generator."""
    rng = np.random.default_rng(seed)
    n_rows, n_cols = rng.integers(1, 9, 2)
    cells = device.manufacture((n_rows, n_cols), rng, dtype)
    cells.set(rng.normal(0, 0.5, cells.shape), rng)
    rows = np.sort(rng.choice(n_rows, rng.integers(0, n_rows + 1), replace=False))
    counts = rng.poisson(0.7, (len(rows), n_cols)).astype(dtype)
    return cells, rows, counts, rng


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
    small, large = cells_of(ConstantStep(), shape=(2, 2)), cells_of(ConstantStep(), shape=(2, 3))
    with pytest.raises(ValueError, match=r"w: expected shape \(2, 2\), got \(2, 3\)"):
        small.restore(large.arrays())


def test_restore_takes_the_arrays_of_such_cells_and_no_others() -> None:
    cells = cells_of(ConstantStep(), shape=(2, 2))
    for arrays in ({"w": cells.w}, {**cells.arrays(), "updates": np.array(3)}):
        with pytest.raises(
            ValueError, match=r"expected the arrays w, up, down, received_.*, low, high; got w"
        ):
            cells.restore(arrays)


def test_an_ideal_cell_has_no_bounds_to_save_and_its_state_is_finite() -> None:
    arrays = IDEAL.manufacture((2, 3), np.random.default_rng(0)).arrays()
    assert sorted(arrays) == ["down", "received_down", "received_up", "up", "w"]
    assert all(np.isfinite(array).all() for array in arrays.values())


@LAW
@given(seed=seeds, n=st.integers(0, 8), up=st.booleans())
def test_pulses_follow_one_another(seed: int, n: int, up: bool) -> None:
    spread = Spread(0.3, 0.1, 0.3, 0.3)
    one, other = (cells_of(PowerStep(step=0.05), spread=spread, shape=(3, 3)) for _ in range(2))
    rows, counts = everywhere(one, n)
    rng = np.random.default_rng(seed)
    assert one.pulses(rows, counts, up, rng) == 9 * n
    for _ in range(n):
        other.pulses(*everywhere(other, 1), up, rng)
    assert np.array_equal(one.w, other.w)


# n = 40,000 cells of standard deviation σ: their mean deviates by σ/√n, their standard deviation by
# σ/√2n (normal deviates). All bounds are 5 sigma. Nothing comes near a bound of w.


@pytest.mark.parametrize("way", ["pulses", "pulses_at_once", "charge"])
@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize("noise", [CycleNoise(relative=0.5), CycleNoise(additive=0.5)])
def test_n_constant_steps_have_n_times_the_mean_and_the_variance_of_one(
    way: str, up: bool, noise: CycleNoise
) -> None:
    cells = cells_of(ConstantStep(step=0.001), Noise(noise))
    getattr(cells, way)(*everywhere(cells, 6), up, np.random.default_rng(1))
    assert_moments(cells.w, 0.006 if up else -0.006, math.sqrt(6) * 0.5 * 0.001)


def test_a_fraction_of_a_pulse_has_that_fraction_of_its_mean_and_variance() -> None:
    cells = cells_of(ConstantStep(step=0.001), Noise(CycleNoise(relative=0.5)))
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
    cells = cells_of(SoftBounds(step=0.001), Noise(noise))
    cells.set(np.full(cells.shape, 0.5))
    cells.pulses(*everywhere(cells, 1), True, np.random.default_rng(1))
    assert_moments(cells.w, 0.5 + 0.001 * (1 - 0.5), expected * 0.001)


@LAW
@given(parts=st.lists(st.floats(0, 20), min_size=1, max_size=5), up=st.booleans())
def test_charges_add_up(parts: list[float], up: bool) -> None:
    cells = cells_of(ConstantStep(step=0.001), shape=(2, 2))
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
        one, other = (cells_of(rule(-1, 1, step, **arguments), shape=(1, 1)) for _ in range(2))
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
    one, other = (cells_of(SoftBounds(step=step), Noise(CycleNoise(0.3))) for _ in range(2))
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
    cells = cells_of(ConstantStep(), shape=(1, 1), lifetime=300.0)
    cells.set(np.full((1, 1), w))
    cells.elapse(first)
    cells.elapse(second)
    assert abs(cells.w[0, 0] - w * math.exp(-(first + second) / 300)) <= 1e-14


def test_without_a_lifetime_nothing_leaks() -> None:
    cells = cells_of(ConstantStep(), shape=(2, 2))
    cells.set(np.full((2, 2), 0.3))
    cells.elapse(1e9)
    assert np.array_equal(cells.w, np.full((2, 2), 0.3))


def test_a_leak_keeps_what_the_last_write_left_of_deviation() -> None:
    cells = cells_of(ConstantStep(step=0.1), Noise(write=1.0), lifetime=10.0, shape=(5, 5))
    cells.set(np.full((5, 5), 0.3), np.random.default_rng(0))
    deviation = cells.seen - cells.w
    cells.elapse(5)
    assert np.abs(cells.seen - cells.w - deviation).max() <= 1e-15
    assert np.abs(deviation).min() > 0


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
    cells = cells_of(ConstantStep(step=0.1), spread=Spread(stuck=0.3), shape=(20, 20))
    assert cells.at_bounds() == 0
    cells.pulses(np.arange(5), np.full((5, 20), 30), True, np.random.default_rng(0))
    cells.pulses(np.arange(5, 10), np.full((5, 20), 30), False, np.random.default_rng(0))
    expected = (~cells.stuck[:10]).sum() / (~cells.stuck).sum()
    assert cells.at_bounds() == pytest.approx(expected, rel=1e-12)
    assert cells_of(ConstantStep(), spread=Spread(stuck=1.0)).at_bounds() == 0


@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize("start", [0.0, 0.97, 1.0])
def test_pulses_in_one_call_are_like_as_many_calls_also_at_a_bound(start: float, up: bool) -> None:
    # Noise of 3 steps a pulse throws cells back from their bound after each pulse, so that it
    # matters that every pulse is clipped. Means of 10,000 cells each: 5 sigma of their difference.
    rule, noise = ConstantStep(step=0.01), Noise(CycleNoise(relative=3.0))
    sign, shape, n = (1 if up else -1), (100, 100), 12
    together, apart = cells_of(rule, noise, shape), cells_of(rule, noise, shape)
    for cells in (together, apart):
        cells.set(np.full(shape, sign * start))
    together.pulses(*everywhere(together, n), up, np.random.default_rng(1))
    rng = np.random.default_rng(2)
    for _ in range(n):
        apart.pulses(*everywhere(apart, 1), up, rng)
    deviation = np.sqrt((together.w.var() + apart.w.var()) / together.w.size)
    assert abs(together.w.mean() - apart.w.mean()) <= 5 * deviation
    assert abs(together.w.std() / apart.w.std() - 1) <= 5 * np.sqrt(1 / 10_000)


@pytest.mark.reports
@pytest.mark.parametrize("name", ["gokmen-vlasov", "pcm"])
def test_time_that_changes_no_conductance_changes_nothing(name: str) -> None:
    cells = PRESETS[name].device.cell.manufacture((3, 4), np.random.default_rng(0))
    before = cells.seen.copy()
    cells.age(lambda siemens: siemens)
    assert np.allclose(cells.seen, before, rtol=0, atol=1e-12)
    cells.age(lambda siemens: siemens + cells.technology.unit)
    assert np.allclose(cells.seen, before + 1, rtol=0, atol=1e-12)
