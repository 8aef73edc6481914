"""Studies of the chip: each describes trials by name, and carries them out.

A study has `points`, from a base trial to the trials that it compares, and returns results, texts
and records. It knows no command line and prints nothing.
"""

from hardware_sim.studies.trials import Trial, TrialResult, run_trial

__all__ = ["Trial", "TrialResult", "run_trial"]
