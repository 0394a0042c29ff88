"""Reader of ``u.data``, ``u.item``, ``u.user`` and the official folds, of MovieLens 100K."""

from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, Ids
from movierec_cli.core.data.readers.assemble import Assembled
from movierec_cli.core.data.readers.catalog import FilmTable, UserTable, read_users
from movierec_cli.core.data.readers.layouts import FOLDS
from movierec_cli.core.data.readers.movielens import assemble_stars, read_stars
from movierec_cli.core.data.readers.rating_table import IdColumn, RatingTable
from movierec_cli.core.data.readers.tables import Problems, TextFormat, read_table
from movierec_cli.core.data.sources import Source
from movierec_cli.core.progress import SILENT, Progress

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RATINGS = TextFormat("\t", "latin-1", ("userId", "movieId", "rating", "timestamp"), False)
_USERS = TextFormat("|", "latin-1", ("userId", "age", "gender", "occupation", "zip"), False)
_FILMS = ("movieId", "title", "date", "video date", "address")
_GENRES = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary",
    "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi",
    "Thriller", "War", "Western",
)  # fmt: skip


def read(source: Source, name: str, progress: Progress) -> Assembled:
    """Read the files: separated by tabs and bars, in Latin-1, without a header."""
    problems = Problems()
    ratings = read_stars(source, "u.data", _RATINGS, problems, progress)
    films = _read_films(source, _names(source, "u.genre") or _GENRES, problems)
    users = UserTable()
    if "u.user" in source.sizes:
        with source.open("u.user") as file:
            users = read_users(file, source.place("u.user"), _USERS, problems)
    users = replace(users, occupation_names=_names(source, "u.occupation"))
    folds = {
        fold: read_stars(source, f"{fold}.test", _RATINGS, problems, SILENT)
        for fold in FOLDS
        if f"{fold}.test" in source.sizes
    }
    problems.raise_any()
    assembled = assemble_stars(name, ratings, films, users)
    dataset = assembled.dataset
    positions = {fold: _positions(test, dataset) for fold, test in folds.items()}
    return replace(assembled, dataset=replace(dataset, folds=positions))


def _names(source: Source, file_name: str) -> tuple[str, ...]:
    """Return the first cell of each line of a file; nothing if there is no such file."""
    if file_name not in source.sizes:
        return ()
    with source.open(file_name) as file:
        lines = file.read().decode("latin-1").replace("\r\n", "\n").split("\n")
    return tuple(line.partition("|")[0] for line in lines if line)


def _read_films(source: Source, genres: tuple[str, ...], problems: Problems) -> FilmTable:
    """Read id, title, release date, video release date, address, and a 0 or 1 for each genre."""
    found = FilmTable(genre_names=genres)
    place = source.place("u.item")
    header = (*_FILMS, *genres)
    with source.open("u.item") as file:
        table = read_table(file, place, TextFormat("|", "latin-1", header, False), problems)
        for line, cells in table.rows:
            film, title, released = (cell.strip() for cell in cells[:3])
            flags = cells[len(_FILMS) :]
            found.titles[film] = title
            found.genres[film] = tuple(
                genre for genre, flag in zip(genres, flags, strict=True) if flag == "1"
            )
            parsed = _parse_date(released)
            if parsed is None:
                problems.add(place, line, "date", released, "is not a date such as 01-Jan-1995")
            elif parsed:
                found.dates[film] = parsed
    return found


def _parse_date(text: str) -> str | None:
    """Return a date such as 4-Jan-1995 as 1995-01-04; an empty text as it is."""
    if not text:
        return ""
    day, _, rest = text.partition("-")
    month, _, year = rest.partition("-")
    if month not in _MONTHS:
        return None
    try:
        return date.fromisoformat(f"{year}-{_MONTHS.index(month) + 1:02d}-{day:>02}").isoformat()
    except ValueError:
        return None


def _positions(test: RatingTable, dataset: Dataset) -> NDArray[np.int64]:
    """Return the ascending positions of the ``test`` ratings among all ratings."""
    users, films, ratings = dataset.users, dataset.films, dataset.ratings
    user_rows = _rows(test.users, users.ids)
    film_rows = _rows(test.films, films.ids)
    is_known = (user_rows >= 0) & (film_rows >= 0)
    n_films = len(films)
    keys = ratings.user_rows.astype(np.int64) * n_films + ratings.film_rows
    return np.flatnonzero(np.isin(keys, (user_rows * n_films + film_rows)[is_known]))


def _rows(column: IdColumn, ids: Ids) -> NDArray[np.int64]:
    """Return the position in ``ids`` of each entry of a column, -1 for another id."""
    rows = {str(name): row for row, name in enumerate(ids.tolist())}
    found = np.array([rows.get(str(name), -1) for name in column.names.tolist()], np.int64)
    return found[column.codes]
