"""``movierec films``, ``similar`` and ``neighbors``: searches in the catalog and among users."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from movierec_cli.cli.loading import load_dataset, load_run
from movierec_cli.cli.options import (
    DEFAULT_DATASET,
    DEFAULT_RUN,
    DatasetOfRunOption,
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
from movierec_cli.cli.shortening import shorten_list, shorten_title
from movierec_cli.cli.tables import Column, View, plain_view

if TYPE_CHECKING:
    from movierec_cli.core.recommend.catalog import RankedFilm

_LEAST_TITLE, _LEAST_GENRES = 16, 12  # characters, in a narrow terminal
CountOption = Annotated[int, typer.Option("-n", min=1, help="The greatest number to show.")]


@dataclass(frozen=True)
class FilmColumns:
    """The columns of films in a table: title, and years and genres where one film has them.

    Where years and genres ``are_optional``, a narrow terminal leaves them out.
    """

    has_years: bool
    has_genres: bool
    are_optional: bool = False

    @classmethod
    def of(cls, films: "Sequence[RankedFilm]") -> "FilmColumns":
        """Choose the columns for some films."""
        return cls(any(film.year for film in films), any(film.genres for film in films))

    @property
    def columns(self) -> list[Column]:
        """The columns."""
        title = Column("Title", style="bold", shorten=shorten_title, least=_LEAST_TITLE)
        years = [Column("Year", optional=self.are_optional)] if self.has_years else []
        genres = Column(
            "Genres", style="dim", shorten=shorten_list, least=_LEAST_GENRES,
            optional=self.are_optional,
        )  # fmt: skip
        return [title, *years, *([genres] if self.has_genres else [])]

    def cells(self, film: "RankedFilm") -> list[str]:
        """Return the cells of a film."""
        from movierec_cli.core.data.titles import without_year

        years = [str(film.year or "–")] if self.has_years else []
        genres = [", ".join(film.genres)] if self.has_genres else []
        return [without_year(film.title), *years, *genres]


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
    from movierec_cli.core.data.extent import catalog_extent
    from movierec_cli.core.recommend.catalog import search_films
    from movierec_cli.core.recommend.filters import Filters

    filters = Filters(
        genres=tuple(genre or ()), not_genres=tuple(not_genre or ()), years=parse_years(year)
    )
    data = load_dataset(dataset)
    found = search_films(data, query, filters)
    counts = (Column("Ratings", numeric=True), Column("Mean", numeric=True))
    of_films = FilmColumns.of(found[:n])
    extent = f"{len(found):,} of {catalog_extent(data)} ({dataset_label(dataset)})"
    is_near = all(film.match == "near" for film in found)
    view = View(
        title="No film of that name; near:" if is_near else f"Found: {extent}",
        columns=[Column("Id", numeric=True), *of_films.columns, *counts],
        rows=[
            [
                str(film.film_id),
                *of_films.cells(film),
                number(film.ratings, 0),
                number(film.mean, 2),
            ]
            for film in found[:n]
        ],
        notes=[
            *([f"Near: {extent}"] if is_near else []),
            *([f"The first {n} are shown; -n shows more."] if len(found) > n else []),
        ],
    )
    emit(
        chosen_format(format, json),
        view,
        [asdict(film) for film in found[:n]],
        {"dataset": dataset, "query": query, "found": len(found)},
        records_key="films",
    )


def similar(
    title: Annotated[str, typer.Argument(metavar="TITLE|ID", help="A film.")],
    n: CountOption = 10,
    run: RunOption = DEFAULT_RUN,
    dataset: DatasetOfRunOption = None,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Show the films most similar to one: the same users like them.

    [bold]Examples[/]

      movierec similar "Toy Story"
    """
    from movierec_cli.cli.ask_title import resolve_film
    from movierec_cli.core.recommend import similar as similarity

    loaded = load_run(run, dataset)
    data = loaded.dataset
    row = resolve_film(loaded.titles, title)
    found = similarity.similar(loaded.model, data, row, n)
    of_films = FilmColumns.of(found)
    view = View(
        title=f"Like {loaded.titles.title(row)}, by {loaded.name} ({dataset_label(data.name)})",
        columns=[Column("#", numeric=True), *of_films.columns, Column("Similarity", numeric=True)],
        rows=[
            [str(film.rank), *of_films.cells(film), number(film.similarity, 3)] for film in found
        ],
        notes=["Similarity: cosine of the film vectors, at most 1."],
    )
    emit(
        chosen_format(format, json),
        view,
        [asdict(film) for film in found],
        {"dataset": data.name, "run": loaded.name, "film": data.films.ids[row].item()},
        records_key="films",
    )


def neighbors(
    user: Annotated[str, typer.Option("--user", metavar="ID", help="A user of the data set.")],
    n: CountOption = 10,
    run: RunOption = DEFAULT_RUN,
    dataset: DatasetOfRunOption = None,
    format: FormatOption = Format.table,
    json: JsonOption = False,
) -> None:
    """Show the users with the most similar taste.

    [bold]Examples[/]

      movierec neighbors --user 42
    """
    from movierec_cli.core import api
    from movierec_cli.core.recommend.query import row_of

    loaded = load_run(run, dataset)
    data = loaded.dataset
    found = api.neighbors(loaded, user, n)
    row = row_of(data.users.ids, user)
    records = [asdict(neighbor) for neighbor in found]
    title = f"Like user {user}, by {loaded.name} ({dataset_label(data.name)})"
    view = plain_view(title, records, ["Similarity: cosine of the user vectors, at most 1."])
    emit(
        chosen_format(format, json),
        view,
        records,
        {"dataset": data.name, "run": loaded.name, "user": data.users.ids[row].item()},
        records_key="neighbors",
    )
