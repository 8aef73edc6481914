"""What a program prints to: it may be missing, closed, full, narrow, or short of characters."""

from __future__ import annotations

import codecs
import os
import shutil
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from textwrap import fill
from typing import Any

__all__ = ["WIDTH", "Output", "outputs", "width", "wrapped"]

WIDTH = 100  # columns of a line, at most
SPELLED = {
    "→": "->", "…": "...", "–": "-", "−": "-", "·": "*", "×": "x", "±": "+-", "µ": "u", "°": "deg",
    "≤": "<=", "≥": ">=", "≈": "~", "√": "sqrt", "‖": "||", "∂": "d", "′": "'", "η": "eta",
}  # fmt: skip
"""Characters in ASCII, beside those that Unicode takes apart and the Greek ones, by their names."""
_HANDLER = "ffnumpy.spelled"


class Output:
    """A text stream that does not stop the work.

    Characters that it cannot show are spelled in those that it can. Once it refuses text, because
    its reader has gone or a disk is full, the rest is dropped.

    Parameters
    ----------
    stream : text stream or None

    Attributes
    ----------
    refused : OSError or None
        Why text was dropped.
    needed : bool
        Whether a refusal stops the work after all, being raised: that of printing alone.
    """

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.refused: OSError | None = None
        self.needed = False

    def write(self, text: str) -> int:
        """Write a text, as far as the stream takes it."""
        encoding = getattr(self.stream, "encoding", None) or "utf-8"
        self._attempt("write", text.encode(encoding, _HANDLER).decode(encoding))
        return len(text)

    def flush(self) -> None:
        """Write what the stream still holds."""
        self._attempt("flush")

    def _attempt(self, verb: str, *text: str) -> None:
        if getattr(self.stream, "closed", True):
            return
        try:
            getattr(self.stream, verb)(*text)
        except OSError as error:
            self.refused = self.refused or error
            _drop(self.stream)
            if self.needed:
                raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def _drop(stream: Any) -> None:
    """Lead a stream to nowhere, with what it still holds: Python flushes it at its end."""
    with suppress(OSError, ValueError), open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


@contextmanager
def outputs() -> Iterator[Output]:
    """Print to an `Output`, which is returned, and errors to another, while the context lasts."""
    _occupy()
    out, errors = Output(sys.stdout), Output(sys.stderr)
    try:
        with redirect_stdout(out), redirect_stderr(errors):
            yield out
    finally:
        out.needed = False
        out.flush()


def _occupy() -> None:
    """Let nothing take the places of standard streams that are closed.

    The next file to be opened would take such a place, and what BLAS or the system say to the
    standard error would be written into it.
    """
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(handle)


def _spelled(error: UnicodeError) -> tuple[str, int]:
    """Return what stands for characters that cannot be encoded, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_ascii, error.object[error.start : error.end])), error.end


def _ascii(character: str) -> str:
    """Return a character in ASCII: by our table, taken apart, by its Greek name, or as ``?``."""
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    *_, letter = unicodedata.name(character, "?").lower().split()
    is_greek = "GREEK" in unicodedata.name(character, "")
    return SPELLED.get(character) or plain or (letter if is_greek else "?")


codecs.register_error(_HANDLER, _spelled)


def width() -> int:
    """Return the columns that a line may take: those of the terminal, `WIDTH` at most."""
    return min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)


def wrapped(text: str) -> str:
    """Return a text in lines that fit, whose paths and options stay whole."""
    whole: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
    return fill(text, width(), replace_whitespace=False, subsequent_indent="    ", **whole)
