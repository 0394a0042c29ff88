"""``movierec datasets``: the data sets that there are."""

from typing import Annotated, Any

import typer

from movierec_cli.cli.completion import complete_dataset
from movierec_cli.cli.confirm import confirmed
from movierec_cli.cli.options import FormatOption, JsonOption, YesOption, chosen_format
from movierec_cli.cli.output import Format, emit, info
from movierec_cli.cli.tables import Column, View

app = typer.Typer(help="List the data sets, and remove imported ones.", no_args_is_help=True)


@app.command("list")
def list_(format: FormatOption = Format.table, json: JsonOption = False) -> None:
    """List the editions of MovieLens and the imported data sets.

    [bold]Examples[/]

      movierec datasets list
    """
    from movierec_cli.core.data import registry
    from movierec_cli.core.data.default import default_dataset
    from movierec_cli.core.data.editions import EDITIONS
    from movierec_cli.core.files import exists
    from movierec_cli.core.paths import Paths

    paths = Paths.from_environment()
    chosen = default_dataset(paths)
    records: list[dict[str, Any]] = []
    for edition in EDITIONS.values():
        is_here = edition.is_packaged or exists(registry.archive_path(edition.name, paths))
        step = None if is_here else f"movierec download {edition.name}"
        records.append(
            {
                "name": edition.name,
                "kind": "edition",
                "last_year": edition.last_year,
                "is_here": is_here,
                "get": step,
            }
        )
    for name in registry.list_imported(paths):
        records.append(
            {"name": name, "kind": "imported", "last_year": None, "is_here": True, "get": None}
        )
    for record in records:
        record["is_default"] = record["name"] == chosen
    view = View(
        title="Data sets",
        columns=[Column("Name", style="bold"), Column("Kind"), Column("Films to"), Column("State")],
        rows=[
            [
                record["name"],
                record["kind"],
                str(record["last_year"] or "–"),
                record["get"] or "here",
            ]
            for record in records
        ],
        notes=[f"The default is {chosen}; movierec config dataset NAME changes it."],
    )
    emit(chosen_format(format, json), view, records, {}, "datasets")


@app.command()
def remove(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="An imported data set.", autocompletion=complete_dataset
        ),
    ],
    yes: YesOption = False,
) -> None:
    """Remove an imported data set; its runs stay, and need it to recommend.

    [bold]Examples[/]

      movierec datasets remove mine
    """
    from movierec_cli.core.data import registry
    from movierec_cli.core.files import exists
    from movierec_cli.core.paths import Paths

    paths = Paths.from_environment()
    if exists(registry.imported_path(name, paths)) and not yes:
        content = f"The data set {name} was imported from your own files."
        if not confirmed(content, "Remove it?", "--yes"):
            info("Nothing was removed.")
            return
    registry.remove_imported(name, paths)
    info(f"Removed the data set {name}.")
