"""Tables in terminals of every kind: wide, narrow, dumb, without color."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from movierec_cli.cli.shortening import shorten_list, shorten_title
from movierec_cli.cli.tables import Column, View, laid_out
from tests.cli.conftest import Command

VIEW = View(
    "Films",
    [Column("#", numeric=True), Column("Title"), Column("Because\nyou rated"), Column("")],
    [["1", "Terminator", "Fargo", "█"], ["2", "Cérémonie, La", "Evita", "▌"]],
)


def shown(view: View, width: int) -> list[str]:
    console = Console(width=width, record=True, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    with console.file:
        for table in laid_out(view, width):
            console.print(table)
    return [line.rstrip() for line in console.export_text().splitlines()]


def test_what_fits_is_one_table() -> None:
    lines = shown(VIEW, 80)
    assert lines[0].startswith("┏")
    assert sum("Terminator" in line for line in lines) == 1


def test_a_cell_is_as_wide_as_its_longest_line() -> None:
    view = View("", [Column("A"), Column("NDCG\n@25", numeric=True)], [["a", ".439\n±.01"]])
    assert len(list(laid_out(view, 14))) == 1  # 1 + 5 characters, and 7 of the frame


def test_texts_are_folded_while_words_stay_whole() -> None:
    lines = shown(VIEW, 36)  # 1 + 10 + 7 + 1 characters of words, and 13 of the frame: 32
    assert lines[0].startswith("┏")
    assert any("Cérémonie," in line and "La" not in line for line in lines)


def test_where_words_would_break_each_row_is_a_card() -> None:
    assert shown(VIEW, 31) == [
        "#                 1",
        "Title             Terminator",
        "Because you rated Fargo",
        "#                 2",
        "Title             Cérémonie, La",
        "Because you rated Evita",
    ]


FILMS = View(
    "Films",
    [
        Column("#", numeric=True),
        Column("Title", shorten=shorten_title, least=10),
        Column("Year", optional=True),
        Column("Genres", shorten=shorten_list, least=8),
    ],
    [["1", "Empire Strikes Back, The", "1980", "Action, Drama, War"]],
)


@pytest.mark.parametrize(
    ("width", "row"),
    [
        (60, "│ 1 │ Empire Strikes Back, The │ 1980 │ Action, Drama, War │"),
        (59, "│ 1 │ Empire Strikes Back, The │ Action, Drama, War │"),
        (52, "│ 1 │ Empire Strikes Back, The │ Action, Drama … │"),
        (40, "│ 1 │ Empire Strikes Back… │ Action … │"),
    ],
)
def test_a_narrow_terminal_shortens_texts_to_one_line(width: int, row: str) -> None:
    lines = shown(FILMS, width)
    assert row in lines
    assert len(lines) == 5


def test_texts_that_would_be_too_short_are_shown_in_full() -> None:
    assert "Genres Action, Drama, War" in shown(FILMS, 28)


def test_figures_are_shown_in_blocks_of_columns() -> None:
    view = View(
        "Figures",
        [Column("Model"), *(Column(f"Figure {n}", numeric=True) for n in range(4))],
        [["dnn", "0.1000", "0.2000", "0.3000", "0.4000"]],
    )
    lines = shown(view, 40)
    assert sum("dnn" in line for line in lines) == 2
    assert all(len(line) <= 40 for line in lines)


def in_terminal(*arguments: str, **variables: str) -> str:
    """Return what a command writes to a terminal of its own."""
    ours, its = pty.openpty()
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("_TYPER") and key != "TERMINAL_WIDTH"
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "movierec_cli", *arguments],
        stdout=its,
        stderr=its,
        stdin=subprocess.DEVNULL,
        env=environment | {"TERM": "xterm-256color", "LINES": "50"} | variables,
    )
    os.close(its)
    written = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # Linux says so when the other side is closed
            break
        if not part:
            break
        written += part
    os.close(ours)
    assert process.wait() == 0, written
    return written.decode()


BARS = ("eda", "genres", "--dataset", "synthetic-120x200x5000")
COMMANDS = [
    ("recommend", "--user", "3", "-n", "5"),
    ("runs", "show", "dnn"),
    BARS,
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_terminal_of_forty_columns_is_served(command: tuple[str, ...], trained: Path) -> None:
    written = in_terminal(*command, COLUMNS="40", NO_COLOR="1", TERM="dumb")
    lines = written.replace("\r", "").splitlines()
    assert lines
    assert max(map(len, lines)) <= 40


COLOR = re.compile(r"\x1b\[(?:\d+;)*[349]\d[;m]")
"""Foreground or background; bold and dim are none."""


def test_color_is_for_terminals_that_want_it(trained: Path) -> None:
    assert COLOR.search(in_terminal(*BARS, COLUMNS="80"))
    assert not COLOR.search(in_terminal(*BARS, COLUMNS="80", NO_COLOR="1"))
    assert "\x1b[" not in in_terminal(*BARS, COLUMNS="80", TERM="dumb")


def test_a_pipe_has_color_only_when_forced(trained: Path, command: Command) -> None:
    assert "\x1b[" not in command(*COMMANDS[0]).stdout
    assert "\x1b[" in command(*COMMANDS[0], FORCE_COLOR="1").stdout
