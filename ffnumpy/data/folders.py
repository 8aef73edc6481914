"""Where the files of a set are on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ffnumpy.data import cifar, fables, idx
from ffnumpy.data.compressed import listed, seen
from ffnumpy.data.dataset import DataError
from ffnumpy.data.downloads import REMOTES
from ffnumpy.data.paths import from_environment, written

_HOLDS = {
    "mnist": idx.holds,
    "fashion-mnist": idx.holds,
    "cifar-10": cifar.holds,
    "aesop": fables.holds,
}
_FILES = {
    "mnist": idx.FILES,
    "fashion-mnist": idx.FILES,
    "cifar-10": cifar.FILES,
    "aesop": fables.FILE,
}
_RAW = "raw"  # where torchvision puts the files, inside MNIST/ or FashionMNIST/


def find(name: str, data_dir: str | os.PathLike[str] | None = None) -> Path | None:
    """Return the folder that holds the files of a set, or None if no local folder does.

    With `data_dir`, only that folder is searched: it may be the set's own or one that holds the
    set's own, such as `mnist/`, `MNIST/` or `MNIST/raw/`. Without it, the folder named by the
    environment variable FFNUMPY_DATA, likewise, and then `../shared/data` (seen from the current
    folder and from the checkout that holds the package) are searched.

    Parameters
    ----------
    name : str
        'mnist', 'fashion-mnist', 'cifar-10' or 'aesop'.
    data_dir : path, optional
        ``~`` and variables are replaced.

    Raises
    ------
    DataError
        If `data_dir` is given and does not hold the set, or FFNUMPY_DATA names no folder.
    """
    if data_dir is None:
        return next(filter(None, (_held(name, root) for root in _roots())), None)
    chosen = written(data_dir)
    folder = _held(name, chosen)
    if folder is None:
        raise DataError(
            f"{chosen}: expected the files of {name}, here or in {name}/, but found none. Looked "
            f"for {_FILES[name]}; saw {seen(chosen)}. Name another folder, or leave it out to "
            f"download them."
        )
    return folder


def _held(name: str, folder: Path) -> Path | None:
    """Return the folder, or that of the set inside it, if the set's files are there."""
    places = (place for place in _places(name, folder) if not _is_another(name, place))
    return next(filter(_HOLDS[name], places), None)


def _places(name: str, folder: Path) -> Iterator[Path]:
    """Return where a set may be in a folder, in search order."""
    own = [path for path in listed(folder) if _key(path.name) == _key(name)]
    for place in (*own, folder):
        yield place
        yield place / _RAW


def _is_another(name: str, place: Path) -> bool:
    """Return whether a folder is named after another set than this."""
    named = Path(os.path.abspath(place))
    key = _key(named.parent.name if named.name == _RAW else named.name)
    return key in {_key(other) for other in REMOTES if other != name}


def _key(name: str) -> str:
    """Return a name as all its spellings share it: FashionMNIST is fashion-mnist."""
    return "".join(filter(str.isalnum, name.casefold()))


def _roots() -> list[Path]:
    """Return the folders that may hold sets, in search order."""
    checkout = Path(__file__).resolve().parents[2]
    shared = [root.parent / "shared" / "data" for root in (Path.cwd(), checkout)]
    named = from_environment("FFNUMPY_DATA")
    if named and not named.is_dir():
        raise DataError(
            f"FFNUMPY_DATA: expected a folder that holds sets of data; got {named}, which "
            f"is not a folder. Name another, or unset it."
        )
    return [named, *shared] if named else shared
