"""The command line: the table of commands."""

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
    page,
    profiles,
    quickstart,
    recommend,
    report,
    runs,
    train,
    tune,
    verbosity,
)
from movierec_cli.cli.blank_values import refuse_blank
from movierec_cli.cli.fast_values import convert_plainly
from movierec_cli.cli.reporting import reported
from movierec_cli.core.parallel.group import group, join, require_one

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
        "tune": tune.tune,
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
        "page": page.page,
        "profiles": profiles.app,
        "export": export.app,
    },
}
"""Panel of the help -> name -> function, or the Typer app of a group.

The modules of the commands are imported here; what they compute with is imported inside their
functions, so that `--help` loads neither numpy nor torch nor pandas.
"""

_SHARED = ("train", "evaluate", "recommend")
"""The commands that several processes can share; each refuses work that they cannot."""


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
        with reported(ctx):
            if join().rank:
                output.mute()
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a traceback appears only with ``MOVIEREC_DEBUG=1``."""
        with reported(ctx):
            result = super().invoke(ctx)
            group().finish()
            return result


def _complete(command: Any) -> None:
    """Give a command and those below it the common options, and a help without type names."""
    command.help = _reflowed(command.help or "")
    for parameter in command.params:
        convert_plainly(parameter)
        refuse_blank(parameter)
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
def main(context: typer.Context, version: Annotated[bool, _version_option] = False) -> None:
    """Film recommendations from MovieLens, or from your own ratings."""
    del version
    if context.invoked_subcommand not in _SHARED:
        require_one(f"movierec {context.invoked_subcommand}")
