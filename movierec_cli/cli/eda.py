"""``movierec eda``: what is in the data."""

import typer

from movierec_cli.cli.console import Column, Format, View, bar, emit, number
from movierec_cli.cli.options import (
    DEFAULT_DATASET,
    DatasetOption,
    FormatOption,
    JsonOption,
    chosen_format,
    dataset_label,
)

app = typer.Typer(
    help="Look at the data: who watches what, and how it is rated.", no_args_is_help=True
)

_BAR_WIDTH = 16


@app.callback()
def main() -> None:
    """Look at the data: who watches what, and how it is rated."""


@app.command()
def genres(
    dataset: DatasetOption = DEFAULT_DATASET,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Show films, ratings and watchers of each genre.

    A watcher is a user who rated at least one film of the genre.

    [bold]Examples[/]

      movierec eda genres
      movierec eda genres --json
    """
    from movierec_cli.core import eda
    from movierec_cli.core.data.registry import load_dataset
    from movierec_cli.core.paths import Paths

    table = eda.genres(load_dataset(dataset, Paths.from_environment()))
    records = table.to_dict("records")
    most = max(record["watchers"] for record in records)
    view = View(
        title=f"Genres ({dataset_label(dataset)})",
        columns=[
            Column("Genre"),
            Column("Films", numeric=True),
            Column("Ratings", numeric=True),
            Column("Watchers", numeric=True),
            Column("", style="cyan"),
            Column("Per film", numeric=True),
        ],
        rows=[
            [
                record["genre"],
                number(record["films"], 0),
                number(record["ratings"], 0),
                number(record["watchers"], 0),
                bar(record["watchers"] / most, _BAR_WIDTH),
                number(record["watchers_per_film"], 2),
            ]
            for record in records
        ],
        notes=[
            "Watchers: users who rated at least one film of the genre. Per film: watchers / films.",
            "A film of several genres counts in each.",
        ],
    )
    emit(chosen_format(format, json), view, records, {"dataset": dataset})
