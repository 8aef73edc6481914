"""Experiments: each module is one section of the paper in code.

A module of this folder is an experiment if it has a `start`. Its docstring says what the paper
did, its number, and what differs here and why. It has

- `SECTION`, `PAPER` (the paper's number as text), `DIFFERS` (in one line), `MINUTES` (of a full run
  on two cores);
- `FULL` and `QUICK`: its settings, frozen dataclasses that hold objects;
- ``start(setting, data, seed) -> ffnumpy.runs.Run``;
- if it learns from text, `DATA`: the name of the set for each scale, "quick" and "full";
- ``network(setting, columns, classes, rng)``, if its models are saved: one that is freshly drawn;
- if it trains one network, `REACH` (the test error to reach at full scale, a fraction);
- if it compares several settings, ``points(setting, seed)``: a dict of name to (setting, seed), and
  perhaps `COMPARED`, the leaves of the setting that the points choose by themselves.
"""

from __future__ import annotations

from importlib import import_module
from math import inf
from pkgutil import iter_modules
from types import ModuleType

__all__ = ["named", "names", "place"]


def named(name: str) -> ModuleType:
    """Return the module of an experiment.

    Raises
    ------
    ValueError
        If there is no such experiment; the message lists them.
    """
    if name not in names():
        raise ValueError(f"expected one of {', '.join(names())}; got {name}")
    return import_module(f"{__name__}.{name}")


def names() -> list[str]:
    """Return the names of all experiments, by section."""
    modules = [import_module(f"{__name__}.{m.name}") for m in iter_modules(__path__)]
    startable = sorted((m for m in modules if hasattr(m, "start")), key=place)
    return [m.__name__.rpartition(".")[2] for m in startable]


def place(module: ModuleType | None) -> list[float]:
    """Return the section as numbers to sort by; what is not in the paper comes last."""
    parts = str(getattr(module, "SECTION", "")).split(".")
    return [float(part) if part.isdigit() else inf for part in parts]
