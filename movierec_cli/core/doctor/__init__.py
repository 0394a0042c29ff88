"""Examination of the installation: libraries, devices, folders, and stored data.

`examine` never fails: an error during a check becomes a finding.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace

from movierec_cli.core.doctor import machine
from movierec_cli.core.doctor.check import Check, failed, without_home
from movierec_cli.core.paths import Paths

__all__ = ["Check", "examine", "exit_code"]


def examine(paths: Paths, environ: Mapping[str, str] = os.environ) -> list[Check]:
    """Check everything; no text contains the path of the home folder."""
    checks = [*machine.versions(), *machine.devices(), *machine.folders(paths, environ)]
    try:
        from movierec_cli.core.doctor import storage  # noqa: PLC0415 - needs numpy

        checks += storage.stored(paths, environ)
    except Exception as error:  # a broken library raises anything
        checks.append(failed("data and runs", error, "MOVIEREC_DEBUG=1 movierec cache verify"))
    return [replace(check, detail=without_home(check.detail)) for check in checks]


def exit_code(checks: Iterable[Check]) -> int:
    """Return the exit code of a command with these findings: the highest of theirs."""
    return max((check.exit_code for check in checks), default=0)
