"""The rating columns of a file as arrays: user, film, rating and time.

Files of whole-number ids are read by pandas in blocks. Everything else, and every file with a
problem, is read line by line, which finds the line and column of each problem.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.readers.rating_lines import read_lines
from movierec_cli.core.data.readers.rating_table import IdColumn, RatingRules, RatingTable, Titles
from movierec_cli.core.data.readers.tables import Problems, Table, TextFormat, read_table
from movierec_cli.core.data.readers.times import in_seconds
from movierec_cli.core.data.sources import Source
from movierec_cli.core.progress import SILENT, Progress

_BLOCK = 1_000_000  # rows at once by pandas
_KINDS = {"user": "i", "film": "i", "rating": "if", "time": "if"}  # of the values: whole or not
_WIDEST = 100  # columns that pandas reads fast
_PADDED = re.compile(rb'[\r\n,;|\t":] *(?:0\d|[+-])')  # "007" and "+7" are text, not a number
_OVERLAP = 8  # bytes, at least those of the pattern above


@dataclass(frozen=True)
class RatingFile:
    """A file of ratings.

    ``find`` returns the position of the columns ``user``, ``film``, ``rating``, ``time`` and
    ``title``; the last three may be missing.
    """

    source: Source
    name: str
    text_format: TextFormat
    find: Callable[[Table], dict[str, int]]

    @property
    def place(self) -> str:
        """The place of the file in messages."""
        return self.source.place(self.name)


def read_ratings(
    file: RatingFile, rules: RatingRules, problems: Problems, progress: Progress = SILENT
) -> RatingTable:
    """Read the rating columns of a file; ``progress`` counts its bytes.

    Raises
    ------
    DataError
        If the file is no table, or cannot be read. Wrong values are added to ``problems``.
    """
    with file.source.open(file.name) as opened:
        table = read_table(opened, file.place, file.text_format, problems)
        columns = file.find(table)
    progress.start(f"Reading {file.name}", file.source.sizes[file.name])
    try:
        if "rating" in columns and "title" not in columns:
            found = _read_fast(file, table, columns, rules, progress)
            if found is not None:
                return found
        progress.start(f"Reading {file.name} line by line", file.source.sizes[file.name])
        with file.source.open(file.name, progress.advance) as opened:
            table = read_table(opened, file.place, file.text_format, problems)
            return read_lines(table, columns, rules, problems)
    finally:
        progress.finish()


def _read_fast(
    file: RatingFile,
    table: Table,
    columns: Mapping[str, int],
    rules: RatingRules,
    progress: Progress,
) -> RatingTable | None:
    """Return the ratings, or ``None`` if the file is not all plain numbers within the rules."""
    import pandas as pd  # noqa: PLC0415 - only reading source files needs it

    if len(table.columns) > _WIDEST or table.text_format.encoding == "utf-16":
        return None  # the pattern of padded numbers is one of single bytes
    with file.source.open(file.name) as opened:
        if _has_padded_numbers(opened):
            return None
    width = len(table.text_format.delimiter)  # "::" is read as ":" with empty columns between
    positions = {name: columns[name] * width for name in _KINDS if name in columns}
    n_columns = (len(table.columns) - 1) * width + 1
    blocks: dict[str, list[NDArray[Any]]] = {name: [] for name in positions}
    try:
        with file.source.open(file.name, progress.advance) as opened:
            reader = pd.read_csv(
                opened,
                sep=table.text_format.delimiter[0],
                header=None,  # the first row sets the width; longer rows are errors
                index_col=False,
                skiprows=table.skipped_lines,
                chunksize=_BLOCK,
                encoding=table.text_format.encoding,
            )
            for block in reader:
                if block.shape[1] != n_columns or block[n_columns - 1].isna().any():
                    return None  # an empty last cell, or too few cells
                for name, values in _columns_of(block, positions, rules).items():
                    blocks[name].append(_narrow(values))
    except (ValueError, OverflowError):  # pandas' errors of parsing are ValueErrors
        return None
    arrays = {name: _joined(blocks.pop(name)) for name in positions}
    times = arrays["time"].astype(np.int64) if "time" in arrays else None
    users, films = (_factorized(arrays.pop(name)) for name in ("user", "film"))
    return RatingTable(users, films, arrays["rating"].astype(np.float64), times, Titles())


def _columns_of(
    block: Any, positions: Mapping[str, int], rules: RatingRules
) -> dict[str, NDArray[Any]]:
    """Return the columns of a block, the times in seconds; a ValueError for a wrong value."""
    values = {name: block[position].to_numpy() for name, position in positions.items()}
    if not all(array.dtype.kind in _KINDS[name] for name, array in values.items()):
        raise ValueError("other values than numbers")
    if not rules.allow(values["rating"]).all():
        raise ValueError("a wrong rating")
    if "time" in values:
        seconds = in_seconds(values["time"].astype(np.float64))
        if np.isnan(seconds).any():
            raise ValueError("a wrong time")
        values["time"] = seconds.astype(np.int64)
    return values


def _has_padded_numbers(file: BinaryIO) -> bool:
    rest = b"\n"
    while block := file.read(2**22):
        if _PADDED.search(rest + block):
            return True
        rest = block[-_OVERLAP:]
    return False


def _narrow(values: NDArray[Any]) -> NDArray[Any]:
    """Return whole numbers as int32 and others as float32, where these hold them exactly."""
    smaller = values.astype(np.int32 if values.dtype.kind == "i" else np.float32)
    return smaller if np.array_equal(smaller, values) else values


def _joined(blocks: list[NDArray[Any]]) -> NDArray[Any]:
    """Return the blocks as one array; they are dropped, so that one column is held twice."""
    joined = np.concatenate(blocks)
    blocks.clear()
    return joined


def _factorized(ids: NDArray[Any]) -> IdColumn:
    import pandas as pd  # noqa: PLC0415

    codes, names = pd.factorize(ids)
    return IdColumn(codes.astype(np.int32), np.asarray(names).astype(np.int64))
