"""Tables of counts: probabilities add up to 1 and are the counted ones."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffnumpy.baselines.counts import TRIED, CountTable, smoothed_table
from ffnumpy.data import tales, text
from laws import LAW


@LAW
@given(st.integers(0, 2), st.floats(1e-3, 10), st.integers(0, 99))
def test_probabilities_are_smoothed_shares_of_the_counts(
    context: int, smoothing: float, seed: int
) -> None:
    symbols, rng = 4, np.random.default_rng(seed)
    rows = rng.integers(0, symbols, (60, 5), np.uint8)
    labels = rng.integers(0, symbols, 60, np.uint8)
    table = CountTable(context, symbols, smoothing)
    for part in np.array_split(np.arange(60), 3):
        table.learn(rows[part], labels[part])
    p = np.exp(table.log_probabilities(rows))
    assert np.allclose(p.sum(axis=1), 1)
    keys = [tuple(row[5 - context :].tolist()) for row in rows]
    joint, total = Counter(zip(keys, labels.tolist(), strict=True)), Counter(keys)
    for row, key in enumerate(keys):
        for symbol in range(symbols):
            share = (joint[key, symbol] + smoothing) / (total[key] + smoothing * symbols)
            assert np.isclose(p[row, symbol], share)


def test_an_empty_table_knows_nothing() -> None:
    table = CountTable(2, 30)
    assert np.allclose(table.forward(np.zeros((3, 10), np.uint8))[0], -np.log(30))


def test_bits_of_a_bigram_table_are_the_conditional_entropy_of_what_it_counted() -> None:
    rows, labels = text.windows(["the fox and the grapes are by the field and the hen"])
    table = CountTable(1, 30, smoothing=1e-9)
    table.learn(rows, labels)
    bits = -np.mean(table.log_probabilities(rows)[np.arange(len(rows)), labels]) / np.log(2)
    pairs = Counter(zip(rows[:, -1].tolist(), labels.tolist(), strict=True))
    before = Counter(rows[:, -1].tolist())
    entropy = -sum(n * np.log2(n / before[a]) for (a, _), n in pairs.items()) / len(rows)
    assert np.isclose(bits, entropy)


def test_the_smoothing_is_the_best_of_those_tried_on_passages_that_were_not_counted() -> None:
    data = tales.dataset()
    rows, labels = data.train_images, data.train_labels
    begun = text.starts(rows, labels)
    first = begun[-(len(begun) // 10)]

    def loss(smoothing: float) -> float:
        table = CountTable(2, 30, smoothing)
        table.learn(rows[:first], labels[:first])
        left = table.log_probabilities(rows[first:])
        return -float(left[np.arange(len(left)), labels[first:]].mean())

    table = smoothed_table(2, rows, labels, 30)
    assert table.smoothing == min(TRIED, key=loss)
    assert not table.counts.any()


def test_smoothing_needs_a_second_passage() -> None:
    with pytest.raises(ValueError, match=r"two passages or more.*got one"):
        smoothed_table(1, *text.windows(["a passage all alone"]), 30)


def test_a_context_or_smoothing_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="context: expected a whole number, 0 or more; got -1"):
        CountTable(-1, 30)
    with pytest.raises(ValueError, match="smoothing: expected a number above 0; got 0"):
        CountTable(1, 30, 0)
