"""Sets in folders of pictures, a folder for each class."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ffnumpy.data.compressed import listed, seen
from ffnumpy.data.dataset import DataError
from ffnumpy.data.own.parts import TEST, TRAIN, Found, Part

__all__ = ["read"]

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
GREY, COLOUR = ("1", "L"), ("RGB", "P")
OPAQUE = 255


def read(folder: Path, progress: bool = True) -> Found:
    """Return the pictures in ``FOLDER/CLASS/*.png``, or in ``FOLDER/train/CLASS`` and ``…/test``.

    Parameters
    ----------
    folder : Path
    progress : bool
        Show a bar.

    Raises
    ------
    DataError
        If there are no pictures, they differ in size, one is damaged, transparent, or of more than
        eight bits a channel.
    """
    train, test = _roots(folder)
    learned = _pictures(train, progress)
    tested = [] if test is None else _pictures(test, progress)
    _check_alike(folder, [*learned, *tested])
    in_colour = any(_is_coloured(one.pixels) for one in (*learned, *tested))
    height, width = learned[0].pixels.shape[:2]
    shape = (height, width, 3) if in_colour else (height, width)
    parts = _part(learned, in_colour), _part(tested, in_colour) if tested else None
    return Found(*parts, shape, _left_out(folder, train, test))


class _Picture(NamedTuple):
    """Bytes, (height, width) or (height, width, 3), and where they came from."""

    pixels: NDArray
    path: Path


def _roots(folder: Path) -> tuple[Path, Path | None]:
    """Return the folders of classes to learn from and, if there is one, to test on."""
    inside = {path.name.casefold(): path for path in _folders(folder)}
    train, test = (next((inside[n] for n in names if n in inside), None) for names in (TRAIN, TEST))
    return (folder, None) if train is None else (train, test)


def _left_out(folder: Path, train: Path, test: Path | None) -> tuple[str, ...]:
    """Return a remark on folders beside those of training and test, such as one to validate on."""
    if train == folder:
        return ()
    left = [path.name for path in _folders(folder) if path not in (train, test)]
    return (f"left out: {', '.join(left)}",) if left else ()


def _folders(folder: Path) -> list[Path]:
    return [path for path in listed(folder) if path.is_dir() and not path.name.startswith(".")]


def _pictures(root: Path, progress: bool) -> list[_Picture]:
    from tqdm import tqdm

    paths = [
        path for place in _folders(root) for path in listed(place) if path.suffix.lower() in ENDINGS
    ]
    if not paths:
        raise DataError(
            f"{root}: expected a folder of pictures for each class, {root.name}/CLASS/*.png; saw "
            f"{seen(root)}"
        )
    shown = tqdm(
        paths, str(root), unit=" pictures", disable=None if progress else True, leave=False
    )
    return [_Picture(_read(path), path) for path in shown]


def _read(path: Path) -> NDArray:
    """Return a picture's bytes, (height, width) or (height, width, 3)."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            image.load()
            if image.mode in ("LA", "RGBA") or "transparency" in image.info:
                image = _opaque(path, image)
            if image.mode not in GREY + COLOUR:
                raise DataError(
                    f"{path}: expected grey or red, green and blue of eight bits each; got mode "
                    f"{image.mode}. Save it so."
                )
            return np.asarray(image.convert("L" if image.mode in GREY else "RGB"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(f"{path}: cannot be read as a picture ({error}); leave it out") from error


def _opaque(path: Path, image: Any) -> Any:
    alpha = np.asarray(image.convert("RGBA"))[:, :, 3]
    if (alpha < OPAQUE).any():
        raise DataError(
            f"{path}: is transparent in places, and what shows through is not said; save it on a "
            f"background, black behind light ink"
        )
    return image.convert("L" if image.mode == "LA" else "RGB")


def _check_alike(folder: Path, pictures: list[_Picture]) -> None:
    first = pictures[0]
    for one in pictures:
        if one.pixels.shape[:2] != first.pixels.shape[:2]:
            raise DataError(
                f"{folder}: expected pictures of one size; {_sized(first)}, {_sized(one)}. Scale "
                f"them alike."
            )


def _sized(one: _Picture) -> str:
    height, width = one.pixels.shape[:2]
    return f"{one.path.parent.name}/{one.path.name} has {width} x {height}"


def _is_coloured(image: NDArray) -> bool:
    return image.ndim == 3 and bool((image != image[:, :, :1]).any())


def _part(pictures: list[_Picture], in_colour: bool) -> Part:
    rows = np.stack([_row(one.pixels, in_colour) for one in pictures])
    return Part(rows, np.array([one.path.parent.name for one in pictures]))


def _row(image: NDArray, in_colour: bool) -> NDArray:
    if in_colour and image.ndim == 2:
        image = np.repeat(image[:, :, np.newaxis], 3, axis=2)
    elif not in_colour and image.ndim == 3:
        image = image[:, :, 0]
    return image.reshape(-1)
