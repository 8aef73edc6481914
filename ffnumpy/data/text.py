"""Text as a set of windows: ten characters, and the one that follows them as their class.

A text comes as passages, such as fables, and a window never crosses from one into another. The
alphabet has 30 symbols: a space, the lower-case letters, comma, semicolon and full stop.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ffnumpy.data.dataset import DataError, Dataset

SYMBOLS = " abcdefghijklmnopqrstuvwxyz,;."
WINDOW = 10  # characters
PARTS, TEST, LAST = 10, 9, 4  # of each ten passages the tenth is for testing, the fifth comes last

Codes = NDArray[np.uint8]

_SAID_OTHERWISE = str.maketrans({":": ";", "!": ".", "?": ".", "-": " "})


def simplified(text: str) -> str:
    """Return a text in the 30 symbols: without quotation marks, line breaks and other signs.

    Examples
    --------
    >>> simplified("What! All--the goat's well-fed kids? (he said):")
    'what. all, the goats well fed kids. he said;'
    """
    known = text.lower().replace("--", ", ").translate(_SAID_OTHERWISE)
    return " ".join(re.sub(r"[^a-z,;.\s]", "", known).split())


def encoded(text: str) -> Codes:
    """Return the places of a text's characters in `SYMBOLS`.

    Raises
    ------
    DataError
        If a character is none of the symbols.
    """
    unknown = sorted(set(text) - set(SYMBOLS))
    if unknown:
        raise DataError(
            f"expected text in the symbols {SYMBOLS!r}, got {''.join(unknown)!r} too; make it "
            f"simpler first"
        )
    return np.array([SYMBOLS.index(character) for character in text], np.uint8)


def decoded(codes: Codes) -> str:
    """Return the text that was encoded."""
    return "".join(SYMBOLS[code] for code in codes)


def windows(passages: Sequence[str]) -> tuple[Codes, Codes]:
    """Return every window, (n, 10), and the character after each, (n,), in the text's order.

    Raises
    ------
    DataError
        If no passage is longer than a window.
    """
    coded = [encoded(passage) for passage in passages if len(passage) > WINDOW]
    if not coded:
        raise DataError(f"expected a passage of more than {WINDOW} characters, got none")
    cut = np.lib.stride_tricks.sliding_window_view
    both = np.concatenate([cut(codes, WINDOW + 1) for codes in coded])
    return np.ascontiguousarray(both[:, :-1]), both[:, -1].copy()


def starts(rows: Codes, labels: Codes) -> NDArray[np.intp]:
    """Return where passages begin: at each window that does not continue the one before it.

    Examples
    --------
    >>> starts(*windows(["the fox and the grapes", "a lamp and oil"]))
    array([ 0, 12])
    """
    goes_on = (rows[1:, :-1] == rows[:-1, 1:]).all(axis=1) & (rows[1:, -1] == labels[:-1])
    return np.concatenate([[0], 1 + np.flatnonzero(~goes_on)])


def dataset(name: str, passages: Sequence[str]) -> Dataset:
    """Return a set of windows whose training and test windows come from different passages.

    Of each ten passages the tenth is for testing. The fifth of each ten comes last among those for
    training, so that holding out the last windows for validation holds out whole passages.

    Raises
    ------
    DataError
        If there are fewer than ten passages, or none that is long enough.
    """
    if len(passages) < PARTS:
        raise DataError(f"{name}: expected at least {PARTS} passages, got {len(passages)}")
    last, test = list(passages[LAST::PARTS]), list(passages[TEST::PARTS])
    train = [p for n, p in enumerate(passages) if n % PARTS not in (LAST, TEST)]
    return Dataset(name, *windows(train + last), *windows(test), (WINDOW,), len(SYMBOLS))
