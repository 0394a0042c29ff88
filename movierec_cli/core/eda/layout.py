"""Layouts of tables for people: the fields, headers and number formats of their columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

import pandas as pd

Write = Callable[[Any], str]
"""A function from a value to the text of a cell."""


def text(value: float | str | None) -> str:
    """Format a name; a dash stands for a missing one."""
    return "–" if pd.isna(value) else str(value)


def decimals(digits: int) -> Write:
    """Return a format with a fixed number of digits; a dash stands for a missing value."""

    def write(value: float | None) -> str:
        return "–" if pd.isna(value) else f"{value:,.{digits}f}"

    return write


whole = decimals(0)


def compact(value: float) -> str:
    """Format a number with at most three digits after the point, and no zeros at its end."""
    return decimals(3)(value).rstrip("0").rstrip(".") if value else "0"


def percent(share: float) -> str:
    """Format a share 0..1 as a number of per cent."""
    return decimals(1)(100 * share)


@dataclass(frozen=True)
class Column:
    """A column of a table: the field that it shows, its header and the format of its cells.

    Attributes
    ----------
    bar
        Whether a bar beside the number compares it with the largest of the column.
    """

    field: str
    header: str
    write: Write = text
    numeric: bool = True
    bar: bool = False


@dataclass(frozen=True)
class Grid:
    """The finished texts of a table.

    Attributes
    ----------
    numeric
        For each column whether it holds numbers.
    notes
        Lines below the table.
    bars
        For each column that has bars: column -> a share 0..1 of its largest value for each row.
    """

    headers: Sequence[str]
    numeric: Sequence[bool]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    bars: Mapping[int, Sequence[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    """The layout of a table.

    Attributes
    ----------
    key
        The name of the table in JSON and CSV.
    title
        Its title; names in braces stand for counts that are known when it is shown.
    headers
        For a table with a row for each column and a column for each record: its headers.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()

    def grid(self, table: pd.DataFrame) -> Grid:
        """Return the texts of a table that has the fields of this layout.

        A field without any value is left out, and so is a record with ``headers``.
        """
        columns = [column for column in self.columns if table[column.field].notna().any()]
        cells = [list(map(column.write, table[column.field])) for column in columns]
        if self.headers:
            known = table[[column.field for column in columns]].notna().any(axis=1).to_list()
            headers = [self.headers[0], *compress(self.headers[1:], known)]
            rows = [
                [column.header, *compress(row, known)]
                for column, row in zip(columns, cells, strict=True)
            ]
            return Grid(headers, [False, *[True] * sum(known)], rows, self.notes)
        bars = {
            at: (table[column.field] / (table[column.field].max() or 1)).to_list()
            for at, column in enumerate(columns)
            if column.bar
        }
        headers = [column.header for column in columns]
        numeric = [column.numeric for column in columns]
        return Grid(
            headers, numeric, [list(row) for row in zip(*cells, strict=True)], self.notes, bars
        )
