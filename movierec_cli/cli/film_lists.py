"""Lists of films, read with a report on stderr, and the options for them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from movierec_cli.cli.options import FILTERS_PANEL
from movierec_cli.cli.own_ratings import show_report
from movierec_cli.cli.progress import ProgressBar

if TYPE_CHECKING:
    from movierec_cli.core.recommend.filters import Filters
    from movierec_cli.core.recommend.title_search import TitleIndex

AmongOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--among",
        metavar="FILE",
        help="Only films of this list: a watchlist or list of Letterboxd, IMDb or Trakt, a CSV "
        "file of titles, or text with a title on each line.",
        rich_help_panel=FILTERS_PANEL,
    ),
]
ExcludeOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--exclude",
        metavar="FILE",
        help="No films of this list or ratings file.",
        rich_help_panel=FILTERS_PANEL,
    ),
]


@dataclass(frozen=True)
class FilmLists:
    """The files of ``--among`` and ``--exclude``."""

    among: Sequence[Path]
    exclude: Sequence[Path]

    def filters(self, filters: "Filters", titles: "TitleIndex") -> "Filters":
        """Return the filters with the films of the files; without files, ``titles`` is not read.

        Raises
        ------
        DataError
            If a file cannot be read, or names no film of the catalog.
        """
        from movierec_cli.core.recommend.ratings_files.film_lists import WATCHED, WATCHLIST

        if self.among:
            films = _read(self.among, titles, WATCHLIST)
            filters = replace(filters, among=films)
        if self.exclude:
            filters = replace(filters, excluded=_read(self.exclude, titles, WATCHED))
        return filters


def _read(paths: Sequence[Path], titles: "TitleIndex", members: Sequence[str]) -> frozenset[int]:
    from movierec_cli.core.recommend.ratings_files.film_lists import read_film_lists

    with ProgressBar() as progress:
        found = read_film_lists([path.expanduser() for path in paths], titles, members, progress)
    found.report.require_match()
    show_report(found.report)
    return found.films
