"""The training loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ffnumpy.layers.layer import Frozen, LayerLike

__all__ = [
    "one_after_another",
    "train",
]


def train(layers: Sequence[LayerLike], cases: Iterable[tuple[Any, Any]]) -> Iterator[int]:
    """Show every case to every layer, from the first up; yield the number of batches shown.

    It is a generator: nothing happens until a ``for`` loop draws from it, the body of that loop is
    the callback, and leaving the loop stops the training. An epoch without callback is
    ``for _ in train(layers, cases): pass``. What a case's second part means, only the layers'
    losses know.
    """
    for shown, (x, sign) in enumerate(cases, 1):
        for layer in layers:
            x = layer.learn(x, sign)
        yield shown


def one_after_another(layers: Sequence[LayerLike], stage: int) -> list[LayerLike]:
    """Return the network as layer number `stage` (from 0) learns it: those below it are frozen."""
    return [*map(Frozen, layers[:stage]), layers[stage]]
