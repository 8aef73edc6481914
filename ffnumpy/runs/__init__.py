"""Training runs: the run, its checkpoint, its journal and its record."""

from ffnumpy.runs.checkpoint import CheckpointError, SavedGenerator
from ffnumpy.runs.journal import Journal, train_to_the_end
from ffnumpy.runs.run import DivergedError, Run, Saved

__all__ = [
    "CheckpointError",
    "DivergedError",
    "Journal",
    "Run",
    "Saved",
    "SavedGenerator",
    "train_to_the_end",
]
