"""The command line: ``hardware-sim train | characterise | presets``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ffnumpy.commands.program import run_program

COMMANDS = {
    "train": "train a chip one image at a time, and its twin in numbers",
    "compare": "five ways to the same task, with what each of them costs",
    "program": "write a model trained in numbers into a chip, and use it there",
    "characterise": "draw what a device does under pulses",
    "presets": "list the published devices",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    description = "A simulated analog chip that learns by Forward-Forward."
    return run_program("hardware-sim", description, "hardware_sim.commands", COMMANDS, arguments)


if __name__ == "__main__":
    sys.exit(main())
