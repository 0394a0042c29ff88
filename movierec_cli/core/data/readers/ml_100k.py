"""The formats of the files of MovieLens 100K. Every error names file, line and column."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.dataset import GENDERS, Dataset, Films, Ratings, Users
from movierec_cli.core.errors import DataError


def parse_files(contents: Mapping[str, bytes], name: str, folds: Sequence[str]) -> Dataset:
    """Turn the files into a `Dataset` called ``name``; ``folds`` are the official ones.

    Raises
    ------
    DataError
        Naming file, line and column of the first thing that is wrong.
    """
    genres = _parse_genres(contents["u.genre"])
    occupations = _parse_occupations(contents["u.occupation"])
    users = _parse_users(contents["u.user"], occupations)
    films = _parse_films(contents["u.item"], len(genres))
    ratings = _parse_ratings("u.data", contents["u.data"], users, films)
    tests = {
        fold: _positions(f"{fold}.test", contents[f"{fold}.test"], users, films, ratings)
        for fold in folds
        if f"{fold}.test" in contents
    }
    return Dataset(name, users, films, ratings, genres, occupations, tests)


def _lines(file: str, data: bytes, encoding: str) -> Iterator[tuple[int, str]]:
    """Yield the line numbers, from 1, and texts of the lines that are not empty."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _wrong(file, line, "", f"is not {encoding} text") from error
    if encoding == "latin-1" and (line := _first_line_in_utf_8(data)):
        raise _wrong(file, line, "", "is utf-8 text instead of latin-1")
    for number, line_text in enumerate(text.split("\n"), start=1):
        if line_text.strip():
            yield number, line_text.rstrip("\r")


def _first_line_in_utf_8(data: bytes) -> int:
    """Return the first line with an accent if the text is UTF-8, which Latin-1 never is; or 0."""
    try:
        plain = data.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return 0
    accent = next((at for at, byte in enumerate(data) if byte > 127), 0)
    return 0 if plain else data.count(b"\n", 0, accent) + 1


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
        _add_name(names, "u.genre", number, "genre", name)
    return tuple(names)


def _parse_occupations(data: bytes) -> tuple[str, ...]:
    names: list[str] = []
    for number, (name,) in _rows("u.occupation", data, "|", 1):
        _add_name(names, "u.occupation", number, "occupation", name)
    return tuple(names)


def _add_name(names: list[str], file: str, line: int, column: str, name: str) -> None:
    if not name.strip() or name in names:
        raise _wrong(
            file, line, column, f"{name!r} is there already" if name.strip() else "is empty"
        )
    names.append(name)


def _parse_users(data: bytes, occupations: tuple[str, ...]) -> Users:
    code = {name: position for position, name in enumerate(occupations)}
    ids: list[int] = []
    ages, genders, jobs, zips = [], [], [], []
    for number, (user, age, gender, occupation, zip_code) in _rows("u.user", data, "|", 5):
        ids.append(_next_id("u.user", number, "user id", user, ids))
        ages.append(_integer("u.user", number, "age", age, 0, 150))
        if gender not in GENDERS:
            raise _wrong("u.user", number, "gender", f"is {gender!r} instead of M or F")
        genders.append(GENDERS.index(gender))
        if occupation not in code:
            raise _wrong("u.user", number, "occupation", f"{occupation!r} is not in u.occupation")
        jobs.append(code[occupation])
        zips.append(zip_code)
    return Users(
        ids=np.array(ids, np.int64),
        age=np.array(ages, np.float32),
        gender=np.array(genders, np.int8),
        occupation=np.array(jobs, np.int16),
        zip_code=np.array(zips),
    )


def _parse_films(data: bytes, n_genres: int) -> Films:
    ids: list[int] = []
    titles, released, flags = [], [], []
    for number, cells in _rows("u.item", data, "|", 5 + n_genres, "latin-1"):
        ids.append(_next_id("u.item", number, "film id", cells[0], ids))
        if not cells[1].strip("\0 "):
            raise _wrong("u.item", number, "title", "is empty")
        titles.append(cells[1])
        released.append(_date("u.item", number, cells[2]))
        if not set(cells[5:]) <= {"0", "1"}:
            raise _wrong("u.item", number, "genres", "have a flag other than 0 and 1")
        flags.append([cell == "1" for cell in cells[5:]])
    return Films(
        ids=np.array(ids, np.int64),
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
    same = (keys[positions] == wanted) & (ratings.values[positions] == test.values)
    if not same.all():
        numbers = [number for number, _ in _lines(file, data, "utf-8")]
        wrong = int(np.argmin(same))
        user, film = users.ids[test.user_rows[wrong]], films.ids[test.film_rows[wrong]]
        what = f"{test.values[wrong]:g} of film {film} by user {user} is not in u.data"
        raise _wrong(file, numbers[wrong], "rating", what)
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


def _next_id(file: str, line: int, column: str, text: str, before: list[int]) -> int:
    """Read an id: each is there once, in ascending order."""
    value = _integer(file, line, column, text, 1)
    if before and value <= before[-1]:
        raise _wrong(file, line, column, f"{value} comes after {before[-1]}")
    return value
