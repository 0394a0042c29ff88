"""``movierec doctor``."""

from typing import TYPE_CHECKING

import typer

from movierec_cli.cli.options import FormatOption, JsonOption, chosen_format
from movierec_cli.cli.output import Format, Section, emit, emit_all
from movierec_cli.cli.tables import Column, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from movierec_cli.core.doctor import Check


def doctor(format: FormatOption = Format.table, json: JsonOption = False) -> None:
    """Look at versions, devices, folders, cached data, runs and profiles; tell how to fix them.

    Ends with code 3 if something is broken, 5 if a file is damaged. It changes nothing. Paths are
    shown without the name of the home folder: --format md is fit to be pasted into an issue.

    [bold]Examples[/]

      movierec doctor
      movierec doctor --format md
    """
    from movierec_cli.core.doctor import examine, exit_code
    from movierec_cli.core.paths import Paths

    checks = examine(Paths.from_environment())
    records = [
        {
            "name": check.name,
            "state": str(check.state),
            "detail": check.detail,
            "fix": check.fix or None,
        }
        for check in checks
    ]
    chosen = chosen_format(format, json)
    code = exit_code(checks)
    if chosen in (Format.json, Format.csv):
        emit(chosen, _findings(checks), records, {"exit_code": code}, "checks")
    else:
        emit_all(chosen, [Section("checks", _findings(checks), []), *_to_do(checks)], {})
    if code:
        raise typer.Exit(code)


def _findings(checks: "Sequence[Check]") -> View:
    from movierec_cli.core.doctor import State

    n_broken, n_notes = (
        sum(check.state is state for check in checks) for state in (State.broken, State.note)
    )
    return View(
        title="Doctor: " + (f"{n_broken} broken" if n_broken else "all is well"),
        columns=[Column("What", style="bold"), Column("State"), Column("Found")],
        rows=[[check.name, check.state, check.detail] for check in checks],
        notes=[f"Worth knowing: {n_notes}."] if n_notes else [],
    )


def _to_do(checks: "Sequence[Check]") -> list[Section]:
    """Give the commands that fix what was found, where anything is to be done."""
    rows = [[check.name, check.state, check.fix] for check in checks if check.fix]
    columns = [Column("What", style="bold"), Column("State"), Column("Command")]
    return [Section("fixes", View("What to do", columns, rows), [])] if rows else []
