"""The options that every command takes: ``--quiet``, ``--verbose``, ``--no-progress``, ``--help``.

`parameters` makes them once; the table of commands adds them to each command, so that they can
stand before and behind its name.
"""

import logging
import sys
from dataclasses import dataclass
from functools import cache, partial
from typing import Annotated, Any

import typer

from movierec_cli.core.errors import UsageError

LOGGER = "movierec_cli"
OUTPUT_PANEL = "Output"


@dataclass
class Verbosity:
    """The permitted output on stderr of the running command, errors apart.

    ``verbose`` adds the log of core; ``no_progress`` removes bars and the lines of epochs. Of
    several processes that compute together, all but the first are ``muted``.
    """

    muted: bool = False
    quiet: bool = False
    verbose: bool = False
    no_progress: bool = False

    @property
    def progress(self) -> bool:
        """True if progress is shown."""
        return self.notes and not self.no_progress

    @property
    def notes(self) -> bool:
        """True if anything but data and errors is shown."""
        return not (self.quiet or self.muted)


CURRENT = Verbosity()
"""The verbosity of the running command; a process runs one command at a time."""


def reset() -> None:
    """Return to the default verbosity, before the next command reads its options."""
    CURRENT.quiet = CURRENT.verbose = CURRENT.no_progress = False
    logger = logging.getLogger(LOGGER)
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)


def _set(parameter: typer.CallbackParam, wanted: bool) -> None:
    if not wanted:
        return
    setattr(CURRENT, str(parameter.name), True)
    if CURRENT.quiet and CURRENT.verbose:
        raise UsageError("--quiet and --verbose exclude each other.", "Leave out one of them.")
    logger = logging.getLogger(LOGGER)
    if CURRENT.verbose and not CURRENT.muted and not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(relativeCreated)6.0f ms  %(message)s"))
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)


def _print_help(context: typer.Context, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        typer.echo(context.get_help(), nl=False)
        raise typer.Exit


_option = partial(
    typer.Option, metavar="", expose_value=False, rich_help_panel=OUTPUT_PANEL, callback=_set
)


@cache
def parameters() -> tuple[Any, ...]:
    """Return the common options as parameters of a Typer command."""
    holder = typer.Typer(add_completion=False)

    @holder.command(add_help_option=False)
    def command(
        quiet: Annotated[bool, _option("--quiet", "-q", help="Only data and errors.")] = False,
        verbose: Annotated[
            bool, _option("--verbose", "-v", help="Log the files read and written.")
        ] = False,
        no_progress: Annotated[
            bool, _option("--no-progress", help="No bars and no epoch lines.")
        ] = False,
        show_help: Annotated[
            bool,
            _option("--help", "-h", is_eager=True, callback=_print_help, help="Show this help."),
        ] = False,
    ) -> None:
        del quiet, verbose, no_progress, show_help

    return tuple(typer.main.get_command(holder).params)
