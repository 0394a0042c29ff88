"""``movierec films``, ``similar`` and ``neighbors``: looking around in the catalog."""

from typing import Annotated

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
from movierec_cli.cli.tables import Column, View

CountOption = Annotated[int, typer.Option("-n", min=1, help="How many to show at most.")]


def films(
    query: Annotated[
        str, typer.Argument(metavar="[QUERY]", help="A title or a part of one, as you type it.")
    ] = "",
    genre: GenreOption = None,
    not_genre: NotGenreOption = None,
    year: YearOption = None,
    n: CountOption = 20,
    dataset: DatasetOption = DEFAULT_DATASET,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Search the catalog: by title, genre and year.

    [bold]Examples[/]

      movierec films "star wars"
      movierec films --genre Film-Noir --year 1940-1950
    """
    from dataclasses import asdict

    from movierec_cli.core.data.titles import without_year
    from movierec_cli.core.recommend.catalog import search_films
    from movierec_cli.core.recommend.filters import Filters

    filters = Filters(
        genres=tuple(genre or ()), not_genres=tuple(not_genre or ()), years=parse_years(year)
    )
    found = search_films(load_dataset(dataset), query, filters)
    counted = "1 film" if len(found) == 1 else f"{len(found):,} films"
    view = View(
        title=f"{counted} ({dataset_label(dataset)})",
        columns=[
            Column("Id", numeric=True),
            Column("Title", style="bold"),
            Column("Year"),
            Column("Genres", style="dim"),
            Column("Ratings", numeric=True),
            Column("Mean", numeric=True),
        ],
        rows=[
            [
                str(film.film_id),
                without_year(film.title),
                str(film.year or "–"),
                ", ".join(film.genres),
                number(film.ratings, 0),
                number(film.mean, 2),
            ]
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
    """Show the films nearest to one in the vector space: liked by the same people.

    [bold]Examples[/]

      movierec similar "Toy Story"
    """
    from dataclasses import asdict

    from movierec_cli.cli.recommend import recommendations_view
    from movierec_cli.core import api

    loaded = load_run(run)
    dataset = loaded.dataset
    row = loaded.titles.resolve(title)
    found = api.similar(loaded, int(dataset.films.ids[row]), n)
    name = str(dataset.films.titles[row])
    view = recommendations_view(f"Like {name}", loaded.manifest, found)
    emit(
        chosen_format(format, json),
        View(
            view.title, view.columns, view.rows, ["Score: cosine of the film vectors, at most 1."]
        ),
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
    """Show the users of like taste: nearest in the vector space.

    [bold]Examples[/]

      movierec neighbors --user 42
    """
    from dataclasses import asdict

    from movierec_cli.core import api

    loaded = load_run(run)
    dataset = loaded.dataset
    found = api.neighbors(loaded, user, n)
    view = View(
        title=f"Like user {user}, by {run} ({dataset_label(dataset.name)})",
        columns=[
            Column("User", numeric=True),
            Column("Similarity", numeric=True),
            Column("Ratings", numeric=True),
            Column("Shared films", numeric=True),
        ],
        rows=[
            [
                str(neighbor.user_id),
                number(neighbor.similarity, 3),
                number(neighbor.n_ratings, 0),
                number(neighbor.n_shared, 0),
            ]
            for neighbor in found
        ],
        notes=["Similarity: cosine of the user vectors, at most 1."],
    )
    emit(
        chosen_format(format, json),
        view,
        [asdict(neighbor) for neighbor in found],
        {"dataset": dataset.name, "run": run, "user": user},
        records_key="neighbors",
    )
