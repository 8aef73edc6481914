"""Pickles of arrays, read without running what they may contain.

A pickle may call any function by name. The unpickler here knows only the names that plain NumPy
arrays need, and refuses the others.
"""

from __future__ import annotations

import codecs
import pickle
from pathlib import Path
from typing import IO, Any

import numpy as np

from ffnumpy.data.dataset import DataError


def _dtype(name: str | bytes, *_: object) -> np.dtype[Any]:
    """Build a dtype from its code, without the flags that old pickles write as integers."""
    return np.dtype(name.decode() if isinstance(name, bytes) else name)


_RECONSTRUCT = np.empty(0, np.uint8).__reduce__()[0]
_ADMITTED: dict[tuple[str, str], object] = {
    ("numpy", "dtype"): _dtype,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy.core.multiarray", "_reconstruct"): _RECONSTRUCT,
    ("numpy._core.multiarray", "_reconstruct"): _RECONSTRUCT,
    ("_codecs", "encode"): codecs.encode,
}


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        """Return what a pickle names if it is needed for arrays; refuse all else."""
        if (module, name) not in _ADMITTED:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which is not an array")
        return _ADMITTED[module, name]


def load_arrays(file: IO[bytes], path: Path) -> dict[str, Any]:
    """Read a pickled dictionary of arrays and plain containers.

    Parameters
    ----------
    file : binary file
    path : Path
        Where the file is, for messages.

    Raises
    ------
    DataError
        If the pickle is damaged, names anything but arrays, or is not a dictionary.
    """
    try:
        content = _ArrayUnpickler(file, encoding="bytes").load()
    except Exception as error:
        raise DataError(
            f"{path}: expected a pickle of plain arrays, got one that cannot be read ({error}); "
            "replace it with an official copy"
        ) from error
    if not isinstance(content, dict):
        raise DataError(f"{path}: expected a pickled dictionary, got {type(content).__name__}")
    return {key.decode() if isinstance(key, bytes) else key: content[key] for key in content}
