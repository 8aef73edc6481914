"""RESULTS.md and every number that a page quotes are what the records in results/ say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ffnumpy import experiments
from ffnumpy.plotting import title_of
from ffnumpy.supervised.names import flat

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "results"

with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(str(FOLDER))
    import figures
    import table
    from tables import cifar, networks, records, summary


def run_of(name: str, seed: int, error: float, **more: Any) -> dict[str, Any]:
    """Return the record of a run at full scale, as `ffnumpy experiment run` writes it."""
    return {
        "command": f"ffnumpy experiment run {name} --scale full --seed {seed}",
        "seed": seed,
        "experiment": name,
        "scale": "full",
        "setting": flat(experiments.named(name).FULL),
        "data": "mnist",
        "test_error": error,
        "seconds": 120.0,
        "peak_rss_bytes": 10**8,
        "epochs": [{"epoch": 1}],
        **more,
    }


def test_the_pages_quote_the_records() -> None:
    script = FOLDER / "table.py"
    check = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert check.returncode == 0, check.stdout + check.stderr


def test_every_record_has_a_place_in_the_results() -> None:
    page = (ROOT / "RESULTS.md").read_text(encoding="utf-8")
    missing = [name for name in records.load(FOLDER) if f"(results/{name}.json)" not in page]
    assert missing == []


def test_every_table_is_quoted_somewhere() -> None:
    quoted = re.findall(r"{{(\w+)}}", table.TEMPLATE.read_text(encoding="utf-8"))
    for page in table.QUOTING:
        quoted += re.findall(r"<!-- (\w+):begin -->", (ROOT / page).read_text(encoding="utf-8"))
    assert set(quoted) == set(table.PARTS)


def test_seeds_of_an_experiment_are_one_row_beside_the_papers_number() -> None:
    known = {
        "experiments/hybrid_images": run_of("hybrid_images", 0, 0.0130),
        "experiments/hybrid_images-seed-1": run_of("hybrid_images", 1, 0.0140),
        "quick/hybrid_images": run_of("hybrid_images", 0, 0.2, scale="quick"),
    }
    row = networks.experiments(known).splitlines()[-1]
    module = experiments.named("hybrid_images")
    assert "1.35 ± 0.07 %" in row
    for cell in ("`hybrid_images`", module.SECTION, module.PAPER, module.DIFFERS, "2", "2.0 min"):
        assert f" {cell} |" in row
    assert "1.35 ± 0.07 %" in next(iter(summary.networks(known)))


@pytest.mark.parametrize(("errors", "word"), [((0.013, 0.0144), "reached"), ((0.0138,), "missed")])
def test_a_mean_over_seeds_reaches_the_experiments_goal_or_misses_it(
    errors: tuple[float, ...], word: str
) -> None:
    known = {
        f"experiments/hybrid_images-seed-{seed}": run_of("hybrid_images", seed, error)
        for seed, error in enumerate(errors)
    }
    assert f"| 1.37 %, {word} |" in networks.experiments(known)


def test_a_setting_of_its_own_is_named_among_what_differs() -> None:
    setting = {**flat(experiments.named("backprop").FULL), "epochs": 3}
    row = networks.experiments(
        {"experiments/backprop": run_of("backprop", 0, 0.02, setting=setting)}
    )
    assert "`epochs` 3" in row


def test_an_experiment_that_only_its_record_knows_has_a_row_with_dashes() -> None:
    record = {**run_of("backprop", 0, 0.02), "experiment": "tomorrow", "paper": "1.2 %"}
    row = networks.experiments({"experiments/tomorrow": record}).splitlines()[-1]
    assert row.startswith("| `tomorrow` | – | 1.2 % | 2.00 % |")
    assert row.endswith("| – |")


def test_points_are_grouped_by_seed() -> None:
    entries = [
        {"name": f"a, seed {seed}", "error": error, "error_softmax": None}
        for seed, error in enumerate((0.02, 0.04))
    ]
    record = {"experiment": "sleep", "scale": "full", "points": entries}
    page = networks.points({"experiments/sleep": record})
    assert " a | 2 | 3.00 ± 1.41 % | – |" in page.splitlines()[-1]


def test_points_on_held_back_images_are_not_called_test_errors() -> None:
    entry = {"name": "a, seed 0", "error": 0.02, "error_softmax": None}
    tested = {"experiment": "sleep", "scale": "full", "points": [entry]}
    held_back = {**tested, "validation": 10_000}
    page = networks.points({"experiments/sleep": tested, "experiments/sleep-chosen": held_back})
    of_tested, of_held_back = page.split("\n\n")
    assert "| test error |" in of_tested
    assert "sleep-chosen" not in of_tested
    assert "| validation error |" in of_held_back
    assert "experiments/sleep-chosen" in of_held_back


def test_an_interval_of_several_seeds_holds_those_of_all() -> None:
    entries = [
        {
            "name": f"a, seed {seed}",
            "error": 0.5,
            "interval_of_error": [0.4 + seed / 100, 0.6 + seed / 100],
            "bits": 2.0 + seed,
            "interval_of_bits": [1.5 + seed, 2.5 + seed],
        }
        for seed in range(2)
    ]
    record = {"experiment": "aesop", "scale": "full", "points": entries}
    row = networks.characters({"experiments/aesop": record}).splitlines()[-1]
    assert "| a | 2 | 50.00 ± 0.00 % | 40.0 % … 61.0 % | 2.500 | 1.500 … 3.500 |" in row


def test_links_of_a_page_in_a_folder_lead_out_of_it() -> None:
    text = "<!-- strokes:begin -->\nold\n<!-- strokes:end -->\n"
    known = {"strokes": json.loads((FOLDER / "strokes.json").read_text())}
    assert "](../results/strokes.json)" in table.quoted(text, known, depth=1)
    assert "](results/strokes.json)" in table.quoted(text, known, depth=0)


def test_a_step_is_named_beside_the_runs_of_its_experiment_and_of_its_variants() -> None:
    steps = {"rows": [{"what": "top_down", "ratio_beside": 0.617}]}
    for name in ("top_down", "top_down-2x1000"):
        assert networks.step(name, {"experiment-steps": steps}) == "0.62"
    assert networks.step("jitter", {"experiment-steps": steps}) == "–"
    assert networks.step("jitter", {}) == "–"


def test_a_cell_of_cifar_is_within_two_points_or_missed() -> None:
    assert cifar.told(0.4299, 0.41) == "42.99 %"
    assert cifar.told(0.4301, 0.41) == "43.01 %, missed"
    assert cifar.told(None, 0.41) == "not run"


@pytest.mark.parametrize(
    ("rule", "depth", "most"), [("backprop", 3, 0.41), ("minimise", 2, 0.43), ("maximise", 2, 0.46)]
)
def test_a_run_of_cifar_is_to_reach_the_papers_number_for_its_rule_and_depth(
    rule: str, depth: int, most: float
) -> None:
    setting = {**flat(experiments.named("cifar10").FULL), "rule": rule, "depth": depth}
    shown = {"data": "cifar-10", "train_images": 50_000}
    run = run_of("cifar10", 0, most - 0.0001, setting=setting, **shown)
    page = networks.experiments({f"experiments/cifar10-{rule}-{depth}": run})
    assert f"| {100 * most:.2f} %, reached |" in page


def test_a_run_may_reach_its_goal_in_one_pass_and_has_none_on_a_part_of_the_images() -> None:
    run = run_of("supervised", 0, 0.0129, test_error_softmax=0.0124)
    page = networks.experiments({"experiments/supervised": run})
    assert "| 1.25 %, reached in one pass |" in page
    part = run_of("supervised", 0, 0.01, data="mnist", train_images=20_000)
    other = run_of("supervised", 0, 0.01, data="fashion-mnist", train_images=60_000)
    for compared in (part, other):
        assert "| – | – | 1 |" in networks.experiments({"experiments/supervised": compared})


@pytest.mark.parametrize("name", ["learning_fast", "sleep"])
def test_a_figure_says_what_its_record_does(name: str) -> None:
    record = json.loads((FOLDER / "experiments" / f"{name}.json").read_text())
    (axes,) = figures.DRAWN[name](record).axes
    ends = {n: 100 * e.mean() for n, e in figures.by_setting(record, "error").items()}
    if name == "learning_fast":
        assert f"fast, 0.5: {ends['fast, 0.5']:.1f} %" in title_of(axes)
        assert len(axes.lines) == 4
    else:
        assert "up to 100 batches at ε 0.0003, delay 0.999" in title_of(axes)
        assert ends["100 a phase, ε 0.0003, delay 0.999"] < 50
        assert ends["epoch a phase, ε 0.0003, delay 0.999"] > 50
    assert (FOLDER / "experiments" / f"{name}.png").exists()
