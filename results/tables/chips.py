"""Tables of chips: trained, compared, degraded, ablated, and taken to a goodness in one step."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from ffnumpy.commands.renamed import RENAMED
from hardware_sim.studies.comparison import BACKPROP, CHIP
from hardware_sim.studies.mortality import FATES, LEVELS, interval
from hardware_sim.studies.sizes import PURPOSES, ratio
from hardware_sim.studies.tools import RULES
from tables.records import Record, Records, groups, link, minutes, percent, span, spread, table

NANO = 1e-9


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


def many(records: Records) -> str:
    """Return what a cluster with failures made, and whether one process makes the same."""
    return table(
        "record|chips|by one process|by the cluster|the same",
        (
            (
                link(name),
                str(len(record["chips"])),
                minutes(record["seconds"]["one process"]),
                minutes(record["seconds"]["cluster"]),
                "yes, to the last digit" if record["identical"] else "no",
            )
            for name, record in records.items()
            if "identical" in record
        ),
    )


def divergence(records: Records) -> str:
    """Return how far an ideal chip and its twin in float64 come apart, as a fraction."""
    return table(
        "record|weights|cases|largest relative difference, layer by layer",
        (
            (link(name), how, str(record["cases"][-1]), ", ".join(f"{d:.0e}" for d in largest))
            for name, record in records.items()
            for how, largest in record.get("largest", {}).items()
        ),
    )


def comparison(records: Records) -> str:
    """Return the five ways to the same task: errors, conversions, energies."""
    return table(
        "record|way|test error|ADC, training|training, one image [nJ]|use, one image [nJ]",
        (
            (
                link(name),
                f"{letter} {plain(way['name'])}",
                percent(way["test_error"]),
                conversions(way),
                energy(way, "training"),
                energy(way, "inference"),
            )
            for name, record in records.items()
            for letter, way in record.get("variants", {}).items()
        ),
    )


def mortality(records: Records) -> str:
    """Return what became of what chips had learned: mean errors with 95 % intervals."""
    return table(
        "record|test error [%]|" + "|".join(f"variation × {level:g}" for level in LEVELS),
        (
            (link(name), fate, *(_interval(record, fate, level) for level in LEVELS))
            for name, record in records.items()
            if is_mortality(record)
            for fate in FATES
        ),
    )


def is_mortality(record: Record) -> bool:
    """Return whether a record is one of `hardware-sim mortality`."""
    chips = record.get("chips")
    return isinstance(chips, list) and bool(chips) and FATES[1] in chips[0]


def _interval(record: Record, fate: str, level: float) -> str:
    """Return the mean error of the chips of a level, and half its interval."""
    errors = [chip[fate] for chip in record["chips"] if chip["level"] == level]
    mean, half = interval(np.array(errors))
    return f"{100 * mean:.1f} ± {100 * half:.1f}"


def conversions(way: Record) -> str:
    """Return the A-to-D conversions of training on one image; a dash where nothing was a chip's."""
    training = way.get("training")
    if way.get("estimate") or not training:
        return "–"
    return f"{training['operations']['adc']:.0f}"


def energy(way: Record, use: str) -> str:
    """Return the energy of one image; what is no chip's is an estimate in 8-bit digital logic."""
    spent = way.get(use)
    if not spent:
        return "–"
    return span(spent["joules"], NANO) + (" if digital" if way["estimate"] else "")


def degradations(records: Records) -> str:
    """Return how the error grows with each imperfection, from ideal to bad."""
    return table(
        "imperfection|of|test error: mean ± standard deviation over chips",
        (
            (kind["words"], kind["unit"], "; ".join(map(point(kind), kind["points"])))
            for record in records.values()
            for kind in record.get("quantities", {}).values()
        ),
    )


def point(kind: Record) -> Callable[[Record], str]:
    """Return the function that writes a point of a degradation curve."""
    factor = 100 if kind["unit"].startswith("%") else 1

    def text(found: Record) -> str:
        """Return value and error."""
        error = {name: 100 * value for name, value in found["error"].items()}
        return f"{factor * found['value']:g}: {error['mean']:.1f} ± {error['deviation']:.1f} %"

    return text


def ablations(records: Records) -> str:
    """Return what each device does without one of its imperfections, and with one alone."""
    found = {n: r for n, r in records.items() if "ablation" in r}
    errors = [{v["name"]: percent(v["error"]) for v in r["ablation"]} for r in found.values()]
    variants = sorted(dict.fromkeys(name for error in errors for name in error), key=place)
    devices = [f"[{r['device']}](results/{n}.json)" for n, r in found.items()]
    return table(
        "|".join(["MNIST test error", *devices]),
        ([name, *(error.get(name, "–") for error in errors)] for name in variants),
    )


def place(variant: str) -> int:
    """Return where a variant stands in the table: as it is, one taken away, one alone, none."""
    if variant.endswith("alone"):
        return 2
    return {"as published": 0, "without any of them": 3}.get(variant, 1)


def plain(name: str) -> str:
    """Return a name of a record of before in the words of today."""
    return {"numbers": "floating point", "numbers, float64": "floating point, no chip"}.get(
        name, name
    )


def reached(records: Records) -> str:
    """Return how near one step came to the goodness that it was to reach, in the first layer."""
    return table(
        "varied|value|raised: median (5 … 95 %)|lowered: median (5 … 95 %)|cosine, median",
        (
            (
                entry["varied"],
                str(entry["value"]),
                quantiles(entry["raised"]),
                quantiles(entry["lowered"]),
                f"{entry['cosine']['50 %'][0]:.4f}",
            )
            for record in records.values()
            for entry in record.get("reached", [])
        ),
    )


def quantiles(found: dict[str, Any]) -> str:
    """Return the goodness reached as a part of the one desired, in the first layer."""
    low, middle, high = (found[name][0] for name in ("5 %", "50 %", "95 %"))
    return f"{middle:.3f} ({low:.3f} … {high:.3f})"


def streams(records: Records) -> str:
    """Return what a stream of images, each seen once, teaches at which rule."""
    return table(
        "learner|rule|share η or rate ε|errors on the stream|on its last images|on unseen images",
        (
            (
                plain(stream["substrate"]),
                stream["rule"],
                f"{stream.get('share', stream.get('rate')):g}",
                percent(stream["stream_error"]),
                percent(stream["last_error"]),
                percent(stream["test_error"]),
            )
            for record in records.values()
            for stream in record.get("streams", [])
        ),
    )


def recorded(records: Records) -> str:
    """Return the commands behind the longer records, and how long they took."""
    shown = (
        "compare-strokes",
        "compare-strokes-1T1R",
        "mortality",
        "fast-learning",
        "ablation-pcm",
        "chip-gokmen-vlasov",
        "degradation",
    )
    return table(
        "command|record|took",
        ((f"`{command(records[n])}`", link(n), minutes(records[n]["seconds"])) for n in shown),
    )


def command(record: Record) -> str:
    """Return the command line of a record by today's names, without variables and outputs."""
    old = {f"--{before}": f"--{now.replace('_', '-')}" for before, now in RENAMED.items()}
    words = [old.get(word, word) for word in record["command"].split()]
    outputs = {"--out", "--figure", "--markdown"}
    kept = [w for w, before in zip(words, ["", *words], strict=False) if before not in outputs]
    return " ".join(word for word in kept if "=" not in word and word not in outputs)
