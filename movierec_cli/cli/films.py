"""``movierec films``, ``similar`` and ``neighbors``: searches in the catalog and among users."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from movierec_cli.cli.loading import load_dataset, load_run
from movierec_cli.cli.options import (
    DEFAULT_DATASET,
    DatasetOption,
    FormatOption,
    GenreOption,
    JsonOption,
    NotGenreOption,
    RunOption,
    YearOption,
    chosen_format,
    dataset_label,
    parse_years,
)
from movierec_cli.cli.output import Format, emit, number
from movierec_cli.cli.tables import Column, View, plain_view

if TYPE_CHECKING:
    from movierec_cli.core.recommend.catalog import RankedFilm

CountOption = Annotated[int, typer.Option("-n", min=1, help="The greatest number to show.")]

_FILM_COLUMNS = (Column("Title", style="bold"), Column("Year"), Column("Genres", style="dim"))


def film_cells(film: "RankedFilm") -> tuple[str, str, str]:
    """Return title, year and genres for a table."""
    from movierec_cli.core.data.titles import without_year

    return without_year(film.title), str(film.year or "–"), ", ".join(film.genres)


def films(
    query: Annotated[str, typer.Argument(metavar="[QUERY]", help="A title or a part of one.")] = "",
    genre: GenreOption = None,
    not_genre: NotGenreOption = None,
    year: YearOption = None,
    n: CountOption = 20,
    dataset: DatasetOption = DEFAULT_DATASET,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Search the catalog by title, genre and year.

    [bold]Examples[/]

      movierec films "star wars"
      movierec films --genre Film-Noir --year 1940-1950
    """
    from movierec_cli.core.recommend.catalog import search_films
    from movierec_cli.core.recommend.filters import Filters

    filters = Filters(
        genres=tuple(genre or ()), not_genres=tuple(not_genre or ()), years=parse_years(year)
    )
    found = search_films(load_dataset(dataset), query, filters)
    counts = (Column("Ratings", numeric=True), Column("Mean", numeric=True))
    view = View(
        title=f"Films: {len(found):,} ({dataset_label(dataset)})",
        columns=[Column("Id", numeric=True), *_FILM_COLUMNS, *counts],
        rows=[
            [str(film.film_id), *film_cells(film), number(film.ratings, 0), number(film.mean, 2)]
            for film in found[:n]
        ],
        notes=[f"The first {n} are shown; -n shows more."] if len(found) > n else [],
    )
    emit(
        chosen_format(format, json),
        view,
        [asdict(film) for film in found],
        {"dataset": dataset, "query": query},
        records_key="films",
    )


def similar(
    title: Annotated[str, typer.Argument(metavar="TITLE|ID", help="A film.")],
    n: CountOption = 10,
    run: RunOption = "dnn",
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Show the films most similar to one: the same users like them.

    [bold]Examples[/]

      movierec similar "Toy Story"
    """
    from movierec_cli.core.recommend import similar as similarity

    loaded = load_run(run)
    dataset = loaded.dataset
    row = loaded.titles.resolve(title)
    found = similarity.similar(loaded.model, dataset, row, n)
    view = View(
        title=f"Like {dataset.films.titles[row]}, by {run} ({dataset_label(dataset.name)})",
        columns=[Column("#", numeric=True), *_FILM_COLUMNS, Column("Similarity", numeric=True)],
        rows=[[str(film.rank), *film_cells(film), number(film.similarity, 3)] for film in found],
        notes=["Similarity: cosine of the film vectors, at most 1."],
    )
    emit(
        chosen_format(format, json),
        view,
        [asdict(film) for film in found],
        {"dataset": dataset.name, "run": run, "film": int(dataset.films.ids[row])},
        records_key="films",
    )


def neighbors(
    user: Annotated[int, typer.Option("--user", metavar="ID", help="A user of the data set.")],
    n: CountOption = 10,
    run: RunOption = "dnn",
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Show the users with the most similar taste.

    [bold]Examples[/]

      movierec neighbors --user 42
    """
    from movierec_cli.core import api

    loaded = load_run(run)
    dataset = loaded.dataset
    found = api.neighbors(loaded, user, n)
    records = [asdict(neighbor) for neighbor in found]
    title = f"Like user {user}, by {run} ({dataset_label(dataset.name)})"
    view = plain_view(title, records, ["Similarity: cosine of the user vectors, at most 1."])
    emit(
        chosen_format(format, json),
        view,
        records,
        {"dataset": dataset.name, "run": run, "user": user},
        records_key="neighbors",
    )
