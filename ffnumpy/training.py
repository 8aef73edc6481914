"""The training loop, and which layers learn in which epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ffnumpy.layers.layer import Frozen, LayerLike

__all__ = ["Learners", "Order", "one_after_another", "together", "train"]

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


def _together(layers: Sequence[LayerLike], epochs: int) -> Learners:
    return lambda epoch: layers


def _one_after_another(layers: Sequence[LayerLike], epochs: int) -> Learners:
    @lru_cache(maxsize=1)
    def stage(number: int) -> list[LayerLike]:
        """Return a layer that learns, above those that have learned."""
        return [*map(Frozen, layers[:number]), layers[number]]

    return lambda epoch: stage(min(epoch // max(epochs, 1), len(layers) - 1))


@dataclass(frozen=True)
class Order:
    """Which layers learn in which epoch: ``order(layers, epochs)`` returns `Learners`.

    Attributes
    ----------
    learners : callable, (layers, epochs of each stage) -> Learners
    in_stages : bool
        Whether there is a stage for each layer; else all learn in one.
    """

    learners: Callable[[Sequence[LayerLike], int], Learners]
    in_stages: bool

    def __call__(self, layers: Sequence[LayerLike], epochs: int) -> Learners:
        """Return what learns in each epoch."""
        return self.learners(layers, epochs)

    def stages(self, layers: int) -> int:
        """Return the stages in which so many layers learn."""
        return layers if self.in_stages else 1


together = Order(_together, in_stages=False)
"""All layers learn, always."""
one_after_another = Order(_one_after_another, in_stages=True)
"""Each layer learns for `epochs`, from the first up; those below are frozen."""
