"""How a table for people is laid out in the width that there is."""

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from movierec_cli.cli.heat_map import column_blocks, heat_tables
from movierec_cli.cli.view import View

_LONG_WORD = 16  # a path or a name as long as this may be broken, a word of a text may not


def laid_out(view: View, width: int) -> Iterator[Table]:
    """Yield the tables that show a view; one after the other.

    A table of figures that is too wide is yielded in blocks of columns, the first in each again.
    One with texts is folded, as long as words stay whole; where they do not, each row is yielded
    as a card, its headers beside its cells.
    """
    if view.styles:
        yield from heat_tables(view, width)
    elif _breaks_words(view, width):
        yield from (_card(view, row) for row in view.rows)
    else:
        yield from (_plain_table(view, block) for block in _blocks_that_fit(view, width))


def _breaks_words(view: View, width: int) -> bool:
    """Tell whether a table with texts could only be fitted by breaking words into pieces."""
    if all(column.numeric for column in view.columns[1:]):
        return False  # figures are printed in blocks of columns
    cells = [
        [column.header, *(row[at] for row in view.rows)] for at, column in enumerate(view.columns)
    ]
    words = [
        max((min(len(word), _LONG_WORD) for cell in column for word in cell.split()), default=0)
        for column in cells
    ]
    return sum(words) + 3 * len(words) + 1 > width


def _card(view: View, row: Sequence[str]) -> Table:
    """Return a row of a table as lines of header and cell."""
    card = Table.grid(padding=(0, 1))
    card.add_column(style="dim")
    card.add_column(overflow="fold")
    for column, cell in zip(view.columns, row, strict=True):
        if column.header:
            card.add_row(" ".join(column.header.split()), Text(cell, style=column.style))
    return card


def _blocks_that_fit(view: View, width: int) -> list[list[int]]:
    """Return the columns of each table: all in one, unless figures would have to be folded.

    A table of figures that is too wide is printed in blocks, the first column in each again; one
    with texts is folded instead.
    """
    widths = [
        max([len(column.header), *(len(row[at]) for row in view.rows)])
        for at, column in enumerate(view.columns)
    ]
    fits = sum(widths) + 3 * len(widths) + 1 <= width
    if fits or not all(column.numeric for column in view.columns[1:]):
        return [list(range(len(widths)))]
    return column_blocks([size + 3 for size in widths], width - 1)


def _plain_table(view: View, block: Sequence[int]) -> Table:
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
