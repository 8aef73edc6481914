"""A program of several commands: what the command lines of both packages share."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

from ffnumpy import __version__
from ffnumpy.commands import INTERRUPTED, UsageError
from ffnumpy.data import DataError
from ffnumpy.runs.checkpoint import CheckpointError
from ffnumpy.runs.run import DivergedError

__all__ = ["run_program"]


def run_program(
    name: str,
    description: str,
    package: str,
    commands: Mapping[str, str],
    arguments: Sequence[str] | None = None,
) -> int:
    """Run one command; return its exit status.

    Parameters
    ----------
    name : str
        Of the program.
    description : str
    package : str
        Where the commands are: one module each, with ``add_arguments`` and ``run``.
    commands : mapping
        From each command to its purpose.
    arguments : sequence of str, optional
        By default the command line's.
    """
    parser = argparse.ArgumentParser(prog=name, description=description)
    parser.add_argument("--version", action="version", version=f"{name} {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command, purpose in commands.items():
        subparser = subparsers.add_parser(command, help=purpose, description=purpose)
        module = import_module(f"{package}.{command}")
        module.add_arguments(subparser)
        subparser.set_defaults(run=module.run)
    args = parser.parse_args(arguments)
    if args.command is None:
        parser.print_help(sys.stderr)
        return 2
    try:
        status: int = args.run(args)
        if sys.stdout is not None:  # it may be closed
            sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        print(f"{name} {args.command}: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 (kept open for the last flush)
        return 0
    except (UsageError, DataError, CheckpointError, DivergedError) as error:
        print(f"{name} {args.command}: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{name} {args.command}: the system refuses: {error}", file=sys.stderr)
        return 1
    except MemoryError as error:
        reason = f" ({error})" if str(error) else ""
        print(
            f"{name} {args.command}: not enough memory{reason}; use fewer or narrower "
            f"layers, or a smaller batch",
            file=sys.stderr,
        )
        return 1
