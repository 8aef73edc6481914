"""Write RESULTS.md and the numbers that other pages quote, from the records in this folder.

RESULTS.md is `results.template.md` with a table in place of each ``{{name}}``. In the other pages
only what stands between the markers of a table is rewritten. ``--check`` changes nothing and gives
exit status 1 if a page is not what the records say.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from tables import chips, choosing, cifar, networks, speeds, studies, summary
from tables.records import Records, load

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
TEMPLATE, WHOLE = FOLDER / "results.template.md", ROOT / "RESULTS.md"
QUOTING = ("README.md", "docs/chip.md", "docs/command_line.md", "benchmarks/README.md")
PARTS: dict[str, Callable[[Records], str]] = {
    part.__name__: part
    for part in (
        summary.reach,
        summary.demonstrations,
        summary.demonstration_runs,
        networks.experiments,
        cifar.cifar,
        networks.points,
        networks.characters,
        networks.quick,
        networks.trainings,
        networks.seeds,
        networks.validations,
        choosing.contrasts,
        choosing.hybrids,
        networks.strokes,
        chips.chips,
        chips.chip_seeds,
        chips.tools,
        chips.poor,
        chips.sizes,
        studies.many,
        studies.divergence,
        studies.comparison,
        studies.mortality,
        studies.degradations,
        studies.ablations,
        studies.reached,
        studies.streams,
        studies.recorded,
        speeds.speeds,
        speeds.busy,
    )
}
MARKED = re.compile(r"(<!-- (\w+):begin -->\n).*?(<!-- \2:end -->\n)", re.DOTALL)


def filled(template: str, records: Records) -> str:
    """Return a template with the table in place of each name in double braces."""
    return re.sub(r"{{(\w+)}}\n", lambda found: PARTS[found[1]](records), template)


def quoted(text: str, records: Records, depth: int) -> str:
    """Return a page with new tables between its markers; it lies so many folders down."""

    def between(found: re.Match[str]) -> str:
        """Return the two markers of a table with the table between them."""
        table = PARTS[found[2]](records).replace("](results/", f"]({'../' * depth}results/")
        return found[1] + table + found[3]

    return MARKED.sub(between, text)


def pages(records: Records) -> dict[Path, str]:
    """Return every page as it ought to be."""
    wanted = {WHOLE: filled(TEMPLATE.read_text(), records)}
    for name in QUOTING:
        path = ROOT / name
        wanted[path] = quoted(path.read_text(), records, name.count("/"))
    return wanted


def main() -> int:
    """Rewrite or check the pages."""
    wrong = {
        path: text
        for path, text in pages(load(FOLDER)).items()
        if not path.exists() or path.read_text() != text
    }
    if "--check" in sys.argv[1:]:
        for path in wrong:
            print(f"{path.relative_to(ROOT)} is not what the records say; run python {__file__}")
        return int(bool(wrong))
    for path, text in wrong.items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
