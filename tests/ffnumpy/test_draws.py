"""Draws that depend on numbers alone: each purpose has its generator, and records keep theirs."""

from __future__ import annotations

from itertools import product

import numpy as np

from ffnumpy import draws
from ffnumpy.cases import LabelledCases, OneHot, UniformWrong
from ffnumpy.cases.jitter import Jitter

PURPOSES = (draws.ORDER, draws.SHIFTS, draws.WRONG_LABELS, draws.BOX)


def first(rng: np.random.Generator) -> int:
    return int(rng.integers(2**62))


def test_no_two_purposes_epochs_or_batches_draw_the_same() -> None:
    numbers = list(product(PURPOSES, range(5), range(5), range(5)))
    drawn = {first(draws.generator(*one)) for one in numbers}
    assert len(drawn) == len(numbers)


def test_missing_numbers_are_zeros_so_that_only_words_keep_purposes_apart() -> None:
    plain = first(np.random.default_rng(7))
    assert first(draws.generator(draws.ORDER, 7)) == plain
    assert all(first(draws.generator(purpose, 7)) != plain for purpose in PURPOSES[1:])


def test_the_order_and_the_shifts_of_the_records_stay() -> None:
    labels, seed, epoch = np.arange(20) % 3, 3, 2
    rows = np.arange(20, dtype=np.uint8).repeat(9).reshape(20, 9)
    rows[:, :3] = 0
    negatives = UniformWrong(3, np.random.default_rng(0))
    cases = LabelledCases(rows, labels, OneHot(3), negatives, 4, seed)
    cases.epoch = epoch
    order = np.concatenate(list(cases.indices()))
    assert np.array_equal(order, np.random.default_rng([seed, epoch]).permutation(20))
    shifts = np.random.default_rng([seed, epoch, 1]).integers(-1, 1, (2, 20), endpoint=True)
    assert np.array_equal(Jitter(rows, (3, 3), 1, seed)._shifts(epoch), shifts)
