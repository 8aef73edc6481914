"""Proofs: every hand-derived slope against difference quotients, and the laws that must hold."""

from ffnumpy.proofs.differences import Check, check_slope
from ffnumpy.proofs.rows import Row
from ffnumpy.proofs.table import all_proofs

__all__ = ["Check", "Row", "all_proofs", "check_slope"]
