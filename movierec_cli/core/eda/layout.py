"""Layouts of tables: the fields, headers and number formats of their columns.

A column is written once: the terminal, Markdown and the report read the same layout. JSON and CSV
hold its fields complete.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

Write = Callable[..., str]
"""A function from the values of some fields to the text of a cell."""


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


def span(low: int, high: int) -> str:
    """Format a span of whole numbers, both ends within it."""
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    fields
        The field of the records that it shows, or several of them.
    header
        Its header; it may have two lines.
    write
        The format of a cell, a function of the fields.
    numeric
        Whether it holds numbers.
    bar
        Whether a bar beside the number compares it with the largest of the column.
    """

    fields: str | tuple[str, ...]
    header: str
    write: Write = text
    numeric: bool = True
    bar: bool = False

    def cell(self, record: Mapping[Any, Any]) -> str:
        """Return the text of a cell."""
        names = (self.fields,) if isinstance(self.fields, str) else self.fields
        return self.write(*(record[name] for name in names))


@dataclass(frozen=True)
class Grid:
    """The finished texts of a table.

    Attributes
    ----------
    headers, numeric
        For each column its header, and whether it holds numbers.
    rows
        The cells of each row.
    bars
        For each column that has bars: column -> a share 0..1 of its largest value for each row.
    """

    headers: Sequence[str]
    numeric: Sequence[bool]
    rows: Sequence[Sequence[str]]
    bars: Mapping[int, Sequence[float]] = field(default_factory=dict)


def make_grid(columns: Sequence[Column], records: Iterable[Mapping[Any, Any]]) -> Grid:
    """Return the texts of a table with a row for each record."""
    return Grid(
        [column.header for column in columns],
        [column.numeric for column in columns],
        [[column.cell(record) for column in columns] for record in records],
    )


@dataclass(frozen=True)
class Layout:
    """The layout of a table.

    Attributes
    ----------
    key
        The name of the table in JSON and CSV.
    title
        Its title; names in braces stand for counts that are known when it is shown.
    columns
        Its columns.
    notes
        Lines below it.
    headers
        For a table with a row for each column and a column for each record: its headers.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()

    def grid(self, table: pd.DataFrame) -> Grid:
        """Return the texts of a table that has the fields of this layout."""
        grid = make_grid(self.columns, table.to_dict("records"))
        if self.headers:
            turned = list(zip(grid.headers, *grid.rows, strict=True))
            return Grid(self.headers, [False, *[True] * len(grid.rows)], turned)
        bars = {
            at: (table[column.fields] / (table[column.fields].max() or 1)).to_list()
            for at, column in enumerate(self.columns)
            if column.bar
        }
        return replace(grid, bars=bars)
