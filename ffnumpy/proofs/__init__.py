"""Proofs: every hand-derived slope against difference quotients, and the laws that must hold."""
