"""Figures of the chip. A function takes an axes and returns it; its title is what it found.

One accent colour is for what the simulated chip does, grey for what it is compared with.
"""

__all__ = ["ACCENT", "DARK", "GREY"]

ACCENT, GREY, DARK = "#0b7285", "#adb5bd", "#343a40"
