"""Reading MovieLens 100K: the formats of its files, and which files are the right ones.

The archive is read where it is, never extracted. Every error names file, line and column.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.archives import read_members
from movierec_cli.core.data.dataset import GENDERS, Dataset, Films, Ratings, Users
from movierec_cli.core.errors import DataError, IntegrityError

NAME = "ml-100k"
URL = "https://files.grouplens.org/datasets/movielens/ml-100k.zip"
ARCHIVE_SIZE = 4_924_029
ARCHIVE_SHA256 = "50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229"
TERMS = (
    "MovieLens 100K is free for research; redistribution and commercial use need the permission of "
    "GroupLens. Cite: Harper and Konstan (2015), The MovieLens Datasets, doi 10.1145/2827872."
)
FOLDS = ("u1", "u2", "u3", "u4", "u5", "ua", "ub")

FILE_MD5: Mapping[str, str] = MappingProxyType(
    {
        "u.data": "6e47046882bad158b0efbb84cd5cb987",
        "u.item": "c9e7f390115d79079537301d5204f3f7",
        "u.user": "1b53539edc13caad0282c8500608a319",
        "u.genre": "a7578bdb37758741ae9429d2c736af18",
        "u.occupation": "035abaa2165f35cebce4b91e03481e0a",
        "u1.test": "62d5d837e7c8e36550cc956b09c2ecc8",
        "u2.test": "1951a71b7e1f4ed254508007fa2f6b70",
        "u3.test": "cb3e4d0a9152041772285232ca002d4f",
        "u4.test": "328acfca94e85d01b1d7e92c7d73df3b",
        "u5.test": "bec898f7091dba3b7bdf793d1998d2d6",
        "ua.test": "52e5d0355092dc1596899855b220508f",
        "ub.test": "5292d1e388d156aa0c19c384cdf35aca",
    }
)
"""The files that are read, and what they must be: a repacked archive or a folder is as good as
the original archive when these are the same."""

_FOLDER = "ml-100k/"
_NOT_THE_ARCHIVE = "This is not the MovieLens 100K archive; run: movierec download --force"
_UNREADABLE = (  # what zipfile raises for damaged, encrypted and exotic archives
    OSError,
    zlib.error,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    EOFError,
    RuntimeError,
    ValueError,
)


def read_archive(path: Path, where: str) -> dict[str, bytes]:
    """Read the needed files from a zip archive; ``where`` is what errors call it.

    Raises
    ------
    IntegrityError
        If it is no readable zip archive, lacks a file, a file in it is damaged, or as in
        `read_members`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [_find_member(archive, name, where) for name in FILE_MD5]
            contents = read_members(archive, members, where, _NOT_THE_ARCHIVE)
            return dict(zip(FILE_MD5, contents, strict=True))
    except _UNREADABLE as error:
        raise IntegrityError(
            f"{where} is not a readable zip archive: {error}.",
            "Fetch a fresh one with: movierec download --force",
        ) from error


def _find_member(archive: zipfile.ZipFile, name: str, where: str) -> zipfile.ZipInfo:
    for candidate in (_FOLDER + name, name):
        try:
            return archive.getinfo(candidate)
        except KeyError:
            continue
    raise IntegrityError(
        f"{where} lacks {_FOLDER}{name}.",
        "Fetch the complete archive with: movierec download --force",
    )


def read_folder(path: Path) -> dict[str, bytes]:
    """Read the needed files from an extracted archive, given its folder or the one above.

    Raises
    ------
    IntegrityError
        If a file is missing or cannot be read.
    """
    root = path / _FOLDER if (path / _FOLDER / "u.data").is_file() else path
    contents = {}
    for name in FILE_MD5:
        try:
            contents[name] = (root / name).read_bytes()
        except OSError as error:
            raise IntegrityError(
                f"{root / name} cannot be read: {error.strerror}.",
                "Give the folder that holds u.data, u.item, u.user and the others.",
            ) from error
    return contents


