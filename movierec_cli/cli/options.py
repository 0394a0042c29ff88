"""The options that commands share, each spelled once."""

import re
from pathlib import Path
from typing import Annotated

import typer

from movierec_cli.cli.completion import (
    complete_dataset,
    complete_genre,
    complete_holdout,
    complete_run,
)
from movierec_cli.cli.output import Format
from movierec_cli.core.errors import UsageError

DatasetOption = Annotated[
    str,
    typer.Option(
        "--dataset",
        metavar="NAME",
        autocompletion=complete_dataset,
        envvar="MOVIEREC_DATASET",
        help="ml-100k, or made-up data: synthetic or synthetic-USERSxFILMSxRATINGS.",
    ),
]
FormatOption = Annotated[
    Format, typer.Option("--format", help="How to print: for people, or complete for programs.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="Short for --format csv.")]
MdOption = Annotated[bool, typer.Option("--md", help="Short for --format md.")]
KOption = Annotated[
    int, typer.Option("--k", min=1, max=10_000, help="Length of the measured lists.")
]
HoldoutOption = Annotated[
    str,
    typer.Option(
        "--holdout",
        metavar="users|u1..u5|ua|ub|none",
        autocompletion=complete_holdout,
        help="What training must not see: 20 % of the users, an official fold, or nothing.",
    ),
]
SplitSeedOption = Annotated[
    int, typer.Option("--split-seed", min=0, max=2**32 - 1, help="Draws the held-out users.")
]

RunOption = Annotated[
    str, typer.Option("--run", metavar="NAME", help="The run to use.", autocompletion=complete_run)
]
GenreOption = Annotated[
    list[str] | None,
    typer.Option(
        "--genre", metavar="NAME", help="Films of this genre only.", autocompletion=complete_genre
    ),
]
NotGenreOption = Annotated[
    list[str] | None,
    typer.Option(
        "--not-genre", metavar="NAME", help="No films of this genre.", autocompletion=complete_genre
    ),
]
YearOption = Annotated[
    str | None, typer.Option("--year", metavar="YEAR[-YEAR]", help="Films of these years only.")
]
PlotOption = Annotated[
    Path | None,
    typer.Option(
        "--plot",
        metavar="FILE.png|svg",
        dir_okay=False,
        help="Also draw it to this file; needs the plot extra.",
    ),
]

DEFAULT_DATASET = "ml-100k"


def chosen_format(
    chosen: Format, json: bool = False, csv: bool = False, md: bool = False
) -> Format:
    """Return the format that ``--format`` and its short forms ask for together.

    Raises
    ------
    UsageError
        If two short forms are given.
    """
    short = {Format.json: json, Format.csv: csv, Format.md: md}
    asked = [form for form, wanted in short.items() if wanted]
    if len(asked) > 1:
        raise UsageError(
            f"--{asked[0]} and --{asked[1]} ask for different formats.", "Give one of them."
        )
    return asked[0] if asked else chosen


def dataset_label(name: str) -> str:
    """Return how tables call a data set; made-up data is marked as such."""
    return f"{name}: made-up data" if name.startswith("synthetic") else name


def parse_years(text: str | None) -> tuple[int, int] | None:
    """Read ``1994`` or ``1990-1995``.

    Raises
    ------
    UsageError
        If it is neither.
    """
    if text is None:
        return None
    match = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", text.strip())
    if match is None:
        raise UsageError(f"{text!r} is not a year or a span of years.", "Try: --year 1990-1995")
    return int(match[1]), int(match[2] or match[1])
