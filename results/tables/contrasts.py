"""The table of how the setting of the VFF-style network was chosen."""

from __future__ import annotations

from tables.records import Record, Records, choices, link, percent, table, widths

EXPERIMENT = "vff_fully_connected"
CHOSEN = ("rate", "alpha", "strength", "keep")


def is_choice(record: Record) -> bool:
    """Return whether a record is of this network on held-back training images."""
    return record.get("experiment") == EXPERIMENT and "validation_error" in record


def contrasts(records: Records) -> str:
    """Return the runs of this network on held-back training images, the best first."""
    chosen = {name: record for name, record in records.items() if is_choice(record)}
    return table(
        "record|hidden layers|ε|α|pattern|means keep|by vote|softmax pass",
        (
            (
                link(name),
                widths(record),
                *(f"{choices(record)[choice]:.4g}" for choice in CHOSEN),
                percent(record["validation_error"]),
                percent(record.get("validation_error_softmax")),
            )
            for name, record in sorted(chosen.items(), key=_error)
        ),
    )


def _error(named: tuple[str, Record]) -> float:
    return float(named[1]["validation_error"])
