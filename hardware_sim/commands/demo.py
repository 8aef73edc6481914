"""``hardware-sim demo``: the network of ``ffnumpy demo`` learns on a chip, without converters."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.commands import check_apart, check_figure, check_target, percent, seed
from ffnumpy.commands.demo import HIDDEN, TARGET
from ffnumpy.commands.train import add_data_arguments
from ffnumpy.data import Dataset, load
from ffnumpy.runs.files import write_json
from hardware_sim.chip.decision import label_goodness
from hardware_sim.chip.design import Design, Tolerances
from hardware_sim.chip.layer import reach_together
from hardware_sim.circuits.converters import Probe
from hardware_sim.commands.train import record as training_record
from hardware_sim.commands.train_options import FIXED
from hardware_sim.constants import ROOM, Constant, thermal_voltage
from hardware_sim.devices.presets import preset
from hardware_sim.energy.costs import with_conductance
from hardware_sim.energy.ledger import Ledger
from hardware_sim.energy.report import NANO
from hardware_sim.learning.learners import ChipLearner
from hardware_sim.learning.plan import Plan
from hardware_sim.learning.run import SingleRun, error_rate
from hardware_sim.scale import Scale

DEVICE = "gokmen-vlasov"
CHIP = {
    "hidden": HIDDEN,
    "device": DEVICE,
    "reference": FIXED,
    "weight": 0.8,
    "temperature": ROOM,
    "updates": "sequential",
    "train_length": 31,
    "amplifier_noise": Tolerances().noise,
    "offset": Tolerances().offset,
    "volt": Scale().volt,
}
TEMPERATURE = 52.0  # T of the loss: θ = 500 is then 0.25 V
RATE, CANDIDATES = 0.02, 3
IMAGES = {"strokes": 10_000, "mnist": 10_000, "fashion-mnist": 10_000, "cifar-10": 3_000}
PARTS = 5  # of the training, with a test after each
TESTED, PROBED = 1000, 300  # images
READS = 200  # of one goodness on the bench
Span = tuple[float, float, float]


class Training(NamedTuple):
    """What came out of the training.

    Attributes
    ----------
    run : SingleRun
    spent : Ledger
        Of the training alone.
    parts : list of dict
        Images shown, error and seconds after each part.
    true, wrong : (images,) arrays
        What the winner-take-all compares: the held voltage of the true label's goodness and of the
        strongest wrong one's [V].
    """

    run: SingleRun
    spent: Ledger
    parts: list[dict[str, Any]]
    true: NDArray
    wrong: NDArray

    @property
    def error(self) -> float:
        """At the end."""
        return float(self.parts[-1]["error"])

    @property
    def learner(self) -> ChipLearner:
        """The chip."""
        assert isinstance(self.run.learner, ChipLearner)
        return self.run.learner


class Step(NamedTuple):
    """One step for one case, as read on the bench.

    Attributes
    ----------
    before, after : (layers, reads) arrays
        Goodness.
    cosine : float
        Between the last layer's outputs before and after.
    spent : Ledger
    """

    before: NDArray
    after: NDArray
    cosine: float
    spent: Ledger


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``hardware-sim demo``."""
    add_data_arguments(parser)
    parser.add_argument("--seed", type=seed, default=0, help="which chip, which cases; default: 0")
    record, figure = "hardware-sim-demo.json", "hardware-sim-demo.png"
    parser.add_argument("--out", metavar="DEMO.json", default=record, help=f"default: {record}")
    parser.add_argument("--figure", metavar="DEMO.png", default=figure, help=f"default: {figure}")


def run(args: argparse.Namespace) -> int:
    """Train a chip, count, take one step, and write down what came out."""
    check_target("--out", args.out)
    check_figure("--figure", args.figure)
    check_apart({"--out": args.out, "--figure": args.figure})
    begun = time.perf_counter()
    data = load(args.data, args.data_dir)
    args = argparse.Namespace(**vars(args), **CHIP)
    training = trained(args, data)
    print(bill(training))
    step = take_one_step(training, data)
    print(step_line(step))
    draw(Path(args.figure), data, training, step)
    write_json(args.out, record(args, training, step, time.perf_counter() - begun))
    print(f"   written: {args.figure}, {args.out}   ({time.perf_counter() - begun:.0f} s)")
    return 0


