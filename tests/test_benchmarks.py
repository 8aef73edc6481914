"""What the benchmarks make of what they time."""

from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffnumpy.experiments import supervised
from ffnumpy.layers import Layer
from ffnumpy.supervised.names import changed
from ffnumpy.weights import Dense, normal
from ffnumpy.weights import blocks as weights
from ffnumpy.weights.convolution import Convolution
from ffnumpy.weights.local_fields import Grid
from ffnumpy.weights.threads import Cores

with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks"))
    import counting
    import experiment_steps
    import peak
    import training_step

OPERATIONS = 6e9
TASK = peak.Task("a task", OPERATIONS, list)


def row(speeds: list[float], share: float) -> dict[str, Any]:
    """Return the row of a task at a share of the product's rate, in turns of these speeds."""
    turns = [peak.Turn(1e9 * v, [OPERATIONS / (share * 1e9 * v)] * 3) for v in speeds]
    return peak.row(TASK, turns, 1e9 * max(speeds))


@given(st.lists(st.floats(0.1, 10), min_size=1, max_size=20), st.floats(0.01, 1))
def test_a_machine_whose_speed_changes_moves_no_ratio_of_what_was_timed_together(
    speeds: list[float], share: float
) -> None:
    found = row(speeds, share)
    for ratio in (found["ratio_beside"], *found["ratio_beside_quartiles"], found["ratio_best"]):
        assert ratio == pytest.approx(share, rel=1e-9, abs=0)


def test_the_median_against_the_best_product_takes_a_slower_machine_for_slower_code() -> None:
    assert row([1.0, 1.0, 1.0], 0.8)["ratio_median"] == pytest.approx(0.8, rel=1e-9, abs=0)
    assert row([1.0, 0.5, 0.5], 0.8)["ratio_median"] == pytest.approx(0.4, rel=1e-9, abs=0)


def test_tasks_are_timed_in_turn_and_the_product_before_and_after_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []

    def task(name: str) -> Any:
        def draw() -> Any:
            for _ in range(2):
                done.append(name)
                yield

        return peak.Task(name, 1.0, draw)

    def sample(self: Any) -> float:
        done.append("product")
        return float(done.count("product"))

    monkeypatch.setattr(peak.Peak, "sample", sample)
    monkeypatch.setattr(peak, "row", lambda task, turns, best: (task.name, turns))
    rows = peak.compare([task("a"), task("b")], rounds=2)
    assert done == ["a"] * 2 + ["b"] * 2 + [
        "product",
        *["a", "a", "product", "b", "b", "product"] * 2,
    ]
    rates = {name: [turn.rate for turn in turns] for name, turns in rows}
    assert rates == {"a": [1.5, 3.5], "b": [2.5, 4.5]}
    assert all(len(turn.seconds) == 2 for _, turns in rows for turn in turns)


def test_the_rate_of_a_product_is_that_of_the_better_of_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(peak, "SIZE", 3)
    seconds = iter([[2.0, 0.5], [1.0, 4.0]])
    monkeypatch.setattr(peak, "laps", lambda products: next(seconds))
    timed = peak.Peak()
    assert [timed.sample(), timed.sample()] == [108.0, 54.0]  # 27 products and 27 sums: 54
    assert timed.rate == 108.0


def test_what_is_counted_of_a_step_are_its_products_without_labels_biases_and_readout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch, hidden, pixels = 20, (7, 6, 5), training_step.PIXELS
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 256, (batch, pixels), np.uint8)
    rows[:, : training_step.CLASSES] = 0
    labels = np.arange(batch) % 10
    data: Any = SimpleNamespace(
        train_images=rows, train_labels=labels, test_images=rows, test_labels=labels, classes=10
    )
    setting = changed(supervised.AUTHOR, hidden=hidden, batch=batch, epochs=1)
    run = supervised.start(setting, data, 0)
    wide = {pixels - training_step.CLASSES, *hidden}
    counted = []

    def note(module: ModuleType | type, name: str, n_in: Any, n_out: Any) -> None:
        real = getattr(module, name)

        def noted(*args: Any, **named: Any) -> Any:
            shape = len(args[-2]), n_in(args), n_out(args)
            counted.extend([2 * int(np.prod(shape))] if {*shape[1:]} <= wide else [])
            return real(*args, **named)

        monkeypatch.setattr(module, name, noted)

    note(Cores, "matmul", lambda a: a[-1].shape[0], lambda a: a[-1].shape[1])
    note(weights, "outer_product", lambda a: a[-2].shape[1], lambda a: a[-1].shape[1])
    for _ in run.steps():
        pass
    assert sum(counted) == training_step.operations(hidden, batch)


def test_a_step_is_timed_of_a_network_that_learns() -> None:
    for task in training_step.tasks((7, 6), 3):
        assert len(list(task.draw())) == training_step.STEPS


@pytest.mark.parametrize("batch", [1, 8])
def test_a_layer_that_learns_multiplies_its_weights_twice_for_each_row(batch: int) -> None:
    layer = Layer(Dense(normal(30, 20, np.random.default_rng(0))))
    x, sign = np.ones((batch, 30), np.float32), np.ones(batch)
    bias = 2 * batch * 20  # its input is held at 1, and its update is counted with the others
    assert counting.operations(lambda: layer.learn(x, sign)) == 4 * batch * 30 * 20 + bias
    assert counting.operations(lambda: layer.forward(x)) == 2 * batch * 30 * 20


def test_a_counted_step_of_the_supervised_net_is_what_its_own_benchmark_says() -> None:
    hidden = (300, 200)
    setting = changed(supervised.AUTHOR, hidden=hidden)
    run = supervised.start(setting, experiment_steps.images("supervised", 1), 0)
    counted = counting.operations(lambda: list(run.steps()))
    assert counted == pytest.approx(training_step.operations(hidden, 100), rel=0.05)


@pytest.mark.parametrize("name", experiment_steps.names())
def test_every_experiment_has_steps_that_can_be_timed(name: str) -> None:
    run = experiment_steps.run_of(name, 1, small=True)
    steps = counting.operations(lambda: list(experiment_steps.epoch(run)))
    assert steps > 0
    assert list(experiment_steps.epoch(run))


def test_no_step_needs_more_operations_than_its_epoch_has() -> None:
    whole = counting.operations(lambda: list(experiment_steps.run_of("sleep", 1).steps()))
    steps = len(list(experiment_steps.run_of("sleep", 1).steps()))
    assert steps > 1
    assert experiment_steps.task("sleep").operations == whole / steps


def test_a_convolution_multiplies_its_kernel_twice_for_each_place_of_each_picture() -> None:
    grid, batch, channels = Grid(6, 6, 2, field=3, stride=1), 12, 4
    kernel = Dense(normal(18, channels, np.random.default_rng(0)))
    layer = Layer(Convolution(grid, kernel))
    x, sign = np.ones((batch, grid.inputs), np.float32), np.ones(batch)
    once = 2 * batch * 16 * 18 * channels
    assert counting.operations(lambda: layer.forward(x)) == once
    assert counting.operations(lambda: layer.learn(x, sign)) == 2 * once
