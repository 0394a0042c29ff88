"""The question before something is removed or replaced."""

import sys
from pathlib import Path

import typer

from movierec_cli.cli.output import info
from movierec_cli.core.errors import UsageError
from movierec_cli.core.parallel.group import group


def confirmed(content: str, question: str, option: str) -> bool:
    """Ask on stderr, so that stdout stays data; the end of input is a no.

    Raises
    ------
    UsageError
        If there is no terminal to ask in; the hint is ``option``, which answers beforehand.
    """
    if not sys.stdin.isatty() or group().size > 1:
        raise UsageError(
            f"{content}\nThere is no terminal to confirm it in.",
            f"Add {option}, which confirms it.",
        )
    typer.echo(f"{content}\n{question} [y/N] ", nl=False, err=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def may_replace_profile(name: str, folder: Path, force: bool) -> bool:
    """Return whether a profile of this name may be saved: there is none, or it is confirmed.

    Raises
    ------
    UsageError
        As `confirmed`.
    """
    from movierec_cli.core.recommend.profiles import list_profiles

    content = f"There is a profile {name} already; its ratings and demographics would be lost."
    if force or name not in list_profiles(folder) or confirmed(content, "Replace it?", "--force"):
        return True
    info("Nothing was kept.")
    return False
