"""The colours: one accent for positive cases and findings, grey for what they are compared with."""

from __future__ import annotations

__all__ = ["ACCENT", "COUNTS", "DARK", "GREY", "INK", "SIGNED"]

ACCENT, GREY, DARK = "#e8590c", "#adb5bd", "#343a40"


INK, SIGNED, COUNTS = "gray_r", "PuOr_r", "Oranges"
"""The colour maps of pictures, of numbers of either sign (the accent is above 0), and of counts."""
