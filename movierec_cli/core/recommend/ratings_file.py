"""A user's own ratings, read from a CSV file. Every error names file, line and column."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.recommend.query import checked_rating
from movierec_cli.core.recommend.title_search import TitleIndex

_FILM_COLUMNS = ("film", "title")


def read_ratings(path: Path, titles: TitleIndex) -> dict[int, float]:
    """Read a CSV file of a user's ratings: film row -> rating.

    It needs a header with the columns ``rating`` and ``film`` or ``title``; a film is an id or a
    title as in `TitleIndex.resolve`.

    Raises
    ------
    DataError
        If the file cannot be read or a cell is wrong, with file, line and column.
    """
    ratings: dict[int, float] = {}
    for place, column, film, rating in _cells(path):
        try:
            row = titles.resolve(film)
        except UsageError as error:
            raise DataError(f"{place}, column {column}: {error.message}", error.hint) from error
        if row in ratings:
            raise DataError(
                f"{place}, column {column}: {film!r} is rated twice.", "Keep one of the lines."
            )
        try:
            ratings[row] = checked_rating(float(rating))
        except (ValueError, UsageError) as error:
            raise DataError(
                f"{place}, column rating: {rating!r} is not a rating.", "A rating is 1 to 5."
            ) from error
    if not ratings:
        raise DataError(f"{path} has no rating.", "Below the header, write a film on each line.")
    return ratings


def _cells(path: Path) -> Iterator[tuple[str, str, str, str]]:
    """Yield place, name of the film column, film and rating of each line."""
    reader = csv.DictReader(
        io.StringIO(_read_text(path), newline=""), skipinitialspace=True, strict=True
    )
    try:
        names = [name.strip().lower() for name in reader.fieldnames or []]
        reader.fieldnames = names
        column = next((name for name in _FILM_COLUMNS if name in names), None)
        if column is None or [names.count(column), names.count("rating")] != [1, 1]:
            raise DataError(
                f"{path}, line 1: has the columns {', '.join(names) or '(none)'}.",
                "It needs a header with: film,rating (or title,rating).",
            )
        for row in reader:
            place = f"{path}, line {reader.line_num}"
            if None in row:
                raise DataError(
                    f"{place}: has more columns than the {len(names)} of the header.",
                    'Quote a title that has a comma: "Godfather, The (1972)",5',
                )
            yield place, column, row[column] or "", row["rating"] or ""
    except csv.Error as error:
        raise DataError(
            f"{path}, line {reader.reader.line_num}: is not CSV: {error}.",
            "Save it as CSV in UTF-8.",
        ) from error


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path}, line {line}: is not a CSV file in UTF-8.", "Save it as CSV in UTF-8."
        ) from error
