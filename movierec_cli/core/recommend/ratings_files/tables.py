"""Ratings files of delimited text: exports in CSV, and spreadsheets."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import BinaryIO, TypeVar

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.readers.scale import Scale
from movierec_cli.core.data.readers.tables import Problems, Table, checked_text, read_table, sniff
from movierec_cli.core.errors import DataError
from movierec_cli.core.recommend.query import row_of
from movierec_cli.core.recommend.ratings_files.entries import (
    STARS,
    Entry,
    Outcome,
    RatingsFile,
    is_series,
    parse_date,
    parse_imdb,
    parse_rating,
    parse_tmdb,
    parse_year,
)
from movierec_cli.core.recommend.ratings_files.sources import (
    MOVIELENS,
    Header,
    recognise_films,
    recognise_ratings,
)

Value = TypeVar("Value", int, float, str)


@dataclass
class _WrongRows(Problems):
    """The problems in a table as left out entries; they do not end the reading."""

    entries: list[Entry] = field(default_factory=list)

    def add(self, place: str, line: int, column: str, value: str, wrong: str) -> None:
        """Add that the value in a line and column is ``wrong``."""
        one = Problems()
        one.add("", line, column, value, wrong)  # it shortens and cleans the value
        note = one.messages[0].removeprefix(f", line {line:,}").lstrip(":, ")
        self.entries.append(Entry(place, line, outcome=Outcome.wrong, note=note))


class _CellError(Exception):
    """A wrong value in a column, or a row without a film in the column ``""``."""

    def __init__(self, column: str, wrong: str) -> None:
        self.column, self.wrong = column, wrong


def read_ratings_table(
    file: io.BufferedReader | BinaryIO, place: str, dataset: Dataset
) -> RatingsFile:
    """Read a table with a header; wrong rows are left out.

    Raises
    ------
    DataError
        If the header names no film or no rating, or the table has ratings of several users.
    """
    table, problems = _table(file, place)
    return _entries(table, recognise_ratings(table), problems, dataset)


def read_film_table(
    file: io.BufferedReader | BinaryIO, place: str, dataset: Dataset
) -> RatingsFile:
    """Read the films of a table with a header, without ratings; wrong rows are left out.

    Raises
    ------
    DataError
        If the header names no film.
    """
    table, problems = _table(file, place)
    return _entries(table, recognise_films(table), problems, dataset)


def _table(file: io.BufferedReader | BinaryIO, place: str) -> tuple[Table, _WrongRows]:
    problems = _WrongRows()
    return read_table(file, place, sniff(file), problems, may_end_early=True), problems


def _entries(table: Table, header: Header, problems: _WrongRows, dataset: Dataset) -> RatingsFile:
    """Return the entries of all rows, the wrong ones too."""
    place = table.place
    scale = header.scale or replace(STARS, lowest=dataset.lowest_rating)
    entries = []
    users = set()
    for line, row in table.rows:
        if not any(cell.strip() for cell in row):
            continue
        cells = {name: row[at] for name, at in header.columns.items()}
        users.add(cells.get("user"))
        if len(users) > 1:
            raise DataError(
                f"{place}, line {line:,}: has ratings of more than one user.",
                f"To use it as a data set: movierec import {place} --name NAME",
            )
        try:
            entries.append(_entry(Entry(place, line), cells, scale, dataset))
        except _CellError as error:
            at = header.columns.get(error.column)
            name, cell = ("", ",".join(row)) if at is None else (table.columns[at], row[at])
            problems.add(place, line, name, cell, error.wrong)
    found = sorted([*entries, *problems.entries], key=lambda entry: entry.line)
    source = header.source
    return RatingsFile(source.name, place, scale, tuple(found), header.unused, source is MOVIELENS)


def _entry(empty: Entry, cells: Mapping[str, str], scale: Scale, dataset: Dataset) -> Entry:
    """Return the entry of the cells of a row; raise a `_CellError` if one is wrong."""
    text = {column: _text(column, cell) for column, cell in cells.items()}
    typed = text.get("any", "")
    is_id = typed != "" and row_of(dataset.films.ids, typed) is not None
    titles = ("" if is_id else typed, text.get("title", ""), text.get("original", ""))
    entry = replace(
        empty,
        titles=tuple(dict.fromkeys(filter(None, titles))),
        film=typed if is_id else text.get("film", ""),
        year=_parsed(text, "year", parse_year, "a year"),
        rated_on=parse_date(text.get("date", "")),
        imdb=_parsed(text, "imdb", parse_imdb, "an id at IMDb") or "",
        tmdb=_parsed(text, "tmdb", parse_tmdb, "an id at TMDb") or 0,
    )
    if is_series(text.get("kind", "")):
        return replace(entry, outcome=Outcome.series, note=text["kind"])
    if not entry.label:
        raise _CellError("", "names no film")
    column = "rating" if "rating" in text else "rating10"
    if not text.get(column):
        # a list of IMDb has films that are not seen
        return replace(entry, outcome=Outcome.unrated) if "position" in text else entry
    unit = " stars" if scale.highest == STARS.highest else ""
    parse = partial(parse_rating, scale=scale)
    return replace(entry, rating=_parsed(text, column, parse, f"a rating of {scale}{unit}"))


def _text(column: str, cell: str) -> str:
    text = checked_text(cell)
    if text is None:
        raise _CellError(column, "has characters that are no text")
    return text


def _parsed(
    text: Mapping[str, str], column: str, parse: Callable[[str], Value | None], kind: str
) -> Value | None:
    """Return the value of a cell; ``None`` for an empty one."""
    cell = text.get(column, "")
    value = parse(cell) if cell else None
    if cell and value is None:
        raise _CellError(column, f"is not {kind}")
    return value
