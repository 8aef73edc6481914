"""A figure of the schedule of one image: what is on, from when to when."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from hardware_sim.energy.timeline import Event, Timeline
from hardware_sim.plotting.energy import BLOCKS

__all__ = ["schedule"]

NANOSECOND, PICOJOULE = 1e-9, 1e-12


def schedule(ax: Axes, timeline: Timeline) -> Axes:
    """Draw when each operation of a timeline is on, and write what it takes beside its name.

    Charges that take no time are left out.

    Parameters
    ----------
    ax : Axes
    timeline : Timeline
        Of one image, or of whatever else was done on a chip since it was made.
    """
    rows = by_operation([event for event in timeline.events if event.stop > event.start])
    for place, events in enumerate(rows.values()):
        spans = [(e.start / NANOSECOND, (e.stop - e.start) / NANOSECOND) for e in events]
        ax.broken_barh(spans, (place - 0.4, 0.8), facecolors=BLOCKS[events[0].price.block])
    ax.set_yticks(range(len(rows)), [named(name, events) for name, events in rows.items()])
    ax.invert_yaxis()
    ax.set_xlabel("time [ns]")
    ax.set_title(finding(rows, timeline))
    return ax


def by_operation(events: Sequence[Event]) -> dict[str, list[Event]]:
    """Return the events of each operation, in the order of their first."""
    rows: dict[str, list[Event]] = {}
    for event in events:
        rows.setdefault(f"{event.price.block}: {event.price.operation}", []).append(event)
    return rows


def joules(events: Sequence[Event]) -> float:
    """Return the energy of some events [J]."""
    return sum(event.joules for event in events)


def named(name: str, events: Sequence[Event]) -> str:
    """Return the label of a row: the operation and its energy."""
    return f"{name}, {joules(events) / PICOJOULE:,.3g} pJ"


def finding(rows: dict[str, list[Event]], timeline: Timeline) -> str:
    """Return the title: how long it takes, and what takes the most energy."""
    dearest = max(rows, key=lambda name: joules(rows[name]))
    share = joules(rows[dearest]) / joules(timeline.events)
    return f"{timeline.now / NANOSECOND:,.0f} ns; {100 * share:.0f} % of the energy: {dearest}"
