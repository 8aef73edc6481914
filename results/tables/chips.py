"""Tables of trained chips: devices, seeds, what tools are worth, and energy against size."""

from __future__ import annotations

import json

import numpy as np

from hardware_sim.studies.comparison import BACKPROP, CHIP
from hardware_sim.studies.sizes import PURPOSES, ratio
from hardware_sim.studies.tools import RULES
from tables.records import NANO, Record, Records, groups, link, minutes, percent, spread, table


def trained(records: Records) -> Records:
    """Return the records of chips, each with its twin's error if any record has it.

    The twin knows nothing of devices: one stands for all chips of the same plan and images.
    """
    found = {n: dict(r) for n, r in records.items() if is_training(r)}
    known = {task(r): r["twin_test_error"] for r in found.values() if r["twin_test_error"]}
    for record in found.values():
        record["twin_test_error"] = known.get(task(record))
    return found


def is_training(record: Record) -> bool:
    """Return whether a record is that of a chip's training; a demonstration has one step too."""
    return "adc_conversions" in record and "one_step" not in record


def task(record: Record) -> str:
    """Return what a chip and its twin have in common."""
    return json.dumps([record["data"], record["train_images"], record["plan"]])


def joules_an_image(record: Record) -> float:
    """Return the energy of learning from one image once, without the first weights [J]."""
    whole, images = record["joules"], record["train_images"] * record["plan"]["passes"]
    return float((whole - record["joules_by_block"].get("first weights", 0.0)) / images)


def chips(records: Records) -> str:
    """Return the chips that were trained."""
    return table(
        "record|device|images × passes|chip|its twin|noise|A-to-D|energy an image|time",
        (
            (
                link(name) + dagger(record),
                stores(record),
                f"{record['train_images']} × {record['plan']['passes']}",
                percent(record["test_error"]),
                percent(record["twin_test_error"]),
                noise(record),
                str(record["adc_conversions"]),
                f"{joules_an_image(record) / NANO:.1f} nJ",
                minutes(record["seconds"]),
            )
            for name, record in trained(records).items()
        ),
    )


def dagger(record: Record) -> str:
    """Return the mark of chips from before columns had tiles, or before the bill was mended."""
    if any(line["operation"] == "transimpedance" for line in record["ledger"]):
        return " †"
    return "" if "joules_of_first_weights" in record else " ‡"


def stores(record: Record) -> str:
    """Return what stores a weight: a device, or a pair of which both cells move."""
    pair = ", push-pull pair" if record.get("reference") == "moving" else ""
    cells = f" × {record['cells']}" if record.get("cells", 1) > 1 else ""
    fast = f", learned by {record['fast']}" if record.get("fast") else ""
    sides = " that changes sides" if record.get("chop") else ""
    return str(record["device"]) + pair + cells + fast + sides


def noise(record: Record) -> str:
    """Return the amplifier noise as a part of each layer's rms before the rectifier."""
    parts = [record["amplifier_noise"] / rms for rms in record["rms_before_rectifier"]]
    return " and ".join(f"{100 * part:.1f}" for part in parts) + " %"


def chip_seeds(records: Records) -> str:
    """Return what several chips of one drawing have in common, each with its twin."""
    return table(
        "runs|chips|chip|its twin",
        (
            (
                name + dagger(runs[0]),
                str(len(runs)),
                spread(runs, "test_error"),
                spread(runs, "twin_test_error"),
            )
            for name, runs in groups(trained(records)).items()
            if len(runs) > 1
        ),
    )


def tools(records: Records) -> str:
    """Return what each tool for poor devices is worth to both rules, mean and deviation."""
    return table(
        "record|device|tool|chips|Forward-Forward|energy an image|pulses over net|backprop|"
        "energy an image",
        (
            (link(name), record["device"], tool, str(len(entries)), *worth(entries))
            for name, record in records.items()
            if name.startswith("tools-")
            for tool, entries in by_tool(record).items()
        ),
    )


def poor(records: Records) -> str:
    """Return what poor devices reach on MNIST by themselves and with all tools."""
    return table(
        "device|alone|with the tools|passes|energy an image|A-to-D",
        (
            (
                stores(record),
                percent(records[alone]["test_error"]) + dagger(records[alone]),
                percent(record["test_error"]) + dagger(record),
                str(record["plan"]["passes"]),
                f"{1e6 * joules_an_image(record):.1f} µJ",
                str(record["adc_conversions"]),
            )
            for record in records.values()
            if is_training(record) and record.get("fast")
            for alone in (f"chip-{record['device']}",)
        ),
    )


def by_tool(record: Record) -> dict[str, list[Record]]:
    """Return the chips of each tool."""
    found: dict[str, list[Record]] = {}
    for entry in record["chips"]:
        found.setdefault(entry["tool"], []).append(entry)
    return found


def worth(entries: list[Record]) -> list[str]:
    """Return errors and energies of both rules, and of how many pulses one counted."""
    cells = []
    for rule in RULES:
        runs = [entry[rule] for entry in entries if rule in entry]
        joules = f"{1e6 * np.mean([run['joules'] for run in runs]):.2g} µJ" if runs else "–"
        cells += [spread(runs, "error") if runs else "–", joules]
        if rule == RULES[0]:
            cancelled = np.mean([run["pulses_over_net"] for run in runs], axis=0)
            cells.append(", ".join(f"{ratio:.0f}" for ratio in cancelled))
    return cells


def sizes(records: Records) -> str:
    """Return the energy of both rules against the units of a layer, at nominal prices."""
    return table(
        "record|units|training, chip|backprop|ratio|use, chip|backprop|ratio|errors",
        (
            (link(name), str(entry["size"]), *priced(entry), both_errors(entry))
            for name, record in records.items()
            if name.startswith("sizes")
            for entry in record["sizes"]
        ),
    )


def priced(entry: Record) -> list[str]:
    """Return the energies of both rules in training and in use, and how they compare."""
    cells = []
    for purpose in PURPOSES:
        both = (entry[way][purpose]["joules"]["nominal"] for way in (CHIP, BACKPROP))
        cells += [f"{joules / NANO:.2f} nJ" for joules in both] + [f"{ratio(entry, purpose):.2f}"]
    return cells


def both_errors(entry: Record) -> str:
    """Return the test errors of the chip and of backpropagation."""
    return " and ".join(percent(entry[way]["test_error"]) for way in (CHIP, BACKPROP))
