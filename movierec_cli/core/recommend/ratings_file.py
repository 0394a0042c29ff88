"""Reading a person's own ratings from a CSV file. Every error names file, line and column."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.recommend.query import checked_rating
from movierec_cli.core.recommend.title_search import TitleIndex

_FILM_COLUMNS = ("film", "title")


@dataclass(frozen=True)
class _Line:
    """A line as it is written: where it is, and its two cells."""

    place: str
    film_column: str
    film: str
    rating: str


def read_ratings(path: Path, titles: TitleIndex) -> dict[int, float]:
    """Read a CSV file of a person's ratings: film id -> rating.

    It needs a header with the columns ``rating`` and ``film`` or ``title``; a film is an id or a
    title as in `TitleIndex.resolve`.

    Raises
    ------
    DataError
        Naming file, line and column of what is wrong.
    """
    ratings: dict[int, float] = {}
    for line in _lines(path):
        film_id = _film_in(line, titles)
        if film_id in ratings:
            raise DataError(
                f"{line.place}, column {line.film_column}: {line.film!r} is rated twice.",
                "Keep one of the lines.",
            )
        ratings[film_id] = _rating_in(line)
    if not ratings:
        raise DataError(f"{path} has no rating.", "Below the header, write a film on each line.")
    return ratings


def _lines(path: Path) -> Iterator[_Line]:
    text = io.StringIO(_read_text(path), newline="")
    reader = csv.DictReader(text, skipinitialspace=True, strict=True)
    try:
        names = [name.strip().lower() for name in reader.fieldnames or []]
        reader.fieldnames = names
        film_column = next((name for name in _FILM_COLUMNS if name in names), None)
        if film_column is None or [names.count(film_column), names.count("rating")] != [1, 1]:
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
            yield _Line(place, film_column, row[film_column] or "", row["rating"] or "")
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


def _film_in(line: _Line, titles: TitleIndex) -> int:
    try:
        return int(titles.films.ids[titles.resolve(line.film)])
    except UsageError as error:
        place = f"{line.place}, column {line.film_column}"
        raise DataError(f"{place}: {error.message}", error.hint) from error


def _rating_in(line: _Line) -> float:
    try:
        return checked_rating(float(line.rating))
    except (ValueError, UsageError) as error:
        raise DataError(
            f"{line.place}, column rating: {line.rating!r} is not a rating.", "A rating is 1 to 5."
        ) from error
