"""Sources of ratings files, recognised by the columns of their header."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from movierec_cli.core.data.readers.scale import Scale
from movierec_cli.core.data.readers.tables import Table, find_columns
from movierec_cli.core.errors import DataError
from movierec_cli.core.recommend.ratings_files.entries import STARS, TENTHS

Columns = Mapping[str, Sequence[str]]
"""Column -> its usual names, without case, spaces and underscores."""

_IDS: Columns = {
    "imdb": ("imdbid", "imdb", "const", "tconst", "movie.ids.imdb"),
    "tmdb": ("tmdbid", "tmdb", "movie.ids.tmdb"),
}
_YEAR = ("year", "releaseyear", "startyear", "released", "releasedate", "movie.year")


@dataclass(frozen=True)
class RatingsSource:
    """A site that exports ratings, or the spreadsheet.

    Attributes
    ----------
    name
        The name in the report.
    marks
        Names of columns, of which each alternative is a header of this source.
    columns
        The columns that are read.
    scale
        The scale of the ratings; ``None`` for that of the data set.
    unused
        Other columns of the source, which are passed over without a word.
    """

    name: str
    marks: tuple[tuple[str, ...], ...]
    columns: Columns
    scale: Scale | None = STARS
    unused: tuple[str, ...] = ()


LETTERBOXD = RatingsSource(
    "Letterboxd",
    marks=(("letterboxduri",),),
    columns={
        "title": ("name", "title"),
        "year": _YEAR,
        "rating": ("rating",),
        "date": ("date",),
        **_IDS,
    },
    unused=("letterboxduri", "rewatch", "tags", "watcheddate", "review"),
)
IMDB = RatingsSource(
    "IMDb",
    marks=(("const", "yourrating"),),
    columns={
        "title": ("title",),
        "original": ("originaltitle",),
        "year": ("year",),
        "rating": ("yourrating",),
        "kind": ("titletype",),
        "position": ("position",),
        "date": ("daterated",),
        **_IDS,
    },
    scale=TENTHS,
    unused=(
        "url", "imdbrating", "runtime(mins)", "genres", "numvotes", "releasedate",
        "directors", "created", "modified", "description",
    ),
)  # fmt: skip
TRAKT = RatingsSource(
    "Trakt",
    marks=(("ratedat", "type"), ("traktid",), ("traktrating",), ("movie.ids.trakt",)),
    columns={
        "title": ("title", "movie.title", "name"),
        "year": _YEAR,
        "rating": ("rating", "yourrating", "myrating"),
        "kind": ("type",),
        "date": ("ratedat",),
        **_IDS,
    },
    scale=TENTHS,
    unused=("traktid", "traktrating", "slug", "tvdbid", "movie.ids.trakt", "movie.ids.slug"),
)
MOVIELENS = RatingsSource(
    "MovieLens",
    marks=(("movieid", "rating"),),
    columns={
        "film": ("movieid",),
        "title": ("title", "name"),
        "year": _YEAR,
        "rating": ("rating",),
        "user": ("userid",),
        "date": ("timestamp",),
        **_IDS,
    },
    unused=("averagerating", "genres"),
)
SPREADSHEET = RatingsSource(
    "Spreadsheet",
    marks=(),
    columns={
        "any": ("film", "movie"),
        "title": ("title", "name", "filmtitle", "movietitle"),
        "original": ("originaltitle",),
        "film": ("filmid", "itemid", "id"),
        "year": _YEAR,
        "rating": ("rating", "stars", "myrating", "yourrating"),
        "rating10": ("rating10",),
        "kind": ("titletype",),
        "date": ("date", "daterated", "ratedat", "watcheddate", "datewatched", "timestamp"),
        **_IDS,
    },
    scale=None,
)
"""A table made by hand; ``any`` is an id or a title, ``rating10`` a rating of 1 to 10."""

_SITES = (LETTERBOXD, IMDB, TRAKT, MOVIELENS)
SOURCES = (*_SITES, SPREADSHEET)
"""All sources, in the order in which a header is compared with them."""

_FILM_COLUMNS = {"any", "title", "film", "imdb", "tmdb"}
_RATING_COLUMNS = {"rating", "rating10", "position", "user"}


@dataclass(frozen=True)
class Header:
    """The source of a table, the positions of its columns, and the names of unused ones."""

    source: RatingsSource
    columns: Mapping[str, int]
    unused: tuple[str, ...] = field(default=())

    @property
    def scale(self) -> Scale | None:
        """The scale of the ratings; ``None`` for that of the data set."""
        is_of_ten = "rating10" in self.columns and "rating" not in self.columns
        return TENTHS if is_of_ten else self.source.scale


def recognise_ratings(table: Table) -> Header:
    """Return source and columns of a table of ratings.

    Raises
    ------
    DataError
        If the header has no film or no rating, or a column twice.
    """
    header = _recognise(table)
    columns = header.columns
    is_rated = "rating" in columns or "rating10" in columns or header.source is LETTERBOXD
    if not (_FILM_COLUMNS & set(columns) and is_rated):
        raise _missing(
            table,
            "It needs a header with: film,rating (or title,year,rating); or give the export of "
            "Letterboxd, IMDb, Trakt or MovieLens as it is.",
        )
    return header


def recognise_films(table: Table) -> Header:
    """Return source and columns of a table of films, without those of ratings.

    Raises
    ------
    DataError
        If the header has no film, or a column twice.
    """
    header = _recognise(table)
    if not _FILM_COLUMNS & set(header.columns):
        raise _missing(table, "It needs a header with: title,year (or imdb_id, tmdb_id).")
    columns = {name: at for name, at in header.columns.items() if name not in _RATING_COLUMNS}
    return replace(header, columns=columns)


def _recognise(table: Table) -> Header:
    sites = (site for site in _SITES if any(_has(table, marks) for marks in site.marks))
    source = next(sites, SPREADSHEET)
    columns = _find(table, source.columns)
    used = {*columns.values(), *_find(table, {name: (name,) for name in source.unused}).values()}
    unused = tuple(name for at, name in enumerate(table.columns) if at not in used and name)
    return Header(source, columns, unused)


def _missing(table: Table, needs: str) -> DataError:
    found = ", ".join(table.columns)
    return DataError(
        f"{table.place}, line {table.skipped_lines}: has the columns {found[:300]}.", needs
    )


def _has(table: Table, names: tuple[str, ...]) -> bool:
    return len(_find(table, {name: (name,) for name in names})) == len(names)


def _find(table: Table, columns: Columns) -> dict[str, int]:
    try:
        return find_columns(table, columns, {})
    except DataError as error:
        raise DataError(
            f"{table.place}, line {table.skipped_lines}: has the columns "
            f"{', '.join(table.columns)[:300]}.",
            "Give each column a name of its own.",
        ) from error
