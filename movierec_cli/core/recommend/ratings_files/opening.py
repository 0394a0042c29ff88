"""Ratings files opened: a table, JSON, and the files of an export in an archive or folder."""

import io
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.sources import Source, file_source, open_source
from movierec_cli.core.errors import DataError
from movierec_cli.core.files import is_file, is_folder, unusable
from movierec_cli.core.recommend.ratings_files.entries import RatingsFile
from movierec_cli.core.recommend.ratings_files.tables import read_ratings_table
from movierec_cli.core.recommend.ratings_files.trakt import read_trakt

_ZIP = b"PK\x03\x04"
_PASSED_OVER = {"deleted", "orphaned", "likes", "lists"}
_RATED = ("ratings.csv", "watched.csv")
_SHEETS = ("xl/workbook.xml", "content.xml")  # of Excel and of OpenDocument
_NOT_SEEN = "watchlist"


def open_ratings(path: Path, dataset: Dataset) -> list[RatingsFile]:
    """Read a ratings file, or those of an export: a zip archive or its folder.

    In an export, ``watched.csv`` adds the films that are not rated.

    Raises
    ------
    DataError
        If the file cannot be read, is none of ratings, or is a list of films to watch.
    IntegrityError
        If an archive is damaged.
    """
    if _NOT_SEEN in path.name.lower():
        raise DataError(
            f"{path} is a watchlist: its films are neither rated nor seen.",
            "Give the ratings.csv of the same export, or recommend from it: --among FILE",
        )
    if is_export(path):
        with open_source(path, "Check the path.") as source:
            return list(_of_export(source, dataset))
    with open_file(path) as file:
        return [_read(file, str(path), dataset)]


def is_export(path: Path) -> bool:
    """Return whether a path is an export of several files: a folder or a zip archive."""
    return is_folder(path) or path.suffix.lower() == ".zip" or _starts_with(path, _ZIP)


def open_file(path: Path) -> BinaryIO:
    """Open a file or a pipe; a `DataError` names one that cannot be read."""
    if is_file(path):
        return file_source(path).open(path.name)
    try:
        return io.BufferedReader(io.BytesIO(path.read_bytes()))  # a pipe
    except FileNotFoundError as error:
        raise DataError(f"There is no file {path}.", "Check the path.") from error
    except OSError as error:
        raise unusable(path, "read", error) from error
    except ValueError as error:  # of an impossible path
        raise DataError(f"{path} cannot be read: {error}.", "Check the path.") from error


def _starts_with(path: Path, magic: bytes) -> bool:
    if not is_file(path):
        return False
    with file_source(path).open(path.name) as file:
        return file.read(len(magic)) == magic


def _read(file: BinaryIO, place: str, dataset: Dataset) -> RatingsFile:
    if is_json(file.peek(64)):  # type: ignore[attr-defined]
        return read_trakt(file.read(), place)
    return read_ratings_table(file, place, dataset)


def is_json(start: bytes) -> bool:
    """Return whether a content with this start is a list or an object in JSON."""
    return start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def _of_export(source: Source, dataset: Dataset) -> Iterator[RatingsFile]:
    """Yield the ratings in an export, and then its watched films without those rated."""
    if any(name in source.sizes for name in _SHEETS):
        raise DataError(f"{source.label} is a workbook.", "Save its sheet of ratings as CSV.")
    rated: set[tuple[tuple[str, ...], int | None]] = set()
    for name in _members(source):
        with source.open(name) as file:
            content = _read(file, source.place(name), dataset)
        entries = tuple(
            entry
            for entry in content.entries
            if entry.rating is not None or (entry.titles, entry.year) not in rated
        )
        rated |= {(entry.titles, entry.year) for entry in entries}
        yield replace(content, entries=entries)


def _members(source: Source) -> list[str]:
    """Return the files of an export to read, those of ratings first."""
    found = export_files(source, _RATED)
    found = found or export_files(
        source,
        [
            name
            for name in (PurePosixPath(path).name.lower() for path in source.sizes)
            if name.startswith("ratings") and name.endswith(".json")
        ],
    )
    if not found:
        raise DataError(
            f"{source.label} has no ratings.csv.",
            "Give the export of Letterboxd as it is, or a CSV file of ratings.",
        )
    return found


def export_files(source: Source, names: Collection[str]) -> list[str]:
    """Return the files of an export with these names, in the outermost folder that has any.

    Deleted and orphaned entries are not the user's any more.
    """
    paths = [PurePosixPath(name) for name in source.sizes]
    paths = [path for path in paths if not _PASSED_OVER & set(path.parts[:-1])]
    found = [path for path in paths if path.name.lower() in names]
    folder = min((path.parent for path in found), key=lambda at: len(at.parts), default=None)
    return sorted(str(path) for path in found if path.parent == folder)
