"""People's own ratings, read from files with a report on stderr, and the options for them."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from movierec_cli.cli import verbosity
from movierec_cli.cli.output import info
from movierec_cli.cli.progress import ProgressBar
from movierec_cli.core.errors import UsageError

if TYPE_CHECKING:
    from movierec_cli.core.recommend.ratings_files.reading import OwnRatings
    from movierec_cli.core.recommend.ratings_files.report import Report
    from movierec_cli.core.recommend.title_search import TitleIndex

_option = partial(typer.Option, rich_help_panel="Ratings files")

RatingsOption = Annotated[
    list[Path] | None,
    _option(
        "--ratings",
        metavar="FILE",
        help="Your ratings, from Letterboxd, IMDb, Trakt, MovieLens or a spreadsheet (CSV). "
        "Several files add up.",
    ),
]
StrictOption = Annotated[
    bool, _option("--strict", help="Refuse a file with a row that is wrong or has no known film.")
]
ReportOption = Annotated[
    Path | None,
    _option(
        "--report", metavar="FILE.csv", dir_okay=False, help="Write each row and its film there."
    ),
]


SinceOption = Annotated[
    str | None,
    _option(
        "--since", metavar="DATE", help="Only ratings from this day on; older films count as seen."
    ),
]


def require_ratings(
    ratings: Sequence[Path] | None, strict: bool, report: Path | None, since: str | None
) -> None:
    """Raise a `UsageError` if the options for ratings files come without one."""
    if (strict or report is not None or since is not None) and not ratings:
        raise UsageError("--strict, --report and --since are for --ratings.", "Add: --ratings FILE")
    check_report(report)


def check_report(report: Path | None) -> None:
    """Raise a `UsageError` if the file of ``--report`` is not named as CSV."""
    if report is not None and report.suffix.lower() != ".csv":
        raise UsageError(
            f"--report writes CSV, which {report.name!r} is not.", f"Name it {report.stem}.csv."
        )


def parse_since(text: str | None) -> date | None:
    """Return the day of a date such as 2024-01-31, 2024-01 or 2024; a `UsageError` of others."""
    if text is None:
        return None
    first = {len("2024"): "-01-01", len("2024-01"): "-01"}.get(len(text), "")
    try:
        return date.fromisoformat(text + first)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a date.", "Try: --since 2024-01-31") from error


def read_own_ratings(
    paths: Sequence[Path],
    titles: "TitleIndex",
    strict: bool,
    report_file: Path | None,
    since: date | None,
) -> "OwnRatings":
    """Read ratings files; a report goes to stderr, the list of all rows to ``report_file``.

    Raises
    ------
    DataError
        If a file cannot be read, no film is known, no rating is of the day ``since`` or later, or
        ``strict`` and a row is a problem.
    """
    from movierec_cli.core.recommend.ratings_files.reading import read_ratings
    from movierec_cli.core.recommend.ratings_files.report import write_report

    with ProgressBar() as progress:
        own = read_ratings([path.expanduser() for path in paths], titles, progress, since)
    report = own.report
    if report_file is not None:
        write_report(report, report_file)
    report.require_match()
    if strict:
        report.require_complete()
    is_short = show_report(report)
    if report_file is not None:
        info(f"All rows: {report_file}.")
    elif is_short:
        info("The list of these films: --verbose, or --report FILE.csv.")
    return own


def show_report(report: "Report") -> bool:
    """Print a report on stderr, all of it with ``--verbose``; return whether there is more."""
    details = report.details()
    for line in [*report.lines(), *(details if verbosity.CURRENT.verbose else ())]:
        info(line)
    return bool(details) and not verbosity.CURRENT.verbose
