"""Put the numbers of the records in this folder into the README, or check that they are there.

Without an option it rewrites what stands between the README's markers; ``--check`` changes nothing
and gives exit status 1 if that is not what the records say.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import mean, stdev
from typing import Any

FOLDER = Path(__file__).parent
README = FOLDER.parent / "README.md"
TRAINING_HEAD = """\
| record | data | hidden layers | epochs | every label | softmax pass | time | peak memory |
|---|---|---|---|---|---|---|---|
"""
VALIDATION_HEAD = """\
| record | hidden layers | epochs | T | ε | decay | peer | every label | softmax pass |
|---|---|---|---|---|---|---|---|---|
"""
SEEDS_HEAD = """\
| runs | seeds | every label | softmax pass |
|---|---|---|---|
"""
CHIP_HEAD = """\
| record | device | images × passes | chip | its twin | noise | A-to-D | energy an image | time |
|---|---|---|---|---|---|---|---|---|
"""
CHIP_SEEDS_HEAD = """\
| runs | chips | chip | its twin |
|---|---|---|---|
"""
CHOSEN = ("temperature", "rate", "decay", "peer")
ERRORS = ("test_error", "test_error_softmax")
CHIP_ERRORS = ("test_error", "twin_test_error")
SPEED_HEAD = """\
| record | kernels | task | median | best product | of peak | beside | at best |
|---|---|---|---|---|---|---|---|
"""

DEGRADATION_HEAD = """\
| imperfection | of | test error: mean ± standard deviation over chips |
|---|---|---|
"""

Records = dict[Path, dict[str, Any]]


def percent(error: float | None) -> str:
    """Return an error as a percentage, or a dash."""
    return "–" if error is None else f"{100 * error:.2f} %"


def line(path: Path, *cells: str) -> str:
    """Return a line of a table that begins with a link to the record."""
    return f"| [{path.stem}](results/{path.name}) | " + " | ".join(cells) + " |\n"


def trainings(records: Records) -> str:
    """Return the table of training runs that were tested."""
    tested = {p: r for p, r in records.items() if "recipe" in r and "test_error" in r}
    lines = [
        line(
            path,
            record["data"],
            "-".join(map(str, record["recipe"]["hidden"])),
            str(len(record["epochs"])),
            percent(record["test_error"]),
            percent(record["test_error_softmax"]),
            f"{record['seconds'] / 60:.1f} min",
            f"{record['peak_rss_bytes'] / 1e6:.0f} MB",
        )
        for path, record in tested.items()
    ]
    return TRAINING_HEAD + "".join(lines)


def given(value: float | None) -> str:
    """Return a choice of a recipe, which may have been left to the goodness."""
    return "usual" if value is None else f"{value:.4g}"


def validations(records: Records) -> str:
    """Return the table of runs that were evaluated on held-back training images."""
    held_back = {path: r for path, r in records.items() if "validation_error" in r}
    lines = [
        line(
            path,
            "-".join(map(str, record["recipe"]["hidden"])),
            str(len(record["epochs"])),
            *(given(record["recipe"][name]) for name in CHOSEN),
            percent(record["validation_error"]),
            percent(record["validation_error_softmax"]),
        )
        for path, record in held_back.items()
    ]
    return VALIDATION_HEAD + "".join(lines)


def seeds(records: Records) -> str:
    """Return the table of what runs with several seeds have in common: mean ± deviation."""
    return SEEDS_HEAD + spreads(records, "recipe", ERRORS)


def chip_seeds(records: Records) -> str:
    """Return the same of several chips of one drawing, each with its twin."""
    return CHIP_SEEDS_HEAD + spreads(trained_chips(records), "adc_conversions", CHIP_ERRORS)


def spreads(records: Records, mark: str, errors: tuple[str, ...]) -> str:
    """Return a line for every group of records with this entry that differ by their seed."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path, record in records.items():
        if mark in record:
            groups[path.stem.partition("-seed-")[0]].append(record)
    return "".join(
        f"| {stem} | {len(runs)} | " + " | ".join(spread(runs, key) for key in errors) + " |\n"
        for stem, runs in groups.items()
        if len(runs) > 1
    )


def spread(runs: list[dict[str, Any]], key: str) -> str:
    """Return mean and standard deviation of an error."""
    errors = [run[key] for run in runs if run[key] is not None]
    if len(errors) < len(runs):
        return "–"
    return f"{100 * mean(errors):.2f} ± {100 * stdev(errors):.2f} %"


def trained_chips(records: Records) -> Records:
    """Return the records of chips, each with its twin's error if any record has it.

    The twin knows nothing of devices: one stands for all chips of the same plan and images.
    """
    found = {p: dict(r) for p, r in records.items() if "adc_conversions" in r}
    known = {task(r): r["twin_test_error"] for r in found.values() if r["twin_test_error"]}
    for record in found.values():
        record["twin_test_error"] = known.get(task(record))
    return found


def task(record: dict[str, Any]) -> str:
    """Return what a chip and its twin have in common."""
    return json.dumps([record["data"], record["train_images"], record["plan"]])


