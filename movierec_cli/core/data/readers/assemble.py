"""A `Dataset` from the tables of its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import Dataset, Films, FloatArray, Ids, Ratings, Users
from movierec_cli.core.data.readers.catalog import FilmTable, UserTable
from movierec_cli.core.data.readers.rating_table import RatingTable, is_whole_number
from movierec_cli.core.data.titles import year_in


@dataclass(frozen=True)
class Assembled:
    """A data set, with what was left out.

    ``duplicates`` is the number of ratings that a later one of the same user and film replaced,
    ``users_without_ratings`` that of the listed users who rated nothing, ``with_several_titles``
    that of films whose ratings have several titles, the first of which counts, and that the films
    do not list. ``unused`` are the columns beside the ratings that were not read.
    """

    dataset: Dataset
    duplicates: int
    users_without_ratings: int
    with_several_titles: int
    unused: tuple[str, ...] = ()


def assemble(
    name: str,
    table: RatingTable,
    stars: FloatArray,
    lowest_rating: float,
    film_table: FilmTable,
    user_table: UserTable,
) -> Assembled:
    """Build a data set; of several ratings of a film by a user the last counts.

    Parameters
    ----------
    stars
        [n] the ratings of ``table`` in stars.
    film_table, user_table
        Values of films and users by id; they may lack some. Films that nobody rated are kept, users
        who rated nothing are not.
    """
    first = table.titles.first.items()
    rated_titles = {str(table.films.names[code]): title for code, title in first}
    film_ids, film_codes = _merged(table.films.names, film_table.titles)
    user_ids, user_codes = _merged(table.users.names, [])
    times = np.zeros(len(table), np.int64) if table.times is None else table.times
    ratings, duplicates = _without_duplicates(
        Ratings.ordered(user_codes[table.users.codes], film_codes[table.films.codes], stars, times)
    )
    genres = film_table.genre_names or _distinct(film_table.genres.values())
    occupations = user_table.occupation_names or tuple(sorted(set(user_table.occupation.values())))
    dataset = Dataset(
        name=name,
        users=_users(user_ids, user_table, occupations),
        films=_films(film_ids, film_table, rated_titles, genres),
        ratings=ratings,
        genres=genres,
        occupations=occupations,
        lowest_rating=lowest_rating,
        has_times=table.times is not None and bool(np.ptp(times)),
    )
    rated = {str(user) for user in user_ids.tolist()}
    return Assembled(
        dataset,
        duplicates,
        users_without_ratings=len(set(user_table.ids) - rated),
        with_several_titles=sum(
            str(table.films.names[code]) not in film_table.titles for code in table.titles.several
        ),
    )


def _merged(rated: Ids, listed: Sequence[str] | Mapping[str, Any]) -> tuple[Ids, NDArray[np.int32]]:
    """Return all ids in ascending order, and the row of each rated one.

    Ids are whole numbers if all of them are.
    """
    is_number = rated.dtype.kind == "i"
    if is_number and all(map(is_whole_number, listed)):
        ids: Ids = np.union1d(rated, np.array([int(text) for text in listed], np.int64))
        names: Ids = rated
    else:
        names = rated.astype(np.str_)
        ids = np.unique(np.concatenate([names, np.array(list(listed), np.str_)]))
    return ids, np.searchsorted(ids, names).astype(np.int32)


def _without_duplicates(ratings: Ratings) -> tuple[Ratings, int]:
    repeated = (np.diff(ratings.user_rows) == 0) & (np.diff(ratings.film_rows) == 0)
    duplicates = int(repeated.sum())
    if not duplicates:
        return ratings, 0
    return ratings.take(np.append(~repeated, True)), duplicates


def _date_in(title: str) -> str:
    year = year_in(title)
    return "NaT" if year is None else f"{year:04d}-01-01"


def _films(
    ids: Ids, table: FilmTable, rated_titles: Mapping[str, str], genres: Sequence[str]
) -> Films:
    keys = [str(film) for film in ids.tolist()]
    columns = {genre: column for column, genre in enumerate(genres)}
    flags = np.zeros((len(keys), len(genres)), np.bool_)
    for row, key in enumerate(keys):
        for genre in table.genres.get(key, ()):
            flags[row, columns[genre]] = True
    titles = [table.titles.get(key) or rated_titles.get(key) or key for key in keys]
    return Films(
        ids=ids,
        titles=np.array(titles, np.str_),
        released=np.array(
            [
                table.dates.get(key, "NaT") if key in table.titles else _date_in(title)
                for key, title in zip(keys, titles, strict=True)
            ],
            "datetime64[D]",
        ),
        genres=flags,
        imdb_ids=np.array([table.imdb.get(key, "") for key in keys], np.str_),
        tmdb_ids=np.array([table.tmdb.get(key, 0) for key in keys], np.int64),
    )


def _users(ids: Ids, table: UserTable, occupations: Sequence[str]) -> Users:
    keys = [str(user) for user in ids.tolist()]
    codes = {name: code for code, name in enumerate(occupations)}
    return Users(
        ids=ids,
        age=np.array([table.age.get(key, np.nan) for key in keys], np.float32),
        gender=np.array([table.gender.get(key, -1) for key in keys], np.int8),
        occupation=np.array(
            [codes.get(table.occupation.get(key, ""), -1) for key in keys], np.int16
        ),
        zip_code=np.array([table.zip_code.get(key, "") for key in keys], np.str_),
    )


def _distinct(lists: Any) -> tuple[str, ...]:
    return tuple(sorted({name for names in lists for name in names}))
