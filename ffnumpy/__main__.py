"""The command line: ``ffnumpy demo | train | evaluate | …``, one module for each command."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ffnumpy.commands.cli import run_program

COMMANDS = {
    "demo": "verify the gradients, train on digits, show the one-step rule: half a minute",
    "train": "train a network, save it, resume it",
    "experiment": "list the experiments of the paper, and run one",
    "evaluate": "errors of a saved network, by layer and by class",
    "export-web": "write a saved network as JavaScript, for a page that computes with it",
    "verify": "check every hand-derived slope against difference quotients",
    "tutorials": "copy the tutorials out, as text and as notebooks",
    "worksheet": "a sheet to work out by hand, and its key",
    "check": "grade a student's own functions, and say what is wrong with them",
    "data": "list, fetch and look at the data sets",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    description = "Forward-Forward in NumPy."
    return run_program("ffnumpy", description, "ffnumpy.commands", COMMANDS, arguments)


if __name__ == "__main__":
    sys.exit(main())
