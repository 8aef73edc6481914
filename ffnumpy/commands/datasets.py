"""The data of a command: named or one's own, read with what there is to say of them, and room."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence
from typing import Any

from ffnumpy.cases.encoding import OneHot
from ffnumpy.commands import UsageError, folder_path
from ffnumpy.commands.terminal import wrapped
from ffnumpy.data import NAMES, TEXTS, DataError, Dataset, load, own, without_doubt
from ffnumpy.supervised.names import changed, leaves

__all__ = [
    "OWN",
    "add_data",
    "beside",
    "check_fits",
    "check_room",
    "data_name",
    "has_room",
    "kind",
    "loaded",
    "with_room",
]

OWN = "files of one's own"


def add_data(
    parser: Any, default: str | None, said: str = "", names: Iterable[str] | None = None
) -> None:
    """Add --data and --data-dir.

    Parameters
    ----------
    parser : argument parser or group
    default : str or None
    said : str
        What the help says of the default.
    names : iterable of str, optional
        The only sets there are; by default images by name and one's own.
    """
    usual = f"default: {said or default}"
    if names is None:
        text = f"{', '.join(NAMES)}; or {own.KINDS}; {usual}"
        parser.add_argument("--data", type=data_name, default=default, metavar="DATA", help=text)
    else:
        parser.add_argument("--data", choices=tuple(names), default=default, help=usual)
    parser.add_argument(
        "--data-dir",
        type=folder_path,
        metavar="DIR",
        help="folder with the files of a named set; default: see `ffnumpy data`",
    )


def data_name(text: str) -> str:
    """Read the name of a set of images, or the path of one's own."""
    try:
        if text in NAMES or own.is_path(text):
            return text
    except DataError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    raise argparse.ArgumentTypeError(
        f"expected one of {', '.join(NAMES)}, or {own.KINDS}; got {text}"
    )


def loaded(name: str, folder: str | os.PathLike[str] | None) -> Dataset:
    """Return a set, and print what its reader decided by itself."""
    data = load(name, folder)
    for remark in data.remarks:
        print(wrapped(f"data: {remark}"), flush=True)
    return data


def kind(name: str) -> str:
    """Return what may not change when a run goes on: the set's name, or that it is one's own.

    One's own files may have moved; whether they are the same, their checksum says.
    """
    named = without_doubt(name)
    return named if named in (*NAMES, *TEXTS) else OWN


def check_fits(model: str | os.PathLike[str], about: dict[str, Any], data: Dataset) -> None:
    """Refuse data with other columns or other classes than those that a model was trained on.

    Raises
    ------
    UsageError
    """
    columns, classes = data.test_images.shape[1], list(data.class_names)
    if columns != about["columns"]:
        raise UsageError(
            f"{model} reads rows of {about['columns']} pixels; {data.name} has {columns}. Give the "
            f"--data that it was trained on."
        )
    known = about.get("class_names", [])
    if data.classes != about["classes"] or (known and classes and known != classes):
        raise UsageError(
            f"{model} names {about['classes']} classes, {listed(known)}; {data.name} has "
            f"{data.classes}, {listed(classes)}. Give data with the same classes."
        )


def check_room(model: str | os.PathLike[str], encoding: Any, data: Dataset) -> None:
    """Refuse data whose ink a saved model would overwrite by its labels.

    Raises
    ------
    UsageError
    """
    if not hasattr(encoding, "check_room"):
        return
    try:
        encoding.check_room(data.test_images)
    except ValueError:
        raise UsageError(
            f"{model} writes labels over the first {encoding.classes} pixels, which carry ink in "
            f"{data.name}. Train a model on these data, or give those that it was trained on."
        ) from None


def listed(names: Sequence[str]) -> str:
    """Return some names of classes, or what the others are: whole numbers."""
    return ", ".join(names[:12]) + " …" * (len(names) > 12) if names else "numbered from 0"


def has_room(data: Dataset) -> bool:
    """Return whether the first pixels, one for each class, are blank and may hold the label."""
    parts = data.train_images, data.test_images
    return all(OneHot.fitting(rows, data.classes).overwrite for rows in parts)


def with_room(setting: Any, data: Dataset, given: Iterable[str] = ()) -> Any:
    """Return the setting with the label beside the pixels, and say so, where these carry ink.

    Parameters
    ----------
    setting : frozen dataclass
    data : Dataset
    given : iterable of str
        Choices of the command line, which stay.
    """
    if not leaves(setting).get("overwrite") or "overwrite" in given or has_room(data):
        return setting
    print(beside(data), flush=True)
    return changed(setting, overwrite=False)


def beside(data: Dataset) -> str:
    """Return the line that says where the label is."""
    return wrapped(
        f"data: the first {data.classes} columns are not blank, so the label is put before them "
        f"instead of in their place"
    )
