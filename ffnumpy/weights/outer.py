"""What a layer asks of its weights, and an update kept as its two factors."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from numpy.typing import NDArray

__all__ = ["Outer", "Weights"]


class Outer(NamedTuple):
    """An update kept as its two factors, because a crossbar writes exactly that.

    Attributes
    ----------
    pre : (batch, n_in) array, or `ffnumpy.cases.Labelled`
        The layer's input.
    post : (batch, n_out) array
        ``∂log p/∂z``, without a rate.
    """

    pre: Any
    post: NDArray

    def factors(self) -> list[tuple[NDArray, NDArray]]:
        """Return plain arrays whose outer products, stacked, are this one."""
        split = getattr(self.pre, "factors", None)
        return [(self.pre, self.post)] if split is None else split(self.post)


class Weights(Protocol):
    """What a layer asks of its weights, on any substrate."""

    @property
    def shape(self) -> tuple[int, int]:
        """(n_in, n_out)."""

    def forward(self, x: Any) -> Any:
        """Multiply the input by the weights; change nothing."""

    def update(self, outer: Outer) -> None:
        """Move the weights along an outer product, each substrate by its own means."""

    def add(self, outer: Outer) -> None:
        """Add the outer product unchanged: no rate, no decay, no optimiser."""

    def arrays(self) -> dict[str, NDArray]:
        """Return every array that a resumed run needs, by name."""

    def restore(self, arrays: dict[str, NDArray]) -> None:
        """Load what `arrays` returned, in place."""
