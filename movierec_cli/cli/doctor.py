"""``movierec doctor``."""

from typing import TYPE_CHECKING

import typer

from movierec_cli.cli.options import FormatOption, JsonOption, MdOption, chosen_format
from movierec_cli.cli.output import Format, Section, emit, emit_all
from movierec_cli.cli.view import Column, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from movierec_cli.core.doctor import Check


def doctor(
    format: FormatOption = Format.table, json: JsonOption = False, md: MdOption = False
) -> None:
    """Check versions, devices, folders, cached data, runs and profiles; show how to fix them.

    Ends with code 3 if something is broken, 5 if a file is damaged. It changes nothing. Paths are
    shown without the name of the home folder: --md is fit to be pasted into an issue.

    [bold]Examples[/]

      movierec doctor
      movierec doctor --md
    """
    from movierec_cli.core.doctor import examine, exit_code
    from movierec_cli.core.paths import Paths

    checks = examine(Paths.from_environment())
    code = exit_code(checks)
    chosen = chosen_format(format, json, md=md)
    if chosen in (Format.json, Format.csv):
        records = [
            {
                "name": check.name,
                "state": str(check.state),
                "detail": check.detail,
                "fix": check.fix or None,
            }
            for check in checks
        ]
        emit(chosen, _findings(checks), records, {"exit_code": code}, "checks")
    else:
        emit_all(chosen, [Section("checks", _findings(checks), []), *_fixes(checks)], {})
    if code:
        raise typer.Exit(code)


def _findings(checks: "Sequence[Check]") -> View:
    states = [str(check.state) for check in checks]
    n_broken, n_notes = states.count("broken"), states.count("note")
    return View(
        title="Doctor: " + (f"{n_broken} broken" if n_broken else "all is well"),
        columns=[Column("Checked", style="bold"), Column("State"), Column("Found")],
        rows=[[check.name, check.state, check.detail] for check in checks],
        notes=[f"Notes: {n_notes}."] if n_notes else [],
    )


def _fixes(checks: "Sequence[Check]") -> list[Section]:
    """Return a table of the commands that fix the findings, if there are any."""
    rows = [[check.name, check.state, check.fix] for check in checks if check.fix]
    columns = [Column("Checked", style="bold"), Column("State"), Column("Command")]
    return [Section("fixes", View("What to do", columns, rows), [])] if rows else []
