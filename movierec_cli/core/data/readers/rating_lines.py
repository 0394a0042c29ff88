"""A file of ratings read line by line, which finds the line and column of each problem."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.readers.rating_table import (
    IdColumn,
    RatingRules,
    RatingTable,
    Titles,
    as_ids,
    plain_id,
)
from movierec_cli.core.data.readers.tables import Problems, Table, checked_text
from movierec_cli.core.data.readers.times import NO_TIME, dates_in_seconds, in_seconds

_LINES = 50_000  # rows at once
_LONGEST_ID = 200
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def read_lines(
    table: Table, columns: Mapping[str, int], rules: RatingRules, problems: Problems
) -> RatingTable:
    """Read line by line; each wrong cell is a problem."""
    users: dict[str, int] = {}
    films: dict[str, int] = {}
    titles = Titles()
    parts: list[tuple[NDArray[Any], ...]] = []
    while rows := list(islice(table.rows, _LINES)):
        batch = _Batch(table, rows, columns)
        film_codes = batch.codes("film", films)
        parts.append((batch.codes("user", users), film_codes, batch.ratings(rules), batch.times()))
        titles.add(film_codes, batch.titles())
        batch.report(problems)
    if not parts:
        parts = [(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0), np.zeros(0, np.int64))]
    user_codes, film_codes, values, times = map(np.concatenate, zip(*parts, strict=True))
    return RatingTable(
        IdColumn(user_codes, as_ids(list(users))),
        IdColumn(film_codes, as_ids(list(films))),
        values,
        times if "time" in columns else None,
        titles,
    )


@dataclass(frozen=True)
class _Batch:
    """Some rows of a table, the values in them and their problems."""

    table: Table
    rows: list[tuple[int, list[str]]]
    columns: Mapping[str, int]
    problems: list[tuple[int, str, str, str]] = field(default_factory=list)

    def _cells(self, name: str) -> list[str]:
        """Return the cells of a column; empty ones if there is no such column."""
        at = self.columns.get(name)
        return (
            [""] * len(self.rows) if at is None else [cells[at].strip() for _, cells in self.rows]
        )

    def _add(self, row: int, name: str, cell: str, why: str) -> None:
        column = self.table.columns[self.columns[name]]
        self.problems.append((self.rows[row][0], column, cell, why))

    def report(self, problems: Problems) -> None:
        """Add the problems in the order of their lines."""
        for line, column, cell, why in sorted(self.problems, key=itemgetter(0)):
            problems.add(self.table.place, line, column, cell, why)

    def codes(self, name: str, known: dict[str, int]) -> NDArray[np.int32]:
        """Return the code of each id in ``known``, which gets the new ids."""
        codes = np.zeros(len(self.rows), np.int32)
        for row, cell in enumerate(self._cells(name)):
            code = known.get(cell)
            if code is None:
                text = checked_text(cell)
                if not text or len(text) > _LONGEST_ID:
                    self._add(row, name, cell, f"is not the id of a {name}")
                    continue
                code = known.setdefault(plain_id(text), len(known))
            codes[row] = code
        return codes

    def ratings(self, rules: RatingRules) -> NDArray[np.float64]:
        """Return the ratings; NaN where there may be none."""
        cells = self._cells("rating")
        numbers = {cell: _number(cell) for cell in set(cells)}  # there are few different ones
        values = np.array([numbers[cell] for cell in cells])
        for row in np.flatnonzero(~rules.allow(values)).tolist():
            if cells[row] or not rules.may_lack:
                self._add(row, "rating", cells[row], rules.describe())
        return values

    def titles(self) -> list[str]:
        """Return the titles; an empty text where there is none."""
        cells = self._cells("title")
        titles = [checked_text(cell) for cell in cells]
        for row, title in enumerate(titles):
            if title is None:
                self._add(row, "title", cells[row], "is not a title")
        return [title or "" for title in titles]

    def times(self) -> NDArray[np.int64]:
        """Return the times in seconds; 0 without a column of times."""
        cells = self._cells("time")
        if "time" not in self.columns:
            return np.zeros(len(cells), np.int64)
        numbers = np.array([_number(cell) for cell in cells])
        seconds = in_seconds(numbers)
        dates = np.flatnonzero(np.isnan(numbers))
        if len(dates):
            seconds[dates] = dates_in_seconds([cells[row] for row in dates])
        for row in np.flatnonzero(np.isnan(seconds)).tolist():
            self._add(row, "time", cells[row], NO_TIME)
        return np.nan_to_num(seconds).astype(np.int64)


def _number(cell: str) -> float:
    """Return a number with a decimal point or comma; NaN for another text."""
    return float(cell.replace(",", ".")) if _NUMBER.fullmatch(cell) else np.nan
