"""Ratings since a day; the older ones count as seen."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from movierec_cli.core.errors import DataError
from movierec_cli.core.recommend.ratings_files.entries import Entry, RatingsFile


def only_since(files: Sequence[RatingsFile], since: date) -> tuple[list[RatingsFile], str]:
    """Return files in which ratings before ``since`` or without a date count as seen.

    The text says how many there are.

    Raises
    ------
    DataError
        If no rating is of that day or later.
    """
    rated = [entry for file in files for entry in file.entries if entry.rating is not None]
    days = [entry.rated_on for entry in rated if entry.rated_on is not None]
    newer = sum(day >= since for day in days)
    if not newer:
        names = ", ".join(file.file for file in files)
        latest = f"; the latest is of {max(days)}" if days else ": it has no dates"
        raise DataError(
            f"{names} has no rating since {since}{latest}.",
            f"Try: --since {max(days)}" if days else "Leave out --since.",
        )
    older, undated = len(days) - newer, len(rated) - len(days)
    line = (
        f"Ratings since {since}: {newer:,}; {older:,} older and {undated:,} without a date count "
        "as seen."
    )
    return [
        replace(file, entries=tuple(_as_seen(entry, since) for entry in file.entries))
        for file in files
    ], line


def _as_seen(entry: Entry, since: date) -> Entry:
    is_new = entry.rated_on is not None and entry.rated_on >= since
    return entry if is_new else replace(entry, rating=None)
