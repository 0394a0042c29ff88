"""What is here and how it is: versions, devices, places, stored data, and what is left over.

`examine` never fails: what breaks while it is looked at is a finding.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from movierec_cli.core.doctor import machine, places
from movierec_cli.core.doctor.check import (
    Check,
    State,
    broken,
    exit_code,
    failed,
    fine,
    first_line,
    without_home,
)
from movierec_cli.core.errors import DataError
from movierec_cli.core.paths import Paths

__all__ = ["Check", "State", "examine", "exit_code"]

_READ_WITH = ("numpy", "safetensors")  # what the stored things are read with


def examine(paths: Paths, environ: Mapping[str, str] = os.environ) -> list[Check]:
    """Look at everything; no text holds the path of the home folder."""
    checks = [
        *machine.versions(),
        *machine.devices(),
        *places.places(paths, environ),
    ]
    first = next((check.fix for check in checks if check.name in _READ_WITH and check.fix), "")
    checks += _guarded("data and runs", lambda: _stored(paths), first)
    checks += _guarded("leftovers", lambda: _left_over(paths), first)
    return [replace(check, detail=without_home(check.detail)) for check in checks]


def _stored(paths: Paths) -> Iterator[Check]:
    """Look at what is stored; the modules that read it need numpy, which may be broken."""
    from movierec_cli.core.data.cache import Verified, verify_cache  # noqa: PLC0415
    from movierec_cli.core.doctor import stored  # noqa: PLC0415

    verified: list[Verified] = []
    try:
        verified = verify_cache(paths)
        yield from stored.cached_data(verified)
    except DataError as error:
        yield failed("cached data", error, places.ELSEWHERE)
    checksums = {one.entry.dataset: one.checksum for one in verified if one.checksum}
    yield from stored.runs(paths, checksums)
    yield from stored.profiles(paths)


def _left_over(paths: Paths) -> Iterator[Check]:
    from movierec_cli.core.doctor.leftovers import KINDS  # noqa: PLC0415

    found = [check for kind in KINDS for check in kind(paths)]
    yield from found or [fine("leftovers", "none of interrupted work")]


def _guarded(name: str, look: Callable[[], Iterable[Check]], first: str) -> list[Check]:
    """Look at something; ``first`` fixes a library that it needs, where one is broken."""
    try:
        return list(look())
    except Exception as error:  # a broken library raises anything
        why = f"cannot be looked at: {type(error).__name__}: {first_line(error)}"
        return [broken(name, why, first or "MOVIEREC_DEBUG=1 movierec cache verify")]
