"""The figure of the demonstration: learning, label voltages, energies, one step."""

from __future__ import annotations

from matplotlib.figure import Figure

from ffnumpy.plotting import house
from hardware_sim.plotting.energy import energy_bill
from hardware_sim.plotting.learning import goodness_reached, label_voltages, learning_on_a_chip
from hardware_sim.studies.demonstration import OneStep, Training, blocks

__all__ = ["demonstration_sheet"]


@house
def demonstration_sheet(data: str, training: Training, step: OneStep) -> Figure:
    """Return the figure of a demonstration on this data set."""
    figure = Figure(figsize=(13, 8), layout="constrained")
    (learning, labels), (energy, goodness) = figure.subplots(2, 2)
    learning_on_a_chip(learning, [(part["images"], part["error"]) for part in training.parts])
    label_voltages(labels, *training.voltages)
    energy_bill(energy, blocks(training))
    goodness_reached(goodness, step.before, step.after, step.target)
    conversions = training.spent.count("adc")
    figure.suptitle(f"{data}: a chip learns with {conversions} A-to-D conversions")
    return figure
