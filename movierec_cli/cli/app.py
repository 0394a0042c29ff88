"""The command line: its commands, and the one place where errors become text and exit codes."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from movierec_cli import __version__
from movierec_cli.cli import (
    cache,
    compare,
    console,
    doctor,
    download,
    eda,
    evaluate,
    export,
    films,
    models,
    profiles,
    quickstart,
    recommend,
    report,
    train,
)
from movierec_cli.core.errors import MovierecError

_BUG, _USAGE = 1, 2


class ErrorReportingGroup(TyperGroup):
    """Turns every expected error into ``error:`` and ``hint:`` lines and its exit code."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options before the command."""
        with _errors_reported(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; never show a traceback unless ``MOVIEREC_DEBUG`` is set."""
        with _errors_reported(ctx):
            return super().invoke(ctx)


@contextmanager
def _errors_reported(ctx: Any) -> Iterator[None]:
    debugging = bool(os.environ.get("MOVIEREC_DEBUG"))
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
        if _is_usage_error(failure):
            command = (getattr(failure, "ctx", None) or ctx).command_path
            console.error(failure.format_message(), f"See: {command} --help")  # type: ignore[attr-defined]
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
    cls=ErrorReportingGroup,
    help="Film recommendations from MovieLens 100K: look at the data, train a model, measure it "
    "honestly, recommend.",
    epilog="Start with: movierec quickstart",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
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


_START, _DATA, _MODELS, _FILMS = "Start here", "Data", "Models", "Recommendations"

app.command("quickstart", rich_help_panel=_START)(quickstart.quickstart)
app.command("doctor", rich_help_panel=_START)(doctor.doctor)
app.command("download", rich_help_panel=_DATA)(download.download)
app.add_typer(eda.app, name="eda", rich_help_panel=_DATA)
app.add_typer(cache.app, name="cache", rich_help_panel=_DATA)
app.command("train", rich_help_panel=_MODELS)(train.train)
app.command("evaluate", rich_help_panel=_MODELS)(evaluate.evaluate)
app.command("compare", rich_help_panel=_MODELS)(compare.compare)
app.add_typer(models.app, name="models", rich_help_panel=_MODELS)
app.command("report", rich_help_panel=_MODELS)(report.report)
app.command("recommend", rich_help_panel=_FILMS)(recommend.recommend)
app.command("similar", rich_help_panel=_FILMS)(films.similar)
app.command("films", rich_help_panel=_FILMS)(films.films)
app.command("neighbors", rich_help_panel=_FILMS)(films.neighbors)
app.add_typer(profiles.app, name="profiles", rich_help_panel=_FILMS)
app.add_typer(export.app, name="export", rich_help_panel=_FILMS)
