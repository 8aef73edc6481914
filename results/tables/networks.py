"""Tables of networks in floating point: the paper's experiments, single runs, seeds."""

from __future__ import annotations

from collections import defaultdict
from statistics import mean
from typing import Any

from ffnumpy.experiments import named, names, place, saved
from ffnumpy.supervised.names import flat
from tables import cifar
from tables.choosing import is_choice
from tables.records import (
    Record,
    Records,
    choices,
    groups,
    link,
    minutes,
    percent,
    spread,
    table,
    widths,
)

FOLDER = "experiments/"
# What `ffnumpy train` recorded of an experiment before there was `ffnumpy experiment`.
BEFORE = {"supervised": "mnist-4x2000-60-epochs", "pytorch_example": "mnist-pytorch-example"}
ALL = 60_000  # training images of MNIST
FEWEST = 50_000  # of them, with which a run is to reach anything; others compare among themselves
CHOSEN = ("temperature", "rate", "decay", "peer", "strength")


def is_training(record: Record) -> bool:
    """Return whether a record is that of one network trained in floating point, in earnest."""
    quick = record.get("scale") == "quick"
    return bool(choices(record)) and "epochs" in record and not quick


def runs_of(records: Records, experiment: str) -> list[Record]:
    """Return the runs of an experiment at full scale, one for each seed."""
    known = groups({n: r for n, r in records.items() if is_training(r)})
    return known.get(FOLDER + experiment) or known.get(BEFORE.get(experiment, ""), [])


def experiments(records: Records) -> str:
    """Return the paper's experiments: its number, ours, and what differs."""
    known = {name: runs for name in order(records) if (runs := runs_of(records, name))}
    return table(
        "experiment|section|paper|test error|to reach|in one pass|seeds|epochs|time of a run|"
        "step|what differs",
        (
            (
                f"`{name}`",
                stated(name, runs[0], "SECTION"),
                stated(name, runs[0], "PAPER"),
                spread(runs, "test_error"),
                goal(name, runs),
                spread(runs, "test_error_softmax"),
                str(len(runs)),
                str(len(runs[0]["epochs"])),
                minutes(sum(run["seconds"] for run in runs) / len(runs)),
                step(name, records),
                differences(name, runs[0]),
            )
            for name, runs in known.items()
        ),
    )


def step(name: str, records: Records) -> str:
    """Return what part of the matrix product's rate a step of an experiment comes to, or a dash."""
    rows = records.get("experiment-steps", {}).get("rows", [])
    found = {row["what"]: row["ratio_beside"] for row in rows}
    experiment = name.partition("-")[0]
    return f"{found[experiment]:.2f}" if experiment in found else "–"


def order(records: Records) -> list[str]:
    """Return the experiments and their variants that have a record, in the order of the paper."""
    recorded = {n.removeprefix(FOLDER) for n in groups(records) if n.startswith(FOLDER)}
    every = [*names(), *sorted(recorded - set(names()))]
    return sorted(every, key=lambda name: place(module_of(name)))


def module_of(name: str) -> Any:
    """Return the module of an experiment, or of a variant such as ``local_fields-no-peers``."""
    experiment = name.partition("-")[0]
    return named(experiment) if experiment in names() else None


def stated(name: str, record: Record, what: str) -> str:
    """Return what an experiment says of itself, or its record does, or a dash."""
    return str(getattr(module_of(name), what, None) or record.get(what.lower()) or "–")


def goal(name: str, runs: list[Record]) -> str:
    """Return the error that an experiment is to reach, and whether the mean of its runs has."""
    wanted = wanted_of(name, runs[0])
    if wanted is None or any("test_error" not in run for run in runs):
        return "–"
    return f"{percent(wanted)}, {verdict(wanted, runs)}"


def wanted_of(name: str, run: Record) -> float | None:
    """Return the error that a run is to reach; None on other data, or on a small part of them."""
    cifar10 = name.startswith("cifar10")
    usual = "cifar-10" if cifar10 else "mnist"
    if run.get("data", usual) != usual or run.get("train_images", ALL) < FEWEST:
        return None
    if cifar10:
        return cifar.wanted(run["setting"])
    return getattr(module_of(name), "REACH", None)


def verdict(wanted: float, runs: list[Record]) -> str:
    """Return by which way of answering the mean of some runs reaches an error, if by any."""
    for key, words in (("test_error", "reached"), ("test_error_softmax", "reached in one pass")):
        errors = [run.get(key) for run in runs]
        if None not in errors and mean(errors) <= wanted:
            return words
    return "missed"


def differences(name: str, record: Record) -> str:
    """Return what differs from the paper, and from the experiment's own full setting."""
    return "; ".join([stated(name, record, "DIFFERS"), *changes(name, record)])


def changes(name: str, record: Record) -> list[str]:
    """Return what differs from the experiment's own full setting, and from its data."""
    words, module = [], module_of(name)
    if module is not None and "setting" in record:
        full = flat(module.FULL)
        setting = {**{n: v for n, v in saved.BEFORE.items() if n in full}, **record["setting"]}
        words += [f"`{key}` {setting[key]}" for key in setting if setting[key] != full.get(key)]
    if record.get("validation"):
        words.append(f"{record['validation']} images held out")
    elif record.get("data") == "mnist" and record.get("train_images", ALL) < ALL:
        words.append(f"{record['train_images']:,} training images")
    return words


