"""The tables of benchmarks."""

from __future__ import annotations

from tables.records import Records, link, table


def speeds(records: Records) -> str:
    """Return how near each task comes to the machine's matrix product."""
    return table(
        "record|kernels|task|median|best product|of peak|beside|at best",
        (
            (
                link(name),
                record["versions"]["kernels"],
                row["what"],
                f"{row['median_ms']:.3g} ms",
                f"{row['peak_gflops']:.0f} GFLOP/s",
                f"{row['ratio_median']:.2f}",
                quartiles(row["ratio_beside"], row["ratio_beside_quartiles"]),
                f"{row['ratio_best']:.2f}",
            )
            for name, record in records.items()
            for row in record.get("rows", [])
        ),
    )


def busy(records: Records) -> str:
    """Return how long steps take alone and beside a busy core."""
    return table(
        "record|task|alone|beside a busy core|ratio",
        (
            (
                link(name),
                row["task"],
                f"{row['alone_ms']:.3g} ms",
                f"{row['beside_ms']:.3g} ms",
                f"{row['ratio']:.1f}",
            )
            for name, record in records.items()
            for row in record.get("busy", [])
        ),
    )


def quartiles(middle: float, ends: list[float]) -> str:
    """Return a ratio with its quartiles."""
    low, high = ends
    return f"{middle:.2f} ({low:.2f} … {high:.2f})"
