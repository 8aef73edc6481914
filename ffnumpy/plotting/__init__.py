"""Figures. A function takes an axes and returns it; a figure's title states its finding."""

from __future__ import annotations

from ffnumpy.plotting.colours import ACCENT, COUNTS, DARK, GREY, INK, SIGNED
from ffnumpy.plotting.curves import (
    confusion_matrix,
    goodness_histogram,
    learning_curves,
    name_at_end,
    one_step_bars,
)
from ffnumpy.plotting.demonstration import demonstration_sheet
from ffnumpy.plotting.files import blank, keep, save
from ffnumpy.plotting.look import house, title_of
from ffnumpy.plotting.pictures import case_sheet, contact_sheet, receptive_fields
from ffnumpy.plotting.training import training_figures, true_and_wrong

__all__ = [
    "ACCENT",
    "COUNTS",
    "DARK",
    "GREY",
    "INK",
    "SIGNED",
    "blank",
    "case_sheet",
    "confusion_matrix",
    "contact_sheet",
    "demonstration_sheet",
    "goodness_histogram",
    "house",
    "keep",
    "learning_curves",
    "name_at_end",
    "one_step_bars",
    "receptive_fields",
    "save",
    "title_of",
    "training_figures",
    "true_and_wrong",
]
