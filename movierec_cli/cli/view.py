"""What a table for people holds, however it is laid out."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column of a table for people; a header may have lines."""

    header: str
    numeric: bool = False
    style: str = ""


@dataclass(frozen=True)
class View:
    """A table for people; cells are finished texts.

    Attributes
    ----------
    styles
        A style for each cell, laid out as ``rows``: a heat map. Its columns stand without gaps,
        and what is wider than the terminal is printed in blocks of columns, each with the first
        column again.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    styles: Sequence[Sequence[str]] = ()
