"""Commands that are imported when they are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from inspect import cleandoc
from typing import Any, ClassVar, Final

import typer
from typer.core import TyperGroup

from movierec_cli.cli import verbosity
from movierec_cli.cli.fast_values import convert_plainly

MARKUP: Final = "rich"


@dataclass(frozen=True)
class Entry:
    """Where a command is.

    Attributes
    ----------
    module
        In `movierec_cli.cli`.
    attribute
        The function, or the Typer app of a group.
    panel
        Under which heading of the help it stands.
    """

    module: str
    attribute: str
    panel: str


class LazyGroup(TyperGroup):
    """A group that imports the module of a command when the command is asked for."""

    entries: ClassVar[Mapping[str, Entry]] = {}

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = LazyCommands(self.entries)
        _complete(self)


class LazyCommands(dict[str, Any]):
    """The commands of a group by name, each made when it is first looked at."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        super().__init__(dict.fromkeys(entries))
        self._entries = entries

    def __getitem__(self, name: str) -> Any:
        command = super().__getitem__(name)
        if command is None:
            command = self[name] = _load(name, self._entries[name])
        return command

    def get(self, name: str, default: Any = None) -> Any:
        """Return the command of that name."""
        return self[name] if name in self else default  # noqa: SIM401 - that is this method

    def values(self) -> Any:
        """Return all commands."""
        return [self[name] for name in self]

    def items(self) -> Any:
        """Return all names and commands."""
        return [(name, self[name]) for name in self]


def _load(name: str, entry: Entry) -> Any:
    target = getattr(import_module(f"movierec_cli.cli.{entry.module}"), entry.attribute)
    holder = typer.Typer(add_completion=False, rich_markup_mode=MARKUP)
    if isinstance(target, typer.Typer):
        holder.add_typer(target, name=name, rich_help_panel=entry.panel)
        holder.callback()(_nothing)
        command = typer.main.get_group(holder).commands[name]
    else:
        holder.command(name, rich_help_panel=entry.panel)(target)
        command = typer.main.get_command(holder)
    for made in (command, *getattr(command, "commands", {}).values()):
        made.help = _reflowed(made.help or "")
        _complete(made)
    return command


def _reflowed(text: str) -> str:
    """Join the lines of each paragraph of a docstring: a terminal has another width than a file."""
    prose, mark, examples = cleandoc(text).partition("[bold]Examples[/]")
    paragraphs = (" ".join(part.split("\n")) for part in prose.split("\n\n"))
    return "\n\n".join(paragraphs) + mark + examples


def _nothing() -> None:
    """Make Typer see a group where there is one command."""


def _complete(command: Any) -> None:
    """Give a command the parameters that all commands have."""
    own_and_help = command.get_params

    def get_params(ctx: Any) -> list[Any]:
        parameters = [*own_and_help(ctx), *verbosity.parameters()]
        for parameter in parameters:
            convert_plainly(parameter)
        return parameters

    command.get_params = get_params
