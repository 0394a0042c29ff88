"""Ratings files read and matched with the films of a catalog."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError
from movierec_cli.core.progress import SILENT, Progress
from movierec_cli.core.recommend.ratings_files.entries import Entry, Outcome, RatingsFile
from movierec_cli.core.recommend.ratings_files.matching import FilmMatcher, has_movielens_ids
from movierec_cli.core.recommend.ratings_files.opening import open_ratings
from movierec_cli.core.recommend.ratings_files.report import Report, Row
from movierec_cli.core.recommend.ratings_files.since import only_since
from movierec_cli.core.recommend.title_search import TitleIndex

_MANY_ENTRIES = 200  # fewer are matched in a moment, without a bar


@dataclass(frozen=True)
class OwnRatings:
    """The ratings and seen films in ratings files.

    Attributes
    ----------
    ratings
        Film row -> rating in stars, by day, and within a day or without one by row.
    seen
        Rows of the films that are seen and not rated.
    """

    ratings: dict[int, float]
    seen: frozenset[int]
    report: Report


def read_ratings(
    paths: Sequence[Path],
    titles: TitleIndex,
    progress: Progress = SILENT,
    since: date | None = None,
) -> OwnRatings:
    """Read ratings files; of several ratings of a film, the last one counts.

    Rows without a film of the catalog are left out, see `Report`. Ratings before the day ``since``
    or without a date count as seen.

    Raises
    ------
    DataError
        If a file cannot be read or is not a ratings file; if its ids are of other films; or if no
        rating is of the day ``since`` or later.
    IntegrityError
        If an archive is damaged.
    """
    dataset = titles.dataset
    files = [file for path in paths for file in open_ratings(path, dataset)]
    files, note = (files, "") if since is None else only_since(files, since)
    rows = match_rows(files, titles, progress)
    last: dict[int, int] = {}  # film row -> position of the row that counts
    conflicts = []
    for at, row in enumerate(rows):
        if row.film_row is None:
            continue
        before = last.get(row.film_row)
        is_rated = row.entry.rating is not None
        if before is None:
            last[row.film_row] = at
            continue
        if is_rated and rows[before].entry.rating not in (None, row.entry.rating):
            conflicts.append((rows[before], row))
        earlier, later = (before, at) if is_rated else (at, before)
        rows[earlier] = replace(rows[earlier], outcome=Outcome.repeated)
        last[row.film_row] = later
    by_time = sorted(last.items(), key=lambda pair: (_day(rows[pair[1]]), pair[1]))
    ratings = {film: rows[at].entry.rating for film, at in by_time}
    lowest = dataset.lowest_rating
    report = Report(
        dataset,
        tuple(files),
        tuple(rows),
        tuple(conflicts),
        note,
        raised=sum(rating is not None and rating < lowest for rating in ratings.values()),
    )
    return OwnRatings(
        {film: max(value, lowest) for film, value in ratings.items() if value is not None},
        frozenset(film for film, value in ratings.items() if value is None),
        report,
    )


def _day(row: Row) -> date:
    """Return the day of a rating, before all others where it is unknown."""
    return row.entry.rated_on or date.min


def match_rows(files: Sequence[RatingsFile], titles: TitleIndex, progress: Progress) -> list[Row]:
    """Return the rows of files with their films."""
    n_entries = sum(len(file.entries) for file in files)
    progress = progress if n_entries >= _MANY_ENTRIES else SILENT
    progress.start("Matching films", n_entries)
    rows = []
    matcher = FilmMatcher(titles)
    try:
        for file in files:
            has_own_ids = not file.has_movielens_ids or has_movielens_ids(titles.dataset)
            if not has_own_ids:
                _require_other_names(file, titles.dataset)
            for entry in file.entries:
                rows.append(_row(entry, matcher, has_own_ids))
                progress.advance(1)
    finally:
        progress.finish()
    return rows


def _row(entry: Entry, matcher: FilmMatcher, has_own_ids: bool) -> Row:
    if entry.outcome is not None:
        return Row(entry, entry.outcome, note=entry.note)
    match = matcher.match(entry, has_own_ids)
    is_seen = match.outcome is Outcome.matched and entry.rating is None
    return Row(entry, Outcome.seen if is_seen else match.outcome, match.row, match.note)


def _require_other_names(file: RatingsFile, dataset: Dataset) -> None:
    """Check that a file of MovieLens names its films by more than ids of another catalog."""
    named = any(entry.titles or entry.imdb or entry.tmdb for entry in file.entries)
    if not named and any(entry.film for entry in file.entries):
        raise DataError(
            f"{file.file} names films by ids of MovieLens 1M and later, and {dataset.name} numbers "
            "its films in another way: they would be other films.",
            "Use a data set of these ids: --dataset ml-latest-small. If the ids are those of "
            f"{dataset.name}, name the column film.",
        )
