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
from movierec_cli.core.parallel.group import group

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
        group().fail(0, "", "")
        raise typer.Exit(0) from error
    except SystemExit as end:  # of Rich, which prints the help, for the same reason
        if isinstance(end.__context__, BrokenPipeError):
            raise typer.Exit(0) from end
        raise
    except KeyboardInterrupt as interruption:
        cause = str(interruption) or "Interrupted"
        code = _failed(InterruptionError.exit_code, f"{cause}. Unfinished work is not kept.")
        raise typer.Exit(code) from interruption
    except Exception as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            raise
        raise typer.Exit(_report(error, ctx)) from error


def _report(error: Exception, ctx: Any) -> int:
    """Print an error and return its exit code; ``MOVIEREC_DEBUG=1`` adds the traceback."""
    usage: Any = getattr(error, "format_message", None)  # Typer's: a wrong option or command
    if usage:
        # without the words of the library that Typer converts values with
        message = usage().replace("Value error, ", "").replace("Input should be", "it must be")
        hint = _usage_hint(message, getattr(error, "ctx", None) or ctx)
        return _failed(UsageError.exit_code, message, hint)
    if os.environ.get("MOVIEREC_DEBUG", "") not in ("", "0"):
        output.print_traceback(error)
    if isinstance(error, OSError) and error.filename:
        error = unusable(error.filename, "used", error)
    if isinstance(error, MovierecError):
        return _failed(error.exit_code, error.message, error.hint)
    if isinstance(error, OSError) and error.errno in _UNWRITABLE:
        code = _failed(DataError.exit_code, f"The output cannot be written: {error.strerror}.")
        output.discard(sys.stdout)
        return code
    return _failed(
        1,
        f"This is a bug in movierec {__version__}: {type(error).__name__}: {error}",
        "Run it again with MOVIEREC_DEBUG=1 and report the traceback.",
    )


def _failed(exit_code: int, message: str, hint: str = "") -> int:
    """Print an error and return its exit code.

    Of several processes that compute together, the one that fails first prints, and all end with
    its exit code. The first process prints the errors of other machines, too.
    """
    own = group()
    failure = own.fail(exit_code, message, hint)
    if failure.rank == own.rank:
        output.error(message, hint)
    elif own.rank == 0 and failure.machine != own.machine:
        output.error(f"Process {failure.rank}: {failure.message}", failure.hint)
    return failure.exit_code


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
