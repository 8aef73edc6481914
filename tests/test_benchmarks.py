"""What the benchmarks make of what they time."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

PATH = Path(__file__).parents[1] / "benchmarks" / "peak.py"
SPEC = importlib.util.spec_from_file_location("peak", PATH)
assert SPEC is not None
assert SPEC.loader is not None
peak = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(peak)
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
