"""Where the files of a set are on this machine."""

from __future__ import annotations

import os
from pathlib import Path

from ffnumpy.data import cifar, fables, idx
from ffnumpy.data.dataset import DataError
from ffnumpy.data.downloads import REMOTES

_HOLDS = {
    "mnist": idx.holds,
    "fashion-mnist": idx.holds,
    "cifar-10": cifar.holds,
    "aesop": fables.holds,
}


def find(name: str, data_dir: str | os.PathLike[str] | None = None) -> Path | None:
    """Return the folder that holds the files of a set, or None if no local folder does.

    With `data_dir`, only that folder is searched: it may be the set's own or one that holds the
    set's own, such as `mnist/`. Without it, the folder named by the environment variable
    FFNUMPY_DATA, likewise, and then `../shared/data` (seen from the current folder and from the
    checkout that holds the package) are searched.

    Parameters
    ----------
    name : str
        'mnist', 'fashion-mnist', 'cifar-10' or 'aesop'.
    data_dir : path, optional

    Raises
    ------
    DataError
        If `data_dir` is given and does not hold the set, or FFNUMPY_DATA names no folder.
    """
    if data_dir is None:
        return next(filter(None, (_held(name, root) for root in _roots())), None)
    folder = _held(name, Path(data_dir))
    if folder is None:
        raise DataError(
            f"{data_dir}: expected the files of {name}, here or in {name}/, but found none; name "
            f"another folder, or leave it out to download them"
        )
    return folder


def _held(name: str, folder: Path) -> Path | None:
    """Return the folder, or that of the set inside it, if the set's files are there."""
    for candidate in (folder / name, folder):
        is_another = candidate.name in REMOTES and candidate.name != name
        if _HOLDS[name](candidate) and not is_another:
            return candidate
    return None


def _roots() -> list[Path]:
    """Return the folders that may hold sets, in search order."""
    checkout = Path(__file__).resolve().parents[2]
    shared = [root.parent / "shared" / "data" for root in (Path.cwd(), checkout)]
    named = os.environ.get("FFNUMPY_DATA")
    if named and not Path(named).is_dir():
        raise DataError(
            f"FFNUMPY_DATA: expected a folder that holds sets of data; got {named}, which "
            f"is not a folder. Name another, or unset it."
        )
    return [Path(named), *shared] if named else shared
