"""Tables for the terminal: their content, and its layout in the available width."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
    Texts are folded while every word fits; otherwise each row becomes a card, a line a column.
    """
    columns = range(len(view.columns))
    texts = [[view.columns[at].header, *(row[at] for row in view.rows)] for at in columns]
    widths = [max(map(len, cells)) + _GAP for cells in texts]
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
