"""Heat maps: blocks of columns, broken headers, colored cells."""

import io
from typing import Any

import pytest
from rich.console import Console

from movierec_cli.cli.heat_map import below_to_above, heat_tables, low_to_high
from movierec_cli.cli.tables import Column, View


def make_heat_map(n_rows: int = 4) -> View:
    headers = ("Action", "Adventure", "Documentary", "Film-Noir", "Science Fiction", "War")
    rows = [
        [f"occupation{row}", *(str(1000 * row + at) for at in range(len(headers)))]
        for row in range(1, n_rows + 1)
    ]
    columns = [Column("Occupation"), *(Column(header, numeric=True) for header in headers)]
    styles = [["", *["#000000 on #ffffff"] * len(headers)] for _ in rows]
    return View("Title", columns, rows, styles=styles)


def printed(view: View, width: int, **settings: Any) -> list[list[str]]:
    """Return the lines of each block."""
    blocks = []
    for table in heat_tables(view, width):
        console = Console(file=io.StringIO(), width=width, **settings)
        console.print(table)
        blocks.append(console.file.getvalue().splitlines())  # type: ignore[attr-defined]
    return blocks


@pytest.mark.parametrize(("width", "blocks"), [(30, 3), (40, 2), (60, 1), (200, 1)])
def test_a_heat_map_fits_the_width_and_loses_nothing(width: int, blocks: int) -> None:
    view = make_heat_map()
    found = printed(view, width)
    assert len(found) == blocks
    assert all(len(line.rstrip()) <= width for block in found for line in block)
    shown: dict[str, list[str]] = {}
    for block in found:
        for line in block:
            name, *cells = line.split()
            if name.startswith("occupation"):
                shown.setdefault(name, []).extend(cells)
    assert shown == {name: cells for name, *cells in view.rows}


def test_long_headers_are_broken_on_narrow_terminals() -> None:
    wide = "\n".join(printed(make_heat_map(), 200)[0])
    assert "Documentary" in wide
    narrow = "\n".join(printed(make_heat_map(), 60)[0])
    for piece in ("Action", "Adven-", "Docu-", "ment-", "ary", "Film-", "Noir", "War"):
        assert piece in narrow
    assert "…" not in narrow


def test_cells_are_colored_without_gaps() -> None:
    block = printed(make_heat_map(1), 200, force_terminal=True, color_system="truecolor")[0]
    assert block[1].count("48;2;255;255;255m") == 6
    assert "   \x1b[0m\x1b" not in block[1]


def colors(style: str) -> list[tuple[int, int, int]]:
    """Return text and background of a style as red, green and blue."""
    return [
        (int(color[1:3], 16), int(color[3:5], 16), int(color[5:], 16))
        for color in style.split(" on ")
    ]


def test_less_is_blue_and_more_is_red() -> None:
    for share, is_red in ((0.0, False), (0.3, False), (0.7, True), (1.0, True)):
        _, (red, _, blue) = colors(below_to_above(share))
        assert (red > blue) == is_red
    _, (red, green, blue) = colors(below_to_above(0.5))
    assert red == green == blue


@pytest.mark.parametrize("palette", [below_to_above, low_to_high])
def test_a_cell_is_readable_on_any_terminal(palette: Any) -> None:
    for step in range(21):
        text, background = (
            0.299 * red + 0.587 * green + 0.114 * blue
            for red, green, blue in colors(palette(step / 20))
        )
        assert abs(text - background) > 100
