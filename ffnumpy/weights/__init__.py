"""Weights: something one can multiply by, and add an outer product to. There is no third verb."""