def points(records: Records) -> str:
    """Return the experiments that compare several settings, each with its own seeds.

    Those that were measured on held-back training images have a table of their own.
    """
    compared = {n: r for n, r in records.items() if "points" in r and r["scale"] != "quick"}
    held_back = {n: r for n, r in compared.items() if r.get("validation")}
    tested = {n: r for n, r in compared.items() if n not in held_back}
    others = f"\n{points_table(held_back, 'validation error')}" if held_back else ""
    return points_table(tested, "test error") + others


def points_table(compared: Records, error: str) -> str:
    """Return the points of some records, whose errors are all of this kind."""
    return table(
        f"record|paper|point|seeds|{error}|in one pass|not as the experiment has it",
        (
            (
                link(name),
                stated(record["experiment"], record, "PAPER"),
                point,
                str(len(runs)),
                spread(runs, "error"),
                spread(runs, "error_softmax"),
                "; ".join(changes(record["experiment"], record)) or "–",
            )
            for name, record in compared.items()
            for point, runs in points_of(record).items()
        ),
    )


def characters(records: Records) -> str:
    """Return the experiments on text: errors and bits per character on unseen passages."""
    told = {n: r for n, r in records.items() if any("bits" in e for e in r.get("points", ()))}
    return table(
        "record|point|seeds|error|its interval|bits per character|their interval",
        (
            (
                link(name),
                point,
                str(len(runs)),
                spread(runs, "error"),
                interval(runs, "interval_of_error", "{:.1%}"),
                f"{mean(run['bits'] for run in runs):.3f}",
                interval(runs, "interval_of_bits", "{:.3f}"),
            )
            for name, record in told.items()
            for point, runs in points_of(record).items()
        ),
    )


def interval(runs: list[Record], key: str, form: str) -> str:
    """Return the least lower and the greatest upper end of the intervals of several runs."""
    lower, upper = zip(*(run[key] for run in runs), strict=True)
    return f"{form.format(min(lower))} … {form.format(max(upper))}".replace("%", " %")


def points_of(record: Record) -> dict[str, list[Record]]:
    """Return the entries of a record by the name of their point, without the seed."""
    found: dict[str, list[Record]] = defaultdict(list)
    for entry in record["points"]:
        found[entry["name"].partition(", seed ")[0]].append(entry)
    return found


def quick(records: Records) -> str:
    """Return what `ffnumpy experiment run NAME` prints at the end, and how long it takes."""
    return table(
        "experiment|section|paper, at full scale|test error, quick|took|record",
        (
            (
                f"`{name}`",
                stated(name, records[f"quick/{name}"], "SECTION"),
                stated(name, records[f"quick/{name}"], "PAPER"),
                quick_error(records[f"quick/{name}"]),
                f"{records[f'quick/{name}']['seconds']:.0f} s",
                link(f"quick/{name}"),
            )
            for name in order(records)
            if f"quick/{name}" in records
        ),
    )


def quick_error(record: Record) -> str:
    """Return the error of a network, or how many points are compared."""
    if "points" in record:
        return f"{len(points_of(record))} points of {len(record['points'])} networks"
    return percent(record["test_error"])


def trainings(records: Records) -> str:
    """Return every training run that was tested."""
    tested = {n: r for n, r in records.items() if is_training(r) and "test_error" in r}
    return table(
        "record|data|hidden layers|epochs|test error|softmax pass|time|peak memory",
        (
            (
                link(name),
                record["data"],
                widths(record),
                str(len(record["epochs"])),
                percent(record["test_error"]),
                percent(record.get("test_error_softmax")),
                minutes(record["seconds"]),
                megabytes(record["peak_rss_bytes"]),
            )
            for name, record in tested.items()
        ),
    )


def megabytes(count: int | None) -> str:
    """Return a number of bytes in MB; a dash where the platform did not say it."""
    return "–" if count is None else f"{count / 1e6:.0f} MB"


def seeds(records: Records) -> str:
    """Return what trainings that differ by their seed have in common."""
    several = groups({n: r for n, r in records.items() if is_training(r) and "test_error" in r})
    return table(
        "runs|seeds|every label|softmax pass",
        (
            (name, str(len(runs)), spread(runs, "test_error"), spread(runs, "test_error_softmax"))
            for name, runs in several.items()
            if len(runs) > 1
        ),
    )


def given(value: float | None) -> str:
    """Return a choice, which may have been left to the goodness."""
    return "usual" if value is None else f"{value:.4g}"


def validations(records: Records) -> str:
    """Return the runs that were evaluated on held-back training images."""
    held_back = {n: r for n, r in records.items() if "validation_error" in r and not is_choice(r)}
    return table(
        "record|hidden layers|epochs|T|ε|decay|peer|label|every label|softmax pass",
        (
            (
                link(name),
                widths(record),
                str(len(record["epochs"])),
                *(given(choices(record).get(choice)) for choice in CHOSEN),
                percent(record["validation_error"]),
                percent(record.get("validation_error_softmax")),
            )
            for name, record in held_back.items()
        ),
    )


def strokes(records: Records) -> str:
    """Return what the generated digits are like, in three sentences."""
    record = records["strokes"]
    network = "-".join(map(str, record["hidden"]))
    return (
        f"[Measured](results/strokes.json): {record['images']:,} images are drawn in "
        f"{record['drawing_cpu_seconds']:.1f} s on one core. A linear softmax errs on "
        f"{percent(record['linear_softmax_test_error'])} of the test images, a {network} network "
        f"on {percent(record['strokes_test_error'])}. The same network, which has seen nothing "
        f"else, errs on {percent(record['mnist_test_error'])} of MNIST's test images.\n"
    )
