"""Experiments: each module is one section of the paper in code."""
