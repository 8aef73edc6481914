"""Make every figure of the README, the pages and the results: ``python docs/figures``.

What a record holds is drawn from it. The other figures are computed again by their records' own
commands, two of them on MNIST, in about five minutes; no record changes. Last of all the site is
built, whose tutorials draw theirs.
"""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from overview import overview

from ffnumpy.plotting import save

HERE = Path(__file__).resolve().parent
RESULTS, SITE = HERE.parents[1] / "results", HERE.parents[1] / "site"
sys.path.append(str(RESULTS))

import figures  # noqa: E402

COMPUTED = (
    "access",
    "degradation",
    "divergence",
    "compare-strokes",
    "compare-strokes-1T1R",
    "fast-learning",
    "mortality",
)
RESUMED = ("degradation", "mortality")  # their records hold all points


def again(name: str) -> None:
    """Run the command of a record once more, for its figure alone."""
    record = RESULTS / f"{name}.json"
    words = shlex.split(json.loads(record.read_text(encoding="utf-8"))["command"])
    program = next(n for n, word in enumerate(words) if word in ("hardware-sim", "hardware_sim"))
    asked = words[program + 1 :]
    with tempfile.TemporaryDirectory() as elsewhere:
        for option, kind in (("--out", ".json"), ("--markdown", ".md")):
            if option in asked:
                asked[asked.index(option) + 1] = str(Path(elsewhere, f"again{kind}"))
        if name in RESUMED:
            shutil.copy(record, Path(elsewhere, "again.json"))
            asked.append("--resume")
        asked[asked.index("--figure") + 1] = str(RESULTS / f"{name}.png")
        subprocess.run([sys.executable, "-m", "hardware_sim", *asked], check=True)


def main() -> None:
    """Make them all."""
    save(overview(), HERE / "overview.png")
    figures.main()
    for name in COMPUTED:
        again(name)
    subprocess.run([sys.executable, "-m", "sphinx", str(HERE.parent), str(SITE)], check=True)


if __name__ == "__main__":
    main()
