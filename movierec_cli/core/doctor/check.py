"""Finding of the doctor about one thing, without personal paths."""

import re
import shlex
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from movierec_cli.core.errors import DataError, IntegrityError, MovierecError


class State(StrEnum):
    """State of a checked thing: in order, a note without a failure, or broken."""

    ok = "ok"
    note = "note"
    broken = "broken"


@dataclass(frozen=True)
class Check:
    """A finding.

    Attributes
    ----------
    name
        Name of the checked thing.
    state
        Its state.
    detail
        Description of the finding.
    fix
        The exact command that fixes it; empty where nothing is to be done.
    exit_code
        Exit code of the command because of it: 0, 3 for a broken thing, 5 for a damaged file.
    """

    name: str
    state: State
    detail: str
    fix: str = ""
    exit_code: int = 0


def ok(name: str, detail: str) -> Check:
    """Return the finding about a thing in order."""
    return Check(name, State.ok, detail)


def note(name: str, detail: str, fix: str = "") -> Check:
    """Return a finding that is no failure."""
    return Check(name, State.note, detail, fix)


def broken(name: str, detail: str, fix: str) -> Check:
    """Return the finding about a thing that does not work."""
    return Check(name, State.broken, detail, fix, DataError.exit_code)


def failed(name: str, error: MovierecError, fix: str) -> Check:
    """Return the finding about a thing that failed with an expected error."""
    damaged = isinstance(error, IntegrityError)
    code = IntegrityError.exit_code if damaged else DataError.exit_code
    return Check(name, State.broken, error.message, fix, code)


def first_line(message: object) -> str:
    """Return the first line of a message, as it fits into a table."""
    return str(message).strip().partition("\n")[0]


def without_home(text: str) -> str:
    """Replace the home folder, which often has the name of a person, by ~."""
    home = _home()
    return re.sub(re.escape(home) + r"(?![\w.-])", "~", text) if home else text


def in_shell(path: Path) -> str:
    """Return a path quoted for a shell, with ~ for the home folder."""
    home = _home()
    if home and path.is_relative_to(home):
        return f"~/{shlex.quote(path.relative_to(home).as_posix())}"
    return shlex.quote(str(path))


def _home() -> str:
    """Return the home folder; empty where there is none, or where it is the root."""
    try:
        home = Path.home()
    except RuntimeError:
        return ""
    return "" if home == Path(home.anchor) else str(home)
