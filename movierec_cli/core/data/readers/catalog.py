"""Tables of films and of users beside the ratings."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from movierec_cli.core.data.dataset import GENDERS
from movierec_cli.core.data.readers.rating_table import plain_id
from movierec_cli.core.data.readers.tables import (
    Problems,
    Table,
    TextFormat,
    checked_text,
    find_columns,
    listed,
    read_table,
)
from movierec_cli.core.data.titles import year_in
from movierec_cli.core.errors import DataError

FILM_COLUMNS: Mapping[str, Sequence[str]] = {
    "film": ("film", "filmid", "movie", "movieid", "item", "itemid", "id", "asin", "tconst"),
    "title": ("title", "movietitle", "filmtitle", "name", "primarytitle"),
    "year": ("year", "releaseyear", "startyear", "released"),
    "genres": ("genres", "genre", "class", "categories"),
    "imdb": ("imdbid", "imdb", "tconst", "const"),
    "tmdb": ("tmdbid", "tmdb"),
}
"""Column of a table of films -> its usual names, without spaces and underscores."""

USER_COLUMNS: Mapping[str, Sequence[str]] = {
    "user": ("user", "userid", "id", "uid"),
    "age": ("age",),
    "gender": ("gender", "sex"),
    "occupation": ("occupation", "job", "profession"),
    "zip": ("zip", "zipcode", "postcode", "postalcode"),
}
"""The same for a table of users."""

NO_GENRES = "(no genres listed)"

_YEAR = re.compile(r"(\d{4})(?:-\d{2}-\d{2}.*|\.0)?", re.ASCII)
_IMDB = re.compile(r"(?:tt)?0*(\d{1,10})", re.ASCII)
_WHOLE = re.compile(r"(\d{1,15})(?:\.0)?", re.ASCII)
_OLDEST = 120
_UNKNOWN = ("\\N", "NaN", "nan", "NULL", "null", "N/A")  # marks for a missing value
_GENDERS = {"m": 0, "male": 0, "man": 0, "f": 1, "female": 1, "woman": 1, "w": 1}
_OTHER_GENDERS = ("o", "other", "x", "d", "diverse", "nonbinary", "non-binary", "u", "unknown")


@dataclass(frozen=True)
class FilmTable:
    """Films by their ids as text; a list of genres for each, ids at other sites where known."""

    titles: dict[str, str] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)  # such as 1995-01-01
    genres: dict[str, tuple[str, ...]] = field(default_factory=dict)
    imdb: dict[str, str] = field(default_factory=dict)
    tmdb: dict[str, int] = field(default_factory=dict)
    genre_names: tuple[str, ...] = ()
    """Names of the genres in their order; empty for the order of the alphabet."""


@dataclass(frozen=True)
class UserTable:
    """Users by their ids as text; only known values are there."""

    ids: list[str] = field(default_factory=list)
    age: dict[str, float] = field(default_factory=dict)
    gender: dict[str, int] = field(default_factory=dict)
    occupation: dict[str, str] = field(default_factory=dict)
    zip_code: dict[str, str] = field(default_factory=dict)
    occupation_names: tuple[str, ...] = ()
    """As `FilmTable.genre_names`."""


@dataclass(frozen=True)
class _Row:
    """A row of a table: its cells by column; a missing one is an empty text."""

    table: Table
    columns: Mapping[str, int]
    problems: Problems
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def add(self, column: str, why: str) -> None:
        """Add a problem with the cell of a column."""
        name = self.table.columns[self.columns[column]]
        self.problems.add(self.table.place, self.line, name, self[column], why)


def read_films(
    file: BinaryIO, place: str, text_format: TextFormat, problems: Problems
) -> FilmTable:
    """Read a table of films; its columns have usual names.

    Raises
    ------
    DataError
        If it has no column of ids. Wrong values are added to ``problems``.
    """
    found = FilmTable()
    table = read_table(file, place, text_format, problems)
    columns = _film_columns(table)
    separator = _genre_separator(table, columns)
    for row in _rows(table, columns, "film", problems):
        film = row["film"]
        year = _year(row["year"])
        if year is None:
            row.add("year", "is not a year")
        title = row["title"] or film
        found.titles[film] = f"{title} ({year})" if year and year_in(title) is None else title
        if released := year or year_in(title):
            found.dates[film] = f"{released:04d}-01-01"
        if genres := row["genres"]:
            separator = separator or next((mark for mark in "|;," if mark in genres), "")
            names = map(str.strip, genres.split(separator) if separator else [genres])
            found.genres[film] = tuple(name for name in names if name and name != NO_GENRES)
        _add_links(found, row)
    return found


def _film_columns(table: Table) -> dict[str, int]:
    """Return the position of the columns of films; a title stands in for a missing id."""
    columns = find_columns(table, FILM_COLUMNS, {})
    if "film" not in columns and "title" in columns:
        columns["film"] = columns["title"]
    return columns


def _genre_separator(table: Table, columns: Mapping[str, int]) -> str:
    """Return the separator of genres that a header of RecBole declares, or an empty text."""
    is_sequence = "genres" in columns and table.columns[columns["genres"]].endswith(":token_seq")
    return " " if is_sequence else ""


def read_links(
    file: BinaryIO, place: str, text_format: TextFormat, films: FilmTable, problems: Problems
) -> None:
    """Add the ids at other sites to ``films``, from a table like ``links.csv`` of MovieLens."""
    table = read_table(file, place, text_format, problems)
    for row in _rows(table, find_columns(table, FILM_COLUMNS, {}), "film", problems):
        _add_links(films, row)


def _add_links(films: FilmTable, row: _Row) -> None:
    if imdb := row["imdb"]:
        match = _IMDB.fullmatch(imdb)
        if match:
            films.imdb[row["film"]] = f"tt{int(match[1]):07d}"
        else:
            row.add("imdb", "is not an IMDb id")
    if tmdb := row["tmdb"]:
        match = _WHOLE.fullmatch(tmdb)
        if match:
            films.tmdb[row["film"]] = int(match[1])
        else:
            row.add("tmdb", "is not a TMDb id")


def read_users(
    file: BinaryIO,
    place: str,
    text_format: TextFormat,
    problems: Problems,
    translate: Mapping[str, Callable[[str], str]] | None = None,
) -> UserTable:
    """Read a table of users; its columns have usual names.

    ``translate`` maps the codes of a column to values.

    Raises
    ------
    DataError
        If it has no column of ids. Wrong values are added to ``problems``.
    """
    found = UserTable()
    table = read_table(file, place, text_format, problems)
    for row in _rows(table, find_columns(table, USER_COLUMNS, {}), "user", problems):
        user = row["user"]
        found.ids.append(user)
        value = {
            name: translate[name](cell) if translate and name in translate else cell
            for name, cell in row.cells.items()
        }
        if age := value.get("age"):
            match = _WHOLE.fullmatch(age)
            if match and 1 <= int(match[1]) <= _OLDEST:
                found.age[user] = float(match[1])
            else:
                row.add("age", f"is not an age of 1 to {_OLDEST}")
        if gender := value.get("gender", "").lower():
            if gender in _GENDERS:
                found.gender[user] = _GENDERS[gender]
            elif gender not in _OTHER_GENDERS:
                row.add("gender", f"is not one of {', '.join(GENDERS)}, other")
        if occupation := value.get("occupation"):
            found.occupation[user] = occupation
        if zip_code := value.get("zip"):
            found.zip_code[user] = zip_code
    return found


def _rows(table: Table, columns: Mapping[str, int], key: str, problems: Problems) -> Iterator[_Row]:
    """Yield the rows that have an id; others, and cells that are no text, are problems.

    Raises
    ------
    DataError
        If there is no column ``key``, that of the ids.
    """
    if key not in columns:
        raise DataError(
            f"{table.place} has no column of {key} ids; it has: {listed(table.columns)}.",
            f"Name it {key}_id.",
        )
    for line, row in table.rows:
        cells = {}
        for name, at in columns.items():
            text = checked_text(row[at])
            if text is None:
                problems.add(table.place, line, table.columns[at], row[at], "is not text")
            elif text not in _UNKNOWN or name in (key, "title"):
                cells[name] = plain_id(text) if name == key else text
        found = _Row(table, columns, problems, line, cells)
        if found[key]:
            yield found
        elif key in cells:
            found.add(key, f"is not the id of a {key}")


def _year(text: str) -> int | None:
    """Return a year, 0 for an empty text, and ``None`` for another one."""
    match = _YEAR.fullmatch(text)
    return int(match[1]) if match else None if text else 0
