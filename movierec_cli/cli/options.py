"""The options that several commands share."""

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from movierec_cli.cli.completion import complete_dataset, complete_genre, complete_run
from movierec_cli.cli.output import Format
from movierec_cli.cli.verbosity import OUTPUT_PANEL
from movierec_cli.core.errors import UsageError

DEFAULT_DATASET = ""
"""Stands for the default data set until the option is read."""

DEFAULT_RUN = ""
"""Stands for the dnn run of the default data set."""

FILTERS_PANEL = "Filters"
_OLDEST_SHORT_DECADE = 30  # 30s to 90s are of the last century

data_option = partial(typer.Option, rich_help_panel="Data")
_filter_option = partial(typer.Option, rich_help_panel=FILTERS_PANEL)
_output_option = partial(typer.Option, rich_help_panel=OUTPUT_PANEL)


def _known_dataset(ctx: typer.Context, typed: str) -> str:
    """Return the name of the data set as the registry has it, the default one without an option."""
    if ctx.resilient_parsing:
        return typed
    from movierec_cli.core.data.default import default_dataset
    from movierec_cli.core.data.registry import known_name
    from movierec_cli.core.paths import Paths

    paths = Paths.from_environment()
    return known_name(typed, paths) if typed else default_dataset(paths)


DatasetOption = Annotated[
    str,
    data_option(
        "--dataset",
        metavar="NAME",
        callback=_known_dataset,
        show_default="ml-100k",
        autocompletion=complete_dataset,
        help="An edition of MovieLens, an imported data set, or synthetic.",
    ),
]
DatasetOfRunOption = Annotated[
    str | None,
    data_option(
        "--dataset",
        metavar="NAME",
        autocompletion=complete_dataset,
        help="Use the dnn run of this data set.",
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace runs of the same name without asking.")
]
TextModelOption = Annotated[
    Path | None,
    data_option(
        "--text-model",
        metavar="FOLDER",
        file_okay=False,
        help="Sentence model for the titles, for dnn --preset original.",
    ),
]
HoldoutOption = Annotated[
    str,
    data_option("--holdout", metavar="NAME", help="users, last, time, u1-u5, ua, ub or none."),
]
CutOption = Annotated[
    str | None,
    data_option("--cut", metavar="DATE", help="The first day that --holdout time holds out."),
]
SplitSeedOption = Annotated[
    int,
    data_option("--split-seed", min=0, max=2**32 - 1, help="Seed that draws the held-out part."),
]

GenreOption = Annotated[
    list[str] | None,
    _filter_option(
        "--genre", metavar="NAME", autocompletion=complete_genre, help="Only films of this genre."
    ),
]
NotGenreOption = Annotated[
    list[str] | None,
    _filter_option(
        "--not-genre", metavar="NAME", autocompletion=complete_genre, help="No films of this genre."
    ),
]
YearOption = Annotated[
    str | None,
    _filter_option(
        "--year", metavar="YEAR[-YEAR]", help="Only films of these years, such as 1990-1995 or 90s."
    ),
]

FormatOption = Annotated[
    Format, _output_option("--format", metavar="table|json|csv|md", help="Output format.")
]
JsonOption = Annotated[bool, _output_option("--json", help="Short for --format json.")]
PlotOption = Annotated[
    Path | None,
    _output_option(
        "--plot", metavar="FILE.png|svg", dir_okay=False, help="Also draw a figure to this file."
    ),
]

KOption = Annotated[int, typer.Option("--k", min=1, max=10_000, help="Length of the ranked lists.")]
BeyondOption = Annotated[
    bool,
    typer.Option("--beyond", help="Also measure coverage, novelty, diversity and user groups."),
]
RunOption = Annotated[
    str,
    typer.Option(
        "--run",
        metavar="NAME",
        show_default="dnn",
        help="The run to use.",
        autocompletion=complete_run,
    ),
]
RunArgument = Annotated[
    str, typer.Argument(metavar="RUN", help="The name of a run.", autocompletion=complete_run)
]


def chosen_format(chosen: Format, json: bool) -> Format:
    """Return the format of ``--format`` and ``--json`` together."""
    return Format.json if json else chosen


def dataset_label(name: str) -> str:
    """Return the name of a data set for titles of tables; made-up data is marked."""
    return f"{name}: made-up data" if name.startswith("synthetic") else name


def split_label(holdout: str, split_seeds: Sequence[int | None], cut: str | None) -> str:
    """Return the held-out part, with the cut or the seeds that drew it, for titles of tables."""
    if split_seeds[0] is None:
        return f"{holdout}, from {cut}" if cut else holdout
    first, last = split_seeds[0], split_seeds[-1]
    return f"{holdout}, split seed {first}" + (f" to {last}" if first != last else "")


def parse_years(text: str | None) -> tuple[int, int] | None:
    """Read ``1994``, ``1990-1995``, ``1990s`` or ``90s``.

    Raises
    ------
    UsageError
        If it is none of these, or a decade of two centuries, such as 20s.
    """
    if text is None:
        return None
    match = re.fullmatch(r"'?(\d{4}|\d0s|\d{3}0s)(?: *[-–] *'?(\d{4}|\d0s|\d{3}0s))?", text.strip())
    if match is None:
        raise UsageError(
            f"{text!r} is not a year or a span of years.", "Try: --year 1990-1995, or --year 90s"
        )
    spans = [_years_of(part) for part in match.groups() if part]
    return spans[0][0], spans[-1][1]


def _years_of(text: str) -> tuple[int, int]:
    """Return the first and the last year of a year or a decade."""
    if not text.endswith("s"):
        return int(text), int(text)
    first = int(text[:-1])
    if first < _OLDEST_SHORT_DECADE:
        raise UsageError(f"{text} may be 19{text} or 20{text}.", f"Write: --year 20{text}")
    first += 1900 if first < 100 else 0
    return first, first + 9
