"""Tables for the terminal: their content, and its layout in the available width."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

_LONG_WORD = 16  # characters; a longer one, such as a path, may be broken
_GAP = 3  # characters between two columns: two spaces and a rule


@dataclass(frozen=True)
class Column:
    """A column of a table; its header may have several lines."""

    header: str
    numeric: bool = False
    style: str = ""


@dataclass(frozen=True)
class View:
    """A table for the terminal; cells are finished texts.

    Attributes
    ----------
    styles
        A style for each cell, laid out as ``rows``: a heat map.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    styles: Sequence[Sequence[str]] = ()


def laid_out(view: View, width: int) -> Iterator[Table]:
    """Yield the tables that show a view in ``width`` characters, one after the other.

    Figures that are too wide for one table come in blocks of columns, each with the first column.
    Texts are folded while every word fits; otherwise each row becomes a card, a line a column.
    """
    if all(column.numeric for column in view.columns[1:]):
        for block in _blocks_that_fit(view, width):
            yield _table(view, block)
    elif _breaks_words(view, width):
        for row in view.rows:
            yield _card(view, row)
    else:
        yield _table(view, range(len(view.columns)))


def column_blocks(widths: Sequence[int], width: int) -> list[list[int]]:
    """Return the columns of each block: as few blocks as fit, of about the same size.

    Parameters
    ----------
    widths
        Characters of each column, with the gap before it.
    width
        Characters of a block at most.
    """
    others = range(1, len(widths))
    for count in others:
        size = -(-len(others) // count)
        blocks = [[0, *others[start : start + size]] for start in range(0, len(others), size)]
        if all(sum(widths[at] for at in block) <= width for block in blocks):
            return blocks
    return [[0, at] for at in others]


def _cells(view: View) -> list[list[str]]:
    """Return the texts of each column, its header first."""
    return [
        [column.header, *(row[at] for row in view.rows)] for at, column in enumerate(view.columns)
    ]


def _blocks_that_fit(view: View, width: int) -> list[list[int]]:
    widths = [max(map(len, cells)) + _GAP for cells in _cells(view)]
    if sum(widths) + 1 <= width:
        return [list(range(len(widths)))]
    return column_blocks(widths, width - 1)


def _breaks_words(view: View, width: int) -> bool:
    """Return whether the table fits only if words are broken into pieces."""
    words = [
        max((min(len(word), _LONG_WORD) for cell in cells for word in cell.split()), default=0)
        for cells in _cells(view)
    ]
    return sum(words) + _GAP * len(words) + 1 > width


def _card(view: View, row: Sequence[str]) -> Table:
    """Return a row as lines of header and cell."""
    card = Table.grid(padding=(0, 1))
    card.add_column(style="dim")
    card.add_column(overflow="fold")
    for column, cell in zip(view.columns, row, strict=True):
        if column.header:
            card.add_row(" ".join(column.header.split()), Text(cell, style=column.style))
    return card


def _table(view: View, block: Sequence[int]) -> Table:
    table = Table()
    for column in (view.columns[at] for at in block):
        table.add_column(
            column.header,
            justify="right" if column.numeric else "left",
            style=column.style,
            overflow="fold",
        )
    for row in view.rows:
        table.add_row(*(Text(row[at]) for at in block))
    return table
