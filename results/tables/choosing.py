"""The tables of how the settings of experiments were chosen on held-back training images."""

from __future__ import annotations

from typing import Any

from tables.records import Record, Records, choices, link, percent, table, widths

CHOSEN = {  # by experiment: the leaves of its setting that were chosen, and their columns
    "vff_fully_connected": {"rate": "ε", "alpha": "α", "strength": "pattern", "keep": "means keep"},
    "hybrid_images": {
        "temperature": "T",
        "peer": "peers",
        "blurs": "blurs",
        "read": "layers read",
    },
}


def is_choice(record: Record) -> bool:
    """Return whether a record on held-back training images has its place in a table of these."""
    return record.get("experiment") in CHOSEN and "validation_error" in record


def contrasts(records: Records) -> str:
    """Return the runs of the VFF-style network on held-back images, the best first."""
    return chosen("vff_fully_connected", records, "by vote")


def hybrids(records: Records) -> str:
    """Return the runs without labels on held-back images, the best first."""
    return chosen("hybrid_images", records, "validation error")


def chosen(experiment: str, records: Records, error: str) -> str:
    """Return the runs of an experiment on held-back training images, the best first."""
    runs = {n: r for n, r in records.items() if is_choice(r) and r["experiment"] == experiment}
    leaves = CHOSEN[experiment]
    in_one_pass = any("validation_error_softmax" in run for run in runs.values())
    return table(
        "|".join(
            ["record|hidden layers", *leaves.values(), error, *["softmax pass"] * in_one_pass]
        ),
        (
            (
                link(name),
                widths(record),
                *(shown(choices(record)[leaf]) for leaf in leaves),
                percent(record["validation_error"]),
                *[percent(record.get("validation_error_softmax"))] * in_one_pass,
            )
            for name, record in sorted(runs.items(), key=_error)
        ),
    )


def shown(value: Any) -> str:
    """Return a number as a table shows it."""
    return f"{value:.4g}"


def _error(named: tuple[str, Record]) -> float:
    return float(named[1]["validation_error"])