def trained(args: argparse.Namespace, data: Dataset) -> Training:
    """Train a chip one image at a time, with a line after each part."""
    rows, labels = (part[: IMAGES[data.name]] for part in (data.train_images, data.train_labels))
    plan = Plan(args.hidden, RATE, CANDIDATES, passes=1, seed=args.seed)
    scale = Scale(weight=args.weight, goodness=thermal_voltage() / TEMPERATURE)
    design = Design((data.train_images.shape[1], *args.hidden), scale)
    learner = ChipLearner(plan, design, preset(args.device).device, len(rows))
    lines = "-".join(map(str, design.lines))
    cells = sum(layer.array.cells.w.size for layer in learner.chip)
    print(
        f"1  the network of `ffnumpy demo`, {lines}, as a chip: {cells:,} cells of {args.device}, "
        f"every one an individual\n"
        f"2  its {len(args.hidden)} layers learn {data.name} from voltages, {len(rows):,} images, "
        f"each shown once",
        flush=True,
    )
    single = SingleRun(learner, rows, labels, plan)
    parts = list(by_parts(single, data))
    return Training(single, learner.ledger.copy(), parts, *label_voltages(single, data))


def by_parts(single: SingleRun, data: Dataset) -> Iterator[dict[str, Any]]:
    """Train; after each part print a line and yield it for the record."""
    begun, learner, images = time.perf_counter(), single.learner, len(single.rows)
    marks = {images * part // PARTS for part in range(1, PARTS + 1)}
    for shown in single.steps():
        if shown in marks:
            error = tested(learner, data)
            seconds = time.perf_counter() - begun
            print(
                f"   {shown:6,} images   {seconds:5.1f} s   error {percent(error)}   "
                f"{learner.ledger.count('adc')} A-to-D conversions",
                flush=True,
            )
            yield {"images": shown, "error": error, "seconds": round(seconds, 3)}


def tested(learner: Any, data: Dataset) -> float:
    """Return the error on unseen images; the ledger forgets the test."""
    with learner.ledger.unbilled():
        return error_rate(learner, data.test_images[:TESTED], data.test_labels[:TESTED])


def label_voltages(single: SingleRun, data: Dataset) -> tuple[NDArray, NDArray]:
    """Read by probe what the winner-take-all compares [V].

    Returns the held voltage of the true label and of the strongest wrong one, (images,) each.
    """
    learner, encoding = single.learner, single.encoding
    assert isinstance(learner, ChipLearner)
    probe, true, wrong = Probe(learner.ledger), [], []
    for row, label in zip(data.test_images[:PROBED], data.test_labels[:PROBED], strict=True):
        x = encoding.every_label(encoding.features(row[np.newaxis]))
        held = label_goodness(learner.dac, learner.chip, x, hold=learner.decision.hold)
        volts = probe.read(held)[:, 0]
        true.append(volts[label])
        wrong.append(np.delete(volts, label).max())
    return np.array(true), np.array(wrong)


def _at_low(constant: Constant) -> float:
    return constant.low


def _at_high(constant: Constant) -> float:
    return constant.high


def spans(training: Training) -> dict[str, Span]:
    """Return each block's energy for an image at low, nominal and high constants [J]."""
    n, spent = (
        len(training.run.rows),
        with_conductance(training.spent, preset(DEVICE).device.cell.conductance),
    )
    low, middle, high = spent.blocks(_at_low), spent.blocks(), spent.blocks(_at_high)
    largest = sorted(middle, key=lambda name: -middle[name])
    return {name: (low[name] / n, middle[name] / n, high[name] / n) for name in largest}


def bill(training: Training) -> str:
    """Return error, counts and energies for people."""
    n, spent, blocks = len(training.run.rows), training.spent, spans(training)
    each = {kind: spent.count(kind) / n for kind in ("dac", "comparator", "pulse")}
    whole = np.sum(list(blocks.values()), axis=0)
    rows = [*blocks.items(), ("an image", whole)]
    table = [f"      {name:<12} {v[1] * NANO:9.3f}   {v[0] * NANO:8.3f} … {v[2] * NANO:.4g}"
             for name, v in rows]  # fmt: skip
    return "\n".join(
        [
            f"   error on {TESTED:,} unseen images: {percent(training.error)}; A-to-D conversions: "
            f"{spent.count('adc')}",
            f"3  for an image: {each['dac']:,.0f} D-to-A conversions of pixels, "
            f"{each['comparator']:,.0f} one-bit comparisons, {each['pulse']:,.0f} pulses",
            "      energy [nJ]    nominal   all constants low … high; most of them are assumed",
            *table,
        ]
    )


def take_one_step(training: Training, data: Dataset) -> Step:
    """Take every layer towards the desired goodness for one test image with its true label."""
    learner, encoding = training.learner, training.run.encoding
    features = encoding.features(data.test_images[:1])
    x = encoding.labelled(features, data.test_labels[:1].astype(int)).toarray()
    before, direction = on_the_bench(learner, x)
    start = learner.ledger.copy()
    reach_together(learner.dac, learner.chip, x, TARGET)
    spent = learner.ledger.since(start)
    after, moved = on_the_bench(learner, x)
    cosine = direction @ moved / np.sqrt((direction @ direction) * (moved @ moved))
    return Step(before, after, float(cosine), spent)


def on_the_bench(learner: ChipLearner, x: NDArray) -> tuple[NDArray, NDArray]:
    """Read the goodness of every layer, (layers, reads), and the last one's mean output, by probe.

    Every reading has the chip's noise in it.
    """
    probe, found = Probe(learner.ledger), []
    voltage = learner.dac.forward(np.repeat(x, READS, axis=0))[0]
    for layer in learner.chip:
        voltage, goodness = layer.forward(voltage)
        found.append(probe.read(goodness)[:, 0] / layer.scale.goodness)
    return np.array(found), probe.read(voltage).mean(axis=0)


def step_line(step: Step) -> str:
    """Return what one step did, for people."""
    before, after = (
        ", ".join(f"{s:.0f}" for s in found.mean(axis=1)) for found in (step.before, step.after)
    )
    return (
        f"4  one step for one image, by voltages and pulses: goodness {before} → {after}, wanted "
        f"{TARGET:g} in every layer;\n   cosine of the outputs before and after "
        f"{step.cosine:.4f}; {step.spent.count('pulse'):,} pulses, "
        f"{step.spent.joules() * NANO:.0f} nJ, {step.spent.count('adc')} A-to-D conversions"
    )


def record(
    args: argparse.Namespace, training: Training, step: Step, seconds: float
) -> dict[str, Any]:
    """Return the record of the demonstration."""
    notes = {"seconds": training.parts[-1]["seconds"], "passes": training.parts}
    return {
        **training_record(args, training.run, notes, training.spent, training.error, None),
        "test_images": TESTED,
        "scale": asdict(training.learner.chip[0].scale),
        "joules_by_block_of_an_image": spans(training),
        "one_step": {
            "target": TARGET,
            "before": step.before.mean(axis=1).tolist(),
            "after": step.after.mean(axis=1).tolist(),
            "scatter_of_a_reading": step.after.std(axis=1).tolist(),
            "cosine": step.cosine,
            "joules": step.spent.joules(),
            "pulses": step.spent.count("pulse"),
            "adc_conversions": step.spent.count("adc"),
        },
        "seconds_of_all": round(seconds, 3),
    }


def draw(path: Path, data: Dataset, training: Training, step: Step) -> None:
    """Write the figure: learning, label voltages, energies, one step."""
    from matplotlib.figure import Figure

    from ffnumpy.plotting import save
    from hardware_sim.plotting.energy import energy_bill
    from hardware_sim.plotting.learning import goodness_reached, label_voltages, learning_on_a_chip

    figure = Figure(figsize=(13, 8), layout="constrained")
    (learning, labels), (energy, goodness) = figure.subplots(2, 2)
    points = [(part["images"], part["error"]) for part in training.parts]
    learning_on_a_chip(learning, points)
    label_voltages(labels, training.true, training.wrong)
    energy_bill(energy, spans(training))
    goodness_reached(goodness, step.before, step.after, TARGET)
    figure.suptitle(
        f"{data.name}: a chip learns with {training.spent.count('adc')} A-to-D conversions"
    )
    save(figure, path)
