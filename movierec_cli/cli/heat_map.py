"""Heat maps: matrices colored by value, in blocks of columns that fit the terminal."""

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from movierec_cli.cli.tables import View, column_blocks

_NARROW = 6  # characters of a header that is broken into lines
_VIRIDIS = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
_BLUE_TO_RED = ((33, 102, 172), (146, 197, 222), (247, 247, 247), (244, 165, 130), (178, 24, 43))


def low_to_high(share: float) -> str:
    """Return the style of a cell at ``share`` 0..1 between the lowest and the highest value."""
    return _style(_VIRIDIS, share)


def below_to_above(share: float) -> str:
    """Return the style of a cell at ``share`` 0..1: blue below the usual 0.5, red above.

    A cell sets both its colors, so that it looks the same in light and dark terminals.
    """
    return _style(_BLUE_TO_RED, share)


def heat_tables(view: View, width: int) -> Iterator[Table]:
    """Lay out a view with styles in blocks of columns, each with the first column again."""
    headers = [column.header for column in view.columns]
    widths = _widths(headers, view.rows)
    if sum(widths) > width:
        headers[1:] = [_broken(header) for header in headers[1:]]
        widths = _widths(headers, view.rows)
    for block in column_blocks(widths, width):
        table = Table(box=None, padding=0, header_style="bold")
        for at in block:
            table.add_column(
                Text(headers[at]),
                justify="right" if view.columns[at].numeric else "left",
                vertical="bottom",
                width=widths[at],
            )
        for row, styles in zip(view.rows, view.styles, strict=True):
            table.add_row(*(Text(row[at], style=styles[at]) for at in block))
        yield table


def _widths(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the width of each column, with a space before all but the first."""
    return [
        max(len(text) for text in (*header.splitlines(), *(row[at] for row in rows))) + (at > 0)
        for at, header in enumerate(headers)
    ]


def _broken(header: str) -> str:
    """Break a header into lines, at a hyphen or a space of its own where it has one."""
    if len(header) <= _NARROW:
        return header
    for mark in "- ":
        before, found, after = header.partition(mark)
        if found:
            return f"{_broken(before + found.strip())}\n{_broken(after)}"
    pieces = -(-len(header) // (_NARROW - 1))
    size = -(-len(header) // pieces)
    return "-\n".join(header[start : start + size] for start in range(0, len(header), size))


def _style(palette: Sequence[tuple[int, int, int]], share: float) -> str:
    """Return the more readable of black and white on the color at ``share`` of a palette."""
    if share != share:  # noqa: PLR0124
        return ""
    place = min(max(share, 0.0), 1.0) * (len(palette) - 1)
    at = min(int(place), len(palette) - 2)
    red, green, blue = (
        round(low + (high - low) * (place - at))
        for low, high in zip(palette[at], palette[at + 1], strict=True)
    )
    bright = 0.299 * red + 0.587 * green + 0.114 * blue > 128
    return f"{'#000000' if bright else '#ffffff'} on #{red:02x}{green:02x}{blue:02x}"
