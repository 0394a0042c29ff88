"""Examination of the installation: libraries, devices, folders, stored data, and leftovers.

`examine` never fails: an error during a check becomes a finding.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from movierec_cli.core.doctor import machine
from movierec_cli.core.doctor.check import Check, State, broken, first_line, without_home
from movierec_cli.core.paths import Paths

__all__ = ["Check", "State", "examine", "exit_code"]

_READERS = ("numpy", "safetensors")  # libraries that read the stored files


def examine(paths: Paths, environ: Mapping[str, str] = os.environ) -> list[Check]:
    """Check everything; no text contains the path of the home folder."""
    checks = [*machine.versions(), *machine.devices(), *machine.folders(paths, environ)]
    fixes = [check.fix for check in checks if check.name in _READERS and check.fix]
    fix = fixes[0] if fixes else "MOVIEREC_DEBUG=1 movierec cache verify"
    checks += _guarded("data and runs", lambda: _stored(paths), fix)
    checks += _guarded("leftovers", lambda: _leftovers(paths), fix)
    return [replace(check, detail=without_home(check.detail)) for check in checks]


def exit_code(checks: Iterable[Check]) -> int:
    """Return the exit code of a command with these findings: the highest of theirs."""
    return max((check.exit_code for check in checks), default=0)


def _stored(paths: Paths) -> Iterable[Check]:
    from movierec_cli.core.doctor import storage  # noqa: PLC0415 - needs numpy

    return storage.stored(paths)


def _leftovers(paths: Paths) -> Iterable[Check]:
    from movierec_cli.core.doctor import storage  # noqa: PLC0415 - needs numpy

    return storage.leftovers(paths)


def _guarded(name: str, examined: Callable[[], Iterable[Check]], fix: str) -> list[Check]:
    """Return the checks of a function, or its failure, which ``fix`` repairs, as a check."""
    try:
        return list(examined())
    except Exception as error:  # a broken library raises anything
        return [broken(name, f"check failed: {type(error).__name__}: {first_line(error)}", fix)]
