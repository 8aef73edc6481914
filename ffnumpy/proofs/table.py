"""The table of all proofs, drawn from one seed."""

from __future__ import annotations

import numpy as np

from ffnumpy.proofs.contrastive import contrastive
from ffnumpy.proofs.convolution import convolution
from ffnumpy.proofs.fields import fields
from ffnumpy.proofs.laws import laws
from ffnumpy.proofs.recurrent import one_iteration
from ffnumpy.proofs.rows import Row
from ffnumpy.proofs.slopes import slopes

__all__ = ["all_proofs"]


def all_proofs(seed: int = 0) -> list[Row]:
    """Return all the checks, drawn from one seed."""
    rng = np.random.default_rng(seed)
    parts = (slopes, laws, one_iteration, fields, contrastive, convolution)
    return [row for part in parts for row in part(rng)]
