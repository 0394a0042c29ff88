"""The command line: the table of commands, and errors as text and exit codes."""

import errno
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from inspect import cleandoc
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_install_completion_arguments

from movierec_cli import __version__
from movierec_cli.cli import (
    cache,
    compare,
    config,
    datasets,
    doctor,
    download,
    eda,
    evaluate,
    export,
    films,
    import_,
    output,
    profiles,
    quickstart,
    recommend,
    report,
    runs,
    train,
    verbosity,
)
from movierec_cli.cli.fast_values import convert_plainly
from movierec_cli.core.errors import DataError, MovierecError
from movierec_cli.core.files import unusable

COMMANDS: dict[str, dict[str, Any]] = {
    "Start here": {"quickstart": quickstart.quickstart, "doctor": doctor.doctor},
    "Data": {
        "download": download.download,
        "import": import_.import_,
        "datasets": datasets.app,
        "config": config.app,
        "eda": eda.app,
        "cache": cache.app,
    },
    "Models": {
        "train": train.train,
        "evaluate": evaluate.evaluate,
        "compare": compare.compare,
        "runs": runs.app,
        "report": report.report,
    },
    "Recommendations": {
        "recommend": recommend.recommend,
        "similar": films.similar,
        "films": films.films,
        "neighbors": films.neighbors,
        "profiles": profiles.app,
        "export": export.app,
    },
}
"""Panel of the help -> name -> function, or the Typer app of a group.

The modules of the commands are imported here; what they compute with is imported inside their
functions, so that `--help` loads neither numpy nor torch nor pandas.
"""

_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


class Movierec(TyperGroup):
    """All commands; reports every error as ``error:`` and ``hint:`` with its exit code."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        names = [name for commands in COMMANDS.values() for name in commands]
        self.commands = {name: self.commands[name] for name in names}
        self.params += get_install_completion_arguments()
        _complete(self)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options before the command."""
        verbosity.reset()
        with _reported(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a traceback appears only with ``MOVIEREC_DEBUG=1``."""
        with _reported(ctx):
            return super().invoke(ctx)


def _complete(command: Any) -> None:
    """Give a command and those below it the common options, and a help without type names."""
    command.help = _reflowed(command.help or "")
    for parameter in command.params:
        convert_plainly(parameter)
        parameter.min = parameter.max = None  # only shown: Typer checks the range of the annotation
        if parameter.param_type_name == "argument":
            parameter.display_type_rich = lambda *_, **__: ""
        elif parameter.metavar is None:
            descriptor = getattr(parameter, "type_descriptor", None)  # in Typer from 0.29 on
            kind: Any = getattr(descriptor, "annotation", None)
            is_choice = isinstance(kind, type) and issubclass(kind, Enum)
            names = "|".join(map(str, kind)) if is_choice else None
            parameter.metavar = {bool: "", int: "N", float: "X"}.get(kind, names)
    command.params += verbosity.parameters()
    for inner in getattr(command, "commands", {}).values():
        _complete(inner)


def _reflowed(text: str) -> str:
    """Join the lines of each paragraph of a docstring; the terminal breaks them anew."""
    prose, mark, examples = cleandoc(text).partition("[bold]Examples[/]")
    paragraphs = (" ".join(paragraph.split("\n")) for paragraph in prose.split("\n\n"))
    return "\n\n".join(paragraphs) + mark + examples


@contextmanager
def _reported(ctx: Any) -> Iterator[None]:
    """Turn errors into text on stderr and an exit code."""
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except BrokenPipeError as error:  # the reader of a pipe has seen enough
        _discard_stdout()
        raise typer.Exit(0) from error
    except Exception as error:
        usage: Any = getattr(error, "format_message", None)  # Typer's: a wrong option or command
        debugging = os.environ.get("MOVIEREC_DEBUG", "") not in ("", "0")
        if type(error).__name__ == "NoArgsIsHelpError" or (debugging and not usage):
            raise
        if usage:
            code = 2
            message = usage()
            output.error(message, _usage_hint(message, getattr(error, "ctx", None) or ctx))
        elif isinstance(error, MovierecError):
            code = error.exit_code
            output.error(error.message, error.hint)
        elif isinstance(error, OSError) and error.filename:
            failure = unusable(error.filename, "used", error)
            code = failure.exit_code
            output.error(failure.message, failure.hint)
        elif isinstance(error, OSError) and error.errno in _UNWRITABLE:
            code = DataError.exit_code
            output.error(f"The output cannot be written: {error.strerror}.")
            _discard_stdout()
        else:
            code = 1
            output.error(
                f"This is a bug in movierec {__version__}: {type(error).__name__}: {error}",
                "Run it again with MOVIEREC_DEBUG=1 and report the traceback.",
            )
        raise typer.Exit(code) from error


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


def _discard_stdout() -> None:
    """Send unwritten output nowhere, so that Python can flush it at exit without an error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


app = typer.Typer(
    name="movierec",
    cls=Movierec,
    help="Film recommendations from MovieLens, or from your own ratings: look at the data, train a "
    "model, measure it honestly, recommend.",
    epilog="Start with: movierec quickstart",
    add_completion=False,  # `Movierec` adds its options, with those of all commands
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for _panel, _commands in COMMANDS.items():
    for _name, _command in _commands.items():
        if isinstance(_command, typer.Typer):
            app.add_typer(_command, name=_name, rich_help_panel=_panel)
        else:
            app.command(_name, rich_help_panel=_panel)(_command)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"movierec {__version__}")
        raise typer.Exit


_version_option = typer.Option(
    "--version", "-V", callback=_print_version, is_eager=True, help="Print the version and exit."
)


@app.callback()
def main(version: Annotated[bool, _version_option] = False) -> None:
    """Film recommendations from MovieLens, or from your own ratings."""
    del version
