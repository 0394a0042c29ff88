"""Finding of the doctor about one thing, without personal paths."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from movierec_cli.core.errors import DataError


@dataclass(frozen=True)
class Check:
    """A finding.

    Attributes
    ----------
    name
        Name of the checked thing.
    state
        In order, a note that is no failure, or broken.
    fix
        The exact command that fixes it; empty where nothing is to be done.
    exit_code
        Exit code of the command because of it: 0, 3 for a broken thing, 5 for a damaged file.
    """

    name: str
    state: Literal["ok", "note", "broken"]
    detail: str
    fix: str = ""
    exit_code: int = 0


def ok(name: str, detail: str) -> Check:
    """Return the finding about a thing in order."""
    return Check(name, "ok", detail)


def note(name: str, detail: str, fix: str = "") -> Check:
    """Return a finding that is no failure."""
    return Check(name, "note", detail, fix)


def broken(name: str, detail: str, fix: str, exit_code: int = DataError.exit_code) -> Check:
    """Return the finding about a thing that does not work."""
    return Check(name, "broken", detail, fix, exit_code)


def failed(name: str, error: object, fix: str) -> Check:
    """Return the finding about a thing that fails with an unexpected error."""
    first_line = str(error).strip().partition("\n")[0]
    return broken(name, f"does not work: {type(error).__name__}: {first_line}", fix)


def without_home(text: str) -> str:
    """Replace the home folder, which often has the name of a person, by ~."""
    home = re.escape(str(Path("~").expanduser()))
    return re.sub(home + r"(?![\w.-])", "~", text)
