"""The tasks of a chip: column currents, pulses, and the energy of an image."""

from __future__ import annotations

import numpy as np

from ffnumpy.grading.task import Case, Task

__all__ = ["COLUMN_CURRENTS", "LEDGER", "PULSES"]


def _draw_array(rng: np.random.Generator) -> Case:
    return (
        rng.uniform(0, 0.3, (3, 4)),
        rng.uniform(1e-6, 9e-6, (4, 4)),
        rng.uniform(1e-6, 9e-6, (4, 4)),
    )


COLUMN_CURRENTS = Task(
    "column_currents",
    "V, G_plus, G_minus",
    "the differential current of every column [A], (reads, n_out): row voltages V, (reads, n_in), "
    "drive cells of conductances G⁺ and G⁻, (n_in, n_out) [S]",
    _draw_array,
    lambda V, plus, minus: V @ (plus - minus),
    {
        "G⁻ is left out: a weight is the difference of two cells": lambda V, plus, minus: V @ plus,
        "the currents of both cells are added; a weight is their difference": (
            lambda V, plus, minus: V @ (plus + minus)
        ),
        "the array is transposed: rows are inputs, currents add up along columns": (
            lambda V, plus, minus: V @ (plus - minus).T
        ),
        "the sign is flipped: G⁺ pulls the current up": lambda V, plus, minus: V @ (minus - plus),
        "the mean over the rows is taken; currents add up": lambda V, plus, minus: (
            V @ (plus - minus) / len(plus)
        ),
    },
)


def _draw_trains(rng: np.random.Generator) -> Case:
    return rng.uniform(0, 1, 4), rng.uniform(0, 1, 3), int(rng.integers(8, 64))


PULSES = Task(
    "expected_pulses",
    "p_row, p_column, slots",
    "how many pulses each cell gets on average, (n_in, n_out): in each of so many slots row i "
    "fires with probability p_row[i] and column j with p_column[j], and a cell moves where both do",
    _draw_trains,
    lambda rows, columns, slots: slots * np.outer(rows, columns),
    {
        "the number of slots is missing": lambda rows, columns, slots: np.outer(rows, columns),
        "the probabilities are added; both have to fire, so they multiply": (
            lambda rows, columns, slots: slots * np.add.outer(rows, columns)
        ),
        "the result is transposed: rows are inputs": lambda rows, columns, slots: (
            slots * np.outer(columns, rows)
        ),
        "this is how often one of both fires; a cell moves where both do": (
            lambda rows, columns, slots: (
                slots * (np.add.outer(rows, columns) - np.outer(rows, columns))
            )
        ),
    },
)


def _draw_ledger(rng: np.random.Generator) -> Case:
    return (
        rng.integers(1, 500, 5).astype(float),
        rng.uniform(1e-15, 1e-12, 5),
        int(rng.integers(2, 9)),
    )


LEDGER = Task(
    "joules_an_image",
    "operations, joules, images",
    "the energy of one image [J]: so many operations of each kind, (k,), were done for so many "
    "images, and one of each kind costs joules, (k,)",
    _draw_ledger,
    lambda operations, joules, images: float(operations @ joules) / images,
    {
        "this is the energy of all images": lambda operations, joules, images: float(
            operations @ joules
        ),
        "the mean over the kinds is taken; a bill is a sum": lambda operations, joules, images: (
            float(np.mean(operations * joules)) / images
        ),
        "counts and prices are added up apart; every count has its own price": (
            lambda operations, joules, images: float(operations.sum() * joules.sum()) / images
        ),
    },
)
