"""Tables of what was studied on chips: compared, mortal, degraded, ablated, learning fast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ffnumpy.commands.renamed import RENAMED
from hardware_sim.studies.mortality import FATES, LEVELS, interval
from tables.records import NANO, Record, Records, link, minutes, percent, span, table


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
