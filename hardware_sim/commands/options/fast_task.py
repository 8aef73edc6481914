"""What ``hardware-sim fast`` is to do: the chip that its study changes, and the stream."""

from __future__ import annotations

import argparse

from numpy.typing import NDArray

from ffnumpy.commands import UsageError
from ffnumpy.data import Dataset
from ffnumpy.layers.fast import Goals
from hardware_sim.chip.design import Design
from hardware_sim.commands.options.checks import check_candidates, check_counts, check_files
from hardware_sim.commands.options.choices import scale_of
from hardware_sim.commands.options.devices import device_of
from hardware_sim.commands.options.images import encoding_of, lines_of, unseen_images
from hardware_sim.learning.fast import ContinualPlan
from hardware_sim.learning.run import Bench
from hardware_sim.studies.one_step import single_cases
from hardware_sim.studies.streams import Stream
from hardware_sim.studies.trials import Trial

__all__ = ["base_of", "cases_of", "check", "stream_of"]


def check(args: argparse.Namespace) -> None:
    """Refuse what cannot be done, before any work."""
    check_files(args, "out", "figure")
    check_counts(args, {"stream": 1, "window": 1, "test_images": 1})
    if args.cases is not None and args.cases < 2:
        raise UsageError(f"--cases: expected 2 or more, one of each sign; got {args.cases}")
    try:
        for share in args.shares:
            Goals(args.above, args.below, share)
        for rate in args.rates:
            ContinualPlan(args.hidden, rate)
        scale_of(args.weight)
    except ValueError as error:
        raise UsageError(str(error)) from None


def base_of(args: argparse.Namespace, data: Dataset) -> Trial:
    """Return the trial of a chip as published, which learns without an end."""
    check_candidates(args.candidates, data.classes)
    plan = ContinualPlan(args.hidden, args.rates[0], args.candidates, 1, args.seed)
    design = Design(lines_of(data, args.hidden), scale_of(args.weight))
    return Trial(plan, design, device_of(args))


def cases_of(args: argparse.Namespace, data: Dataset) -> NDArray:
    """Return the single cases, (cases, n_in)."""
    few = data.train_images[: args.cases], data.train_labels[: args.cases]
    return single_cases(*few, encoding_of(data))


def stream_of(args: argparse.Namespace, data: Dataset) -> Stream:
    """Return the images of the stream, and the goals that they are taken to."""
    shown = data.train_images[: args.stream], data.train_labels[: args.stream]
    bench = Bench(*shown, *unseen_images(args, data), encoding_of(data))
    return Stream(bench, Goals(args.above, args.below), args.window)