def chips(records: Records) -> str:
    """Return the table of chips that were trained."""
    trained = trained_chips(records)
    lines = [
        line(
            path,
            stores(record),
            f"{record['train_images']} × {record['plan']['passes']}",
            percent(record["test_error"]),
            percent(record["twin_test_error"]),
            noise(record),
            str(record["adc_conversions"]),
            f"{1e9 * record['joules'] / record['train_images'] / record['plan']['passes']:.1f} nJ",
            f"{record['seconds'] / 60:.1f} min",
        )
        for path, record in trained.items()
    ]
    return CHIP_HEAD + "".join(lines)


def stores(record: dict[str, Any]) -> str:
    """Return what stores a weight: a device, or a pair of which both cells move."""
    pair = ", push-pull pair" if record.get("reference") == "moving" else ""
    return str(record["device"]) + pair


def noise(record: dict[str, Any]) -> str:
    """Return the amplifier noise as a part of each layer's rms before the rectifier."""
    parts = [record["amplifier_noise"] / rms for rms in record["rms_before_rectifier"]]
    return " and ".join(f"{100 * part:.1f}" for part in parts) + " %"


def degradations(records: Records) -> str:
    """Return how the error grows with each imperfection, from ideal to bad."""
    lines = [
        f"| {kind['words']} | {kind['unit']} | "
        + "; ".join(map(point(kind), kind["points"]))
        + " |\n"
        for record in records.values()
        for kind in record.get("quantities", {}).values()
    ]
    return DEGRADATION_HEAD + "".join(lines)


def point(kind: dict[str, Any]) -> Callable[[dict[str, Any]], str]:
    """Return the function that writes a point of a degradation curve."""
    factor = 100 if kind["unit"].startswith("%") else 1

    def text(found: dict[str, Any]) -> str:
        """Return value and error."""
        error = {name: 100 * value for name, value in found["error"].items()}
        return f"{factor * found['value']:g}: {error['mean']:.1f} ± {error['deviation']:.1f} %"

    return text


def ablations(records: Records) -> str:
    """Return what each device does without one of its imperfections, and with one alone."""
    found = {r["device"]: r["ablation"] for r in records.values() if "ablation" in r}
    errors = {
        device: {v["name"]: percent(v["error"]) for v in variants}
        for device, variants in found.items()
    }
    names = sorted(dict.fromkeys(name for error in errors.values() for name in error), key=place)
    head = f"| MNIST test error | {' | '.join(errors)} |\n|---|{'---|' * len(errors)}\n"
    return head + "".join(
        f"| {name} | {' | '.join(error.get(name, '–') for error in errors.values())} |\n"
        for name in names
    )


def place(variant: str) -> int:
    """Return where a variant stands in the table: as it is, one taken away, one alone, none."""
    if variant.endswith("alone"):
        return 2
    return {"as published": 0, "without any of them": 3}.get(variant, 1)


def quartiles(middle: float, ends: list[float]) -> str:
    """Return a ratio with its quartiles."""
    low, high = ends
    return f"{middle:.2f} ({low:.2f} … {high:.2f})"


def speeds(records: Records) -> str:
    """Return the table of benchmarks."""
    lines = [
        line(
            path,
            record["versions"]["kernels"],
            row["what"],
            f"{row['median_ms']:.3g} ms",
            f"{row['peak_gflops']:.0f} GFLOP/s",
            f"{row['ratio_median']:.2f}",
            quartiles(row["ratio_beside"], row["ratio_beside_quartiles"]),
            f"{row['ratio_best']:.2f}",
        )
        for path, record in records.items()
        for row in record.get("rows", [])
    ]
    return SPEED_HEAD + "".join(lines)


def strokes(records: Records) -> str:
    """Return what the generated digits are like, in three sentences."""
    record = records[FOLDER / "strokes.json"]
    network = "-".join(map(str, record["hidden"]))
    return (
        f"[Measured](results/strokes.json): {record['images']} images drawn in "
        f"{record['drawing_cpu_seconds']:.1f} s on one core. A linear softmax errs on "
        f"{percent(record['linear_softmax_test_error'])} of the test images, a {network} network "
        f"on {percent(record['strokes_test_error'])}. The same network, which has seen nothing "
        f"else, errs on {percent(record['mnist_test_error'])} of MNIST's.\n"
    )


def between(text: str, name: str, content: str) -> str:
    """Return the text with the content put between the two markers of that name."""
    begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->\n"
    before, rest = text.split(begin)
    return before + begin + content + end + rest.split(end)[1]


PARTS = (
    trainings,
    validations,
    seeds,
    chips,
    chip_seeds,
    degradations,
    ablations,
    speeds,
    strokes,
)


def main() -> int:
    """Rewrite or check the README."""
    text = wanted = README.read_text()
    records = {path: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
    for part in PARTS:
        wanted = between(wanted, part.__name__, part(records))
    if "--check" in sys.argv[1:]:
        if wanted != text:
            print("the README is not what the records say; run python results/table.py")
        return int(wanted != text)
    README.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
