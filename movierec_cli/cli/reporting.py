"""Errors of a command as text on stderr and an exit code."""

import errno
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from movierec_cli import __version__
from movierec_cli.cli import output
from movierec_cli.core.errors import DataError, InterruptionError, MovierecError, UsageError
from movierec_cli.core.files import unusable

_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


@contextmanager
def reported(ctx: Any) -> Iterator[None]:
    """Turn errors into text on stderr and an exit code."""
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except BrokenPipeError as error:  # the reader of a pipe has seen enough
        output.discard(sys.stdout)
        raise typer.Exit(0) from error
    except SystemExit as end:  # of Rich, which prints the help, for the same reason
        if isinstance(end.__context__, BrokenPipeError):
            raise typer.Exit(0) from end
        raise
    except KeyboardInterrupt as interruption:
        output.error("Interrupted. Unfinished work is not kept.")
        raise typer.Exit(InterruptionError.exit_code) from interruption
    except Exception as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            raise
        raise typer.Exit(_report(error, ctx)) from error


def _report(error: Exception, ctx: Any) -> int:
    """Print an error and return its exit code; ``MOVIEREC_DEBUG=1`` adds the traceback."""
    usage: Any = getattr(error, "format_message", None)  # Typer's: a wrong option or command
    if usage:
        output.error(usage(), _usage_hint(usage(), getattr(error, "ctx", None) or ctx))
        return UsageError.exit_code
    if os.environ.get("MOVIEREC_DEBUG", "") not in ("", "0"):
        output.print_traceback(error)
    if isinstance(error, OSError) and error.filename:
        error = unusable(error.filename, "used", error)
    if isinstance(error, MovierecError):
        output.error(error.message, error.hint)
        return error.exit_code
    if isinstance(error, OSError) and error.errno in _UNWRITABLE:
        output.error(f"The output cannot be written: {error.strerror}.")
        output.discard(sys.stdout)
        return DataError.exit_code
    output.error(
        f"This is a bug in movierec {__version__}: {type(error).__name__}: {error}",
        "Run it again with MOVIEREC_DEBUG=1 and report the traceback.",
    )
    return 1


def _usage_hint(message: str, ctx: Any) -> str:
    """Return the next step after wrong options or arguments."""
    see = f"See: {ctx.command_path} --help"
    extra = re.search(r"unexpected extra argument\S* \((.*)\)", message)
    if extra is None:
        return see
    if "like" in ctx.params and not ctx.params["like"]:
        title = f'"{extra[1]}"' if " " in extra[1] else extra[1]
        return f"Name a film that you like with: {ctx.command_path} --like {title}"
    return f'Quote words that belong together: "star wars". {see}'
