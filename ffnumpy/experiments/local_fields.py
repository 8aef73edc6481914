"""Section 3.2: unsupervised learning, with local receptive fields and hybrids as negative cases.

The paper: as `hybrid_images`, but layer 1 is a 4 × 4 grid of fields of 10 × 10 pixels at a stride
of 6, with 128 channels each and no shared weights; layer 2 a 3 × 3 grid with 220 channels, each
field seeing all channels of a 2 × 2 block below; layer 3 a 2 × 2 grid with 512 channels, likewise.
Peer normalisation keeps units alive. Test error 1.16 % after 60 epochs.

What differs: as in `hybrid_images`, images are normalised to mean square 1 before they are mixed,
of which the paper says nothing. It does not state blurs, rates or how the softmax learns; the
goodness is the sum of squares of a whole layer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ffnumpy.cases import batches_in
from ffnumpy.cases.hybrid import pixels_as_inputs
from ffnumpy.data import Dataset
from ffnumpy.layers import Layer, PeerNormalisation, untrained
from ffnumpy.optimisers import Schedule, Smoothed
from ffnumpy.runs import Run
from ffnumpy.unsupervised import Unsupervised
from ffnumpy.validation import above_zero, check_picture, not_negative, whole, widths
from ffnumpy.weights import Dense, normal
from ffnumpy.weights.local_fields import Grid, local_fields

SECTION, PAPER, REACH, MINUTES = "3.2", "1.16 %", 0.0112, 40
DIFFERS = "blurs, rates and the softmax's training, which the paper does not state"
DECAY = 0.001  # Source: [HintonCode]
FIELD, STRIDE = 10, 6  # pixels, of layer 1


@dataclass(frozen=True)
class Setting:
    """Channels of the layers, their epochs, the readout's epochs, blurs, ε, peer strength."""

    hidden: tuple[int, ...] = (128, 220, 512)
    epochs: int = 60
    readout_epochs: int = 20
    blurs: int = 6
    rate: float = 0.02
    peer: float = 0.06

    def __post_init__(self) -> None:
        widths(hidden=self.hidden)
        whole(0, epochs=self.epochs, readout_epochs=self.readout_epochs, blurs=self.blurs)
        above_zero(rate=self.rate)
        not_negative(peer=self.peer)


BATCH = 100
FULL, QUICK = Setting(), Setting((24, 32, 64), epochs=5, readout_epochs=5)


def grids(hidden: tuple[int, ...], columns: int) -> list[Grid]:
    """Return the fields of every layer for square pictures of this many pixels."""
    side = round(columns**0.5)
    if side * side != columns:
        raise ValueError(f"expected square grey pictures; got rows of {columns} numbers")
    stack = [Grid(side, side, 1, FIELD, STRIDE)]
    for channels in hidden[:-1]:
        if min(stack[-1].shape) < 2:
            raise ValueError(
                f"hidden: expected at most {len(stack)} layers on pictures of {side} × {side}, as "
                f"fields of 2 × 2 do not fit above the last; got {len(hidden)}"
            )
        stack.append(stack[-1].above(channels))
    return stack


def network(
    setting: Setting, columns: int, classes: int, rng: np.random.Generator, updates: int = 1
) -> Unsupervised:
    """Return a freshly drawn network for rows of this width; an epoch has `updates` updates."""
    schedule, layers = Schedule(setting.rate, setting.epochs, updates), []

    def make(n_in: int, n_out: int) -> Dense:
        """Draw the weights of one field."""
        return Dense(normal(n_in, n_out, rng), schedule, Smoothed(), DECAY)

    for grid, channels in zip(grids(setting.hidden, columns), setting.hidden, strict=True):
        weights = local_fields(grid, channels, make)
        peer = PeerNormalisation(weights.shape[1], setting.peer) if setting.peer else None
        layers.append(Layer(weights, peer=peer))
    read = sum(layer.weights.shape[1] for layer in layers)
    readout = untrained(read, classes, setting.readout_epochs, updates)
    return Unsupervised(layers, readout, len(layers), pixels_as_inputs)


def start(setting: Setting, data: Dataset, seed: int) -> Run:
    """Return a run that trains the layers and then the readout."""
    check_picture(data.shape, square=True)
    rng, (n, columns) = np.random.default_rng(seed), data.train_images.shape
    net = network(setting, columns, data.classes, rng, batches_in(n, BATCH))
    lengths = setting.epochs, setting.readout_epochs
    return net.run(data, lengths, setting.blurs, rng, BATCH, seed)
