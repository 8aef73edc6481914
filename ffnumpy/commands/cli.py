"""A program of several commands: what the command lines of both packages share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from ffnumpy import __version__
from ffnumpy.commands import INTERRUPTED, UsageError, example
from ffnumpy.commands.renamed import told_new_name
from ffnumpy.commands.terminal import Output, outputs, width, wrapped
from ffnumpy.data import DataError
from ffnumpy.runs.checkpoint import CheckpointError
from ffnumpy.runs.files import remove_unfinished
from ffnumpy.runs.run import DivergedError
from ffnumpy.runs.workers import WorkersDied

__all__ = ["parser_of", "run_program"]

LEFT = ("save", "resume", "out", "plots", "figure", "markdown", "out_dir")
"""Options by which a command leaves files: it has work to do even if nobody reads its lines."""


class _Help(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str, **more: Any) -> None:
        super().__init__(prog, width=width(), **more)


class _Parser(argparse.ArgumentParser):
    """A parser, and by default its subparsers, whose lines fit."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"formatter_class": _Help, **more})

    def error(self, message: str) -> NoReturn:
        """Print the usage and the message in lines that fit; exit with status 2."""
        self.print_usage(sys.stderr)
        self.exit(2, wrapped(f"{self.prog}: error: {message}") + "\n")


def parser_of(
    name: str, description: str, package: str, commands: Mapping[str, str]
) -> argparse.ArgumentParser:
    """Return the parser of a program; its parameters are those of `run_program`."""
    parser = _Parser(prog=name, description=description)
    parser.add_argument("--version", action="version", version=f"{name} {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command, purpose in commands.items():
        module = import_module(f"{package}.{command.replace('-', '_')}")
        shown = example(f"{name} {command} {module.EXAMPLE}".rstrip(), module.TOOK)
        subparser = subparsers.add_parser(command, help=purpose, description=purpose, epilog=shown)
        module.add_arguments(subparser)
        subparser.set_defaults(run=module.run)
    return parser


def run_program(
    name: str,
    description: str,
    package: str,
    commands: Mapping[str, str],
    arguments: Sequence[str] | None = None,
    old_names: Mapping[str, str] | None = None,
) -> int:
    """Run one command; return its exit status.

    What cannot be printed stops a command only if it leaves no file; see `Output`.

    Parameters
    ----------
    name : str
        Of the program.
    description : str
    package : str
        Where the commands are: one module each, with ``add_arguments`` and ``run``; ``EXAMPLE`` is
        a command line without the names, and ``TOOK`` says how long it works.
    commands : mapping
        From each command to its purpose; ``export-web`` is the module ``export_web``.
    arguments : sequence of str, optional
        By default the command line's.
    old_names : mapping, optional
        From what commands were called to what they are called now.
    """
    with outputs() as out:
        parser = parser_of(name, description, package, commands)
        typed = list(sys.argv[1:] if arguments is None else arguments)
        args = parser.parse_args(_renamed(name, typed, old_names or {}))
        if args.command is None:
            parser.print_help(sys.stderr)
            return 2
        _clean(args)
        out.needed = not any(vars(args).get(option) for option in LEFT)
        status, failure = _tried(args, out)
        if failure:
            print(wrapped(f"{name} {args.command}: {failure}"), file=sys.stderr)
        return status


def _renamed(program: str, typed: list[str], names: Mapping[str, str]) -> list[str]:
    """Return a command line with the new name of its command."""
    if not typed or typed[0] not in names:
        return typed
    new = names[typed[0]]
    told_new_name(f"{program} {typed[0]}", f"{program} {new}")
    return [new, *typed[1:]]


def _clean(args: argparse.Namespace) -> None:
    """Remove what killed saves have left beside the files of a command."""
    for value in vars(args).values():
        for path in value if isinstance(value, list) else [value]:
            if isinstance(path, Path) and not path.is_dir():
                remove_unfinished(path)


def _tried(args: argparse.Namespace, out: Output) -> tuple[int, str]:
    """Run a command; return its exit status and, if it fails, why."""
    try:
        status: int = args.run(args)
        out.flush()
        return (status, "") if out.refused is None else _unread(status, out.refused)
    except KeyboardInterrupt:
        return INTERRUPTED, "interrupted"
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        return 0, ""
    except (UsageError, DataError, CheckpointError, DivergedError) as error:
        return 2, str(error)
    except WorkersDied as error:
        return 1, str(error)
    except OSError as error:
        return 1, f"the system refuses: {error}"
    except MemoryError as error:
        reason = f" ({error})" if str(error) else ""
        advice = "use fewer or narrower layers, or a smaller batch"
        return 1, f"not enough memory{reason}; {advice}"


def _unread(status: int, refused: OSError) -> tuple[int, str]:
    """Return the exit status of a command that worked to its end and could not say so."""
    if isinstance(refused, BrokenPipeError):
        return status, ""
    return status or 1, f"some lines could not be printed ({refused}); the files are whole"
