"""Tables for the terminal: their content, and its layout in the available width."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

_LONG_WORD = 16  # characters; a longer one, such as a path, may be broken
_GAP = 3  # characters between two columns: two spaces and a rule


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    header
        It may have several lines.
    shorten
        Shortens a cell to a number of characters, for a terminal that is too narrow.
    least
        The least width, in characters, that ``shorten`` is used for.
    optional
        Whether a terminal that is too narrow for the table may leave it out.
    """

    header: str
    numeric: bool = False
    style: str = ""
    shorten: Callable[[str, int], str] | None = None
    least: int = 0
    optional: bool = False


@dataclass(frozen=True)
class View:
    """A table of finished texts; ``styles`` for each cell of ``rows`` make it a heat map."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    styles: Sequence[Sequence[str]] = ()


def plain_view(title: str, records: Sequence[Mapping[str, Any]], notes: Sequence[str] = ()) -> View:
    """Return a table with a column for each key of the records."""
    first = records[0] if records else {}
    return View(
        title,
        [
            Column(key.replace("_", " ").capitalize(), numeric=isinstance(value, int | float))
            for key, value in first.items()
        ],
        [[written(value) for value in record.values()] for record in records],
        notes,
    )


def written(value: Any) -> str:
    """Write a value: a group as its parts, a list of groups one below the other."""
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {written(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        grouped = any(isinstance(part, dict) for part in value)
        return ("\n" if grouped else ", ").join(map(written, value))
    if value is None:
        return "–"
    return f"{value:g}" if isinstance(value, float) else str(value)


def laid_out(view: View, width: int) -> Iterator[Table]:
    """Yield the tables that show a view in ``width`` characters, one after the other.

    Figures that are too wide for one table come in blocks of columns, each with the first column.
    Texts are shortened where that gives each row one line, and else folded while every word fits;
    otherwise each row becomes a card, a line a column.
    """
    view = _shortened(view, width)
    columns = range(len(view.columns))
    texts = [[view.columns[at].header, *(row[at] for row in view.rows)] for at in columns]
    widths = _widths(view)
    words = [
        max((min(len(word), _LONG_WORD) for cell in cells for word in cell.split()), default=0)
        for cells in texts
    ]
    if sum(widths) < width or (sum(words) + _GAP * len(words) < width and _has_texts(view)):
        yield _table(view, columns)
    elif _has_texts(view):
        yield from (_card(view, row) for row in view.rows)
    else:
        yield from (_table(view, block) for block in column_blocks(widths, width - 1))


def column_blocks(widths: Sequence[int], width: int) -> list[list[int]]:
    """Return the columns of each block: as few blocks as fit, of about the same size.

    A block has the first column and others; ``widths`` include the gaps between columns.
    """
    others = range(1, len(widths))
    for count in others:
        size = -(-len(others) // count)
        blocks = [[0, *others[start : start + size]] for start in range(0, len(others), size)]
        if all(sum(widths[at] for at in block) <= width for block in blocks):
            return blocks
    return [[0, at] for at in others]


def _shortened(view: View, width: int) -> View:
    """Return a view of one line a row, with shortened texts; the view itself if that is too wide.

    The last columns are shortened first. Optional columns stay where all fits without that.
    """
    widths = _widths(view)
    least = [
        min(found, max(column.least, _header_width(column)) + _GAP) if column.shorten else found
        for column, found in zip(view.columns, widths, strict=True)
    ]
    kept = [at for at, column in enumerate(view.columns) if not column.optional]
    for at in sorted(set(range(len(widths))) - set(kept)):
        if sum(widths[other] for other in [*kept, at]) < width:
            kept = sorted([*kept, at])
    excess = sum(widths[at] for at in kept) - (width - 1)
    if excess > sum(widths[at] - least[at] for at in kept):
        return view
    for at in reversed(kept):
        taken = min(max(excess, 0), widths[at] - least[at])
        widths[at] -= taken
        excess -= taken
    rows = [
        [_fitted(view.columns[at], row[at], widths[at] - _GAP) for at in kept] for row in view.rows
    ]
    return replace(view, columns=[view.columns[at] for at in kept], rows=rows)


def _fitted(column: Column, cell: str, width: int) -> str:
    return column.shorten(cell, width) if column.shorten and cell_len(cell) > width else cell


def _header_width(column: Column) -> int:
    return max(map(cell_len, column.header.splitlines()), default=0)


def _widths(view: View) -> list[int]:
    """Return the width of each column, with the gap to the next."""
    cells = [[row[at] for row in view.rows] for at in range(len(view.columns))]
    lines = [[line for cell in of_column for line in cell.splitlines()] for of_column in cells]
    return [
        max(_header_width(column), *map(cell_len, of_column), 0) + _GAP
        for column, of_column in zip(view.columns, lines, strict=True)
    ]


def _has_texts(view: View) -> bool:
    return not all(column.numeric for column in view.columns[1:])


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
