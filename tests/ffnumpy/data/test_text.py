"""Windows of text: they say what the text says, and no passage is in two parts of a set."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffnumpy.data import DataError, load, tales, text
from laws import LAW

PASSAGES = st.lists(st.text(text.SYMBOLS, min_size=11, max_size=30), min_size=10, max_size=25)


def test_there_are_thirty_symbols() -> None:
    assert len(set(text.SYMBOLS)) == len(text.SYMBOLS) == 30


@LAW
@given(st.text(text.SYMBOLS))
def test_what_is_encoded_can_be_read_again(words: str) -> None:
    assert text.decoded(text.encoded(words)) == words


@LAW
@given(st.text(max_size=60))
def test_any_text_can_be_made_simple_and_simple_text_stays_as_it_is(words: str) -> None:
    simple = text.simplified(words)
    text.encoded(simple)
    assert text.simplified(simple) == simple


def test_a_symbol_that_is_none_is_refused() -> None:
    with pytest.raises(DataError, match=r"expected text in the symbols .* got 'AB' too"):
        text.encoded("BaA")


@LAW
@given(PASSAGES)
def test_a_window_and_its_label_are_eleven_characters_of_one_passage(passages: list[str]) -> None:
    rows, labels = text.windows(passages)
    read = [text.decoded(np.append(*pair)) for pair in zip(rows, labels, strict=True)]
    cut = [p[n : n + 11] for p in passages for n in range(len(p) - 10)]
    assert read == cut
    assert rows.dtype == labels.dtype == np.uint8


def test_passages_begin_where_they_begin() -> None:
    data = tales.dataset()
    rng = np.random.default_rng(0)
    told = [tales.tell(rng) for _ in range(100)][9::10]
    lengths = [len(tale) - text.WINDOW for tale in told]
    begun = text.starts(data.test_images, data.test_labels)
    assert begun.tolist() == np.cumsum([0, *lengths[:-1]]).tolist()
    assert len(data.test_labels) == sum(lengths)


def test_the_last_windows_for_training_are_whole_passages() -> None:
    passages = [letter * 20 for letter in "abcdefghijklmnopqrst"]
    data = text.dataset("letters", passages)
    read = [text.decoded(row)[0] for row in data.train_images[:: 20 - text.WINDOW]]
    assert "".join(read) == "abcdfghiklmnpqrs" + "eo"
    assert {text.decoded(row)[0] for row in data.test_images} == {"j", "t"}
    assert (data.shape, data.classes) == ((text.WINDOW,), 30)


def test_too_little_text_is_refused() -> None:
    with pytest.raises(DataError, match="few: expected at least 10 passages, got 9"):
        text.dataset("few", ["a" * 20] * 9)
    with pytest.raises(DataError, match="expected a passage of more than 10 characters"):
        text.windows(["a" * 10])


def test_tales_are_the_same_for_the_same_seed_and_agree_in_number() -> None:
    one, same, other = tales.dataset(20), tales.dataset(20), tales.dataset(20, seed=1)
    assert np.array_equal(one.train_images, same.train_images)
    assert not np.array_equal(one.train_images[:99], other.train_images[:99])
    rng = np.random.default_rng(3)
    words = " ".join(tales.tell(rng) for _ in range(300))
    for beast in tales.BEASTS:
        assert f"{beast}s was" not in words
        assert f"{beast} were" not in words
    assert not re.search(r"\ba [aeiou]|\ban [^aeiou]", words)


def test_tales_are_not_read_from_a_folder() -> None:
    with pytest.raises(DataError, match="tales are made here, not read from a folder"):
        load("tales", "somewhere")
