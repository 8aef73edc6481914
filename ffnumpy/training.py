"""The training loop, and which layers learn in which epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from ffnumpy.layers.layer import Frozen, LayerLike

__all__ = ["Learners", "one_after_another", "together", "train"]

Learners = Callable[[int], Sequence[LayerLike]]


def train(layers: Sequence[LayerLike], cases: Iterable[tuple[Any, Any]]) -> Iterator[int]:
    """Show every case to every layer, from the first up; yield the number of batches shown.

    It is a generator: nothing happens until a ``for`` loop draws from it, the body of that loop is
    the callback, and leaving the loop stops the training. An epoch without a callback
    is ``for _ in train(layers, cases): pass``. Only the layers' losses know what a case's second
    part means.
    """
    for shown, (x, sign) in enumerate(cases, 1):
        for layer in layers:
            x = layer.learn(x, sign)
        yield shown


def together(layers: Sequence[LayerLike], epochs: int) -> Learners:
    """Return what learns in each epoch: all layers, always."""
    return lambda epoch: layers


def one_after_another(layers: Sequence[LayerLike], epochs: int) -> Learners:
    """Return what learns in each epoch, from 0: each layer for `epochs`, those below frozen."""

    @lru_cache(maxsize=1)
    def stage(number: int) -> list[LayerLike]:
        return [*map(Frozen, layers[:number]), layers[number]]

    return lambda epoch: stage(min(epoch // max(epochs, 1), len(layers) - 1))
