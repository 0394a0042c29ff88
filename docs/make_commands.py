"""Write docs/commands.md: every command as its ``--help`` tells it.

python docs/make_commands.py
"""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from movierec_cli.cli.app import app

TARGET = Path(__file__).with_name("commands.md")
_HEAD = """# Commands

Made by `python docs/make_commands.py` from what `--help` says; a test checks that it is current.
Every command also takes `--quiet`/`-q` (tell nothing but data and errors), `--verbose`/`-v` (tell
which files are read and written, and when), `--no-progress` (no bars, no line for each epoch or
step) and `--help`/`-h`.
"""
_EVERYWHERE = {"quiet", "verbose", "no_progress", "help"}


def reference() -> str:
    """Return the whole page."""
    root = typer.main.get_command(app)
    context = root.make_context("movierec", [], resilient_parsing=True)
    return _HEAD + "".join(_sections(root, context))


def _sections(command: Any, context: Any) -> Iterator[str]:
    yield _section(command, context)
    for name, inner in getattr(command, "commands", {}).items():
        yield from _sections(
            inner, inner.make_context(name, [], parent=context, resilient_parsing=True)
        )


def _section(command: Any, context: Any) -> str:
    title = f"\n## `{' '.join([context.command_path, *_arguments(command, context)])}`\n"
    text, _, examples = inspect.cleandoc(command.help or "").partition("[bold]Examples[/]")
    parts = [title, f"{text.strip()}\n"]
    options = [
        parameter
        for parameter in command.get_params(context)
        if parameter.param_type_name == "option" and parameter.name not in _EVERYWHERE
    ]
    if options:
        rows = [_row(parameter, context) for parameter in options]
        parts.append("| option | meaning |\n| --- | --- |\n" + "".join(rows))
    if examples:
        lines = [line.strip() for line in examples.strip().splitlines() if line.strip()]
        parts.append("```\n" + "\n".join(lines) + "\n```\n")
    return "\n".join(parts)


def _arguments(command: Any, context: Any) -> list[str]:
    named = [
        parameter.metavar or parameter.name.upper()
        for parameter in command.get_params(context)
        if parameter.param_type_name == "argument"
    ]
    return [*named, "COMMAND"] if hasattr(command, "commands") else named


def _row(parameter: Any, context: Any) -> str:
    names, meaning = parameter.get_help_record(context)
    names = re.sub(r" <bool>", "", names)
    cells = (f"`{names}`", " ".join(meaning.replace("\\[", "[").split()))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
