"""All tasks, by the name of the function that is to be written."""

from __future__ import annotations

from ffnumpy.grading.chip_tasks import COLUMN_CURRENTS, LEDGER, PULSES
from ffnumpy.grading.layer_tasks import LAYER, NORMALISE, ONE_STEP, SLOPE, UPDATE
from ffnumpy.grading.task import TRAINING, Task, Training

__all__ = ["TASKS", "TRAINING", "Task", "Training"]

TASKS = {
    task.name: task
    for task in (SLOPE, NORMALISE, UPDATE, ONE_STEP, LAYER, COLUMN_CURRENTS, PULSES, LEDGER)
}
"""The functions whose numbers are compared."""
