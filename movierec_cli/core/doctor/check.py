"""What the doctor finds: one `Check` for each thing looked at, fit to be shown to anybody."""

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from movierec_cli.core.errors import DataError, IntegrityError, MovierecError


class State(StrEnum):
    """How a thing is: as it should be, worth knowing, or to be fixed."""

    ok = "ok"
    note = "note"
    broken = "broken"


@dataclass(frozen=True)
class Check:
    """A thing that was looked at.

    Attributes
    ----------
    name
        What it is.
    state
        How it is.
    detail
        What was found.
    fix
        The exact command that fixes it; empty where nothing is to be done.
    exit_code
        What the command ends with because of it: 0, 3 where something is broken, 5 where the
        integrity of a file is.
    """

    name: str
    state: State
    detail: str
    fix: str = ""
    exit_code: int = 0


def fine(name: str, detail: str) -> Check:
    """Return the check of something that is as it should be."""
    return Check(name, State.ok, detail)


def worth_knowing(name: str, detail: str, fix: str = "") -> Check:
    """Return the check of something that is no failure."""
    return Check(name, State.note, detail, fix)


def broken(name: str, detail: str, fix: str) -> Check:
    """Return the check of something that does not work."""
    return Check(name, State.broken, detail, fix, DataError.exit_code)


def failed(name: str, error: MovierecError, fix: str) -> Check:
    """Return the check of something that failed with an expected error."""
    damaged = isinstance(error, IntegrityError)
    code = IntegrityError.exit_code if damaged else DataError.exit_code
    return Check(name, State.broken, error.message, fix, code)


def exit_code(checks: Iterable[Check]) -> int:
    """Return what a command that made these checks ends with: damage counts more."""
    return max((check.exit_code for check in checks), default=0)


def without_home(text: str) -> str:
    """Write ~ for the home folder, whose name is often that of a person."""
    home = _home()
    return re.sub(re.escape(home) + r"(?![\w.-])", "~", text) if home else text


def first_line(message: object) -> str:
    """Return the first line of a message: a table has no room for more."""
    return str(message).strip().partition("\n")[0]


def in_shell(path: Path) -> str:
    """Write a path as a shell takes it, with ~ for the home folder."""
    home = _home()
    if home and path.is_relative_to(home):
        return f"~/{shlex.quote(path.relative_to(home).as_posix())}"
    return shlex.quote(str(path))


def _home() -> str:
    """Return the home folder; empty where there is none worth the name."""
    try:
        home = Path.home()
    except RuntimeError:
        return ""
    return "" if home == Path(home.anchor) else str(home)
