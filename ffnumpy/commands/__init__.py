"""The command line, one file per command, each with ``add_arguments`` and ``run``."""


class UsageError(Exception):
    """A command line that asks for the impossible; printed without a traceback, exit status 2."""
