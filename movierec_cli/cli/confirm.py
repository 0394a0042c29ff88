"""The question before something is removed or replaced."""

import sys

import typer

from movierec_cli.core.errors import UsageError


def confirmed(content: str, question: str, option: str) -> bool:
    """Ask on stderr, so that stdout stays data; the end of input is a no.

    Raises
    ------
    UsageError
        If there is no terminal to ask in; the hint is ``option``, which answers beforehand.
    """
    if not sys.stdin.isatty():
        raise UsageError(
            f"{content} There is no terminal to confirm it in.", f"Add {option}, which confirms it."
        )
    typer.echo(f"{content}\n{question} [y/N] ", nl=False, err=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
