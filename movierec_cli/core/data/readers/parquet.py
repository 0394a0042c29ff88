"""Ratings in Parquet files, which the ``[parquet]`` extra reads."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from movierec_cli.core.data.readers.rating_table import (
    IdColumn,
    RatingRules,
    RatingTable,
    Titles,
    as_ids,
)
from movierec_cli.core.data.readers.tables import Problems, Table, TextFormat, checked_text
from movierec_cli.core.data.readers.times import (
    NO_TIME,
    dates_in_seconds,
    in_seconds,
    stamps_in_seconds,
)
from movierec_cli.core.errors import DataError

_MAGIC = b"PAR1"


def is_parquet(file: BinaryIO) -> bool:
    """Return whether an opened file is Parquet, without moving in it."""
    start: bytes = file.peek(len(_MAGIC))[: len(_MAGIC)]  # type: ignore[attr-defined]
    return start == _MAGIC


def pyarrow(module: str = "pyarrow") -> Any:
    """Return a module of pyarrow, which the ``[parquet]`` extra installs."""
    try:
        return import_module(module)
    except ImportError as error:
        raise DataError(
            "Parquet files need pyarrow, which is not installed.",
            "Install it with: pip install 'movierec[parquet]', or choose another format.",
        ) from error


def read_parquet(
    path: Path,
    find: Callable[[Table], dict[str, int]],
    rules: RatingRules,
    problems: Problems,
) -> RatingTable:
    """Read the rating columns of a Parquet file; problems name the row, the first is 1.

    Raises
    ------
    DataError
        If pyarrow is missing, or the file cannot be read.
    """
    parquet = pyarrow("pyarrow.parquet")
    try:
        names = parquet.read_schema(path).names
        columns = find(Table(str(path), TextFormat(), names, iter(()), 0))
        table = parquet.read_table(path, columns=[names[at] for at in columns.values()])
        read = {name: table.column(names[at]) for name, at in columns.items()}
        users, films = (_ids(read[name], name, path, problems) for name in ("user", "film"))
    except (OSError, ValueError, NotImplementedError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise DataError(
            f"{path} is no readable Parquet file: {reason}.", "Export it again."
        ) from error
    values = np.full(len(table), np.nan)
    if "rating" in read:
        series = read["rating"].to_pandas()
        values = _numbers(series)
        is_wrong = ~rules.allow(values)
        if rules.may_lack:
            is_wrong &= ~series.isna().to_numpy()
        _add_problems(problems, path, "rating", series, is_wrong, rules.describe())
    times = None
    if "time" in read:
        series = read["time"].to_pandas()
        seconds = _seconds(series)
        _add_problems(problems, path, "time", series, np.isnan(seconds), NO_TIME)
        times = np.nan_to_num(seconds).astype(np.int64)
    titles = Titles()
    if "title" in read:
        titles.add(films.codes, _titles(read["title"], path, problems))
    return RatingTable(users, films, values, times, titles)


def _add_problems(
    problems: Problems, path: Path, name: str, column: Any, is_wrong: NDArray[np.bool_], why: str
) -> None:
    for row in np.flatnonzero(is_wrong).tolist():
        problems.add(str(path), row + 1, name, str(column[row]), why)


def _ids(column: Any, name: str, path: Path, problems: Problems) -> IdColumn:
    """Return the ids of a column of numbers or text."""
    arrow = pyarrow()
    encoded = column.cast(arrow.string()).combine_chunks().dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    names = [checked_text(text) or "" for text in encoded.dictionary.to_pylist()]
    is_missing = np.array([*(not text for text in names), True])  # the last for the code -1
    _add_problems(problems, path, name, column, is_missing[codes], f"is not the id of a {name}")
    unique, merged = np.unique(np.array(names, np.str_), return_inverse=True)
    if not len(unique):
        return IdColumn(np.zeros(len(column), np.int32), as_ids([]))
    return IdColumn(merged[np.maximum(codes, 0)].astype(np.int32), as_ids(unique.tolist()))


def _titles(column: Any, path: Path, problems: Problems) -> list[str]:
    """Return the title of each row; an empty text where there is none."""
    texts = ["" if text is None else checked_text(str(text)) for text in column.to_pylist()]
    is_wrong = np.array([text is None for text in texts])
    _add_problems(problems, path, "title", column, is_wrong, "is not a title")
    return [text or "" for text in texts]


def _numbers(series: Any) -> NDArray[np.float64]:
    import pandas as pd  # noqa: PLC0415

    numbers: NDArray[np.float64] = pd.to_numeric(series, errors="coerce").to_numpy(
        np.float64, na_value=np.nan
    )
    return numbers


def _seconds(series: Any) -> NDArray[np.float64]:
    """Return times in seconds; NaN for a value that is no time."""
    import pandas as pd  # noqa: PLC0415

    if pd.api.types.is_numeric_dtype(series):
        return in_seconds(_numbers(series))
    if pd.api.types.is_datetime64_any_dtype(series):
        return stamps_in_seconds(pd.to_datetime(series, utc=True))
    return dates_in_seconds([str(value) for value in series])
