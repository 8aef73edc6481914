"""Figures on disk."""

from __future__ import annotations

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ffnumpy.data.paths import from_environment
from ffnumpy.runs.files import write_atomically

__all__ = ["blank", "keep", "save"]


def save(figure: Figure, path: Path) -> None:
    """Write a figure, whole or not at all; create its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(
        path,
        lambda file: figure.savefig(
            file, format=path.suffix[1:].lower(), dpi=120, bbox_inches="tight"
        ),
    )


def keep(figure: Figure, name: str) -> None:
    """Write a figure of a tutorial and say where it lies.

    The folder is that of the environment variable FFNUMPY_FIGURES or, without one, ``figures``.
    """
    path = Path(from_environment("FFNUMPY_FIGURES") or "figures", f"{name}.png")
    save(figure, path)
    print(f"figure: {path}")


def blank(width: float = 6.4, height: float = 4.0) -> tuple[Figure, Axes]:
    """Return an empty figure of this size [inch] and its axes."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()
