"""The README's figure: two passes, and errors from records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ffnumpy import load
from ffnumpy.plotting import ACCENT, DARK, house
from hardware_sim.plotting import ACCENT as TEAL

RECORDS = Path(__file__).resolve().parents[2] / "results"
GREY = "0.4"  # the dots and words of what is ideal
TITLE: dict[str, Any] = {"fontsize": 14, "weight": "bold", "pad": 12}
ROWS = (  # name of the records, what is written beside the dots, colour
    ("experiments/local_fields", "local fields that learn without labels, floating point", GREY),
    ("mnist-4x2000-60-epochs", "4 × 2000 units, floating point", GREY),
    ("mnist-3x1000-60-epochs", "3 × 1000 units, floating point", GREY),
    ("twin", "2 × 256 units, floating point, one image at a time", GREY),
    ("chip-idealised", "the same on a chip of idealised cells", TEAL),
    ("chip-gokmen-vlasov-pair", "… of push-pull pairs of specified cells", TEAL),
    ("chip-gokmen-vlasov", "… of single specified cells", TEAL),
)


def runs(name: str) -> list[dict[str, Any]]:
    """Return the records of a name, one for each seed."""
    paths = [RECORDS / f"{name}.json", *sorted(RECORDS.glob(f"{name}-seed-*.json"))]
    return [json.loads(path.read_text()) for path in paths if path.exists()]


def errors(name: str) -> list[float]:
    """Return the test errors of a row, in percent."""
    if name == "twin":
        found = [run["twin_test_error"] for run in runs("chip-gokmen-vlasov")]
        return [100 * error for error in found]
    return [100 * run["test_error"] for run in runs(name)]


def two_passes(ax: Axes) -> None:
    """Draw an image with its true label and with a wrong one on their way up three layers."""
    data = load("strokes")
    image = data.test_images[int(np.argmax(data.test_labels == 3))].reshape(28, 28)
    passes = ((2.15, 3, "true", "raise", ACCENT), (0.35, 8, "wrong", "lower", DARK))
    for y, label, truth, verb, colour in passes:
        shown = image.astype(float)
        shown[0, :10] = 0
        shown[0, label] = 255
        ax.imshow(shown, cmap="gray_r", extent=(0, 1.3, y, y + 1.3), zorder=2)
        ax.add_patch(Rectangle((0, y), 1.3, 1.3, fill=False, edgecolor=colour, linewidth=2))
        ax.text(0.65, y + 1.37, f'{truth} label "{label}"', ha="center", va="bottom", color=colour)
        for layer in range(3):
            x = 2.0 + 1.15 * layer
            arrow = {"arrowstyle": "-|>", "color": colour, "linewidth": 2}
            ax.annotate("", (x, y + 0.65), (x - 0.6, y + 0.65), arrowprops=arrow)
            box = Rectangle((x + 0.05, y + 0.1), 0.42, 1.1, facecolor="0.93", edgecolor=DARK)
            ax.add_patch(box)
            ax.text(x + 0.26, y + 0.65, f"layer {layer + 1}", rotation=90, ha="center", va="center")
        ax.text(4.95, y + 0.65, f"every layer\n{verb}s its\ngoodness", va="center", color=colour)
    ax.set_title("Two forward passes, none back", **TITLE)
    ax.text(2.85, -0.05, "goodness = Σ y²,  y = max(0, x W)", ha="center", va="center", color=DARK)
    ax.set(xlim=(-0.1, 6.2), ylim=(-0.25, 3.9), aspect="equal", anchor="N")
    ax.axis("off")


def reached(ax: Axes) -> None:
    """Draw a dot for every seed, named on the spot."""
    for place, (name, words, colour) in enumerate(ROWS):
        found = errors(name)
        ax.plot(found, [place] * len(found), "o", color=colour, markersize=8, alpha=0.75)
        ax.text(0.05, place - 0.28, words, color=colour, va="center")
        middle = np.mean(found)
        ax.text(max(found) + 0.13, place, f"{middle:.2f} %", va="center", color=colour)
    chips = [run for name, _, colour in ROWS if colour == TEAL for run in runs(name)]
    conversions = sum(run["adc_conversions"] for run in chips)
    ax.set_title(f"… and {conversions} A-to-D conversions on the chip", **TITLE)
    ax.set(xlim=(0, 5.6), ylim=(len(ROWS) - 0.4, -0.75), yticks=[])
    ax.set_xlabel("error on the test images of MNIST [%], a dot for each seed")
    ax.spines[["left", "top", "right"]].set_visible(False)


@house
def overview() -> Figure:
    """Return the figure."""
    figure = Figure(figsize=(12, 5.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    two_passes(left)
    reached(right)
    return figure
