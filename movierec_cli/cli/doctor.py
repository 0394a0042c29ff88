"""``movierec doctor``."""

import typer

from movierec_cli.cli.options import FormatOption, JsonOption, chosen_format
from movierec_cli.cli.output import Format, emit
from movierec_cli.cli.tables import Column, View


def doctor(format: FormatOption = Format.table, json: JsonOption = False) -> None:
    """Check versions, devices, folders, cached data, runs and profiles; show how to fix them.

    Ends with code 3 if something is broken, 5 if a file is damaged. It changes nothing. Paths are
    shown without the name of the home folder: --format md is fit to be pasted into an issue.

    [bold]Examples[/]

      movierec doctor
      movierec doctor --format md
    """
    from movierec_cli.core.doctor import examine, exit_code
    from movierec_cli.core.paths import Paths

    checks = examine(Paths.from_environment())
    code = exit_code(checks)
    view = View(
        title="Doctor: something is broken" if code else "Doctor: all is well",
        columns=[Column("Checked", style="bold"), Column("State"), Column("Found")],
        rows=[[check.name, check.state, check.detail] for check in checks],
        notes=[f"To fix {check.name}: {check.fix}" for check in checks if check.fix],
    )
    records = [
        {"name": check.name, "state": check.state, "detail": check.detail, "fix": check.fix or None}
        for check in checks
    ]
    emit(chosen_format(format, json), view, records, {"exit_code": code}, "checks")
    if code:
        raise typer.Exit(code)
