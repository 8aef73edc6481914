"""Aesop's Fables: the fables of the book and nothing of what stands around them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ffnumpy.data import DataError, fables, folders, load, text

BOOK = """The Project Gutenberg EBook of Aesop's Fables
*** START OF THIS PROJECT GUTENBERG EBOOK ***




INTRODUCTION


_AEsop_ is not in it.




AESOP'S FABLES




{told}




ILLUSTRATIONS


[Illustration: THE FOX]




*** END OF THIS PROJECT GUTENBERG EBOOK ***

Licence.
"""
FABLE = """THE FOX AND THE CROW, NUMBER {n}


A Fox, number {n}, said: "What
a voice!"

    Beware of flattery."""


def book(n: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"[:n]
    return BOOK.format(told="\n\n\n\n\n".join(FABLE.format(n=letter) for letter in letters))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_only_the_fables_are_read_without_their_titles(tmp_path: Path, end: str) -> None:
    (tmp_path / fables.FILE).write_bytes(book(10).replace("\n", end).encode())
    data = fables.read_dataset(tmp_path)
    read = text.decoded(data.test_images[:, 0])
    told = "a fox, number j, said; what a voice. beware of flattery."
    assert read == told[:-10]
    assert len(data.train_labels) == 9 * (len(told) - 10)


def test_another_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / fables.FILE).write_text("Call me Ishmael.")
    with pytest.raises(DataError, match=r"11339.txt: expected fables between .* replace it"):
        fables.read_dataset(tmp_path)
    with pytest.raises(DataError, match=r"expected 11339.txt, which is not there"):
        fables.read_dataset(tmp_path / "nowhere")


def test_the_real_book_has_284_fables() -> None:
    if folders.find("aesop") is None:
        pytest.skip("aesop is neither in FFNUMPY_DATA nor in ../shared/data")
    data = load("aesop")
    begun = text.starts(data.train_images, data.train_labels)
    assert len(begun) + len(text.starts(data.test_images, data.test_labels)) == 284
    assert (len(data.train_labels), len(data.test_labels)) == (166_901, 16_660)
    assert text.decoded(data.train_images[0]) + text.decoded(data.train_labels[:12]) == (
        "a hungry fox saw some "
    )
    assert len(data.train_labels) - begun[-28] == 17_303  # as the loader's docstring says
