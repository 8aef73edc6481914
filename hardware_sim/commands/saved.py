"""Load the chip of a saved run, ready to answer and to be read cell by cell."""

from __future__ import annotations

import argparse
from itertools import pairwise
from typing import Any

from ffnumpy.cases import OneHot
from ffnumpy.commands import UsageError
from ffnumpy.runs import checkpoint
from ffnumpy.runs.checkpoint import Arrays
from ffnumpy.runs.files import PathLike
from hardware_sim.commands.options.asked import trial_of
from hardware_sim.commands.options.given import resolve_defaults
from hardware_sim.commands.options.train import USUAL
from hardware_sim.learning.learners import ChipLearner
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import from_format_1

__all__ = ["load_chip"]

CLASSES = 10  # of every data set that a chip could be trained on before files said it


def load_chip(path: PathLike) -> tuple[ChipLearner, dict[str, Any]]:
    """Return the chip that ``hardware-sim train`` saved, and the notes saved with it.

    It is the same individual, with the noise of its reads where it stopped, so it answers as it did
    then. It answers and can be read, but no longer learns by Eq. 3, whose rate depends on the
    images: go on with ``hardware-sim train --resume``.

    Parameters
    ----------
    path : path

    Raises
    ------
    CheckpointError
        If there is no such file, it is not a saved run, or belongs to no chip.
    """
    place, arrays = checkpoint.read(path)
    about = place["about"]
    if not {"options", "journal"} <= about.keys():
        raise checkpoint.CheckpointError(
            f"{path}: expected a chip saved by `hardware-sim train`; got a file of another "
            f"program. Networks are loaded by ffnumpy.experiments.saved.load_network."
        )
    with checkpoint.fitting(path):
        if about["options"].get("device_csv") and not about.get("device_table"):
            raise ValueError("the table of its device is missing")
        arrays = from_format_1(place, arrays)[1]
        check_size(about["options"]["hidden"], inputs_of(arrays), arrays)
        chip = manufactured(about, inputs_of(arrays))
        checkpoint.fill(chip.parts(), arrays)
    for layer in chip.chip:
        layer.writing.rate = refuse
    return chip, about


def check_size(hidden: list[int], inputs: int, arrays: Arrays) -> None:
    """Refuse notes of a chip that is larger than its arrays, before it takes all memory."""
    cells = sum((a + 1) * b for a, b in pairwise((inputs, *hidden)))
    if cells > sum(array.size for array in arrays.values()):
        raise ValueError("its notes name more cells than its arrays have")


def manufactured(about: dict[str, Any], inputs: int) -> ChipLearner:
    """Return the individual that a run with these notes began with."""
    args = argparse.Namespace(**dict.fromkeys(USUAL), resume=None)
    try:
        resolve_defaults(args, about)
        plan = Plan(args.hidden, args.rate, args.candidates, args.epochs, args.seed)
        encoding = OneHot(about.get("classes", CLASSES), overwrite=about.get("overwrite", True))
        return trial_of(args, plan, inputs).learner(1, encoding)
    except UsageError as error:
        raise ValueError(str(error)) from None


def inputs_of(arrays: Arrays) -> int:
    """Return the number of inputs: the rows of the first layer's array, less that of its bias."""
    return max(len(a) for name, a in arrays.items() if name.startswith("layer1/") and a.ndim) - 1


def refuse(updates: int) -> float:
    """Refuse a rate, because a chip that was loaded does not know its schedule."""
    raise ValueError(
        f"a loaded chip answers and no longer learns; it had {updates} updates. Go on with "
        f"`hardware-sim train --resume`."
    )
