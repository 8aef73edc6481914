"""The images that a command uses: how many of a data set, and how they become inputs."""

from __future__ import annotations

import argparse
from dataclasses import replace

from numpy.typing import NDArray

from ffnumpy.cases import Encoding, OneHot
from ffnumpy.commands import UsageError, datasets
from ffnumpy.data import Dataset
from hardware_sim.learning.run import Bench

__all__ = ["bench_of", "encoding_of", "lines_of", "loaded", "shown_images", "unseen_images"]


def loaded(args: argparse.Namespace, *, makes_labels: bool = True) -> Dataset:
    """Return the data set of a command; fill in its name, and the numbers that were not given.

    A saved model has an encoding of its own: then this command makes no labels, and says nothing of
    where they stand.
    """
    data = datasets.loaded(args.data, args.data_dir)
    args.data = data.name
    if makes_labels and not datasets.has_room(data):
        print(datasets.beside(data), flush=True)
    there = {"test_images": len(data.test_labels), "candidates": data.classes - 1}
    for name, usual in getattr(args, "usual", {}).items():
        if getattr(args, name) is None:
            setattr(args, name, min(usual, there.get(name, len(data.train_labels))))
    return data


def encoding_of(data: Dataset) -> Encoding:
    """Return the encoding of a data set, whose classes it has and whose ink it spares."""
    usual = OneHot.fitting(data.train_images, data.classes)
    return usual if datasets.has_room(data) else replace(usual, overwrite=False)


def lines_of(data: Dataset, hidden: tuple[int, ...]) -> tuple[int, ...]:
    """Return the inputs that a data set makes, then the neurons of each layer."""
    return (encoding_of(data).inputs(data.train_images.shape[1]), *hidden)


def shown_images(args: argparse.Namespace, data: Dataset) -> tuple[NDArray, NDArray]:
    """Return the first --train-images training images and their labels."""
    total = len(data.train_labels)
    if args.train_images is not None and args.train_images > total:
        raise UsageError(
            f"--train-images: expected 1 … {total} for {data.name}, got {args.train_images}; "
            f"without the option all are shown"
        )
    return data.train_images[: args.train_images], data.train_labels[: args.train_images]


def unseen_images(args: argparse.Namespace, data: Dataset) -> tuple[NDArray, NDArray]:
    """Return the first --test-images test images and their labels."""
    total = len(data.test_labels)
    if args.test_images is not None and args.test_images > total:
        raise UsageError(
            f"--test-images: expected 1 … {total} for {data.name}, got {args.test_images}"
        )
    return data.test_images[: args.test_images], data.test_labels[: args.test_images]


def bench_of(args: argparse.Namespace, data: Dataset) -> Bench:
    """Return the images that are used, with their encoding."""
    return Bench(*shown_images(args, data), *unseen_images(args, data), encoding_of(data))
