"""Rows of a ratings file, and the values in their cells."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from movierec_cli.core.data.readers.scale import Scale

STARS = Scale(0.5, 5)
TENTHS = Scale(1, 10)

_NUMBER = re.compile(r"\d{1,4}(?:[.,]\d{1,6})?", re.ASCII)
_YEAR = re.compile(r"(\d{4})(?:\.0|[-–/].*)?", re.ASCII)  # also of a date, or of a series
_IMDB = re.compile(r"(?:\S*/title/)?(?:tt)?0*(\d{1,10})/?", re.ASCII)
_TMDB = re.compile(r"0*(\d{1,15})(?:\.0)?", re.ASCII)
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ].*)?", re.ASCII)
_SECONDS = re.compile(r"\d{9,11}", re.ASCII)  # since 1970
_SERIES = re.compile(r"series|episode|season|show|game|podcast", re.IGNORECASE)


class Outcome(StrEnum):
    """The result of a row; the values stand in the report."""

    matched = "matched"
    seen = "seen, not rated"
    missing = "not in the catalog"
    ambiguous = "ambiguous"
    series = "series or episode"
    unrated = "not rated"
    wrong = "wrong row"
    repeated = "repeated"


@dataclass(frozen=True)
class Entry:
    """A row of a ratings file, before its film is looked up.

    Attributes
    ----------
    file, line
        The place of the row. Entries of JSON have their number as ``line``.
    titles
        Titles of the film, the best first; they may end with a year.
    year
        The year; ``None`` where the row has none beside the title.
    film
        The id in the data set; in a file of MovieLens, the id in the editions from 1M on.
    imdb, tmdb
        Ids at IMDb (such as "tt0114709") and TMDb; empty and 0 where unknown.
    rating
        In stars; ``None`` for a film that is not rated.
    rated_on
        The day of the rating; ``None`` where the row has no date such as 2024-01-31.
    outcome, note
        Set for a row that is left out, with the reason.
    """

    file: str
    line: int
    titles: tuple[str, ...] = ()
    year: int | None = None
    film: str = ""
    imdb: str = ""
    tmdb: int = 0
    rating: float | None = None
    rated_on: date | None = None
    outcome: Outcome | None = None
    note: str = ""

    @property
    def place(self) -> str:
        """File and line for messages."""
        return f"{self.file}, line {self.line:,}"

    @property
    def label(self) -> str:
        """The film as the row names it: the title with the year, or an id."""
        title = next(iter(self.titles), "")
        if title and self.year and f"({self.year})" not in title:
            title = f"{title} ({self.year})"
        return title or self.imdb or self.film or str(self.tmdb or "")


@dataclass(frozen=True)
class RatingsFile:
    """The content of a ratings file.

    Attributes
    ----------
    source
        The name of the source, such as "Letterboxd".
    file
        The path, and the file in an archive.
    scale
        The scale of the ratings in the file.
    unused
        Names of the columns that are not used.
    has_movielens_ids
        True if `Entry.film` is an id of MovieLens in the editions from 1M on.
    """

    source: str
    file: str
    scale: Scale
    entries: tuple[Entry, ...]
    unused: tuple[str, ...] = ()
    has_movielens_ids: bool = False


def parse_rating(text: str, scale: Scale) -> float | None:
    """Return a rating of ``scale`` in stars; ``None`` if it is none."""
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    if not scale.lowest <= value <= scale.highest:
        return None
    return value * STARS.highest / scale.highest


def parse_year(text: str) -> int | None:
    """Return the year that a cell begins with; ``None`` if it does not."""
    match = _YEAR.fullmatch(text)
    return int(match[1]) if match else None


def parse_date(text: str) -> date | None:
    """Return the day of a date as ISO 8601 has it, or of seconds since 1970; ``None`` of others."""
    if _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text), UTC).date()
    match = _DATE.fullmatch(text)
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:  # 2024-02-31
        return None


def parse_imdb(text: str) -> str | None:
    """Return an id at IMDb such as "tt0114709", of an id or address; ``None`` if it is none."""
    match = _IMDB.fullmatch(text)
    return f"tt{int(match[1]):07d}" if match else None


def parse_tmdb(text: str) -> int | None:
    """Return an id at TMDb; ``None`` if it is none."""
    match = _TMDB.fullmatch(text)
    return int(match[1]) if match else None


def is_series(kind: str) -> bool:
    """Return whether a type of title, as IMDb and Trakt name it, is no film."""
    return _SERIES.search(kind) is not None
