"""Examination of the installation: libraries, devices, folders, stored data, and leftovers.

`examine` never fails: an error during a check becomes a finding.
"""

import os
from collections.abc import Iterable, Mapping
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
    for name in ("data and runs", "leftovers"):
        checks += _storage(name, paths, fix)
    return [replace(check, detail=without_home(check.detail)) for check in checks]


def exit_code(checks: Iterable[Check]) -> int:
    """Return the exit code of a command with these findings: the highest of theirs."""
    return max((check.exit_code for check in checks), default=0)


def _storage(name: str, paths: Paths, fix: str) -> list[Check]:
    """Check a kind of stored files; ``fix`` repairs a broken library that reads them."""
    try:
        from movierec_cli.core.doctor import storage  # noqa: PLC0415 - needs numpy

        examined = storage.stored if name == "data and runs" else storage.leftovers
        return list(examined(paths))
    except Exception as error:  # a broken library raises anything
        return [broken(name, f"check failed: {type(error).__name__}: {first_line(error)}", fix)]
