"""What a report is made of: chapters of sections of a few kinds of blocks.

Texts are plain; what stands between backticks is code. The writers escape everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Paragraph:
    """Some sentences."""

    text: str


@dataclass(frozen=True)
class Note:
    """Something that stands out.

    Attributes
    ----------
    kind
        ``correction`` of the original report, what is ``missing`` here, or a ``warning``.
    text
        What it says.
    """

    kind: Literal["correction", "missing", "warning"]
    text: str


@dataclass(frozen=True)
class Code:
    """Commands, one a line."""

    lines: Sequence[str]


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    header: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """A table with a caption; cells are finished texts.

    Attributes
    ----------
    strong
        The cells that stand out, as (row, column).
    notes
        What stands below.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    strong: frozenset[tuple[int, int]] = frozenset()
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Figure:
    """A figure with a caption.

    Attributes
    ----------
    name
        What its files are called.
    caption
        What it shows.
    panels
        One SVG document for each panel.
    """

    name: str
    caption: str
    panels: Sequence[str]


@dataclass(frozen=True)
class Section:
    """A part of a chapter."""

    title: str
    blocks: Sequence["Block"]


Block = Paragraph | Note | Code | Table | Figure


@dataclass(frozen=True)
class Chapter:
    """A chapter: some blocks, then its sections."""

    title: str
    blocks: Sequence[Block]
    sections: Sequence[Section] = ()


@dataclass(frozen=True)
class Document:
    """A whole report.

    Attributes
    ----------
    title, subtitle
        What it is called and what it is about.
    blocks
        What stands before the first chapter.
    chapters
        The chapters.
    made_up
        Whether the data is made up; every caption then says so.
    """

    title: str
    subtitle: str
    blocks: Sequence[Block]
    chapters: Sequence[Chapter]
    made_up: bool = False
