"""The command line: ``hardware-sim demo | train | compare | …``, one module per command."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ffnumpy.commands.cli import run_program

COMMANDS = {
    "demo": "the network of `ffnumpy demo` learns on a chip, without converters",
    "train": "train a chip one image at a time, and its floating-point twin",
    "evaluate": "the error of a saved chip, its energy, and every cell as a table",
    "compare": "five ways to learn the same task, and the cost of each",
    "sizes": "energy against the size of the arrays, beside that of backpropagation",
    "degrade": "how the error grows with one imperfection after another",
    "ablate": "which of its imperfections keep a device from learning",
    "tools": "what each tool for poor devices is worth, to Forward-Forward and to backprop",
    "access": "what a write costs by the way its cells are reached: bare, or behind transistors",
    "program": "write a floating-point model into a chip, and use it there",
    "fast": "take a case to its goodness in one step, and learn a stream by such steps",
    "mortality": "what becomes of what a chip has learned: copied, taught to another, aged",
    "diverge": "how far apart an ideal chip and its floating-point twin get",
    "characterise": "draw the response of a device to pulses",
    "devices": "list the published devices",
}
OLD_NAMES = {"presets": "devices"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    description = "A simulated analog chip that learns by Forward-Forward."
    package = "hardware_sim.commands"
    return run_program("hardware-sim", description, package, COMMANDS, arguments, OLD_NAMES)


if __name__ == "__main__":
    sys.exit(main())
