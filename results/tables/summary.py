"""The short tables of the README: what the demonstrations print, and what the project reaches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import mean, median

from tables.chips import dagger, joules_an_image, trained
from tables.networks import order, runs_of, stated
from tables.records import NANO, Record, Records, groups, link, percent, spread, table, widths

# Rows of the summary: groups of records or experiments, and what they are.
TRAININGS = {
    "mnist-3x1000-60-epochs": "the author's program, with its hard negatives",
}
EXPERIMENTS = {
    "supervised": "supervised, the label in the picture",
    "supervised-dropout": "the same, a tenth of the units left out while they learn",
    "jitter": "the same, images shifted by up to two pixels",
    "pytorch_example": "the popular PyTorch example",
    "backprop": "backpropagation, the baseline",
    "backprop_convolutional": "backpropagation, convolutional",
    "hybrid_images": "unsupervised, hybrid images as negatives",
    "local_fields": "unsupervised, hybrid images, local receptive fields",
    "top_down-2x1000": "recurrent, the label on top",
    "vff_fully_connected": "VFF-style: noise patterns, cosine loss, groups",
}
CHIPS = {
    "chip-idealised": "analog chip, idealised cells",
    "chip-gokmen-vlasov-pair": "analog chip, push-pull pairs of the RPU specification",
    "chip-gokmen-vlasov": "analog chip, single cells of that specification",
}


def reach(records: Records) -> str:
    """Return errors on MNIST, mean and spread over seeds, beside what they compare with."""
    rows = [*networks(records), *analog(records)]
    return table("on MNIST's 10,000 test images|network|test error|seeds|A-to-D|to compare", rows)


def networks(records: Records) -> Iterator[Sequence[str]]:
    """Yield a row for the experiments with one number that have a record, and for a few runs."""
    for name in filter(EXPERIMENTS.__contains__, order(records)):
        if runs := runs_of(records, name):
            size = f"{widths(runs[0])}, {len(runs[0]['epochs'])} epochs"
            paper = stated(name, runs[0], "PAPER")
            compare = [] if paper == "–" else [f"published: {paper}"]
            if all(run.get("test_error_softmax") is not None for run in runs):
                compare.append(f"one pass: {spread(runs, 'test_error_softmax')}")
            yield row(EXPERIMENTS[name], size, runs, "–", "; ".join(compare) or "–")
    known = groups(records)
    for name, what in TRAININGS.items():
        runs = known[name]
        size = f"{widths(runs[0])}, {len(runs[0]['epochs'])} epochs"
        yield row(what, size, runs, "–", f"one pass: {spread(runs, 'test_error_softmax')}")


def analog(records: Records) -> Iterator[Sequence[str]]:
    """Yield a row for every kind of chip of which several were trained."""
    known = groups(trained(records))
    for name, what in CHIPS.items():
        runs, plan = known[name], known[name][0]["plan"]
        size = f"{'-'.join(map(str, plan['hidden']))}, {plan['passes']} passes"
        conversions = str(sum(run["adc_conversions"] for run in runs))
        twin = f"floating-point twin: {spread(runs, 'twin_test_error')}"
        yield row(what + dagger(runs[0]), size, runs, conversions, twin)


def row(what: str, size: str, runs: list[Record], conversions: str, beside: str) -> Sequence[str]:
    """Return a row of the summary."""
    return what, size, spread(runs, "test_error"), str(len(runs)), conversions, beside


def demonstrations(records: Records) -> str:
    """Return what the two demonstrations print at the end, and how long they take."""
    known = groups(records)
    network, chip = known["ffnumpy-demo"], known["hardware-sim-demo"]
    joules = mean(run["joules"] / run["train_images"] for run in chip)
    conversions = sum(run["adc_conversions"] for run in chip)
    return table(
        "command|what to expect|took",
        [
            (
                "`ffnumpy demo`",
                f"every derivative holds; test error {short(network)} %; all three layers reach "
                f"the goodness asked for in one step",
                duration(network, "seconds"),
            ),
            (
                "`hardware-sim demo`",
                f"test error {short(chip)} %, {conversions} A-to-D conversions, "
                f"{joules / NANO:.0f} nJ an image",
                duration(chip, "seconds_of_all"),
            ),
        ],
    )


def short(runs: list[Record]) -> str:
    """Return the mean error and its standard deviation over seeds, in percent."""
    return spread(runs, "test_error").replace(" %", "")


def duration(runs: list[Record], key: str) -> str:
    """Return the median duration of the runs."""
    return f"{median(run[key] for run in runs):.0f} s"


def demonstration_runs(records: Records) -> str:
    """Return every run of the demonstrations."""
    shown = {n: r for n, r in records.items() if "one_step" in r}
    return table(
        "record|test error|softmax pass|A-to-D|energy an image|goodness after one step, by layer|"
        "time",
        (
            (
                link(name),
                percent(record["test_error"]),
                percent(record.get("test_error_softmax")),
                str(record.get("adc_conversions", "–")),
                f"{joules_an_image(record) / NANO:.1f} nJ" if "joules" in record else "–",
                ", ".join(f"{goodness:.0f}" for goodness in record["one_step"]["after"]),
                f"{record.get('seconds_of_all', record['seconds']):.0f} s",
            )
            for name, record in shown.items()
        ),
    )
