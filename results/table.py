"""Put the numbers of the records in this folder into the README, or check that they are there.

Without an option it rewrites what stands between the README's markers; ``--check`` changes nothing
and gives exit status 1 if that is not what the records say.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
README = FOLDER.parent / "README.md"
TRAINING_HEAD = """\
| record | data | hidden layers | epochs | every label | softmax pass | time | peak memory |
|---|---|---|---|---|---|---|---|
"""
SPEED_HEAD = """\
| record | task | median | best product | of peak | at best |
|---|---|---|---|---|---|
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


def speeds(records: Records) -> str:
    """Return the table of benchmarks."""
    lines = [
        line(
            path,
            row["what"],
            f"{row['median_ms']:.1f} ms",
            f"{row['peak_gflops']:.0f} GFLOP/s",
            f"{row['ratio_median']:.2f}",
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


def main() -> int:
    """Rewrite or check the README."""
    text = wanted = README.read_text()
    records = {path: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
    for part in (trainings, speeds, strokes):
        wanted = between(wanted, part.__name__, part(records))
    if "--check" in sys.argv[1:]:
        if wanted != text:
            print("the README is not what the records say; run python results/table.py")
        return int(wanted != text)
    README.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