def verify(contents: Mapping[str, bytes], where: str) -> None:
    """Check that every file is the one that GroupLens published.

    Raises
    ------
    IntegrityError
        Naming the files that differ.
    """
    different = [
        name
        for name, expected in FILE_MD5.items()
        if hashlib.md5(contents[name], usedforsecurity=False).hexdigest() != expected
    ]
    if different:
        raise IntegrityError(
            f"{where}: not the files of MovieLens 100K: {', '.join(different)}.",
            "Fetch the original with: movierec download --force",
        )


def pack(contents: Mapping[str, bytes], archive: zipfile.ZipFile) -> None:
    """Write the files into an open archive, laid out as the original is."""
    for name, data in contents.items():
        archive.writestr(_FOLDER + name, data, zipfile.ZIP_DEFLATED)


def parse(contents: Mapping[str, bytes]) -> Dataset:
    """Turn the files into a `Dataset`.

    Raises
    ------
    DataError
        Naming file, line and column of the first thing that is wrong.
    """
    genres = _parse_genres(contents["u.genre"])
    occupations = tuple(
        line for _, line in _lines("u.occupation", contents["u.occupation"], "utf-8")
    )
    users = _parse_users(contents["u.user"], occupations)
    films = _parse_films(contents["u.item"], len(genres))
    ratings = _parse_ratings("u.data", contents["u.data"], users, films)
    folds = {
        fold: _positions(f"{fold}.test", contents[f"{fold}.test"], users, films, ratings)
        for fold in FOLDS
        if f"{fold}.test" in contents
    }
    return Dataset(NAME, users, films, ratings, genres, occupations, folds)


