"""The command line: its commands, and the one place where errors become text and exit codes."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Annotated, Any

import typer

from movierec_cli import __version__
from movierec_cli.cli import output as console
from movierec_cli.cli import verbosity
from movierec_cli.cli.lazy import MARKUP, Entry, LazyGroup
from movierec_cli.core.errors import DataError, MovierecError

_BUG, _USAGE = 1, 2
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


_START, _DATA, _MODELS, _FILMS = "Start here", "Data", "Models", "Recommendations"


class Movierec(LazyGroup):
    """All commands; turns every expected error into ``error:`` and ``hint:`` and its exit code."""

    entries = MappingProxyType(
        {
            "quickstart": Entry("quickstart", "quickstart", _START),
            "doctor": Entry("doctor", "doctor", _START),
            "download": Entry("download", "download", _DATA),
            "eda": Entry("eda", "app", _DATA),
            "cache": Entry("cache", "app", _DATA),
            "train": Entry("train", "train", _MODELS),
            "evaluate": Entry("evaluate", "evaluate", _MODELS),
            "compare": Entry("compare", "compare", _MODELS),
            "runs": Entry("runs", "app", _MODELS),
            "report": Entry("report", "report", _MODELS),
            "recommend": Entry("recommend", "recommend", _FILMS),
            "similar": Entry("films", "similar", _FILMS),
            "films": Entry("films", "films", _FILMS),
            "neighbors": Entry("films", "neighbors", _FILMS),
            "profiles": Entry("profiles", "app", _FILMS),
            "export": Entry("export", "app", _FILMS),
        }
    )

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options before the command."""
        verbosity.reset()
        with _errors_reported(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; never show a traceback unless ``MOVIEREC_DEBUG`` is set."""
        with _errors_reported(ctx):
            return super().invoke(ctx)


@contextmanager
def _errors_reported(ctx: Any) -> Iterator[None]:
    debugging = os.environ.get("MOVIEREC_DEBUG", "") not in ("", "0")
    try:
        yield
    except MovierecError as failure:
        if debugging:
            raise
        console.error(failure.message, failure.hint)
        raise typer.Exit(failure.exit_code) from failure
    except BrokenPipeError as failure:
        _close_stdout()
        raise typer.Exit(0) from failure
    except (typer.Exit, typer.Abort, KeyboardInterrupt):
        raise
    except Exception as failure:
        if _is_help(failure):
            raise
        if isinstance(failure, OSError) and failure.errno in _FULL and not debugging:
            console.error(f"The output cannot be written: {failure.strerror}.")
            _close_stdout()
            raise typer.Exit(DataError.exit_code) from failure
        if _is_usage_error(failure):
            command = (getattr(failure, "ctx", None) or ctx).command_path
            message = failure.format_message().replace("Value error, ", "")  # type: ignore[attr-defined]
            extra = "unexpected extra argument" in message
            quote = 'Quote words that belong together: "star wars". ' if extra else ""
            console.error(message, f"{quote}See: {command} --help")
            raise typer.Exit(_USAGE) from failure
        if debugging:
            raise
        console.error(
            f"This is a bug in movierec {__version__}: {type(failure).__name__}: {failure}",
            "Run it again with MOVIEREC_DEBUG=1 and report what it prints.",
        )
        raise typer.Exit(_BUG) from failure


def _is_usage_error(failure: Exception) -> bool:
    """Tell whether it comes from Typer: a wrong option, an unknown command."""
    return hasattr(failure, "exit_code") and hasattr(failure, "format_message")


def _is_help(failure: Exception) -> bool:
    """Tell whether it is Typer's way of showing the help where nothing is given."""
    return type(failure).__name__ == "NoArgsIsHelpError"


def _close_stdout() -> None:
    """Keep Python from complaining at exit that nobody reads its output any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


app = typer.Typer(
    name="movierec",
    cls=Movierec,
    help="Film recommendations from MovieLens 100K: look at the data, train a model, measure it "
    "honestly, recommend.",
    epilog="Start with: movierec quickstart",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=MARKUP,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"movierec {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and leave."
        ),
    ] = False,
) -> None:
    """Film recommendations from MovieLens 100K."""
    del version
