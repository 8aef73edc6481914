"""The command line, one file per command, each with ``add_arguments`` and ``run``."""


class UsageError(Exception):
    """A command line that asks for the impossible; printed without a traceback, exit status 2."""


def percent(error: float | None) -> str:
    """Return an error as a percentage for people; a dash where there is none."""
    return "–" if error is None else f"{100 * error:.2f} %"