def _lines(file: str, data: bytes, encoding: str) -> Iterator[tuple[int, str]]:
    """Yield the line numbers, from 1, and texts of the lines that are not empty."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _wrong(file, line, "", f"is not {encoding} text") from error
    for number, line_text in enumerate(text.split("\n"), start=1):
        if line_text.strip():
            yield number, line_text.rstrip("\r")


def _rows(
    file: str, data: bytes, separator: str, columns: int, encoding: str = "utf-8"
) -> Iterator[tuple[int, list[str]]]:
    empty = True
    for number, line in _lines(file, data, encoding):
        cells = line.split(separator)
        if len(cells) != columns:
            raise _wrong(file, number, "", f"has {len(cells)} columns instead of {columns}")
        empty = False
        yield number, cells
    if empty:
        raise DataError(f"{file} is empty.", _REFETCH)


def _parse_genres(data: bytes) -> tuple[str, ...]:
    names: list[str] = []
    for number, (name, position) in _rows("u.genre", data, "|", 2):
        if position != str(len(names)):
            raise _wrong("u.genre", number, "number", f"is {position!r} instead of {len(names)}")
        names.append(name)
    return tuple(names)


def _parse_users(data: bytes, occupations: tuple[str, ...]) -> Users:
    code = {name: position for position, name in enumerate(occupations)}
    ids, ages, genders, jobs, zips = [], [], [], [], []
    for number, (user, age, gender, occupation, zip_code) in _rows("u.user", data, "|", 5):
        ids.append(_integer("u.user", number, "user id", user, 1))
        ages.append(_integer("u.user", number, "age", age, 0, 150))
        if gender not in GENDERS:
            raise _wrong("u.user", number, "gender", f"is {gender!r} instead of M or F")
        genders.append(GENDERS.index(gender))
        if occupation not in code:
            raise _wrong("u.user", number, "occupation", f"{occupation!r} is not in u.occupation")
        jobs.append(code[occupation])
        zips.append(zip_code)
    return Users(
        ids=_ascending("u.user", ids),
        age=np.array(ages, np.float32),
        gender=np.array(genders, np.int8),
        occupation=np.array(jobs, np.int16),
        zip_code=np.array(zips),
    )


def _parse_films(data: bytes, n_genres: int) -> Films:
    ids, titles, released, flags = [], [], [], []
    for number, cells in _rows("u.item", data, "|", 5 + n_genres, "latin-1"):
        ids.append(_integer("u.item", number, "film id", cells[0], 1))
        titles.append(cells[1])
        released.append(_date("u.item", number, cells[2]))
        if not set(cells[5:]) <= {"0", "1"}:
            raise _wrong("u.item", number, "genres", "have a flag other than 0 and 1")
        flags.append([cell == "1" for cell in cells[5:]])
    return Films(
        ids=_ascending("u.item", ids),
        titles=np.array(titles),
        released=np.array(released, "datetime64[D]"),
        genres=np.array(flags, np.bool_).reshape(len(ids), n_genres),
    )


def _parse_ratings(file: str, data: bytes, users: Users, films: Films) -> Ratings:
    user_row = {int(identity): row for row, identity in enumerate(users.ids)}
    film_row = {int(identity): row for row, identity in enumerate(films.ids)}
    columns: tuple[list[int], ...] = ([], [], [], [])
    seen: set[tuple[int, int]] = set()
    for number, (user, film, rating, timestamp) in _rows(file, data, "\t", 4):
        pair = (
            user_row.get(_integer(file, number, "user id", user, 1), -1),
            film_row.get(_integer(file, number, "film id", film, 1), -1),
        )
        if pair[0] < 0:
            raise _wrong(file, number, "user id", f"{user} is not in u.user")
        if pair[1] < 0:
            raise _wrong(file, number, "film id", f"{film} is not in u.item")
        if pair in seen:
            raise _wrong(file, number, "film id", f"{film} is rated twice by user {user}")
        seen.add(pair)
        columns[0].append(pair[0])
        columns[1].append(pair[1])
        columns[2].append(_integer(file, number, "rating", rating, 1, 5))
        columns[3].append(_integer(file, number, "timestamp", timestamp, 0, 2**40))
    return Ratings(
        np.array(columns[0], np.int32),
        np.array(columns[1], np.int32),
        np.array(columns[2], np.float32),
        np.array(columns[3], np.int64),
    )


def _positions(
    file: str, data: bytes, users: Users, films: Films, ratings: Ratings
) -> NDArray[np.int64]:
    """Find the ratings of an official test file among all ratings."""
    test = _parse_ratings(file, data, users, films)
    n_films = len(films)
    keys = ratings.user_rows.astype(np.int64) * n_films + ratings.film_rows
    wanted = test.user_rows.astype(np.int64) * n_films + test.film_rows
    order = np.argsort(keys)
    found = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    positions = order[found]
    if not np.array_equal(keys[positions], wanted):
        raise DataError(f"{file} has ratings that are not in u.data.", _REFETCH)
    return np.sort(positions)


_REFETCH = "Fetch a fresh copy with: movierec download --force"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _wrong(file: str, line: int, column: str, what: str) -> DataError:
    place = f"{file}, line {line}" + (f", column {column!r}" if column else "")
    return DataError(f"{place}: {what}.", _REFETCH)


def _integer(
    file: str, line: int, column: str, text: str, least: int, most: int | None = None
) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise _wrong(file, line, column, f"{text!r} is not a whole number")
    value = int(text)
    if value < least or (most is not None and value > most):
        bounds = f"{least} to {most}" if most is not None else f"{least} or more"
        raise _wrong(file, line, column, f"{value} is not in {bounds}")
    return value


def _date(file: str, line: int, text: str) -> np.datetime64:
    if not text:
        return np.datetime64("NaT", "D")
    try:
        day, month, year = text.split("-")
        if len(year) != 4:
            raise ValueError(year)
        return np.datetime64(f"{int(year):04d}-{_MONTHS.index(month) + 1:02d}-{int(day):02d}", "D")
    except ValueError as error:
        raise _wrong(file, line, "release date", f"{text!r} is not like 01-Jan-1995") from error


def _ascending(file: str, ids: list[int]) -> NDArray[np.int64]:
    array = np.array(ids, np.int64)
    if np.any(np.diff(array) <= 0):
        raise DataError(f"{file}: the ids are not in ascending order, each once.", _REFETCH)
    return array
