"""The official files of each set: where they are, their digests, and a cache on disk.

Each file is downloaded to a temporary name, checked against its digest and only then moved into
the cache, so an interrupted download leaves nothing behind that could be taken for data.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from ffnumpy.data.dataset import DataError
from ffnumpy.data.paths import from_environment, written

TIMEOUT = 30  # [s]


@dataclass(frozen=True)
class Remote:
    """Files offered by a server.

    Attributes
    ----------
    url : str
        Base address, with a slash at its end.
    md5 : dict
        MD5 digest in hexadecimal of each file, by name.
    """

    url: str
    md5: dict[str, str]


REMOTES = {
    "mnist": Remote(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        {
            "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
            "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
            "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
            "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
        },
    ),
    "fashion-mnist": Remote(
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        {
            "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
            "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
            "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
        },
    ),
    "cifar-10": Remote(
        "https://www.cs.toronto.edu/~kriz/",
        {"cifar-10-binary.tar.gz": "c32a1d4ab5d03f1284b67883e8d87530"},
    ),
    "aesop": Remote(  # Project Gutenberg's file as GITenberg keeps it, at one commit
        "https://raw.githubusercontent.com/GITenberg/Aesop-s-Fables--a-new-translation_11339/"
        "03c35d1456140f2918222edb9f1ca10992a7f7e8/",
        {"11339.txt": "7613cd8b6c09d566858b3933099f913d"},
    ),
}


def cache_folder() -> Path:
    """Return the folder of downloaded sets: FFNUMPY_CACHE, or the user's cache folder."""
    import pooch

    return from_environment("FFNUMPY_CACHE") or Path(pooch.os_cache("ffnumpy"))


def cached(name: str) -> Path | None:
    """Return the folder of a set that has been downloaded, or None if a file is missing."""
    folder = cache_folder() / name
    return folder if all((folder / file).is_file() for file in REMOTES[name].md5) else None


def fetch(
    name: str,
    folder: str | os.PathLike[str] | None = None,
    *,
    remote: Remote | None = None,
    progress: bool = True,
) -> Path:
    """Download the files of a set that are not there yet, and check all of them.

    Parameters
    ----------
    name : str
        A key of `REMOTES`.
    folder : path, optional
        The parent of the set's folder, `folder/name`; `cache_folder()` by default.
    remote : Remote, optional
        Other server or files to download from.
    progress : bool
        Show a progress bar on a terminal, a line for each file elsewhere.

    Returns
    -------
    Path
        The folder that holds the files.

    Raises
    ------
    DataError
        If the server cannot be reached or refuses, a digest is wrong, or writing to disk fails.
    """
    target = (written(folder) if folder else cache_folder()) / name
    remote = remote or REMOTES[name]
    for file_name, md5 in remote.md5.items():
        _fetch_file(remote.url + file_name, md5, target, progress)
    return target


def _fetch_file(url: str, md5: str, folder: Path, progress: bool) -> None:
    """Download one file unless a copy with the right digest is there."""
    import pooch
    from requests.exceptions import HTTPError, RequestException

    terminal = not getattr(sys.stderr, "closed", True) and sys.stderr.isatty()
    pooch.get_logger().disabled = terminal or not progress
    downloader = pooch.HTTPDownloader(progressbar=progress and terminal, timeout=TIMEOUT)
    advice = "try again, or copy the files into a folder and name it (--data-dir, FFNUMPY_DATA)"
    try:
        pooch.retrieve(url, f"md5:{md5}", url.rsplit("/", 1)[1], folder, downloader=downloader)
    except HTTPError as error:
        raise DataError(f"{url}: expected a file, but the server said {error}; {advice}") from error
    except RequestException as error:
        reason = type(error).__name__
        raise DataError(
            f"{url}: expected a file, but there is no connection, or it was lost ({reason}); "
            f"{advice}"
        ) from error
    except ValueError as error:
        raise DataError(
            f"{url}: expected the MD5 digest {md5}, got a file with another one, which was "
            f"not kept; {advice}"
        ) from error
    except OSError as error:
        raise DataError(
            f"{folder}: cannot be written ({error}); name another folder (FFNUMPY_CACHE, or "
            f"--data-dir of `ffnumpy data get`)"
        ) from error
