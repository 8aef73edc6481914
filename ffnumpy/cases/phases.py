"""Positive and negative phases far apart in time, like waking and sleep."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ffnumpy.cases.batches import Cases, batches_in
from ffnumpy.cases.encoding import Encoding
from ffnumpy.cases.labelled import Labelled
from ffnumpy.cases.negatives import uniform_wrong
from ffnumpy.draws import WRONG_LABELS, generator
from ffnumpy.validation import check_labels, whole

__all__ = ["PhaseCases"]


class PhaseCases(Cases):
    """Some batches with their true labels, then the same batches with wrong ones, and so on.

    Parameters
    ----------
    rows : (n, columns) array
    labels : (n,) array of int
    encoding : Encoding
    group : int
        Batches in a phase; if an epoch has no more than these, it has one phase of each kind.
    awake : int
        Only every `awake`-th group, counted from the start of the run, is followed by its negative
        phase; 1 means every group. Of a run of fewer groups there is none.
    batch, seed : int
        As in `Cases`; a batch holds positive or negative cases, never both.

    Raises
    ------
    ValueError
        As `LabelledCases` does, and if a phase would have no batch.

    Source: [Hinton2022] Section 5; the wrong labels here are drawn evenly, from the seed, the epoch
    and the batch alone.
    """

    def __init__(
        self,
        rows: NDArray,
        labels: NDArray,
        encoding: Encoding,
        group: int = 1,
        awake: int = 1,
        batch: int = 100,
        seed: int = 0,
    ) -> None:
        encoding.check(rows)
        check_labels(len(rows), labels, encoding.classes)
        whole(group=group, awake=awake)
        super().__init__(len(rows), batch, seed)
        self.rows, self.labels, self.encoding = rows, labels.astype(np.intp), encoding
        self.group, self.awake = group, awake

    def numbers(self) -> list[int]:
        """Return which part of the epoch's order each batch of either phase shows."""
        return [number for number, _ in self._phases()]

    def _phases(self) -> list[tuple[int, int]]:
        """Return the number and sign of every batch of this epoch, in the order shown."""
        total = batches_in(self.n, self.batch)
        before = self.epoch * batches_in(total, self.group)
        shown = []
        for group, first in enumerate(range(0, total, self.group), before + 1):
            phase = range(first, min(first + self.group, total))
            shown += [(batch, 1) for batch in phase]
            shown += [(batch, -1) for batch in phase if group % self.awake == 0]
        return shown

    def __iter__(self) -> Iterator[tuple[Labelled, NDArray]]:
        phases = self._phases()
        for index in self.indices():
            number, sign = phases[self.done - 1]
            yield self._shown(index, number, sign), np.full(len(index), sign, np.float32)

    def _shown(self, index: NDArray, number: int, sign: int) -> Labelled:
        features, labels = self.encoding.features(self.rows[index]), self.labels[index]
        if sign < 0:
            rng = generator(WRONG_LABELS, self.seed, self.epoch, number)
            labels = uniform_wrong(labels, self.encoding.classes, rng)
        return self.encoding.labelled(features, labels)
