"""``hardware-sim evaluate``: a saved chip's error and energy, and every cell of it as a table."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np

from ffnumpy.commands import UsageError, check_folder, file_path, folder_path, guessing, percent
from ffnumpy.commands.datasets import check_fits, check_room
from ffnumpy.commands.evaluate import confusion
from ffnumpy.runs.files import write_atomically
from ffnumpy.runs.progress import watched
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.commands.options import arguments as options
from hardware_sim.commands.options.checks import check_counts, check_files
from hardware_sim.commands.options.images import loaded, unseen_images
from hardware_sim.commands.saved import load_chip
from hardware_sim.commands.writing import write_record
from hardware_sim.energy.costs import Cost, with_conductance
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.report import bill, cost_record
from hardware_sim.learning.learners import ChipLearner

REMEDY = "Train it longer, or see what hardware-sim train says of its floating-point twin."
EXAMPLE = "chip.npz --cells cells"
TOOK = "half a minute for 10,000 images"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim evaluate``."""
    parser.add_argument("model", type=file_path, metavar="CHIP.npz", help="saved by train --save")
    options.add_data(parser, None, "those that the chip was trained on")
    options.add_count(parser, "--test-images", 1000, metavar="N")
    parser.add_argument(
        "--cells",
        type=folder_path,
        metavar="DIR",
        help="write DIR/layer1.csv and so on: each cell's place, state, conductances, pulses",
    )
    options.add_out(parser)


def run(args: argparse.Namespace) -> int:
    """Ask the chip, print what it answers and costs, and write the record and the cells."""
    check_files(args, "out")
    check_counts(args, {"test_images": 1})
    if args.cells:
        check_folder("--cells", args.cells)
    begun = time.perf_counter()
    chip, about = load_chip(args.model)
    args.seed = about["options"]["seed"]
    data = data_of(args, chip, about)
    rows, labels = unseen_images(args, data)
    before = chip.ledger.copy()
    named = np.array([chip.predict(row[np.newaxis])[0] for row in watched(iter(rows))])
    cost = cost_of(chip, chip.ledger.since(before), len(labels))
    error, counts = float(np.mean(named != labels)), counted(labels, named, data.classes)
    record = {"test_images": len(labels), "test_error": error, "confusion": counts}
    write_record(args, begun, {**record, "inference": cost_record(cost)})
    if args.cells:
        write_cells(args.cells, chip)
    print(f"test error: {percent(error)} of {len(labels)} images, by the winner-take-all")
    print(f"A-to-D conversions: {cost.ledger.count('adc')}; an answer to an image:")
    print("\n".join(bill(cost)))
    print(f"\n{confusion(counts, data.class_names)}")
    print(guessing.verdict(error, labels, REMEDY))
    return 0


def cost_of(chip: ChipLearner, spent: Ledger, of: int) -> Cost:
    """Return the cost of one of so many images, with the device's uncertain conductance in it."""
    cells: Any = chip.chip[0].array.cells
    technology = getattr(cells, "plus", cells).technology
    return Cost(with_conductance(spent, technology.conductance), of)


def data_of(args: argparse.Namespace, chip: ChipLearner, about: dict[str, Any]) -> Any:
    """Return the data that the chip is asked about."""
    args.data = args.data or about["options"].get("data")
    if args.data is None:
        raise UsageError(f"{args.model}: does not name the data it was trained on; give --data")
    inputs, encoding = chip.chip[0].array.shape[0], chip.encoding
    columns = inputs if encoding.overwrite else inputs - encoding.classes  # type: ignore[attr-defined]
    data = loaded(args, makes_labels=False)
    check_room(args.model, encoding, data)
    check_fits(args.model, {**about, "columns": columns, "classes": encoding.classes}, data)
    return data


def counted(labels: Any, named: Any, classes: int) -> list[list[int]]:
    """Return how often each class was named as each, (classes, classes), rows are true ones."""
    table = np.zeros((classes, classes), int)
    np.add.at(table, (labels, named), 1)
    return table.tolist()


def write_cells(folder: Path, chip: ChipLearner) -> None:
    """Write a table of every layer's cells; the last row of an array is the bias."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, layer in enumerate(chip.chip, 1):
        write_table(folder / f"layer{number}.csv", layer.array)


def write_table(path: Path, array: Crossbar) -> None:
    """Write every crossing of an array as a line."""
    known = array.survey()
    place = np.indices(known["w"].shape).reshape(2, -1)
    columns = np.vstack([place, *(values.reshape(1, -1) for values in known.values())])
    units = [f"{name} [S]" if name.startswith("G_") else name for name in known]
    head = ",".join(["row", "column", *units])
    write_atomically(
        path,
        lambda file: np.savetxt(file, columns.T, "%.9g", ",", header=head, comments=""),
    )
