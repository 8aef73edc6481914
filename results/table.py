"""Put the numbers of the records in this folder into the README, or check that they are there.

python results/table.py            rewrites the table between the README's two markers
python results/table.py --check    exit status 1 if that would change anything
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
README = FOLDER.parent / "README.md"
BEGIN, END = "<!-- results:begin -->\n", "<!-- results:end -->\n"
HEAD = """\
| record | data | hidden layers | epochs | every label | softmax pass | time | peak memory |
|---|---|---|---|---|---|---|---|
"""


def percent(error: float | None) -> str:
    """Return an error as a percentage, or a dash."""
    return "–" if error is None else f"{100 * error:.2f} %"


def row(path: Path, record: dict[str, Any]) -> str:
    """Return a training record as a line of the table."""
    cells = [
        f"[{path.stem}](results/{path.name})",
        record["data"],
        "-".join(map(str, record["recipe"]["hidden"])),
        str(len(record["epochs"])),
        percent(record["test_error"]),
        percent(record["test_error_softmax"]),
        f"{record['seconds'] / 60:.1f} min",
        f"{record['peak_rss_bytes'] / 1e6:.0f} MB",
    ]
    return "| " + " | ".join(cells) + " |\n"


def table() -> str:
    """Return the table of all records of training runs that were tested."""
    records = {path: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
    tested = {p: r for p, r in records.items() if "recipe" in r and "test_error" in r}
    return HEAD + "".join(row(path, record) for path, record in tested.items())


def main() -> int:
    """Rewrite or check the README."""
    text = README.read_text()
    before, rest = text.split(BEGIN)
    wanted = before + BEGIN + table() + END + rest.split(END)[1]
    if "--check" in sys.argv[1:]:
        if wanted != text:
            print("the README's table is not that of the records; run python results/table.py")
        return int(wanted != text)
    README.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
