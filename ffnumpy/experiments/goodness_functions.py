"""Section 11: other goodness functions and activations, on the supervised digits.

The paper asks which goodness and which activation work best. It names minimising the sum of squares
on positive cases, which did slightly better on CIFAR-10, the sum of *unsquared* activities, and the
negative log density under a Student t as the activation.

What differs: the paper gives no numbers. Every cell has the author's setting except for what its
name says. No rate was searched for; the Student t's is a tenth of the usual one. With T = 30 the
decay is three times as strong beside the slopes. With a Student t there is no peer push, because it
would not make the units more active. At the usual T = 1/N a mean of squares is the same rule as a
sum: what lies between those two is rounding.
"""

from __future__ import annotations

from typing import Any

from ffnumpy.experiments import supervised
from ffnumpy.supervised import Setting
from ffnumpy.supervised.names import changed, leaves

SECTION, PAPER, MINUTES = "11", "no number", 300
DIFFERS = "the paper states no number; rates were not searched for"
COMPARED = ("goodness", "activation", "threshold", "temperature")
SEEDS = 3
FULL = changed(supervised.AUTHOR, epochs=20)
QUICK = changed(supervised.QUICK, hidden=(100, 100), epochs=8)
network, start = supervised.network, supervised.start
CELLS: dict[str, dict[str, Any]] = {
    "sum of squares": {},
    "mean of squares": {"goodness": "mean-of-squares"},
    "unsquared sum": {"goodness": "unsquared-sum"},
    "minimised sum of squares": {"goodness": "negative-sum-of-squares"},
    "minimised mean of squares": {"goodness": "negative-mean-of-squares"},
    "minimised unsquared sum": {"goodness": "negative-unsquared-sum"},
    "sum of squares, T = 30": {"temperature": 30.0, "rate": 30, "decay": 1 / 10, "peer": 1 / 30},
    "sum of squares, half the threshold": {"threshold": 0.5},
    "sum of squares, twice the threshold": {"threshold": 2.0},
    "sum of squares, Student t": {"activation": "student-t", "peer": 0.0, "rate": 1 / 10},
}
PARTS = ("rate", "decay", "peer")  # given as multiples of the setting's


def points(setting: Setting, seed: int) -> dict[str, tuple[Setting, int]]:
    """Return every cell with every seed.

    Raises
    ------
    ValueError
        If widths differ: all layers have one threshold, which is a multiple of their width.
    """
    if len(set(setting.hidden)) > 1:
        raise ValueError(f"hidden: expected layers of one width; got {setting.hidden}")
    width, usual = setting.hidden[0], leaves(setting)
    units = {"threshold": width, **{name: usual[name] for name in PARTS}}
    plain = {"goodness": "sum-of-squares", "activation": "relu"}
    cells = {}
    for name, changes in CELLS.items():
        own = {k: v * units[k] if k in units else v for k, v in changes.items()}
        one = changed(setting, **{**plain, "threshold": None, "temperature": None, **own})
        for number in range(SEEDS):
            cells[f"{name}, seed {seed + number}"] = one, seed + number
    return cells
