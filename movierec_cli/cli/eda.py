"""The ``movierec eda`` commands: tables and figures of the data."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from movierec_cli.cli.loading import load_dataset
from movierec_cli.cli.options import (
    DEFAULT_DATASET,
    DatasetOption,
    FormatOption,
    JsonOption,
    PlotOption,
    chosen_format,
    dataset_label,
)
from movierec_cli.cli.output import Format, Section, emit, emit_all, info

if TYPE_CHECKING:
    from movierec_cli.core.data.dataset import Dataset

app = typer.Typer(help="Explore the data: genres, users, films and ratings.", no_args_is_help=True)

GenreColumn = StrEnum(
    "GenreColumn", "genre films ratings watchers ratings_per_film watchers_per_film"
)
"""A column to sort genres by."""

Metric = StrEnum("Metric", "watchers ratings share lift")
"""A metric of each occupation and genre; as `movierec_cli.core.eda.METRICS` has them."""

MinRatingsOption = Annotated[
    int, typer.Option("--min-ratings", min=1, help="Leave out films with fewer ratings.")
]
_MIN_RATINGS = 8  # as `movierec_cli.core.eda.films` has it


@app.callback()
def main() -> None:
    """Explore the data: genres, users, films and ratings."""


@app.command()
def genres(
    sort: Annotated[
        GenreColumn | None,
        typer.Option("--sort", help="Sort by this column: numbers falling, names from A to Z."),
    ] = None,
    dataset: DatasetOption = DEFAULT_DATASET,
    plot: PlotOption = None,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Show films, ratings and watchers of each genre.

    A watcher is a user who rated at least one film of the genre.

    [bold]Examples[/]

      movierec eda genres
      movierec eda genres --sort watchers_per_film
      movierec eda genres --json
    """
    loaded = _load(dataset, plot)
    from movierec_cli.cli import eda_views

    _draw(plot, "genres", loaded)
    _emit_one(chosen_format(format, json), eda_views.genres(loaded, sort), {"dataset": dataset})


@app.command()
def users(
    dataset: DatasetOption = DEFAULT_DATASET,
    plot: PlotOption = None,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Show genres and ratings of each user, and ages, genders and occupations.

    [bold]Examples[/]

      movierec eda users
      movierec eda users --plot users.png
    """
    loaded = _load(dataset, plot)
    from movierec_cli.cli import eda_views

    _draw(plot, "users", loaded)
    _emit(chosen_format(format, json), eda_views.users(loaded), {"dataset": dataset})


@app.command()
def occupations(
    metric: Annotated[
        Metric,
        typer.Option(
            "--metric",
            help="Users who watched, their ratings, the genre's share of these, or the lift: that "
            "share / the genre's share of all ratings. JSON and CSV have all four.",
        ),
    ] = Metric.watchers,
    dataset: DatasetOption = DEFAULT_DATASET,
    plot: PlotOption = None,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Show the genres that users of each occupation watch, as a heat map.

    Counts follow the size of an occupation; lift shows preferences. It is the genre's share of
    the occupation's ratings / its share of all ratings.

    [bold]Examples[/]

      movierec eda occupations
      movierec eda occupations --metric lift
      movierec eda occupations --format csv
    """
    loaded = _load(dataset, plot)
    from movierec_cli.cli import eda_views

    _draw(plot, "occupations", loaded, metric=metric)
    _emit_one(
        chosen_format(format, json),
        eda_views.occupations(loaded, metric),
        {"dataset": dataset, "metric": metric},
    )


@app.command()
def films(
    min_ratings: MinRatingsOption = _MIN_RATINGS,
    dataset: DatasetOption = DEFAULT_DATASET,
    plot: PlotOption = None,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Show ratings and popularity of films, the best and the worst films, and the long tail.

    JSON and CSV have every film.

    [bold]Examples[/]

      movierec eda films
      movierec eda films --min-ratings 50
      movierec eda films --json
    """
    loaded = _load(dataset, plot)
    from movierec_cli.cli import eda_views

    _draw(plot, "films", loaded, min_ratings)
    _emit(
        chosen_format(format, json),
        eda_views.films(loaded, min_ratings),
        {"dataset": dataset, "min_ratings": min_ratings},
    )


@app.command()
def ratings(
    dataset: DatasetOption = DEFAULT_DATASET,
    plot: PlotOption = None,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Show the values of ratings, their density and their time.

    [bold]Examples[/]

      movierec eda ratings
      movierec eda ratings --json
    """
    loaded = _load(dataset, plot)
    from movierec_cli.cli import eda_views

    _draw(plot, "ratings", loaded)
    _emit(chosen_format(format, json), eda_views.ratings(loaded), {"dataset": dataset})


@app.command("all")
def all_(
    min_ratings: MinRatingsOption = _MIN_RATINGS,
    dataset: DatasetOption = DEFAULT_DATASET,
    plot: Annotated[
        Path | None,
        typer.Option(
            "--plot",
            metavar="FILE.png|svg",
            dir_okay=False,
            help="Also draw it: FILE-genres, FILE-users and so on; needs the plot extra.",
        ),
    ] = None,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Show the tables of all the other commands.

    [bold]Examples[/]

      movierec eda all
      movierec eda all --format md > data.md
      movierec eda all --plot figures/data.svg
    """
    loaded = _load(dataset, plot)
    from movierec_cli.cli import eda_views
    from movierec_cli.core import eda

    known = eda.has_occupations(loaded)
    if not known:
        info(f"{dataset} has no occupations of its users, so their table is left out.")
    sections = [
        *eda_views.ratings(loaded),
        eda_views.genres(loaded),
        *eda_views.users(loaded),
        *([eda_views.occupations(loaded, Metric.watchers)] if known else []),
        *eda_views.films(loaded, min_ratings),
    ]
    names = ["ratings", "genres", "users", *["occupations"] * known, "films"]
    for name in names if plot else ():
        _draw(plot and plot.with_stem(f"{plot.stem}-{name}"), name, loaded, min_ratings)
    _emit(chosen_format(format, json), sections, {"dataset": dataset, "min_ratings": min_ratings})


def _emit(chosen: Format, sections: Iterable[Section], envelope: dict[str, object]) -> None:
    emit_all(chosen, list(sections), envelope)


def _emit_one(chosen: Format, section: Section, envelope: dict[str, object]) -> None:
    emit(chosen, section.view, section.records, envelope)


def _load(name: str, plot: Path | None) -> "Dataset":
    """Load a data set; before that, refuse a figure that cannot be drawn."""
    if plot:
        from movierec_cli.core import figures

        figures.require_plotting(plot)
    return load_dataset(name)


def _draw(
    plot: Path | None,
    name: str,
    dataset: "Dataset",
    min_ratings: int = _MIN_RATINGS,
    metric: str = Metric.watchers,
) -> None:
    """Draw before anything is printed: a pipe that is closed early still leaves the figure."""
    if plot is None:
        return
    from movierec_cli.core import figures

    source = dataset_label(dataset.name)
    figure = {
        "genres": lambda: figures.genres(dataset, source),
        "users": lambda: figures.users(dataset, source),
        "occupations": lambda: figures.occupations(dataset, metric, source),
        "films": lambda: figures.films(dataset, source, min_ratings),
        "ratings": lambda: figures.ratings(dataset, source),
    }[name]()
    figures.save(figure, plot)
    info(f"The figure is in {plot}.")
