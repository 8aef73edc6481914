"""The command line: ``ffnumpy demo | train | evaluate | verify | data``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from ffnumpy.checkpoint import CheckpointError
from ffnumpy.commands import UsageError
from ffnumpy.data import DataError

COMMANDS = {
    "demo": "verify the gradients, train on digits, show the one-step rule: 90 seconds",
    "train": "train a network, save it, go on with it",
    "evaluate": "errors of a saved network, by layer and by class",
    "verify": "check every hand-derived slope against difference quotients",
    "data": "list, fetch and look at the data sets",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    parser = argparse.ArgumentParser(prog="ffnumpy", description="Forward-Forward in NumPy.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        command = subparsers.add_parser(name, help=purpose, description=purpose)
        module = import_module(f"ffnumpy.commands.{name}")
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    args = parser.parse_args(arguments)
    try:
        return args.run(args)
    except KeyboardInterrupt:
        print(f"ffnumpy {args.command}: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 (kept open for the interpreter's last flush)
        return 0
    except (UsageError, DataError, CheckpointError) as error:
        print(f"ffnumpy {args.command}: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
