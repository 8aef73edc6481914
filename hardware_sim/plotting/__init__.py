"""Figures of the chip. A function takes an axes and returns it; the title states the finding.

The accent colour is for the simulated chip, grey for what it is compared with.
"""

__all__ = ["ACCENT", "DARK", "GREY"]

ACCENT, GREY, DARK = "#0b7285", "#adb5bd", "#343a40"
