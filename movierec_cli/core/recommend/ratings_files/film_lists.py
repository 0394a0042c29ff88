"""Lists of films: the watchlist or a list of a site, the program of a festival, lines of titles.

They are read and matched as ratings files are; ratings in them do not count.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.readers.tables import checked_text, text_lines
from movierec_cli.core.data.sources import open_source
from movierec_cli.core.errors import DataError
from movierec_cli.core.progress import SILENT, Progress
from movierec_cli.core.recommend.ratings_files.entries import STARS, Entry, Outcome, RatingsFile
from movierec_cli.core.recommend.ratings_files.opening import (
    export_files,
    is_export,
    is_json,
    open_file,
)
from movierec_cli.core.recommend.ratings_files.reading import match_rows
from movierec_cli.core.recommend.ratings_files.report import Report
from movierec_cli.core.recommend.ratings_files.tables import read_film_table
from movierec_cli.core.recommend.ratings_files.trakt import read_trakt
from movierec_cli.core.recommend.title_search import TitleIndex

WATCHLIST = ("watchlist.csv",)
"""The file of a Letterboxd export with the films to watch."""

WATCHED = ("ratings.csv", "watched.csv")
"""The files of a Letterboxd export with the films that are seen."""

_TABLES = (".csv", ".tsv")
_LIST_HEADER = re.compile(rb"^Position,Name,", re.MULTILINE)  # below a preamble of Letterboxd
_BULLET = re.compile(r"^[-*•]\s+")


@dataclass(frozen=True)
class FilmList:
    """The rows of the films in lists, with the report about their entries."""

    films: frozenset[int]
    report: Report


def read_film_lists(
    paths: Sequence[Path],
    titles: TitleIndex,
    members: Sequence[str] = WATCHLIST,
    progress: Progress = SILENT,
) -> FilmList:
    """Read lists of films; of an export of Letterboxd, the files named ``members``.

    A file is a table of films in CSV or JSON, or text with a title on each line. Entries without a
    film of the catalog are left out, see `Report`.

    Raises
    ------
    DataError
        If a file cannot be read, or a table names no films.
    IntegrityError
        If an archive is damaged.
    """
    dataset = titles.dataset
    files = [file for path in paths for file in _open(path, dataset, members)]
    found = set()
    rows = []
    for row in match_rows(files, titles, progress):
        outcome = Outcome.matched if row.outcome is Outcome.seen else row.outcome
        rows.append(replace(row, outcome=Outcome.repeated if row.film_row in found else outcome))
        found |= set() if row.film_row is None else {row.film_row}
    return FilmList(frozenset(found), Report(dataset, tuple(files), tuple(rows)))


def _open(path: Path, dataset: Dataset, members: Sequence[str]) -> list[RatingsFile]:
    if not is_export(path):
        with open_file(path) as file:
            return [_read(file.read(), str(path), dataset)]
    with open_source(path, "Check the path.") as source:
        names = export_files(source, members)
        if not names:
            raise DataError(
                f"{source.label} has no {' or '.join(members)}.",
                "Give the export of Letterboxd as it is, or one of its files.",
            )
        contents = []
        for name in names:
            with source.open(name) as file:
                contents.append(_read(file.read(), source.place(name), dataset))
        return contents


def _read(content: bytes, place: str, dataset: Dataset) -> RatingsFile:
    if is_json(content):
        return _unrated(read_trakt(content, place))
    header = _LIST_HEADER.search(content)
    if header:  # the number of lines stays
        content = b"\n" * content.count(b"\n", 0, header.start()) + content[header.start() :]
    try:
        return read_film_table(io.BufferedReader(io.BytesIO(content)), place, dataset)
    except DataError:
        if place.lower().endswith(_TABLES):
            raise
        return _read_lines(content, place)


def _unrated(file: RatingsFile) -> RatingsFile:
    """Return a file whose entries are no ratings."""
    entries = (
        replace(entry, rating=None, outcome=None)
        if entry.outcome in (None, Outcome.unrated)
        else entry
        for entry in file.entries
    )
    return replace(file, entries=tuple(entries))


def _read_lines(content: bytes, place: str) -> RatingsFile:
    """Read a title from each line that is not blank; a bullet before it is passed over."""
    entries = []
    for number, line in enumerate(text_lines(content), start=1):
        title = checked_text(_BULLET.sub("", line.strip()))
        if title is None:
            note = "has characters that are no text"
            entries.append(Entry(place, number, outcome=Outcome.wrong, note=note))
        elif title:
            entries.append(Entry(place, number, titles=(title,)))
    return RatingsFile("Titles", place, STARS, tuple(entries))
