"""Handwritten-looking digits, drawn by the library: data that need no download.

Each image begins as one of the forms in `glyphs`. Its points are jittered, a pen follows them on
smooth curves, the paper is warped by a few long waves, slanted, stretched and turned, and the
trace is inked with a round pen of random width. As in MNIST the ink is scaled to fill a box of
20 x 20 pixels and centred in 28 x 28 by its centre of mass (Source: [LeCun1998]).

Not modelled: pressure and speed along a stroke, joined or broken strokes, a writer's consistency
from one digit to the next, specks and other faults of a scanner.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ffnumpy.data.dataset import CLASSES, DataError, Dataset
from ffnumpy.data.glyphs import FORMS, Form, pen_way
from ffnumpy.data.ink import SIDE, ink

Points = NDArray[np.float64]

_SAMPLES = 90  # points along the pen's path
_BLOCK = 500  # images drawn together, few enough for the processor's cache

_HASTE = (0.6, 1.4)  # least and greatest factor of jitter and warp
_JITTER = 0.03  # standard deviation of a control point [box]
_WAVES = 3
_WAVE_NUMBER = 4.0  # standard deviation [radians per box]
_WARP = 0.045  # standard deviation of a wave's amplitude [box]
_STRETCH = 0.18  # standard deviation of the logarithm of width over height
_SLANT = (0.18, 0.25)  # mean and standard deviation of the shear, to the right
_TURN = 0.1  # standard deviation [radians]
_PEN = (0.15, 0.33)  # mean and standard deviation of the logarithm of the pen's radius [pixels]
_PEN_RANGE = (0.6, 3.0)  # [pixels]


def dataset(n_train: int = 10_000, n_test: int = 2_000, seed: int = 0) -> Dataset:
    """Draw training and test images, the two from independent streams of random numbers.

    Parameters
    ----------
    n_train, n_test : int
        Numbers of images, the ten digits equally often (as far as they divide) in random order.
    seed : int
        The same seed draws the same images.
    """
    for_train, for_test = np.random.default_rng(seed).spawn(2)
    train_labels, test_labels = _balanced(n_train, for_train), _balanced(n_test, for_test)
    train_images, test_images = draw(train_labels, for_train), draw(test_labels, for_test)
    return Dataset("strokes", train_images, train_labels, test_images, test_labels, (SIDE, SIDE))


def draw(labels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw one image of each digit asked for.

    Parameters
    ----------
    labels : (n,) uint8
    rng : Generator

    Returns
    -------
    (n, 784) uint8
        Grey levels: 0 is paper, 255 is ink.

    Raises
    ------
    DataError
        If a label is not a digit.
    """
    if not np.isin(labels, range(CLASSES)).all():
        raise DataError(f"expected digits from 0 to 9, got {np.unique(labels)}; correct the labels")
    images = np.empty((len(labels), SIDE * SIDE), np.uint8)
    form_of = _choose_forms(labels, rng)
    for index, form in enumerate(FORMS):
        rows = np.flatnonzero(form_of == index)
        for block in np.split(rows, range(_BLOCK, len(rows), _BLOCK)):
            images[block] = _draw_form(form, len(block), rng)
    return images


def _balanced(n: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return n labels, the ten digits in turn, in random order."""
    return rng.permutation((np.arange(n) % CLASSES).astype(np.uint8))


def _choose_forms(labels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.intp]:
    """Choose a form for each label, as often as the forms' frequencies say."""
    chosen = np.empty(len(labels), np.intp)
    for digit in range(CLASSES):
        rows = np.flatnonzero(labels == digit)
        forms = [index for index, form in enumerate(FORMS) if form.digit == digit]
        chosen[rows] = rng.choice(forms, len(rows), p=[FORMS[index].frequency for index in forms])
    return chosen


def _draw_form(form: Form, n: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw n images of one form, (n, 784)."""
    pen = pen_way(form, _SAMPLES)
    haste = rng.uniform(*_HASTE, (n, 1, 1))
    control = pen.control + haste * rng.normal(0, _JITTER, (n, *pen.control.shape))
    way = _transform(_warp(pen.spline @ control, haste, rng), rng).astype(np.float32)
    radius = np.clip(np.exp(rng.normal(*_PEN, n)), *_PEN_RANGE).astype(np.float32)
    return ink(way[:, :-1][:, pen.down], way[:, 1:][:, pen.down], radius).reshape(n, SIDE * SIDE)


def _warp(way: Points, haste: Points, rng: np.random.Generator) -> Points:
    """Deform the plane smoothly: displace it by a few waves of random direction and phase."""
    for _ in range(_WAVES):
        wave = rng.normal(0, _WAVE_NUMBER, (len(way), 2, 1))
        phase = rng.uniform(0, 2 * np.pi, (len(way), 1, 1))
        amplitude = haste * rng.normal(0, _WARP, (len(way), 1, 2))
        way = way + amplitude * np.sin(way @ wave + phase)
    return way


def _transform(way: Points, rng: np.random.Generator) -> Points:
    """Stretch, slant and turn the plane."""
    n = len(way)
    stretch = np.exp(rng.normal(0, _STRETCH, n))
    slant = rng.normal(*_SLANT, n)
    turn = rng.normal(0, _TURN, n)
    sheared = np.array([[stretch, -slant], [np.zeros(n), np.ones(n)]])
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix: Points = np.einsum("ijn,jkn->nki", turned, sheared)
    return np.matmul(way, matrix)
