"""A sweep: named points, each evaluated once, over as many runs as that takes.

The record of a sweep is a dictionary that goes to a JSON file. It says what all points have in
common, and has a list of entries, one for each point that is done.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ffnumpy.runs.checkpoint import CheckpointError
from ffnumpy.runs.files import write_json
from ffnumpy.runs.workers import Engine, side_by_side

__all__ = ["resumed_record", "saver", "sweep"]

Entry = dict[str, Any]
Name = TypeVar("Name", bound=Hashable)
Point = TypeVar("Point")
PathLike = str | os.PathLike[str]


def sweep(
    points: Mapping[Name, Point],
    evaluate: Callable[[Point], Entry],
    record: list[Entry],
    key: str = "name",
    engine: Engine | None = None,
) -> Iterator[Entry]:
    """Evaluate the points that a record lacks; yield the entry of each as it comes.

    An entry is in the record before it is yielded, so a caller that saves the record after each of
    them never loses more than the points that were being evaluated. The entries of a record are in
    the order of the points, whoever was the first to be done.

    Parameters
    ----------
    points : mapping
        From the name of each point to the point itself.
    evaluate : callable, point -> dict
    record : list of dict
        The entries so far; new ones are appended.
    key : str
        The entry's key for the name of its point.
    engine : callable, optional
        What starts workers, such as `ffnumpy.runs.workers.processes`. By default the points are
        evaluated here, one after another.

    Examples
    --------
    >>> record = [{"name": "two", "square": 4}]
    >>> list(sweep({"two": 2, "three": 3}, lambda n: {"square": n * n}, record))
    [{'name': 'three', 'square': 9}]
    >>> [entry["name"] for entry in record]
    ['two', 'three']
    """
    done, order = {entry[key] for entry in record}, {name: n for n, name in enumerate(points)}
    missing = {name: point for name, point in points.items() if name not in done}
    one_by_one = ((name, evaluate(point)) for name, point in missing.items())
    found = side_by_side(engine, evaluate, missing) if engine else one_by_one
    for name, result in found:
        entry = {key: name, **result}
        later = (n for n, e in enumerate(record) if order.get(e[key], -1) > order[name])
        record.insert(next(later, len(record)), entry)
        yield entry


def saver(path: PathLike | None, record: Entry) -> Callable[[], None]:
    """Return a function that writes a record as it is then, with the seconds spent so far.

    Parameters
    ----------
    path : path, optional
        Without one nothing is written; the seconds are counted all the same.
    record : dict
        Its "seconds" are those of the runs before this one.
    """
    begun = time.perf_counter() - record["seconds"]

    def save() -> None:
        """Bring the seconds up to date, and write the record if it has a file."""
        record["seconds"] = round(time.perf_counter() - begun, 3)
        if path:
            write_json(path, record)

    return save


def resumed_record(
    path: PathLike,
    fresh: Entry,
    shared: Iterable[str] = (),
    renamed: Mapping[str, str] | None = None,
) -> Entry:
    """Return the record of an earlier run, to be continued instead of a fresh one.

    Parameters
    ----------
    path : path
    fresh : dict
        The record of a run that starts now, with `versions` and `options`.
    shared : iterable of str
        Further entries that must be the same in both.
    renamed : mapping, optional
        From options that older records have to their present names.

    Raises
    ------
    CheckpointError
        If there is no such file, it is not such a record, or it has other options, versions or
        `shared` entries.
    """
    kept = _read(Path(path), fresh)
    _refuse_other_versions(path, kept["versions"], fresh["versions"])
    kept["options"] = {(renamed or {}).get(n, n): v for n, v in kept["options"].items()}
    _refuse_other_options(path, kept["options"], fresh["options"])
    for name in shared:
        if kept[name] != fresh[name]:
            raise CheckpointError(
                f"{path}: was made with {name} {kept[name]}; this run has {fresh[name]}. Begin "
                f"another record."
            )
    return kept


def _read(path: Path, fresh: Entry) -> Entry:
    """Return the record in a file, if it has all entries of a fresh one."""
    try:
        kept: Entry = json.loads(path.read_text())
        alike = all(isinstance(kept[name], type(value)) for name, value in fresh.items())
    except FileNotFoundError:
        raise CheckpointError(
            f"{path}: no such file. Start without --resume; --out names the record."
        ) from None
    except (ValueError, LookupError, TypeError):
        alike = False
    if not alike:
        raise CheckpointError(
            f"{path}: expected a record written by an earlier run of this command; this is not "
            f"one, or its version recorded too little. Name another file, and start without "
            f"--resume."
        )
    return kept


def _refuse_other_versions(path: PathLike, before: Entry, here: Entry) -> None:
    """Compare the versions that the record has; an older one may have fewer."""
    for what, version in before.items():
        if here.get(what) != version:
            raise CheckpointError(
                f"{path}: was made with {what} {version}; here it is {here.get(what)}. All "
                f"points of one record come from one place: go on there, or begin another record."
            )


def _refuse_other_options(path: PathLike, before: Entry, now: Entry) -> None:
    for name, value in now.items():
        if before.get(name) != value:
            raise CheckpointError(
                f"{path}: was started with --{name.replace('_', '-')} {before.get(name)}; got "
                f"{value}. Repeat the options of that run."
            )
