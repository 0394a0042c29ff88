"""Reader of the layout of MovieLens 100K: ``u.data``, ``u.item``, ``u.user`` and official folds.

The files are verified before they are parsed, so their format is taken for granted: ids ascend,
every rating names a known user and film, and every rating of a fold is in ``u.data``.
"""

import io
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import GENDERS, Dataset, Films, Ratings, Users

FOLDS = ("u1", "u2", "u3", "u4", "u5", "ua", "ub")

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def parse(files: Mapping[str, bytes], name: str) -> Dataset:
    """Parse the content of the files into a `Dataset` called ``name``."""
    genres = tuple(genre for genre, _ in _rows(files["u.genre"]))
    occupations = tuple(occupation for (occupation,) in _rows(files["u.occupation"]))
    users = _parse_users(files["u.user"], occupations)
    films = _parse_films(files["u.item"])
    ratings = _parse_ratings(files["u.data"], users, films)
    folds = {
        fold: _positions(_parse_ratings(files[f"{fold}.test"], users, films), ratings, len(films))
        for fold in FOLDS
    }
    return Dataset(name, users, films, ratings, genres, occupations, folds)


def _rows(data: bytes, encoding: str = "utf-8") -> list[list[str]]:
    """Split a file into lines and cells; only a newline ends a line, whatever the encoding."""
    lines = data.decode(encoding).replace("\r\n", "\n").split("\n")
    return [line.split("|") for line in lines if line]


def _parse_users(data: bytes, occupations: tuple[str, ...]) -> Users:
    ids, ages, genders, jobs, zip_codes = zip(*_rows(data), strict=True)
    return Users(
        ids=np.array(ids, np.int64),
        age=np.array(ages, np.float32),
        gender=np.array([GENDERS.index(gender) for gender in genders], np.int8),
        occupation=np.array([occupations.index(job) for job in jobs], np.int16),
        zip_code=np.array(zip_codes),
    )


def _parse_films(data: bytes) -> Films:
    """Parse id, title, release date, video release date, address, and a 0 or 1 for each genre."""
    rows = _rows(data, "latin-1")
    return Films(
        ids=np.array([row[0] for row in rows], np.int64),
        titles=np.array([row[1] for row in rows]),
        released=np.array([_parse_date(row[2]) for row in rows], "datetime64[D]"),
        genres=np.array([row[5:] for row in rows]) == "1",
    )


def _parse_date(text: str) -> str:
    """Return a date such as 4-Jan-1995 as 1995-01-04; a missing date as NaT."""
    if not text:
        return "NaT"
    day, month, year = text.split("-")
    return f"{year}-{_MONTHS.index(month) + 1:02d}-{int(day):02d}"


def _parse_ratings(data: bytes, users: Users, films: Films) -> Ratings:
    """Parse user id, film id, rating and timestamp; return rows instead of ids."""
    table = np.loadtxt(io.BytesIO(data), np.int64, delimiter="\t", ndmin=2)
    return Ratings(
        np.searchsorted(users.ids, table[:, 0]).astype(np.int32),
        np.searchsorted(films.ids, table[:, 1]).astype(np.int32),
        table[:, 2].astype(np.float32),
        table[:, 3].copy(),
    )


def _positions(test: Ratings, ratings: Ratings, n_films: int) -> NDArray[np.int64]:
    """Return the ascending positions of the ``test`` ratings among all ``ratings``."""
    keys, wanted = (
        some.user_rows.astype(np.int64) * n_films + some.film_rows for some in (ratings, test)
    )
    order = np.argsort(keys)
    return np.sort(order[np.searchsorted(keys, wanted, sorter=order)])
