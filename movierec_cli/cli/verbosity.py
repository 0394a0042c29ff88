"""How much is told beside the data: ``--quiet``, ``--verbose`` and ``--no-progress``.

Every command takes the three, before and behind its name; they are put there in one place.
"""

import logging
import sys
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import typer

from movierec_cli.core.errors import UsageError

LOGGER = "movierec_cli"


@dataclass
class Verbosity:
    """What the command that runs now may write to stderr, errors apart.

    Attributes
    ----------
    quiet
        Nothing.
    verbose
        Also what core logs: which files it reads and writes, and when.
    progress
        Bars, and a line for each epoch and step.
    """

    quiet: bool = False
    verbose: bool = False
    progress: bool = True


CURRENT = Verbosity()
"""There is one command in a process at a time; `reset` begins the next."""


def reset() -> None:
    """Begin a command: as loud as usual."""
    CURRENT.quiet, CURRENT.verbose, CURRENT.progress = False, False, True
    logger = logging.getLogger(LOGGER)
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)


def _make_quiet(wanted: bool) -> None:
    if wanted:
        CURRENT.quiet, CURRENT.progress = True, False
        _refuse_both()


def _make_verbose(wanted: bool) -> None:
    if wanted and not CURRENT.verbose:
        CURRENT.verbose = True
        _refuse_both()
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(relativeCreated)6.0f ms  %(message)s"))
        logger = logging.getLogger(LOGGER)
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)


def _hide_progress(wanted: bool) -> None:
    if wanted:
        CURRENT.progress = False


def _refuse_both() -> None:
    if CURRENT.quiet and CURRENT.verbose:
        raise UsageError("--quiet and --verbose ask for opposite things.", "Leave out one of them.")


@cache
def parameters() -> tuple[Any, ...]:
    """Return the three options as parameters of a command."""
    holder = typer.Typer(add_completion=False)

    @holder.command()
    def command(
        quiet: Annotated[
            bool,
            typer.Option(
                "--quiet",
                "-q",
                expose_value=False,
                callback=_make_quiet,
                rich_help_panel=_PANEL,
                help="Tell nothing but data and errors.",
            ),
        ] = False,
        verbose: Annotated[
            bool,
            typer.Option(
                "--verbose",
                "-v",
                expose_value=False,
                callback=_make_verbose,
                rich_help_panel=_PANEL,
                help="Tell which files are read and written, and when.",
            ),
        ] = False,
        no_progress: Annotated[
            bool,
            typer.Option(
                "--no-progress",
                expose_value=False,
                callback=_hide_progress,
                rich_help_panel=_PANEL,
                help="No bars, no line for each epoch or step.",
            ),
        ] = False,
    ) -> None:
        del quiet, verbose, no_progress

    return tuple(typer.main.get_command(holder).params)


_PANEL = "How much to tell"
