"""The ``movierec eda`` commands: tables and figures of the data."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    from movierec_cli.core.eda import Gap

app = typer.Typer(help="Explore the data: genres, users, films and ratings.", no_args_is_help=True)

GenreColumn = StrEnum(
    "GenreColumn", "genre films ratings watchers ratings_per_film watchers_per_film"
)
"""A column to sort genres by."""

Metric = StrEnum("Metric", "lift watchers ratings share")
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
        typer.Option(
            "--sort",
            metavar="COLUMN",
            help=f"{', '.join(GenreColumn)}: numbers falling, names from A to Z.",
        ),
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
    _show("genres", dataset, plot, chosen_format(format, json), {"sort": sort})


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
    _show("users", dataset, plot, chosen_format(format, json))


@app.command()
def occupations(
    metric: Annotated[
        Metric,
        typer.Option(
            "--metric",
            help="The lift, users who watched, their ratings, or the genre's share of these. JSON "
            "and CSV have all four.",
        ),
    ] = Metric.lift,
    dataset: DatasetOption = DEFAULT_DATASET,
    plot: PlotOption = None,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Show the genres that users of each occupation watch, as a heat map.

    Lift shows preferences: the genre's share of the occupation's ratings / its share of all
    ratings, blue below 1 and red above. Counts follow the size of an occupation.

    [bold]Examples[/]

      movierec eda occupations
      movierec eda occupations --metric watchers
      movierec eda occupations --format csv
    """
    _show("occupations", dataset, plot, chosen_format(format, json), metric=metric)


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
    _show("films", dataset, plot, chosen_format(format, json), min_ratings=min_ratings)


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
    _show("ratings", dataset, plot, chosen_format(format, json))


@app.command("all")
def all_(
    min_ratings: MinRatingsOption = _MIN_RATINGS,
    dataset: DatasetOption = DEFAULT_DATASET,
    plot: PlotOption = None,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Show the tables of all the other commands.

    A figure for each of them has a name such as FILE-genres.

    [bold]Examples[/]

      movierec eda all
      movierec eda all --format md > data.md
      movierec eda all --plot figures/data.svg
    """
    loaded = _load(dataset, plot)
    from movierec_cli.cli import eda_views
    from movierec_cli.core import eda

    figures: dict[str, dict[str, Any]] = {
        "ratings": {},
        "genres": {},
        "users": {},
        "occupations": {"metric": Metric.lift},
        "films": {"min_ratings": min_ratings},
    }
    lacking = _report_gaps(eda.gaps(loaded, min_ratings))
    sections = list(eda_views.everything(loaded, min_ratings, Metric.lift, lacking))
    if plot:
        for name in [name for name in figures if name not in lacking]:
            _draw(plot.with_stem(f"{plot.stem}-{name}"), name, loaded, figures[name])
    envelope = {"dataset": dataset, "min_ratings": min_ratings}
    _emit_all(chosen_format(format, json), sections, envelope)


def _show(
    name: str,
    dataset: str,
    plot: Path | None,
    chosen: Format,
    table_options: dict[str, Any] | None = None,
    **options: Any,
) -> None:
    """Print the tables of a command and draw its figure.

    Parameters
    ----------
    name
        The function in `eda_views` and in `figures`.
    table_options
        Options of the tables only; ``options`` are those of the figure and the JSON too.
    """
    loaded = _load(dataset, plot)
    from movierec_cli.cli import eda_views
    from movierec_cli.core import eda

    sections = list(getattr(eda_views, name)(loaded, **(table_options or {}), **options))
    keys = {section.key for section in sections}
    _report_gaps(gap for gap in eda.gaps(loaded) if gap.tables & keys)
    if plot:  # before anything is printed: a pipe that is closed early still leaves the figure
        _draw(plot, name, loaded, options)
    envelope = {"dataset": dataset, **options}
    if len(sections) == 1:
        emit(chosen, sections[0].view, sections[0].records, envelope)
    else:
        _emit_all(chosen, sections, envelope)


def _report_gaps(gaps: Iterable["Gap"]) -> set[str]:
    """Print a line for each gap of the data; return the keys of the tables that it lacks."""
    lacking: set[str] = set()
    for gap in gaps:
        info(gap.text)
        lacking |= gap.tables
    return lacking


def _emit_all(chosen: Format, sections: Sequence[Section], envelope: dict[str, Any]) -> None:
    """Print the tables; an empty one is shown in JSON only, whose keys are always the same."""
    shown = [section for section in sections if section.records or chosen is Format.json]
    emit_all(chosen, shown, envelope)


def _load(name: str, plot: Path | None) -> "Dataset":
    """Load a data set; before that, refuse a figure that cannot be drawn."""
    if plot:
        from movierec_cli.core import figures

        figures.require_plotting(plot)
    return load_dataset(name)


def _draw(plot: Path, name: str, dataset: "Dataset", options: dict[str, Any]) -> None:
    from movierec_cli.core import figures

    figure = getattr(figures, name)(dataset, dataset_label(dataset.name), **options)
    figures.save(figure, plot)
    info(f"The figure is in {plot}.")
