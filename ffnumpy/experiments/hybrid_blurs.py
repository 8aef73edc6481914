"""Section 3.2: how often to blur a hybrid's mask, and whether the softmax reads the first layer.

The paper says that the mask's random bits are blurred repeatedly, but not how often. The softmax of
its 4 layers reads the last three: the first is left out.

What differs: three narrower layers learn for a shorter time, so that there are several seeds of
each. The blurs are those of both directions; none leaves single random pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ffnumpy.cases import batches_in
from ffnumpy.data import Dataset
from ffnumpy.experiments import hybrid_images
from ffnumpy.runs import Run
from ffnumpy.supervised.names import changed
from ffnumpy.validation import above_zero, whole, widths

SECTION, PAPER, MINUTES = "3.2", "unstated", 40
DIFFERS, COMPARED = "narrower layers, fewer epochs", ("blurs", "read")
BLURS, BATCH, SEEDS = (0, 1, 2, 4, 6, 10), 100, 3


@dataclass(frozen=True)
class Setting:
    """Widths, epochs of the layers and of the readout, ε, blurs, layers read from the last."""

    hidden: tuple[int, ...] = (500, 500, 500)
    epochs: int = 10
    readout_epochs: int = 10
    rate: float = 0.02
    blurs: int = 6
    read: int = 2

    def __post_init__(self) -> None:
        widths(hidden=self.hidden)
        whole(0, epochs=self.epochs, readout_epochs=self.readout_epochs, blurs=self.blurs)
        whole(read=self.read)
        above_zero(rate=self.rate)
        if self.read > len(self.hidden):
            raise ValueError(
                f"read: expected at most the {len(self.hidden)} hidden layers; got {self.read}"
            )


FULL, QUICK = Setting(), Setting((100, 100, 100), epochs=2, readout_epochs=2)


def start(setting: Setting, data: Dataset, seed: int) -> Run:
    """Return a run that trains the layers and then the readout."""
    rng, (n, columns) = np.random.default_rng(seed), data.train_images.shape
    own = changed(hybrid_images.FULL, **{**vars(hybrid_images.AUTHOR), **vars(setting)})
    net = hybrid_images.network(own, columns, data.classes, rng, batches_in(n, BATCH))
    lengths = setting.epochs, setting.readout_epochs
    return net.run(data, lengths, setting.blurs, rng, BATCH, seed)


def points(setting: Setting, seed: int) -> dict[str, tuple[Setting, int]]:
    """Return every number of blurs, with the first layer read and without, and several seeds."""
    layers = len(setting.hidden)
    if layers < 2:
        raise ValueError(f"hidden: expected two layers, so that one can be left out; got {layers}")
    reads = {"with layer 1": layers, "without layer 1": layers - 1}
    return {
        f"{blurs} blurs, {name}, seed {seed + n}": (
            replace(setting, blurs=blurs, read=read),
            seed + n,
        )
        for blurs in BLURS
        for name, read in reads.items()
        for n in range(SEEDS)
    }
