"""How people write the ten digits: pen strokes through a few points.

A stroke is a string of points 'x,y' in hundredths of a box whose x runs to the right and whose y
runs downwards. The pen passes through the points on a smooth curve; a point given twice is a
corner. The figures were drawn for this library by eye, beside MNIST's images, and corrected where
a network trained on them misread those: its error on MNIST is not that of a blind test.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Form:
    """One way to write a digit.

    Attributes
    ----------
    digit : int
    frequency : float
        Share of the digit's images that take this form; those of a digit add up to 1.
    strokes : tuple of str
    """

    digit: int
    frequency: float
    strokes: tuple[str, ...]

    def points(self) -> list[NDArray[np.float64]]:
        """Return the points of each stroke, (points, 2), in units of the box."""
        return [
            np.array([point.split(",") for point in stroke.split()], float) / 100
            for stroke in self.strokes
        ]


FORMS = (
    Form(0, 0.6, ("66,3 28,8 2,55 30,98 72,80 88,38 58,2",)),
    Form(0, 0.25, ("42,3 8,38 18,88 55,98 84,55 68,6 30,8",)),
    Form(0, 0.15, ("70,6 30,10 2,50 22,94 60,94 90,55 82,14 55,2 40,18 58,34",)),
    Form(1, 0.85, ("50,0 50,50 50,100",)),
    Form(1, 0.1, ("22,28 50,0 50,0 50,50 50,100",)),
    Form(1, 0.05, ("22,25 50,0 50,0 50,50 50,100", "15,100 50,99 85,100")),
    Form(2, 0.25, ("12,22 36,2 72,10 72,40 42,74 6,98 6,98 50,95 96,94",)),
    Form(2, 0.3, ("14,22 42,0 76,16 66,50 44,82 18,99 2,86 22,72 54,84 98,92",)),
    Form(2, 0.15, ("0,10 40,2 88,5 88,5 50,50 4,94 4,94 50,96 98,93",)),
    Form(2, 0.1, ("12,30 40,4 62,22 54,56 22,94 22,94 60,90 100,82",)),
    Form(2, 0.2, ("22,24 24,8 50,0 72,20 62,58 36,94 6,92 14,70 54,80 100,86",)),
    Form(3, 0.4, ("14,14 46,0 76,16 64,40 36,47 36,47 72,57 78,80 46,100 6,92",)),
    Form(3, 0.2, ("12,8 46,4 82,3 82,3 42,42 42,42 76,56 80,80 46,100 6,92",)),
    Form(3, 0.2, ("14,14 46,0 74,16 60,40 34,48 40,53 72,58 80,80 46,100 6,88",)),
    Form(3, 0.2, ("10,10 50,0 72,18 40,42 40,42 70,52 72,80 35,100 0,96",)),
    Form(4, 0.4, ("20,5 10,32 8,54 8,54 48,54 90,48", "76,0 68,50 58,100")),
    Form(4, 0.15, ("68,0 35,32 3,66 3,66 50,66 98,62", "70,2 68,50 65,100")),
    Form(4, 0.25, ("15,2 8,30 22,52 55,48 80,25 84,2 84,2 76,50 66,100",)),
    Form(4, 0.2, ("25,4 10,34 2,60 2,60 36,60 70,54", "82,12 64,50 48,100")),
    Form(5, 0.35, ("88,2 55,4 30,8 30,8 22,44 22,44 50,44 74,64 60,90 32,100 4,92",)),
    Form(5, 0.15, ("84,0 46,6 26,28 48,50 72,70 52,97 4,94",)),
    Form(5, 0.25, ("30,10 24,46 24,46 54,46 76,66 60,92 30,100 4,90", "30,10 60,6 96,0")),
    Form(5, 0.1, ("34,12 24,48 24,48 48,52 58,74 38,98 0,94", "34,12 66,8 104,0")),
    Form(5, 0.15, ("72,4 28,6 28,6 22,44 22,44 50,42 66,68 44,98 8,90",)),
    Form(6, 0.3, ("66,0 32,24 10,62 22,96 58,94 70,70 46,58 14,80",)),
    Form(6, 0.25, ("34,0 14,38 6,74 26,99 60,94 70,70 46,60 18,76",)),
    Form(6, 0.25, ("52,0 22,34 6,70 18,98 46,98 56,78 40,66 20,76 10,90",)),
    Form(6, 0.2, ("24,0 4,44 14,88 54,99 90,80 72,56 40,66 24,92",)),
    Form(7, 0.3, ("4,12 42,9 86,5 86,5 58,50 40,100",)),
    Form(7, 0.15, ("4,12 42,9 86,5 86,5 58,50 40,100", "28,52 55,50 88,48")),
    Form(7, 0.15, ("2,28 6,6 6,6 48,5 90,3 90,3 65,48 48,100",)),
    Form(7, 0.15, ("2,20 30,3 75,5 78,32 60,65 48,100",)),
    Form(7, 0.15, ("2,36 14,10 50,2 76,12 74,50 66,100",)),
    Form(7, 0.1, ("4,34 16,6 30,22 60,10 88,4 88,4 66,46 50,100",)),
    Form(8, 0.45, ("74,14 46,0 20,20 44,46 70,72 44,100 22,80 34,58 58,40 76,16 62,4",)),
    Form(8, 0.2, ("52,2 24,22 48,46 76,22 52,2", "47,46 18,74 44,99 76,74 48,46")),
    Form(8, 0.35, ("78,10 48,1 26,20 44,46 60,74 38,100 22,82 36,56 60,36 82,6",)),
    Form(9, 0.35, ("74,12 46,0 18,24 30,46 62,34 76,6 76,6 70,50 60,100",)),
    Form(9, 0.2, ("72,8 44,0 18,24 34,44 66,32 75,12 76,50 62,88 26,98",)),
    Form(9, 0.2, ("74,20 50,0 22,20 28,44 56,44 75,20 70,52 46,100",)),
    Form(9, 0.25, ("66,8 34,6 20,30 38,46 60,30 68,6 68,6 62,50 58,100",)),
)


@dataclass(frozen=True)
class PenWay:
    """The pen's path as a linear function of the points that it passes through.

    Attributes
    ----------
    control : (points, 2) float64
        The points of all strokes, without repetition at corners [box].
    spline : (samples, points) float64
        `spline @ control` are samples of the path, about evenly spaced.
    down : (samples - 1,) bool
        Whether the pen writes between a sample and the next, rather than jumps.
    """

    control: NDArray[np.float64]
    spline: NDArray[np.float64]
    down: NDArray[np.bool_]


def pen_way(form: Form, samples: int) -> PenWay:
    """Lay smooth curves through the points of a form, from corner to corner.

    Parameters
    ----------
    form : Form
    samples : int
        About how many points of the path to compute, divided by length.
    """
    curves = [curve for stroke in form.points() for curve in _split_at_corners(stroke)]
    lengths = np.array([np.linalg.norm(np.diff(curve, axis=0), axis=1).sum() for curve in curves])
    shares = np.maximum(2, np.rint(samples * lengths / lengths.sum())).astype(int)
    control, which = np.unique(np.concatenate(curves), axis=0, return_inverse=True)
    point = np.eye(len(control))[which]
    points = np.split(point, np.cumsum([len(curve) for curve in curves])[:-1])
    splines = [_catmull_rom(len(p), n) @ p for p, n in zip(points, shares, strict=True)]
    down = np.ones(shares.sum() - 1, bool)
    down[np.cumsum(shares)[:-1] - 1] = False
    return PenWay(control, np.concatenate(splines), down)


def _split_at_corners(stroke: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Cut a stroke between a point and its repetition."""
    repeated = np.flatnonzero((stroke[1:] == stroke[:-1]).all(axis=1))
    return np.split(stroke, repeated + 1)


def _catmull_rom(points: int, samples: int) -> NDArray[np.float64]:
    """Return the matrix, (samples, points), of a uniform Catmull-Rom spline.

    The curve passes through its points, its tangent at each parallel to the line between the two
    neighbours; beyond its ends it is continued by mirror images of the second-to-last points.
    """
    where = np.linspace(0, points - 1, samples)
    first = np.minimum(where.astype(int), points - 2)
    t = where - first
    cubics = np.array(
        [
            t * (-1 + t * (2 - t)),
            2 + t * t * (-5 + 3 * t),
            t * (1 + t * (4 - 3 * t)),
            t * t * (t - 1),
        ]
    )
    extended = np.zeros((samples, points + 2))
    for offset, cubic in enumerate(cubics / 2):
        extended[np.arange(samples), first + offset] = cubic
    matrix = extended[:, 1:-1]
    matrix[:, [0, -1]] += 2 * extended[:, [0, -1]]
    matrix[:, [1, -2]] -= extended[:, [0, -1]]
    return matrix
