"""Windows of text: what is real, what is invented, and that an epoch goes on where it stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ffnumpy.cases.invented import SelfGenerated, TeacherForced, following, one_hot
from ffnumpy.cases.sequences import CodeCases, NextCharacter, WindowCases
from ffnumpy.data import tales
from ffnumpy.experiments import aesop
from ffnumpy.layers import Readout
from ffnumpy.runs import Run, checkpoint
from ffnumpy.supervised.names import changed
from ffnumpy.weights import Dense
from laws import LAW

DATA = tales.dataset(20)
ROWS, LABELS, SYMBOLS = DATA.train_images, DATA.train_labels, DATA.classes
MIXED = np.random.default_rng(0).standard_normal((ROWS.shape[1] * SYMBOLS, SYMBOLS))


def logits(x: NDArray) -> NDArray:
    """Return some prediction that depends on the whole window."""
    return x @ MIXED


def generated(seed: int, length: int = 90) -> SelfGenerated:
    rng = np.random.default_rng(seed)
    invention = SelfGenerated(logits, rng, ROWS, LABELS, SYMBOLS, length)
    invention.begin()
    return invention


@LAW
@given(st.integers(1, 40), st.integers(2, 12), st.integers(0, 99))
def test_inputs_say_which_character_stands_where_and_have_mean_square_1(
    n: int, symbols: int, seed: int
) -> None:
    codes = np.random.default_rng(seed).integers(0, symbols, (n, 10), np.uint8)
    x = one_hot(codes, symbols)
    assert np.allclose((x**2).mean(axis=1), 1)
    assert np.array_equal(x.reshape(n, 10, symbols).argmax(axis=2), codes)


def test_a_batch_holds_the_real_windows_then_their_negatives() -> None:
    cases = WindowCases(ROWS, LABELS, SYMBOLS, TeacherForced(logits, np.random.default_rng(0)), 64)
    read = []
    for x, sign in cases:
        real, invented = np.split(x.shown.reshape(len(sign), 10, SYMBOLS).argmax(axis=2), 2)
        before = x.features.reshape(len(real), 10, SYMBOLS).argmax(axis=2)
        assert np.array_equal(real, following(before, x.labels))
        assert np.array_equal(invented[:, :-1], real[:, :-1])
        assert not np.any(invented[:, -1] == real[:, -1])
        assert sign.tolist() == [1] * len(real) + [-1] * len(real)
        read.append(real)
    shown = np.concatenate(read)
    expected = following(ROWS, LABELS)
    assert sorted(map(tuple, shown)) == sorted(map(tuple, expected))
    assert cases.epoch == 1


def test_a_wrong_character_is_as_probable_as_the_network_thinks_it_is() -> None:
    n = 20_000
    rows, after = np.repeat(ROWS[:1], n, axis=0), np.full(n, LABELS[0])
    forced = TeacherForced(logits, np.random.default_rng(1))
    drawn = forced(one_hot(rows, SYMBOLS), rows, after, np.arange(n))[:, -1]
    p = np.exp(logits(one_hot(ROWS[:1], SYMBOLS))[0])
    p[LABELS[0]] = 0
    p /= p.sum()
    share = np.bincount(drawn, minlength=SYMBOLS) / n
    assert np.all(np.abs(share - p) <= 5 * np.sqrt(p * (1 - p) / n))  # 5 standard errors


@pytest.mark.parametrize("length", [1, 7, 90])
def test_a_string_begins_with_ten_real_characters_and_goes_on_from_its_own(length: int) -> None:
    dreams = generated(0, length)
    dreamt, first = dreams.dreamt, dreams.first
    assert np.array_equal(dreamt[first, :-1], ROWS[first, 1:])
    within = np.setdiff1d(np.arange(len(ROWS)), first)
    assert np.array_equal(dreamt[within, :-1], dreamt[within - 1, 1:])
    assert max(dreams.lengths) == min(length, 90)
    assert dreams.lengths.sum() == len(ROWS)


def test_no_string_goes_from_one_passage_into_the_next() -> None:
    dreams = generated(0)
    text = following(ROWS, LABELS)
    within = np.setdiff1d(np.arange(len(ROWS)), dreams.first)
    assert np.array_equal(text[within, :-1], text[within - 1, 1:])


def test_strings_are_generated_anew_before_every_epoch_and_not_within_one() -> None:
    dreams = SelfGenerated(logits, np.random.default_rng(0), ROWS, LABELS, SYMBOLS)
    cases = WindowCases(ROWS, LABELS, SYMBOLS, dreams, 100)
    seen = []
    for _ in range(2):
        within = [dreams.dreamt.copy() for _ in cases]
        assert all(np.array_equal(within[0], later) for later in within)
        seen.append(within[0])
    assert not np.array_equal(*seen)


def test_the_softmax_learns_first_and_hands_on_only_what_the_layers_take() -> None:
    dense = Dense(np.zeros((ROWS.shape[1] * SYMBOLS + 1, SYMBOLS), np.float32), 0.01)
    softmax = NextCharacter(Readout(dense), lambda x: [x])
    cases = WindowCases(ROWS, LABELS, SYMBOLS, TeacherForced(softmax.logits, _rng()), 100)
    x, sign = next(iter(cases))
    assert softmax.learn(x, sign) is x.shown
    assert dense.updates == 1
    rows = np.arange(len(x.labels))
    assert np.mean(softmax.logits(x.features)[rows, x.labels]) > 0


def _rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("method", [aesop.FORCED, aesop.GENERATED, aesop.FIXED, *aesop.TABLES])
@pytest.mark.parametrize("stop", [1, 3, 4, 7])
def test_a_run_that_was_stopped_anywhere_ends_bit_for_bit_as_one_that_was_not(
    method: str, stop: int, tmp_path: Path
) -> None:
    setting = changed(aesop.QUICK, hidden=(8, 8), epochs=2, method=method)
    few = slice(0, 350)
    small: Any = type(DATA)(
        "few", ROWS[few], LABELS[few], ROWS[few], LABELS[few], DATA.shape, SYMBOLS
    )

    def begun() -> Run:
        return aesop.start(setting, small, 0)

    straight, halves = begun(), begun()
    while not straight.finished:
        for _ in straight.steps():
            pass
    for step, _ in enumerate(halves.steps(), 1):
        if step == stop:
            break
    checkpoint.save(tmp_path / "half.npz", halves, {})
    resumed = begun()
    checkpoint.restore(tmp_path / "half.npz", resumed)
    while not resumed.finished:
        for _ in resumed.steps():
            pass
    assert resumed.measure() == straight.measure()
    for name, part in straight.parts.items():
        other = resumed.parts[name].arrays()
        assert all(np.array_equal(a, other[key]) for key, a in part.arrays().items())


@pytest.mark.parametrize("wrong", [np.array([[0, -1]]), np.array([[0, 3]]), np.array([[0.0, 1.0]])])
def test_codes_that_are_no_symbols_are_refused(wrong: NDArray) -> None:
    with pytest.raises(ValueError, match=r"expected codes, whole numbers of 0 … 2; got"):
        CodeCases(wrong, np.array([1]), 3)
