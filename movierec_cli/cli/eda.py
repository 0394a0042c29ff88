"""``movierec eda``: what is in the data."""

from collections.abc import Callable
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
    from matplotlib.figure import Figure

    from movierec_cli.core.data.dataset import Dataset

app = typer.Typer(
    help="Look at the data: who watches what, and how it is rated.", no_args_is_help=True
)


class GenreColumn(StrEnum):
    """A column to sort genres by."""

    genre = "genre"
    films = "films"
    ratings = "ratings"
    watchers = "watchers"
    ratings_per_film = "ratings_per_film"
    watchers_per_film = "watchers_per_film"


class Metric(StrEnum):
    """What to tell of an occupation and a genre."""

    watchers = "watchers"
    ratings = "ratings"
    share = "share"
    lift = "lift"


MinRatingsOption = Annotated[
    int, typer.Option("--min-ratings", min=1, help="Films with fewer are not judged by them.")
]

_MIN_RATINGS = 8  # as `movierec_cli.core.eda.films` has it


@app.callback()
def main() -> None:
    """Look at the data: who watches what, and how it is rated."""


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
    _require_plotting(plot)
    from movierec_cli.cli import eda_views

    loaded = _load(dataset)
    _draw(plot, lambda: _genres_figure(loaded))
    _emit_one(chosen_format(format, json), eda_views.genres(loaded, sort), {"dataset": dataset})


@app.command()
def users(
    dataset: DatasetOption = DEFAULT_DATASET,
    plot: PlotOption = None,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Show how many genres and films users watch, and who they are.

    [bold]Examples[/]

      movierec eda users
      movierec eda users --plot users.png
    """
    _require_plotting(plot)
    from movierec_cli.cli import eda_views

    loaded = _load(dataset)
    _draw(plot, lambda: _users_figure(loaded))
    emit_all(chosen_format(format, json), eda_views.users(loaded), {"dataset": dataset})


@app.command()
def occupations(
    metric: Annotated[
        Metric,
        typer.Option(
            "--metric",
            help="What to show: users who watched, their ratings, the genre's share of these, or "
            "how far the share departs from everyone's. JSON and CSV have all four.",
        ),
    ] = Metric.watchers,
    dataset: DatasetOption = DEFAULT_DATASET,
    plot: PlotOption = None,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Show what users of each occupation watch: occupation x genre as a heat map.

    Counts follow the size of an occupation; lift tells who prefers what. It is the genre's share
    of the occupation's ratings / its share of everyone's ratings.

    [bold]Examples[/]

      movierec eda occupations
      movierec eda occupations --metric lift
      movierec eda occupations --format csv
    """
    _require_plotting(plot)
    from movierec_cli.cli import eda_views

    loaded = _load(dataset)
    _draw(plot, lambda: _occupations_figure(loaded, metric))
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
    """Show how films are rated against how often, the best and the worst, and the long tail.

    JSON and CSV have every film.

    [bold]Examples[/]

      movierec eda films
      movierec eda films --min-ratings 50
      movierec eda films --json
    """
    _require_plotting(plot)
    from movierec_cli.cli import eda_views

    loaded = _load(dataset)
    _draw(plot, lambda: _films_figure(loaded, min_ratings))
    emit_all(
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
    """Show how high ratings are, how few of the possible ones there are, and when they came.

    [bold]Examples[/]

      movierec eda ratings
      movierec eda ratings --json
    """
    _require_plotting(plot)
    from movierec_cli.cli import eda_views

    loaded = _load(dataset)
    _draw(plot, lambda: _ratings_figure(loaded))
    emit_all(chosen_format(format, json), eda_views.ratings(loaded), {"dataset": dataset})


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
    """Show everything that the other commands show.

    [bold]Examples[/]

      movierec eda all
      movierec eda all --format md > data.md
      movierec eda all --plot figures/data.svg
    """
    _require_plotting(plot)
    from movierec_cli.cli import eda_views
    from movierec_cli.core import eda

    loaded = _load(dataset)
    known = eda.has_occupations(loaded)
    if not known:
        info(f"{dataset} does not tell the occupations of its users, so there is no table of them.")
    sections = [
        *eda_views.ratings(loaded),
        eda_views.genres(loaded),
        *eda_views.users(loaded),
        *([eda_views.occupations(loaded, Metric.watchers)] if known else []),
        *eda_views.films(loaded, min_ratings),
    ]
    if plot:
        for name, make in _figures(loaded, min_ratings).items():
            if known or name != "occupations":
                _draw(plot.with_stem(f"{plot.stem}-{name}"), make)
    emit_all(
        chosen_format(format, json), sections, {"dataset": dataset, "min_ratings": min_ratings}
    )


def _load(name: str) -> "Dataset":

    return load_dataset(name)


def _emit_one(chosen: Format, section: Section, envelope: dict[str, object]) -> None:
    emit(chosen, section.view, section.records, envelope)


def _require_plotting(plot: Path | None) -> None:
    """Say that a figure cannot be drawn before anything is read or drawn."""
    if plot:
        from movierec_cli.core import figures

        figures.require_plotting(plot)


def _draw(plot: Path | None, make: "Callable[[], Figure]") -> None:
    """Draw before anything is printed: who closes the pipe early still gets the figure."""
    if plot:
        from movierec_cli.core import figures

        figures.save(make(), plot)
        info(f"The figure is in {plot}.")


def _figures(dataset: "Dataset", min_ratings: int) -> "dict[str, Callable[[], Figure]]":
    """Return how to draw the figure of each command."""
    return {
        "ratings": lambda: _ratings_figure(dataset),
        "genres": lambda: _genres_figure(dataset),
        "users": lambda: _users_figure(dataset),
        "occupations": lambda: _occupations_figure(dataset, Metric.watchers),
        "films": lambda: _films_figure(dataset, min_ratings),
    }


def _genres_figure(dataset: "Dataset") -> "Figure":
    from movierec_cli.core import eda, figures

    return figures.genres(eda.genres(dataset), dataset_label(dataset.name))


def _users_figure(dataset: "Dataset") -> "Figure":
    from movierec_cli.core import eda, figures

    return figures.users(eda.users(dataset), dataset_label(dataset.name))


def _occupations_figure(dataset: "Dataset", metric: str) -> "Figure":
    from movierec_cli.core import eda, figures

    return figures.occupations(eda.occupations(dataset), metric, dataset_label(dataset.name))


def _films_figure(dataset: "Dataset", min_ratings: int) -> "Figure":
    from movierec_cli.core import eda, figures

    return figures.films(
        eda.films(dataset, min_ratings),
        eda.ratings_per_film(dataset),
        eda.long_tail(dataset),
        dataset_label(dataset.name),
    )


def _ratings_figure(dataset: "Dataset") -> "Figure":
    from movierec_cli.core import eda, figures

    return figures.ratings(
        eda.ratings(dataset), eda.ratings_over_time(dataset), dataset_label(dataset.name)
    )
