"""The options that commands share, each spelled once."""

from typing import Annotated

import typer

from movierec_cli.cli.console import Format

DatasetOption = Annotated[
    str,
    typer.Option(
        "--dataset",
        metavar="NAME",
        envvar="MOVIEREC_DATASET",
        help="ml-100k, or made-up data: synthetic or synthetic-USERSxFILMSxRATINGS.",
    ),
]
FormatOption = Annotated[
    Format, typer.Option("--format", help="How to print: for people, or complete for programs.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
KOption = Annotated[int, typer.Option("--k", min=1, help="Length of the measured lists.")]
HoldoutOption = Annotated[
    str,
    typer.Option(
        "--holdout",
        metavar="users|u1..u5|ua|ub|none",
        help="What training must not see: 20 % of the users, an official fold, or nothing.",
    ),
]
SplitSeedOption = Annotated[
    int, typer.Option("--split-seed", min=0, max=2**32 - 1, help="Draws the held-out users.")
]

DEFAULT_DATASET = "ml-100k"


def chosen_format(chosen: Format, json: bool) -> Format:
    """Return the format that ``--format`` and ``--json`` ask for together."""
    return Format.json if json else chosen


def dataset_label(name: str) -> str:
    """Return how tables call a data set; made-up data is marked as such."""
    return f"{name}: made-up data" if name.startswith("synthetic") else name
