"""Training runs: the run, its checkpoint, its journal and its record."""
